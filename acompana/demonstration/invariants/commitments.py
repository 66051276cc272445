"""Commitments: never without somebody who owes, due when their rule says, ended in one way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from acompana.commitments.models import Commitment, Pause, Transfer
from acompana.companies.models import Mandate
from acompana.demonstration.invariants.violation import Check
from acompana.intake.models import AccessTerm, Referral
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import PauseSpan, Term, compute_due
from acompana.kernel.rulebook import UnknownRule, get_rule_version, term_of
from acompana.people.calendars import calendars_of
from acompana.people.models import ExtraHoliday, Office, StaffMember

DAYS_APART = 1.0  # seconds: databases keep microseconds, terms end on whole seconds


def name_of(commitment: Commitment) -> str:
    return f"Commitment {commitment.pk} ({commitment.rule or 'by hand'})"


def owned(now: datetime) -> Iterator[str]:
    staff = set(StaffMember.objects.values_list("person_id", flat=True))
    retired = set(Office.objects.filter(retired_on__isnull=False).values_list("pk", flat=True))
    for commitment in Commitment.objects.open().iterator(chunk_size=2000):
        if commitment.owner_id is not None and commitment.owner_id not in staff:
            yield f"{name_of(commitment)} is owned by person {commitment.owner_id}, who is not staff."
        if commitment.owner_id is None and commitment.office_id in retired:
            yield f"{name_of(commitment)} is owed by an office that closed and by nobody in it."
        if commitment.debtor == Commitment.Debtor.PERSON and commitment.owner_id is None:
            yield f"{name_of(commitment)} is owed by a person who is not named."


class Recomputing:
    """Due dates from rules, calendars and pauses, once per rule, office and day where no pause matters."""

    def __init__(self) -> None:
        offices = list(Office.objects.select_related("country", "region", "seat"))
        self.calendars: dict[int, OfficeCalendar] = calendars_of(offices)
        self.pauses: dict[int, list[PauseSpan]] = {}
        for row in Pause.objects.order_by("paused_at"):
            span = PauseSpan(row.paused_at, row.resumed_at, row.reason)
            self.pauses.setdefault(row.commitment_id, []).append(span)
        # A transfer to another office changes who owes, not the calendar that the date was promised on.
        self.first_offices: dict[int, int] = {}
        for commitment_id, office_id in Transfer.objects.order_by("-transferred_at", "-id").values_list(
            "commitment_id", "from_office_id"
        ):
            self.first_offices[commitment_id] = office_id
        self.terms: dict[tuple[str, int, date], Term | None] = {}
        self.dues: dict[tuple[Any, ...], datetime] = {}

    def due_at(self, commitment: Commitment) -> datetime | None:
        """None if its rule is not about time. Raises UnknownRule."""
        office_id = self.first_offices.get(commitment.pk, commitment.office_id)
        calendar = self.calendars[office_id]
        day = commitment.counted_from.astimezone(calendar.zone).date()
        key = (commitment.rule, commitment.rule_version, day)
        if key not in self.terms:
            self.terms[key] = term_of(get_rule_version(*key))
        term = self.terms[key]
        if term is None:
            return None
        spans = self.pauses.get(commitment.pk, ())
        if spans or term.unit == "hours":
            return compute_due(term=term, start=commitment.counted_from, calendar=calendar, pauses=spans).due_at
        if (*key, office_id) not in self.dues:
            due = compute_due(term=term, start=commitment.counted_from, calendar=calendar)
            self.dues[*key, office_id] = due.due_at
        return self.dues[*key, office_id]


def changed_after(commitment: Commitment, wanted: datetime, days: list[datetime]) -> bool:
    """Whether a calendar changed after it ended, or after it fell due: its date stays (OFF-2)."""
    over_at = commitment.fulfilled_at or commitment.cancelled_at or commitment.due_at
    return any(at > min(over_at, commitment.due_at, wanted) for at in days)


def due(now: datetime) -> Iterator[str]:
    recomputing = Recomputing()
    changes = ExtraHoliday.objects.values_list("added_at", "withdrawn_at")
    days = [at for pair in changes for at in pair if at is not None]
    for commitment in Commitment.objects.exclude(rule="").iterator(chunk_size=2000):
        try:
            wanted = recomputing.due_at(commitment)
        except UnknownRule:
            yield f"{name_of(commitment)} was promised under version {commitment.rule_version}, which does not exist."
            continue
        if wanted is None:
            yield f"{name_of(commitment)}: its rule is not about time."
        elif abs((wanted - commitment.due_at).total_seconds()) >= DAYS_APART and not changed_after(
            commitment, wanted, days
        ):
            yield f"{name_of(commitment)} is due {commitment.due_at}, by its rule it would be {_local(wanted)}."


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S+00:00}"


def ended(now: datetime) -> Iterator[str]:
    for commitment in Commitment.objects.iterator(chunk_size=2000):
        name = name_of(commitment)
        ended_at = commitment.fulfilled_at or commitment.cancelled_at
        if ended_at is not None and ended_at < commitment.starts_at:
            yield f"{name} ended at {ended_at}, before it started."
        if ended_at is not None and ended_at > now:
            yield f"{name} ended at {ended_at}, which is still to come."
        if commitment.cancelled_at is not None and not commitment.cancelled_because:
            yield f"{name} was called off without a reason."
        if (
            commitment.breached_at is not None
            and commitment.breached_at < commitment.due_at
            and _never_paused(commitment)
        ):
            yield f"{name} was claimed as late at {commitment.breached_at}, before it was due."
        if commitment.breached_at is not None and commitment.was_kept and _never_paused(commitment):
            yield f"{name} was claimed as late, but was kept in time."
        if not commitment.explanation:
            yield f"{name} does not explain its date."


def _never_paused(commitment: Commitment) -> bool:
    """A pause moves a date after it was claimed as late: that is no fault."""
    return not commitment.pauses.exists()


def accesses(now: datetime) -> Iterator[str]:
    """A request to act for a company is owed a decision by a date while it waits, and no longer (INT-24)."""
    waiting = set(Mandate.objects.filter(state__in=("requested", "limited")).values_list("pk", flat=True))
    rows = AccessTerm.objects.filter(commitment__in=Commitment.objects.open().values("pk"))
    owed = Counter(rows.values_list("mandate_id", flat=True))
    for pk in sorted(waiting - owed.keys()):
        yield f"Mandate {pk} waits for a decision that nobody owes by a date."
    for pk in sorted(owed.keys() - waiting):
        yield f"Mandate {pk} does not wait any more, and its decision is still owed."
    for pk in sorted(pk for pk in owed if owed[pk] > 1):
        yield f"Mandate {pk} is owed its decision {owed[pk]} times."


def outcomes(now: datetime) -> Iterator[str]:
    """What came of a referral is asked by a date, until it is known (INT-19)."""
    sent = Referral.objects.filter(direction=Referral.Direction.OUT)
    for pk in sent.filter(outcome="", commitment=None).values_list("pk", flat=True):
        yield f"Nobody owes by a date to ask what came of referral {pk}."
    known = sent.exclude(outcome="").filter(commitment__in=Commitment.objects.open().values("pk"))
    for pk in known.values_list("pk", flat=True):
        yield f"What came of referral {pk} is known, and to ask for it is still owed."


CHECKS = (
    Check("outcomes", "What came of a referral is asked by a date, until it is known", outcomes),
    Check("accesses", "A request for access is owed its decision by a date while it waits", accesses),
    Check("owned", "What is owed has somebody of the agency, or an office in service, who owes it", owned),
    Check("due", "A due date is what its rule, calendar and pauses give", due),
    Check("ended", "A commitment ends after it starts, in one way, and is late only after its date", ended),
)
