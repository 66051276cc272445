"""Reads of commitments that more than one caller needs: what is owed, why by then, and which stretches counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from acompana.commitments.models import Commitment, CommitmentQuerySet
from acompana.companies.models import Company
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import Due, PauseSpan, Term, compute_due
from acompana.kernel.pause_ledger import LedgerStretch, pause_ledger
from acompana.kernel.rulebook import get_rule_version, term_of
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.calendars import calendar_of


@dataclass(frozen=True, slots=True)
class Buckets:
    """What is owed, by when: each is a queryset for a list, oldest due first."""

    late: CommitmentQuerySet
    today: CommitmentQuerySet
    soon: CommitmentQuerySet
    paused: CommitmentQuerySet


def open_for(actor: Actor) -> CommitmentQuerySet:
    """What the actor owes: what is theirs, and what their office owes and nobody in it has taken."""
    if actor.person is None:
        return Commitment.objects.none()
    owed = Q(owner=actor.person)
    if actor.office_id is not None:
        owed |= Q(office_id=actor.office_id, owner=None, debtor=Commitment.Debtor.OFFICE)
    return Commitment.objects.open().filter(owed).exclude(debtor=Commitment.Debtor.COMPANY)


def due_buckets(actor: Actor, now: datetime) -> Buckets:
    """What the actor owes: late, due today (in the zone of their office), later, and standing still."""
    owed = open_for(actor)
    running = owed.running()
    zone = ZoneInfo(actor.staff_member.office.time_zone) if actor.staff_member else timezone.get_current_timezone()
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    return Buckets(
        late=running.filter(due_at__lt=now).for_lists(),
        today=running.filter(due_at__gte=now, due_at__lt=tomorrow).for_lists(),
        soon=running.filter(due_at__gte=tomorrow).for_lists(),
        paused=owed.paused().for_lists(),
    )


def owed_to(company: Company) -> CommitmentQuerySet:
    """What the agency owes a company (INT-5)."""
    return Commitment.objects.open().filter(company=company).exclude(debtor=Commitment.Debtor.COMPANY).for_lists()


def owed_by(company: Company) -> CommitmentQuerySet:
    """What a company owes the agency."""
    return Commitment.objects.open().filter(company=company, debtor=Commitment.Debtor.COMPANY).for_lists()


def open_of(matter: Matter) -> CommitmentQuerySet:
    """What is owed on a matter, by whomever."""
    return Commitment.objects.open().filter(matter=matter).for_lists()


def term_of_commitment(commitment: Commitment) -> Term | None:
    """The term that it was promised under, whatever the rule says today (EXP-8); None if agreed by hand."""
    if not commitment.rule:
        return None
    zone = ZoneInfo(commitment.office.time_zone)
    on = commitment.counted_from.astimezone(zone).date()
    return term_of(get_rule_version(commitment.rule, commitment.rule_version, on))


def calendar_of_commitment(commitment: Commitment) -> OfficeCalendar:
    """The calendar that the promise was made on: a transfer to another office changes who owes, not the date."""
    first = commitment.transfers.select_related("from_office__country", "from_office__region", "from_office__seat")
    moved = first.first()
    return calendar_of(moved.from_office if moved else commitment.office)


def spans_of(commitment: Commitment) -> list[PauseSpan]:
    return [PauseSpan(row.paused_at, row.resumed_at, row.reason) for row in commitment.pauses.all()]


def compute_again(commitment: Commitment, language: str = "es") -> Due | None:
    """Its due date from the rule, the calendar and the pauses; None if it was agreed by hand."""
    term = term_of_commitment(commitment)
    if term is None:
        return None
    return compute_due(
        term=term,
        start=commitment.counted_from,
        calendar=calendar_of_commitment(commitment),
        pauses=spans_of(commitment),
        language=language,
    )


def explain(commitment: Commitment, language: str = "es") -> tuple[str, ...]:
    """Why it is due then (EXP-9): the sentences kept in Spanish, computed again for English."""
    if language == "es":
        return tuple(commitment.explanation)
    due = compute_again(commitment, language)
    return due.explanation if due else ("Agreed between both sides.",)


def ledger_of(commitment: Commitment, language: str = "es") -> tuple[LedgerStretch, ...]:
    """Every stretch of its clock, counted or not, with the reason (EXP-8). Empty where no clock runs."""
    term = term_of_commitment(commitment)
    if term is None or term.counts_back:
        return ()
    return pause_ledger(
        term=term,
        start=commitment.counted_from,
        calendar=calendar_of_commitment(commitment),
        pauses=spans_of(commitment),
        language=language,
    )
