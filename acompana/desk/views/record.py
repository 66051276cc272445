"""The company record on one page (POR-16): where it stands, what we owe it, what happened."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompana.commitments.queries import owed_by, owed_to
from acompana.companies.models import Company
from acompana.companies.permissions import may_see
from acompana.companies.views.record import record_context
from acompana.intake.models import Interview
from acompana.intake.permissions import may_attend_company
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.forms import QuickEntryForm
from acompana.logbook.queries import canonical_company, timeline
from acompana.matters.models import Matter
from acompana.matters.queries import lifecycle_of, route_of
from acompana.people.access import ActorRequest, deny_unless, staff
from acompana.progress.operations import available_steps

ENTRIES = 50


@staff
@require_http_methods(["GET", "POST"])
def record(request: ActorRequest, company_id: int) -> HttpResponse:
    """The record; a POST writes a call, a visit, a mail or a note in three clicks."""
    company = get_object_or_404(
        Company.objects.select_related(
            "region", "commune", "office", "executive", "sales_bracket", "sector", "country"
        ).prefetch_related("contacts", "products", "activities", "exports"),
        pk=company_id,
    )
    deny_unless(may_see(request.actor, company), known=False)
    if company.merged_into_id:
        return HttpResponseRedirect(canonical_company(company).get_absolute_url())
    entry_form = QuickEntryForm(
        request.POST or None,
        request.FILES or None,
        company=company,
        initial={"kind": request.GET.get("anotar", "call")},
    )
    if request.method == "POST" and entry_form.is_valid():
        try:
            entry = entry_form.record(actor=request.actor, now=request.now, company=company, matter=None)
        except Refused as refusal:
            entry_form.add_error(None, refusal.reason)
        else:
            if entry is not None:
                messages.success(request, "Quedó anotado en la bitácora.")
                return HttpResponseRedirect(f"{company.get_absolute_url()}#anotacion-{entry.pk}")
    context = {
        **record_context(request, company, "summary"),
        **_road(request, company),
        "owed_to": owed_to(company),
        "owed_by": owed_by(company),
        "page": Paginator(timeline(company=company, actor=request.actor), ENTRIES).get_page(request.GET.get("page")),
        "entry_form": entry_form,
        "standing": company.standings.first(),
        "referrals": company.referrals.select_related("body")[:5],
        "may_refer": may_attend_company(request.actor, company),
        "open_account": Matter.objects.filter(company=company, kind="potential_account", closed_at=None).first(),
        "reviews": Matter.objects.filter(company=company, kind="review", closed_at=None),
    }
    return render(request, "desk/record.html", context, status=422 if entry_form.errors else 200)


def _road(request: ActorRequest, company: Company) -> dict[str, object]:
    """Where the newest intake stands, its next steps, and the interview to come."""
    intake = latest_intake_of(company)
    if intake is None:
        return {"intake": None}
    matter = intake.matter
    steps = [
        {"option": option, "href": reverse(option.page, args=[matter.number]) if option.page else ""}
        for option in available_steps(matter=matter, actor=request.actor, now=request.now)
    ]
    interview: Interview | None = (
        matter.interviews.filter(cancelled_at=None, held_at=None).select_related("executive").first()
    )
    return {
        "intake": intake,
        "matter": matter,
        "state": lifecycle_of(matter).state(matter.state),
        "route": route_of(matter),
        "steps": [step for step in steps if step["href"]],
        "interview": interview,
    }
