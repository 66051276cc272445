"""My companies, and registering one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from acompana.companies.models import Mandate
from acompana.companies.operations import end_mandate
from acompana.companies.queries import own_company_of
from acompana.intake.operations import register_own_company
from acompana.intake.operations.access import WAITING
from acompana.intake.queries import in_review, latest_intakes_of
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import format_rut
from acompana.people.access import ActorRequest, deny_unless, signed_in
from acompana.portal.forms import RegisterForm
from acompana.portal.permissions import lately_ended
from acompana.portal.promises import promises_about
from acompana.portal.route_page import where_it_stands
from acompana.portal.views.access import as_number


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: ActorRequest) -> HttpResponse:
    """The companies for which the person acts; with one, straight to its route. A request that waits can be taken back
    here by who made it (INT-24)."""
    if request.actor.is_staff:
        return redirect("/escritorio/")
    if request.method == "POST":
        return _take_back(request)
    own = Mandate.objects.filter(person=request.actor.person).select_related("company")
    mandates = list(own.filter(state__in=("active", "limited", "requested")).order_by("company__sort_name", "id"))
    lost = lately_ended(request.actor, request.now)
    refused = list(lost.exclude(company__in=[one.company_id for one in mandates]))
    if len(mandates) == 1 and not refused and mandates[0].state != Mandate.State.REQUESTED:
        return redirect("portal:company", mandates[0].company_id)
    for mandate in (*mandates, *refused):
        mandate.shown_rut = format_rut(mandate.company.rut or "")  # type: ignore[attr-defined]
    standing = latest_intakes_of([one.company_id for one in mandates if one.state == Mandate.State.ACTIVE])
    reviewed = in_review(standing.values())
    for mandate in mandates:
        found = standing.get(mandate.company_id)
        waits = found is not None and found.pk in reviewed
        mandate.stands = where_it_stands(found, mandate.company, waits)  # type: ignore[attr-defined]
    promises = promises_about(mandates, request.now)
    for mandate in mandates:
        mandate.promise = promises.get(mandate.pk)  # type: ignore[attr-defined]
    return render(request, "portal/mine.html", {"mandates": mandates, "refused": refused})


def _take_back(request: ActorRequest) -> HttpResponse:
    waiting = Mandate.objects.filter(person=request.actor.person, state__in=WAITING)
    mandate = waiting.filter(pk=as_number(request.POST.get("mandate"))).first()
    if mandate is None:
        messages.info(request, "Ese pedido ya no está esperando.")
        return redirect("portal:mine")
    try:
        end_mandate(mandate=mandate, actor=request.actor, now=request.now, reason="")
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, "Retiraste tu pedido. Puedes volver a pedirlo cuando quieras.")
    return redirect("portal:mine")


@signed_in
@require_http_methods(["GET", "POST"])
def register(request: ActorRequest) -> HttpResponse:
    """Register a company by its RUT, or ask for access when somebody has it (INT-3, INT-24). For one that the person
    represents already nothing is done."""
    deny_unless(not request.actor.is_staff, reason="Las empresas las registra aquí quien las representa.")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert request.actor.person is not None
        if own := own_company_of(form.cleaned_data["rut"], request.actor.person):
            return render(request, "portal/register.html", {"form": form, "own": own}, status=422)
        try:
            mandate = register_own_company(
                **form.cleaned_data,
                person=request.actor.person,
                actor=request.actor,
                now=request.now,
                channel="portal",
            )
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _after_registering(request, mandate)
    return render(request, "portal/register.html", {"form": form}, status=422 if form.errors else 200)


def _after_registering(request: ActorRequest, mandate: Mandate) -> HttpResponse:
    if mandate.state == Mandate.State.ACTIVE:
        messages.success(request, "Tu empresa quedó registrada. Ahora cuéntanos de ella.")
        return redirect("portal:company", mandate.company_id)
    if mandate.state == Mandate.State.LIMITED:
        return redirect("portal:company", mandate.company_id)
    return redirect("portal:mine")
