"""The other tabs of a company's record: whole logbook, commitments, results, mails."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.companies.views.record import record_company, record_context
from acompana.intake.permissions import may_attend
from acompana.intake.queries import deciding_review, latest_intake_of
from acompana.logbook.queries import timeline
from acompana.logbook.rules import CONTACT_KINDS
from acompana.messages.models import Attachment, Message
from acompana.people.access import ActorRequest, staff
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response

PER_PAGE = 40
FILTERS = (
    ("", "Todo", ()),
    ("contactos", "Contactos", CONTACT_KINDS),
    ("notas", "Notas", ("note", "commitment")),
    ("pasos", "Pasos", ("step", "referral", "action")),
    ("mensajes", "Mensajes del sistema", ("message",)),
    ("cambios", "Cambios", ("change",)),
)


@staff
@require_safe
def log(request: ActorRequest, company_id: int) -> HttpResponse:
    """The whole logbook, by what kind of thing happened; or that of one day (`dia`), to which a status leads."""
    company = record_company(request, company_id)
    asked = request.GET.get("ver", "")
    kinds = next((kinds for slug, _, kinds in FILTERS if slug == asked), ())
    entries = timeline(company=company, actor=request.actor, kinds=kinds)
    if day := _asked_day(request):
        entries = entries.filter(happened_at__date=day)
    filters = [
        {"label": label, "href": f"?ver={slug}", "current": not day and slug == asked} for slug, label, _ in FILTERS
    ]
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    return _tab(request, company, "log", {"page": page, "filters": filters, "day": day})


def _asked_day(request: ActorRequest) -> date | None:
    """The day of the address; None where it says none that a calendar has."""
    try:
        return parse_date(request.GET.get("dia", ""))
    except ValueError:
        return None


@staff
@require_safe
def commitments(request: ActorRequest, company_id: int) -> HttpResponse:
    """What was owed in both directions: what is open first, then what was kept or called off."""
    company = record_company(request, company_id)
    rows = (
        Commitment.objects.filter(company=company)
        .select_related("company", "matter", "office", "owner")
        .order_by(F("fulfilled_at").desc(nulls_first=True), F("cancelled_at").desc(nulls_first=True), "due_at", "id")
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return _tab(request, company, "commitments", {"page": page})


@staff
@require_safe
def results(request: ActorRequest, company_id: int) -> HttpResponse:
    """Test and interview with answers and result, their curve, and the series of segment and colour (INT-20)."""
    company = record_company(request, company_id)
    found = latest_intake_of(company)
    test = found.test if found else None
    interview = found.interview_response if found else None
    context = {
        "intake": found,
        "test": _shown(test, company),
        "reviewed": deciding_review(found) if found else None,
        "interview": _shown(interview, company),
        "may_update": found is not None and may_attend(request.actor, found.matter),
        "standings": company.standings.select_related("recorded_by"),
    }
    return _tab(request, company, "results", context)


def _shown(response: Response | None, company: Company) -> dict[str, Any] | None:
    if response is None:
        return None
    return {
        "response": response,
        "result": pages.result_context(response),
        "answers": pages.answers_context(response),
        "curve": pages.curve_context(company, response.version.instrument),
    }


@staff
@require_safe
def mails(request: ActorRequest, company_id: int) -> HttpResponse:
    """Every letter that the system wrote about the company, and what became of it (INT-25)."""
    company = record_company(request, company_id)
    enclosed = Prefetch("attachments", queryset=Attachment.objects.defer("content"))
    rows = Message.objects.filter(company=company).defer("body", "context").prefetch_related(enclosed)
    rows = rows.order_by("-written_at", "-id")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    may_open = request.actor.has_role("administrator", "client-management")
    return _tab(request, company, "mails", {"page": page, "may_open": may_open})


def _tab(request: ActorRequest, company: Company, slug: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, f"desk/{slug}.html", {**record_context(request, company, slug), **context})
