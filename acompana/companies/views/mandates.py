"""Who may act for a company, as its office decides it: requests that wait, and accesses that hold (INT-24)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from acompana.companies.accesses import who_decides
from acompana.companies.forms import DecisionForm, EndAccessForm
from acompana.companies.models import Mandate
from acompana.companies.operations import decide_mandate, end_mandate
from acompana.companies.permissions import mandates_to_decide, may_decide_mandate
from acompana.companies.presenting import decided_words, entered_rows, other_legal_name
from acompana.companies.queries import terms_of_mandates
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.people.models import Channel
from acompana.shell.words import before_full_stop

DECIDED = ["state", "basis", "reason", "decided_at", "decided_by"]


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
    """What was asked, what the person typed beside what the registry has, and the two verbs; of one that holds, the
    way to take it away."""
    mandate = _mandate_or_404(request, pk)
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
            mandate.refresh_from_db(fields=DECIDED)
            form.add_error("reason", refused.reason)
        else:
            verb = "Se concedió" if granted else "Se rechazó"
            messages.success(
                request,
                f"{verb} el acceso de {mandate.person} a {before_full_stop(mandate.company)}. {_told(mandate)}",
            )
            return redirect("companies:mandates")
    return _page(request, mandate, form=form, late=request.method == "POST")


@staff
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """Takes away an access that holds, with the reason that its person reads (INT-24)."""
    mandate = _mandate_or_404(request, pk)
    ending = EndAccessForm(request.POST)
    if ending.is_valid():
        try:
            end_mandate(
                mandate=mandate,
                reason=ending.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
                channel=Channel.SYSTEM,
            )
        except Refused as refused:
            mandate.refresh_from_db(fields=DECIDED)
            ending.add_error("reason", refused.reason)
        else:
            words = f"{mandate.person} ya no tiene acceso a {before_full_stop(mandate.company)}. {_told(mandate)}"
            messages.success(request, words)
            return redirect(f"{reverse('companies:data', args=[mandate.company_id])}#accesos")
    return _page(request, mandate, ending=ending, late=mandate.state != Mandate.State.ACTIVE)


def _mandate_or_404(request: ActorRequest, pk: int) -> Mandate:
    mandate = get_object_or_404(
        Mandate.objects.select_related("company__region", "company__office", "person", "decided_by"), pk=pk
    )
    deny_unless(may_decide_mandate(request.actor, mandate), reason=who_decides(mandate.company))
    return mandate


def _told(mandate: Mandate) -> str:
    return (
        "Le avisamos por correo." if mandate.person.email else "No tiene un correo confirmado: lo verá cuando entre."
    )


def _page(
    request: ActorRequest,
    mandate: Mandate,
    *,
    form: DecisionForm | None = None,
    ending: EndAccessForm | None = None,
    late: bool,
) -> HttpResponse:
    """`late`: something was sent, and shown again is what somebody else decided meanwhile."""
    decided = decided_words(mandate)
    context = {
        "mandate": mandate,
        "form": form,
        "ending": (ending or EndAccessForm()) if mandate.state == Mandate.State.ACTIVE else None,
        "wrote": request.POST.get("reason", "").strip(),
        "entered": entered_rows(mandate),
        "term": terms_of_mandates([mandate.pk]).get(mandate.pk),
        "decided": decided,
        "late": late and bool(decided),
    }
    return render(request, "companies/mandate.html", context)
