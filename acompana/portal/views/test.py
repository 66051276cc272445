"""The self-test: one question a page, check your answers, the result with its gaps, the review by a person."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from acompana.intake import operations as intake
from acompana.intake.models import Intake, Referral, Review
from acompana.intake.queries import LEFT_STATES, added_to_review, deciding_review, is_for_exports, term_of_review
from acompana.intake.rules import test_for
from acompana.intake.states import CONTACT_RULES
from acompana.kernel.refusals import Refused
from acompana.people.access import ActorRequest, signed_in
from acompana.portal.forms import ReviewForm
from acompana.portal.not_now import why_no_result, why_no_test
from acompana.portal.promises import Promise, promise_of
from acompana.portal.views.visit import Visit, visit
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, start_response
from acompana.questionnaires.queries import draft_of
from acompana.shell.typed import typed_rows
from acompana.shell.words import long_date


def _addresses(company_id: int) -> pages.Addresses:
    return pages.Addresses(
        question=lambda slug: reverse("portal:test_question", args=[company_id, slug]),
        check=reverse("portal:test_check", args=[company_id]),
        leave=reverse("portal:company", args=[company_id]),
    )


def _draft(seen: Visit) -> Response | None:
    return draft_of(instrument="export-test", company=seen.company, matter=seen.matter) if seen.matter else None


@signed_in
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest, company_id: int) -> HttpResponse:
    """What the test is and how long it takes; starting or going on (INT-22)."""
    seen = visit(request, company_id, fully=True)
    if seen.state != "self_test" or seen.matter is None:
        messages.info(request, why_no_test(seen.intake))
        return redirect("portal:company", company_id)
    draft = _draft(seen)
    instrument = test_for(seen.company.offer)
    if request.method == "POST":
        former = seen.intake is not None and seen.intake.way_in == Intake.WayIn.FORMER
        try:
            draft = draft or start_response(
                instrument=instrument,
                company=seen.company,
                matter=seen.matter,
                again=former,
                actor=request.actor,
                now=request.now,
            )
        except Refused as refusal:
            messages.error(request, refusal.reason)
            return redirect("portal:company", company_id)
        return redirect(pages.resume_address(draft, _addresses(company_id)))
    progress = pages.progress_of(draft) if draft else None
    count = pages.count_to_answer(instrument=instrument, response=draft)
    return render(request, "portal/test_start.html", {"company": seen.company, "progress": progress, "count": count})


@signed_in
@require_http_methods(["GET", "POST"])
def question(request: ActorRequest, company_id: int, question: str) -> HttpResponse:
    """One question. What is sent where the route has left the test is kept in the draft; nothing more is asked."""
    seen = visit(request, company_id, fully=True)
    draft = _draft(seen)
    if draft is None or (request.method == "GET" and seen.state != "self_test"):
        return redirect("portal:test", company_id)
    return pages.answer_page(request, response=draft, question=question, addresses=_addresses(company_id))


@signed_in
@require_http_methods(["GET", "POST"])
def check(request: ActorRequest, company_id: int) -> HttpResponse:
    """All answers, and the button that sends them."""
    seen = visit(request, company_id, fully=True)
    draft, matter = _draft(seen), seen.matter
    if draft is None or matter is None or (request.method == "GET" and seen.state != "self_test"):
        return redirect("portal:result" if seen.intake and seen.intake.test else "portal:test", company_id)

    def finish() -> HttpResponse:
        with transaction.atomic():
            finish_response(response=draft, actor=request.actor, now=request.now)
            intake.finish_test(matter=matter, response=draft, actor=request.actor, now=request.now)
        return redirect("portal:result", company_id)

    return pages.check_page(request, response=draft, addresses=_addresses(company_id), finish=finish)


@signed_in
@require_safe
def result(request: ActorRequest, company_id: int) -> HttpResponse:
    """The result per dimension, the gaps and what closes them, and what happens now (INT-22, INT-29)."""
    seen = visit(request, company_id, fully=True)
    if seen.intake is None or seen.intake.test is None:
        messages.info(request, why_no_result(seen.intake))
        return redirect("portal:company", company_id)
    open_review = _open_review(seen.intake)
    shown = pages.result_context(seen.intake.test)
    decided = (
        shown["definition"].band(seen.intake.potential) if seen.intake.potential != seen.intake.test.band else None
    )
    reviewed = deciding_review(seen.intake)
    context = {
        "company": seen.company,
        "intake": seen.intake,
        "lead": _lead(seen.intake),
        "result": {**shown, "decided": decided, "reviewed": reviewed, "materials": reverse("portal:materials")},
        "open_review": open_review,
        "for_exports": open_review is not None and is_for_exports(open_review),
        "reviewed": reviewed,
        "referral": _referral_in_force(seen.intake),
        "promise": _contact_owed(seen.intake, request.now),
    }
    return render(request, "portal/result.html", context)


def _lead(found: Intake) -> str:
    """The result and, while that is still to come, what it leads to: a promise that is behind is not made again
    (INT-5)."""
    if found.matter.state in ("to_contact", "referred"):
        return found.routing_reason
    return f"Potencial {found.get_potential_display().lower()}."


def _contact_owed(found: Intake, now: datetime) -> Promise | None:
    """By when the office contacts the company after its result, as its route says it (INT-5, INT-10)."""
    if found.matter.state != "to_contact":
        return None
    owed = found.matter.commitments.filter(rule__in=CONTACT_RULES, fulfilled_at=None, cancelled_at=None)
    first = owed.select_related("office").order_by("due_at", "id").first()
    return promise_of(first, now) if first else None


def _referral_in_force(found: Intake) -> Referral | None:
    """To whom the company was sent, while its route stands there; after a review that raised it, nobody (INT-29)."""
    if found.matter.state not in LEFT_STATES:
        return None
    sent = found.matter.referrals.filter(direction=Referral.Direction.OUT)
    return sent.exclude(outcome=Referral.Outcome.WITHDRAWN).select_related("body").first()


@signed_in
@require_http_methods(["GET", "POST"])
def review(request: ActorRequest, company_id: int) -> HttpResponse:
    """Asking that a person looks at the result again; then what was asked, and later its answer (INT-29)."""
    seen = visit(request, company_id, fully=True)
    if seen.intake is None or not seen.intake.potential:
        messages.info(request, why_no_result(seen.intake))
        return redirect("portal:company", company_id)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            told = _ask_or_add(request, seen.intake, form.cleaned_data["because"])
        except Refused as refusal:
            form.add_error("because", refusal.reason)
        else:
            messages.success(request, told)
            return redirect("portal:review", company_id)
    if asked := _open_review(seen.intake):
        owed = asked.matter.commitments.filter(fulfilled_at=None).select_related("office").first()
        context = {
            "company": seen.company,
            "matter": asked.matter,
            "review": asked,
            "promise": promise_of(owed, request.now) if owed else None,
            "own": asked.matter.person == request.actor.person,
            "added": added_to_review(asked.matter),
            "for_exports": is_for_exports(asked),
            "form": form,
            "typed": typed_rows(form) if form.errors else [],
        }
        return render(request, "portal/review_asked.html", context, status=422 if form.errors else 200)
    term = term_of_review(day=timezone.localdate(request.now))
    shown = {"company": seen.company, "form": form, "office": seen.intake.matter.office, "term": term}
    shown["answered"] = _answered_review(seen.intake)
    return render(request, "portal/review.html", shown, status=422 if form.errors else 200)


def _open_review(found: Intake) -> Review | None:
    return found.reviews.filter(decision="").select_related("matter__office", "matter__person").first()


def _answered_review(found: Intake) -> Review | None:
    answered = found.reviews.exclude(decision="").select_related("matter__person")
    return answered.order_by("-decided_at").first()


def _ask_or_add(request: ActorRequest, found: Intake, because: str) -> str:
    """Asks for the review; where somebody of the company did already, adds to theirs. What is said of it (INT-29)."""
    if not _open_review(found):
        try:
            matter = intake.ask_review(intake=found, because=because, actor=request.actor, now=request.now)
        except Refused:
            if not _open_review(found):
                raise
        else:
            return f"Recibimos tu solicitud: es la {matter.number}."
    asked = _open_review(found)
    assert asked is not None
    intake.add_to_review(review=asked, because=because, actor=request.actor, now=request.now)
    if is_for_exports(asked):
        since = long_date(asked.matter.opened_at)
        return (
            f"Tu resultado se está revisando desde el {since}: es la {asked.matter.number}. "
            "Agregamos lo que escribiste, y lo va a leer quien la resuelve."
        )
    by = "Tú" if asked.matter.person == request.actor.person else str(asked.matter.person or "Tu oficina")
    verb = "pediste" if by == "Tú" else "pidió"
    return (
        f"{by} ya {verb} la revisión el {long_date(asked.matter.opened_at)}: es la {asked.matter.number}. "
        "Agregamos lo que escribiste, y lo va a leer quien la resuelve."
    )
