"""Requests to act for a company that wait for the office (INT-24)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from acompana.companies.forms import DecisionForm
from acompana.companies.models import Mandate
from acompana.companies.operations import decide_mandate
from acompana.companies.permissions import mandates_to_decide, may_decide_mandate
from acompana.companies.presenting import decided_words, entered_rows, other_legal_name
from acompana.companies.queries import terms_of_mandates
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.people.models import Channel
from acompana.shell.words import before_full_stop


@staff
@require_GET
def waiting(request: ActorRequest) -> HttpResponse:
    page = Paginator(mandates_to_decide(request.actor), 25).get_page(request.GET.get("page"))
    terms = terms_of_mandates(mandate.pk for mandate in page)
    rows = [{"mandate": mandate, "term": terms.get(mandate.pk)} for mandate in page]
    return render(request, "companies/mandates.html", {"page": page, "rows": rows})


@staff
@require_http_methods(["GET", "POST"])
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """What was asked, what the person typed beside what the registry has, and the two verbs."""
    mandate = get_object_or_404(
        Mandate.objects.select_related("company__region", "company__office", "person", "decided_by"), pk=pk
    )
    deny_unless(
        may_decide_mandate(request.actor, mandate),
        reason="La solicitud de acceso la resuelve la oficina regional de la empresa.",
    )
    form = DecisionForm(request.POST or None, name=other_legal_name(mandate))
    if request.method == "POST" and form.is_valid():
        granted = request.POST.get("decision") == "grant"
        try:
            decide_mandate(
                mandate=mandate,
                granted=granted,
                reason=form.cleaned_data["reason"],
                takes_name=form.cleaned_data.get("takes_name", False),
                actor=request.actor,
                now=request.now,
                channel=Channel.SYSTEM,
            )
        except Refused as refused:
            mandate.refresh_from_db(fields=["state", "reason", "decided_at", "decided_by"])
            form.add_error("reason", refused.reason)
        else:
            verb = "Se concedió" if granted else "Se rechazó"
            told = (
                "Le avisamos por correo."
                if mandate.person.email
                else "No tiene un correo confirmado: lo verá cuando entre."
            )
            messages.success(
                request, f"{verb} el acceso de {mandate.person} a {before_full_stop(mandate.company)}. {told}"
            )
            return redirect("companies:mandates")
    term = terms_of_mandates([mandate.pk]).get(mandate.pk)
    decided = decided_words(mandate)
    context = {
        "mandate": mandate,
        "form": form,
        "entered": entered_rows(mandate),
        "term": term,
        "decided": decided,
        "late": request.method == "POST",
    }
    return render(request, "companies/mandate.html", context)
