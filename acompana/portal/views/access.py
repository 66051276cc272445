"""Personal invitations, and who may act for a company."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from acompana.companies.models import Mandate
from acompana.companies.operations import (
    confirm_mandate_by_link,
    decide_mandate,
    end_mandate,
    mandate_of_link,
)
from acompana.intake import operations as intake
from acompana.intake.queries import access_terms
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, public, signed_in, to_entrance
from acompana.people.models import Person
from acompana.portal.views.visit import visit
from acompana.shell.languages import in_english
from acompana.shell.typed import Typed
from acompana.shell.words import clock_time, long_date

log = logging.getLogger(__name__)
OF_YOU = {
    "dio acceso a {person}": "Tú le diste acceso a {person}",
    "rechazó el acceso de {person}": "Tú rechazaste el acceso de {person}",
    "quitó el acceso a {person}": "Tú le quitaste el acceso a {person}",
}


def refused_link(request: ActorRequest, refusal: Refused) -> HttpResponse:
    """A link that is wrong, used or too old: what to do instead, and a line for the operator without the link."""
    match = request.resolver_match
    log.info("a link was refused (%s): %s", match.view_name if match else "", refusal.reason)
    return render(request, "portal/invitation_refused.html", {"reason": refusal.reason}, status=410)


@public
@in_english
@require_http_methods(["GET", "POST"])
def invitation(request: ActorRequest, token: str) -> HttpResponse:
    """The personal link of INT-2: says who invites, asks to enter with ClaveÚnica, and joins the company."""
    try:
        found = intake.find_invitation(token=token, now=request.now)
    except Refused as refusal:
        return refused_link(request, refusal)
    if request.method == "POST":
        if request.actor.person is None:
            return to_entrance(request)
        deny_unless(not request.actor.is_staff, reason="Este enlace es para quien representa a la empresa.")
        try:
            intake.accept_invitation(token=token, actor=request.actor, now=request.now)
        except Refused as refusal:
            return refused_link(request, refusal)
        messages.success(request, gettext("Ya puedes completar la ficha de tu empresa."))
        return redirect("portal:company", found.company_id)
    return render(request, "portal/invitation.html", {"invitation": found, "company": found.company})


@public
@in_english
@require_http_methods(["GET", "POST"])
def confirm(request: ActorRequest, token: str) -> HttpResponse:
    """The link that a verified contact got by mail: says who asks, and confirms it (INT-24)."""
    try:
        mandate = mandate_of_link(token=token, now=request.now)
        if request.method == "POST":
            confirm_mandate_by_link(token=token, actor=request.actor, now=request.now)
            return redirect("portal:confirm_access", token)
    except Refused as refusal:
        return refused_link(request, refusal)
    return render(request, "portal/confirm_access.html", {"mandate": mandate})


@signed_in
@require_http_methods(["GET", "POST"])
def mandates(request: ActorRequest, company_id: int) -> HttpResponse:
    """Who acts for the company; granting or refusing who asks (INT-24)."""
    seen = visit(request, company_id, fully=True)
    wrong: dict[int, str] = {}
    already = ""
    if request.method == "POST":
        mandate = get_object_or_404(
            Mandate.objects.select_related("company", "person"),
            pk=as_number(request.POST.get("mandate")),
            company=seen.company,
        )
        try:
            _decide(request, mandate)
            return redirect("portal:mandates", company_id)
        except Refused as refusal:
            if refusal.rule == "CHA-6":
                wrong[mandate.pk] = refusal.reason
            else:
                mandate.refresh_from_db()
                already = decided_words(mandate, request.actor.person) or refusal.reason
    rows = list(
        Mandate.objects.filter(company=seen.company, state__in=("active", "requested"))
        .select_related("person")
        .order_by("requested_at")
    )
    reason = request.POST.get("reason", "").strip()
    terms = access_terms(row.pk for row in rows)
    for row in rows:
        row.term = terms.get(row.pk)  # type: ignore[attr-defined]
    context = {
        "company": seen.company,
        "mandates": [(row, wrong.get(row.pk, "")) for row in rows],
        "own": seen.mandate,
        "errors": [{"href": f"#motivo-{pk}", "text": text} for pk, text in wrong.items()],
        "already": already,
        "typed": [Typed("reason", "Por qué", reason)] if already and reason else [],
    }
    return render(request, "portal/mandates.html", context, status=422 if wrong or already else 200)


def decided_words(mandate: Mandate, reader: Person | None) -> str:
    """Who decided about an access, what and when, for somebody whose page still asked it; empty while nobody did."""
    if mandate.decided_at is None or mandate.state in (Mandate.State.REQUESTED, Mandate.State.LIMITED):
        return ""
    own = mandate.decided_by_id == mandate.person_id
    match mandate.state:
        case Mandate.State.ACTIVE:
            done = "dio acceso a {person}"
        case Mandate.State.REFUSED:
            done = "rechazó el acceso de {person}"
        case _:
            given_back = "dejó su acceso" if mandate.was_given else "retiró su pedido"
            done = given_back if own else "quitó el acceso a {person}"
    who = str(mandate.decided_by) if mandate.decided_by else "Quien abrió el enlace de confirmación"
    told = f"{who} {done}"
    if reader is not None and mandate.decided_by_id == reader.pk:
        told = OF_YOU.get(done, told)
    at = timezone.localtime(mandate.decided_at)
    return f"Ya estaba decidido. {told.format(person=mandate.person)} el {long_date(at)}, a las {clock_time(at)}."


def as_number(text: str | None) -> int:
    """A number that a form sent; 0, which is nobody's, if it is none."""
    return int(text) if text and text.isdecimal() else 0


def _decide(request: ActorRequest, mandate: Mandate) -> None:
    verb, reason = request.POST.get("verb"), request.POST.get("reason", "")
    if verb == "end":
        end_mandate(mandate=mandate, actor=request.actor, now=request.now, reason=reason)
        messages.success(request, f"{mandate.person} ya no tiene acceso.")
    else:
        decide_mandate(mandate=mandate, granted=verb == "grant", actor=request.actor, now=request.now, reason=reason)
        told = (
            "Le avisamos por correo." if mandate.person.email else "No tenemos su correo: lo verá cuando entre aquí."
        )
        messages.success(request, f"Listo. {told}")
