"""The company record on one page (POR-16): where it stands, what we owe it, what happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from acompana.commitments.queries import owed_by, owed_to
from acompana.companies.accesses import accesses_of
from acompana.companies.models import Company
from acompana.companies.permissions import may_assign, may_take
from acompana.companies.portfolio import portfolio_of
from acompana.companies.views.record import record_company, record_context
from acompana.desk.duties import own_duties
from acompana.desk.forms import CommitmentForm
from acompana.desk.operations import agree_commitment
from acompana.desk.waiting import waiting_at
from acompana.intake import operations as intake
from acompana.intake.contacting import who_contacts
from acompana.intake.interview_hours import held_by_another
from acompana.intake.models import Interview, Referral
from acompana.intake.permissions import (
    may_act_on_account,
    may_attend,
    may_attend_company,
    may_name_contact,
    may_take_test,
)
from acompana.intake.queries import (
    advice_on,
    begins_with,
    deciding_review,
    derivation_of,
    follower_words,
    invitations_of,
    latest_intake_of,
    sent_elsewhere_by,
    steps_on_road,
    who_keeps,
)
from acompana.intake.reaching import why_unreached
from acompana.intake.rules import WHY_ROUTED
from acompana.kernel.refusals import Refused
from acompana.logbook.forms import QuickEntryForm
from acompana.logbook.queries import timeline
from acompana.matters.models import Matter
from acompana.matters.queries import lifecycle_of, route_of
from acompana.people.access import ActorRequest, staff
from acompana.people.queries import central_office
from acompana.progress.operations import StepOption

ENTRIES = 15
COMMITMENT = "commitment"
# The buttons of the sketch: open, type, save.
QUICK = (
    ("call", "Llamada"),
    ("visit", "Visita"),
    ("mail", "Correo"),
    ("note", "Nota"),
    (COMMITMENT, "Compromiso"),
)


@staff
@require_http_methods(["GET", "POST"])
def record(request: ActorRequest, company_id: int) -> HttpResponse:
    """The record; a POST writes a call, a visit, a mail, a note or a commitment in three clicks.

    The side panel of a list asks for it in short.
    """
    company = record_company(request, company_id)
    noting = noting_of(request)
    form = note_form(request, company, noting)
    if request.method == "POST" and form.is_valid() and (place := _note(request, company, form)):
        return HttpResponseRedirect(f"{company.get_absolute_url()}{place}")
    in_short = request.headers.get("X-Panel") == "1"
    context = {
        **record_context(request, company, "summary"),
        **road(request, company),
        **beside(request, company),
        "quick": [(kind, label, kind == noting) for kind, label in QUICK],
        "noting": noting,
        "note_form": form,
        "page": _entries(request, company, 5 if in_short else ENTRIES),
    }
    if in_short:  # where what its reader owes comes first
        places = own_duties(company, request.actor)
        for commitment in (*context["owed_to"], *context["owed_by"]):
            commitment.place = places.get(commitment.pk)
        context["has_duties"] = bool(places)
    template = "desk/record_panel.html" if in_short else "desk/record.html"
    response = render(request, template, context, status=422 if form.errors else 200)
    patch_vary_headers(response, ["X-Panel"])
    return response


def _entries(request: ActorRequest, company: Company, count: int) -> Any:
    return Paginator(timeline(company=company, actor=request.actor), count).get_page(1)


def noting_of(request: ActorRequest) -> str:
    """Which button was pressed; empty while nobody writes."""
    asked = request.POST.get("noting", "") or request.POST.get("kind", "") or request.GET.get("anotar", "")
    return asked if asked in dict(QUICK) else ""


def note_form(request: ActorRequest, company: Company, noting: str) -> QuickEntryForm | CommitmentForm:
    if noting == COMMITMENT:
        return CommitmentForm(request.POST or None, auto_id="nota_%s")
    form = QuickEntryForm(
        request.POST or None,
        request.FILES or None,
        company=company,
        initial={"kind": noting or "call"},
        auto_id="nota_%s",
    )
    form.fields["text"].widget.attrs["autofocus"] = True
    return form


def _note(request: ActorRequest, company: Company, form: QuickEntryForm | CommitmentForm) -> str:
    """Writes what was typed; the place of the page to show it at, empty when it was refused."""
    if isinstance(form, QuickEntryForm):
        entry = form.record(actor=request.actor, now=request.now, company=company, matter=None)
        if entry is None:
            return ""
        taken = " Quedó a tu cargo." if may_take(request.actor, company) else ""
        actor, now = request.actor, request.now
        if intake.count_as_contact(company=company, entry=entry, actor=actor, now=now):
            told = f"Quedó anotado, y cuenta como el contacto de su ingreso.{taken} Ahora acuerda la entrevista."
        elif why := intake.why_not_the_contact(company=company, entry=entry, actor=actor, now=now):
            told = f"Quedó anotado; no cuenta como el contacto de su ingreso. {why}"
        else:
            told = "Quedó anotado en la bitácora."
        messages.success(request, told)
        return f"#anotacion-{entry.pk}"
    staff_member = request.actor.staff_member
    office = staff_member.office if staff_member else company.office or central_office()
    try:
        agree_commitment(
            company=company,
            what=form.cleaned_data["what"],
            debtor=form.cleaned_data["debtor"],
            due_at=form.due_at(office),
            office=office,
            actor=request.actor,
            now=request.now,
        )
    except Refused as refusal:
        form.add_error("due_on" if "fecha" in refusal.reason else None, forms.ValidationError(refusal.reason))
        return ""
    messages.success(request, "Quedó el compromiso, con su fecha.")
    return "#le-debemos"


def beside(request: ActorRequest, company: Company) -> dict[str, Any]:
    """What stands beside the road: debts, classification, referrals, what waits."""
    derivation = derivation_of(company)
    account = Matter.objects.filter(company=company, kind="potential_account", closed_at=None).first()
    return {
        "accesses": accesses_of(company, request.actor),
        "derivation": derivation,
        "follower": follower_words(derivation, company) if derivation else "",
        "owed_to": owed_to(company),
        "owed_by": owed_by(company),
        "portfolio": portfolio_of(company, timezone.localdate(request.now)),
        "standing": company.standings.first(),
        "referrals": Referral.objects.filter(company=company).select_related("body")[:5],
        "may_move": may_assign(request.actor, company),
        "may_refer": may_attend_company(request.actor, company),
        "open_account": account,
        "invited": invitations_of([account.pk], request.now).get(account.pk) if account else None,
        "may_act_on_account": account is not None and may_act_on_account(request.actor, account),
        "waiting": waiting_at(company, request.actor),
    }


def road(request: ActorRequest, company: Company) -> dict[str, Any]:
    """Where the newest intake stands, its next steps, and the interview to come."""
    intake = latest_intake_of(company)
    if intake is None:
        return {"intake": None, "begins": begins_with(company, timezone.localdate(request.now))}
    matter = intake.matter
    steps = [
        {"option": option, "href": reverse(option.page, args=[matter.number])}
        for option in steps_on_road(matter, request.actor, request.now)
        if option.page and option.page != "intake:refer_interviewed"  # that is the button of `elsewhere`
    ]
    interview: Interview | None = (
        matter.interviews.filter(cancelled_at=None, held_at=None).select_related("executive").first()
    )
    attends = may_attend(request.actor, matter)
    changed = intake.test is not None and intake.potential != intake.test.band
    return {
        "intake": intake,
        "matter": matter,
        "state": lifecycle_of(matter).state(matter.state),
        "route": route_of(matter),
        "steps": one_button_per_page(steps),
        "reviewed": deciding_review(intake) if changed else None,
        "why_routed": WHY_ROUTED.get(intake.routing_rule, ""),
        "who_contacts": who_contacts(matter, request.now),
        "who_keeps": who_keeps(matter, request.actor, request.now),
        "names_contact": may_name_contact(request.actor, matter.office),
        "elsewhere": sent_elsewhere_by(matter, request.now),
        "interview": interview,
        "interview_of_another": held_by_another(interview) if interview else "",
        "unreached": why_unreached(company, "interview", matter) if matter.closed_at is None else "",
        "interview_is_over": interview is not None and interview.is_over(request.now),
        "may_attend": attends,
        "to_arrange": matter.state == "to_interview" and interview is None and attends,
        "may_take_test": matter.state == "self_test" and may_take_test(request.actor, matter),
        "advice": advice_on(intake, request.actor, request.now),
    }


def one_button_per_page(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Several steps that are decided on one page are one button, named by the one that may be taken and goes on."""
    kept: dict[str, dict[str, Any]] = {}
    for step in steps:
        shown = kept.get(step["href"])
        if shown is None or _weight(step["option"]) > _weight(shown["option"]):
            kept[step["href"]] = step
    return list(kept.values())


def _weight(option: StepOption) -> tuple[bool, bool]:
    return option.allowed, option.advances
