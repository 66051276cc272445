"""Personal invitations, and who may act for a company."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from acompana.companies.models import Mandate
from acompana.companies.operations import decide_mandate, end_mandate
from acompana.intake import operations as intake
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, public, signed_in, to_entrance
from acompana.portal.views.visit import visit


@public
@require_http_methods(["GET", "POST"])
def invitation(request: ActorRequest, token: str) -> HttpResponse:
    """The personal link of INT-2: says who invites, asks to enter with ClaveÚnica, and joins the company."""
    try:
        found = intake.find_invitation(token=token, now=request.now)
    except Refused as refusal:
        return render(request, "portal/invitation_refused.html", {"reason": refusal.reason}, status=410)
    if request.method == "POST":
        if request.actor.person is None:
            return to_entrance(request)
        try:
            intake.accept_invitation(token=token, actor=request.actor, now=request.now)
        except Refused as refusal:
            return render(request, "portal/invitation_refused.html", {"reason": refusal.reason}, status=410)
        messages.success(request, "Ya puedes completar la ficha de tu empresa.")
        return redirect("portal:company", found.company_id)
    return render(request, "portal/invitation.html", {"invitation": found, "company": found.company})


@signed_in
@require_http_methods(["GET", "POST"])
def mandates(request: ActorRequest, company_id: int) -> HttpResponse:
    """Who acts for the company; granting or refusing who asks (INT-24)."""
    seen = visit(request, company_id)
    deny_unless(not seen.is_limited)
    if request.method == "POST":
        mandate = get_object_or_404(
            Mandate.objects.select_related("company", "person"), pk=request.POST.get("mandate"), company=seen.company
        )
        try:
            _decide(request, mandate)
        except Refused as refusal:
            messages.error(request, refusal.reason)
        return redirect("portal:mandates", company_id)
    rows = list(
        Mandate.objects.filter(company=seen.company, state__in=("active", "requested", "limited"))
        .select_related("person")
        .order_by("requested_at")
    )
    return render(request, "portal/mandates.html", {"company": seen.company, "mandates": rows, "own": seen.mandate})


def _decide(request: ActorRequest, mandate: Mandate) -> None:
    verb, reason = request.POST.get("verb"), request.POST.get("reason", "")
    if verb == "end":
        end_mandate(mandate=mandate, actor=request.actor, now=request.now, reason=reason)
        messages.success(request, f"{mandate.person} ya no tiene acceso.")
    else:
        decide_mandate(mandate=mandate, granted=verb == "grant", actor=request.actor, now=request.now, reason=reason)
        messages.success(request, "Listo. Le avisamos por correo.")
