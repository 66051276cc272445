"""Finding an activity of the tax service or a tariff heading by words, with and without scripts (INT-8)."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompana.people.access import ActorRequest, signed_in
from acompana.portal.forms import IdentityForm, OfferForm
from acompana.portal.steps import step_of
from acompana.portal.views.drafts import put_in_draft
from acompana.portal.views.visit import visit
from acompana.reference.finding import suggest_activities
from acompana.reference.models import Activity, TariffHeading
from acompana.reference.queries import find_headings

SHOWN = 12


@signed_in
@require_http_methods(["GET", "POST"])
def search(request: ActorRequest, company_id: int, step: str, field: str) -> HttpResponse:
    """A page to find a code by words; choosing one puts it into the draft of the step. `?parte=1` gives the results
    alone, for the script that shows them under the field."""
    seen = visit(request, company_id)
    current = step_of(step)
    kind = _kind_of(current.form if current else None, field)
    if current is None or kind is None:
        raise Http404
    if request.method == "POST":
        code = request.POST.get("code", "")
        model = Activity if kind == "activity" else TariffHeading
        if model._default_manager.filter(code=code, retired_on=None).exists():
            put_in_draft(request, seen, current, field, code)
        return redirect("portal:form_step", company_id, step)
    text = request.GET.get("q", "")[:80]
    found = _found(kind, text) if len(text.strip()) > 1 else []
    context = {
        "company": seen.company,
        "kind": kind,
        "text": text,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "back": reverse("portal:form_step", args=[company_id, step]),
    }
    part = "portal/parts/found_codes.html" if "parte" in request.GET else "portal/search_code.html"
    return render(request, part, context)


def _kind_of(form: type | None, field: str) -> str | None:
    if form is IdentityForm and field == "activity":
        return "activity"
    return "heading" if form is OfferForm and field.startswith("heading_") else None


def _found(kind: str, text: str) -> Sequence[Activity | TariffHeading]:
    if kind == "activity":
        return suggest_activities(text)
    return list(find_headings(text).filter(level__gte=4).order_by("code")[: SHOWN + 1])
