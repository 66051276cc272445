"""A day added to a calendar, or taken away: the open terms that count over it end on another day (OFF-2, LAW-1).

What ended keeps its date, and so does what fell due before: nothing late is late no more, and nobody is late because
of a day that was told afterwards. Dates that people agreed are theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from acompana.commitments.models import Commitment, CommitmentQuerySet, Pause, Recount, Transfer
from acompana.commitments.rules import warning_after_a_move
from acompana.kernel import sets
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import Due, compute_due
from acompana.kernel.rulebook import get_rule_version, term_of
from acompana.kernel.terms import PauseSpan, Term
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.calendars import calendars_of, offices_that_have
from acompana.people.listeners import Foreseen, MovedTerm
from acompana.people.models import ExtraHoliday

PIECE = 500
ONE_DAY = timedelta(days=1)
CLOSED_ON_END = timedelta(days=15)  # no office is closed longer: a term that rolls back before a day ends at most then


class Owed(NamedTuple):
    """Of an open term, what its date is counted from. `office`: whose calendar it was promised on."""

    pk: int
    rule: str
    rule_version: int
    event_at: datetime | None
    starts_at: datetime
    due_at: datetime
    office: int


def foresee(holiday: ExtraHoliday, now: datetime, at_most: int) -> Foreseen:
    """How many terms a day would move that is not saved yet, or that is there and would be taken away; and the first
    of them, what is due first. Writes nothing. Six queries, however many."""
    counting = _Counting(calendars_of(offices_that_have(holiday), foreseen=holiday), now)
    count = 0
    first: dict[int, datetime] = {}
    for owed, due in counting.of(_that_may_move(holiday, now)):
        if _moves(owed, due):
            count += 1
            if len(first) < at_most:
                first[owed.pk] = due.due_at
    shown = Commitment.objects.select_related("company", "office").in_bulk(first)
    return Foreseen(count, [moved_term(shown[pk], shown[pk].due_at, due_at) for pk, due_at in first.items()])


def moved_term(commitment: Commitment, was: datetime, becomes: datetime, why: str = "") -> MovedTerm:
    """A commitment as pages about a day show it: the days before and after, at its office."""
    zone = ZoneInfo(commitment.office.time_zone)
    return MovedTerm(
        words=commitment.what,
        of=str(commitment.company or ""),
        office=str(commitment.office),
        href=commitment.get_absolute_url(),
        was=was.astimezone(zone).date(),
        becomes=becomes.astimezone(zone).date(),
        why=why,
    )


def touched_by(holiday: ExtraHoliday, now: datetime) -> list[int]:
    """The commitments to count again for a day that was added or taken away: those that run over it. Five queries,
    however many."""
    counting = _Counting(calendars_of(offices_that_have(holiday)), now)
    found = counting.of(_that_may_move(holiday, now))
    return [owed.pk for owed, due in found if _moves(owed, due) or _names(due, holiday.day)]


def recount(
    *, holiday: ExtraHoliday, actor: Actor, now: datetime, tell: Callable[[int, int], object] | None = None
) -> int:
    """Count again what a day touches that was added or taken away; how many moved. Twice is once.

    In pieces, each a transaction unless a verb is under way: killed, it goes on where it was. `tell(done, total)`.
    """
    ids = touched_by(holiday, now)
    moved = 0
    for at in range(0, len(ids), PIECE):
        moved += _recount_piece(holiday=holiday, ids=ids[at : at + PIECE], actor=actor, now=now)
        if tell:
            tell(min(at + PIECE, len(ids)), len(ids))
    return moved


@verb
def _recount_piece(*, holiday: ExtraHoliday, ids: Sequence[int], actor: Actor, now: datetime) -> int:
    """The terms are locked, so that what is kept or called off meanwhile stays as it was."""
    calendars = calendars_of(offices_that_have(holiday))
    locked = Commitment.objects.open().filter(pk__in=ids).order_by("pk").select_for_update()
    said = dict(locked.values_list("pk", "explanation"))
    moved: dict[int, tuple[datetime, str, datetime | None]] = {}
    explained: dict[int, str] = {}
    moves: list[Recount] = []
    for owed, due in _Counting(calendars, now).of(_that_may_move(holiday, now).filter(pk__in=list(said))):
        if _moves(owed, due):
            move = Recount(commitment_id=owed.pk, holiday=holiday, taken_away=holiday.withdrawn_at is not None)
            move.was_due_at, move.due_at, move.recounted_at, move.recounted_by = (
                owed.due_at,
                due.due_at,
                now,
                actor.person,
            )
            moves.append(move)
            calendar = calendars[owed.office]
            warn_at = warning_after_a_move(start=owed.starts_at, due_at=due.due_at, calendar=calendar, now=now)
            moved[owed.pk] = due.due_at, json.dumps(due.explanation), warn_at
        elif _names(due, holiday.day) and said[owed.pk] != list(due.explanation):
            explained[owed.pk] = json.dumps(due.explanation)
    _write("due_at = {instant}, explanation = {words}, warn_at = {instant}", moved)
    _write("explanation = {words}", {pk: (words,) for pk, words in explained.items()})
    warned = [pk for pk, (_, _, warn_at) in moved.items() if warn_at is not None]
    Commitment.objects.filter(pk__in=warned).update(warned_at=None)  # what moved deserves a warning of its own
    Recount.objects.bulk_create(moves)
    return len(moves)


def _write(changes: str, lines: Mapping[int, Sequence[Any]]) -> None:
    """Sets columns of many commitments, each to its own; with Django's own bulk_update it takes ten times as long."""
    words = changes.format(instant="%s", words=sets.to_json("%s"))
    adapt = connection.ops.adapt_datetimefield_value
    sets.run_many(
        f"UPDATE commitments_commitment SET {words} WHERE id = %s",
        [[*(adapt(one) if isinstance(one, datetime) else one for one in line), pk] for pk, line in lines.items()],
    )


def _that_may_move(holiday: ExtraHoliday, now: datetime) -> CommitmentQuerySet:
    """Open, still ahead, promised by a rule on a calendar that has the day, and perhaps running over it.

    Each has `counted_at`, the office whose calendar it was promised on: a transfer moves who owes, not the date.
    """
    midnight = datetime.combine(holiday.day, time(), tzinfo=UTC)
    first = Transfer.objects.filter(commitment=OuterRef("pk")).order_by("transferred_at", "id")
    promised_at = Coalesce(Subquery(first.values("from_office")[:1]), F("office"), output_field=BigIntegerField())
    around = Q(due_at__gte=midnight - CLOSED_ON_END) | Q(event_at__gte=midnight - ONE_DAY)
    found = Commitment.objects.open().exclude(rule="").filter(around, due_at__gte=now)
    return (
        found.filter(starts_at__lt=midnight + 2 * ONE_DAY)
        .annotate(counted_at=promised_at)
        .filter(counted_at__in=offices_that_have(holiday).values("pk"))
    )


def _moves(owed: Owed, due: Due) -> bool:
    # In UTC: an hour that the clock shows twice equals none of another zone.
    return due.due_at.astimezone(UTC) != owed.due_at


def _names(due: Due, day: date) -> bool:
    """Whether the count goes over the day, so that what explains it may name it."""
    return bool(due.days) and min(due.days[0].day, due.days[-1].day) <= day <= max(due.days[0].day, due.days[-1].day)


@dataclass(slots=True)
class _Counting:
    """Terms counted on some calendars, each once for all that start alike: thousands start on the same day."""

    calendars: dict[int, OfficeCalendar]
    now: datetime
    terms: dict[tuple[str, int, date], Term | None] = field(default_factory=dict)
    counted: dict[tuple[Any, ...], Due] = field(default_factory=dict)

    def of(self, found: CommitmentQuerySet) -> Iterator[tuple[Owed, Due]]:
        """Each term in days with what it would be now, what is due first first; what would be over already is left
        out. Two queries."""
        spans: dict[int, list[PauseSpan]] = {}
        for pause in Pause.objects.filter(commitment__in=found.values("pk")):
            span = PauseSpan(pause.paused_at, pause.resumed_at, pause.reason)
            spans.setdefault(pause.commitment_id, []).append(span)
        columns = ("pk", "rule", "rule_version", "event_at", "starts_at", "due_at", "counted_at")
        for row in found.order_by("due_at", "id").values_list(*columns).iterator():
            owed = Owed(*row)
            due = self._due_of(owed, spans.get(owed.pk, []))
            if due is not None and due.due_at > self.now:
                yield owed, due

    def _due_of(self, owed: Owed, spans: Sequence[PauseSpan]) -> Due | None:
        calendar, start = self.calendars[owed.office], owed.event_at or owed.starts_at
        key = (owed.rule, owed.rule_version, start.astimezone(calendar.zone).date())
        if key not in self.terms:
            self.terms[key] = term_of(get_rule_version(*key))
        term = self.terms[key]
        if term is None or term.unit == "hours":  # hours run through any day
            return None
        if spans:
            return compute_due(term=term, start=start, calendar=calendar, pauses=spans)
        if (*key, owed.office) not in self.counted:
            self.counted[*key, owed.office] = compute_due(term=term, start=start, calendar=calendar)
        return self.counted[*key, owed.office]
