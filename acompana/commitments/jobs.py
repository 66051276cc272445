"""What the clock does by itself. Each claims rows by one conditional update, so that two workers never act twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from acompana.commitments.models import Commitment, CommitmentQuerySet
from acompana.commitments.operations import cover_absence, recount, return_from_absence
from acompana.kernel import sets
from acompana.people.actors import SYSTEM
from acompana.people.calendars import calendars_of
from acompana.people.models import Absence, ExtraHoliday, Office

AT_MOST = 500  # rows per run: the rest waits for the next
LATELY = timedelta(days=1)  # long enough for a worker that was down


@transaction.atomic
def warn_due_commitments(now: datetime, at_most: int = AT_MOST) -> list[Commitment]:
    """Claim the warnings that are due at offices where somebody is at work now (EXP-7); the claimed rows.

    The caller writes the messages in the same transaction: if it fails, nothing was claimed.
    """
    waiting = Commitment.objects.running().filter(warn_at__lte=now, warned_at=None, due_at__gt=now)
    offices = Office.objects.filter(pk__in=waiting.values("office")).select_related("country", "region", "seat")
    awake = [pk for pk, calendar in calendars_of(offices).items() if calendar.is_open(now)]
    return _claim(waiting.filter(office__in=awake), "warned_at", now, at_most)


@transaction.atomic
def claim_breaches(now: datetime, at_most: int = AT_MOST) -> list[Commitment]:
    """Claim what fell due unkept, at any hour; the claimed rows. Mails about it wait for `next_open` of the office."""
    late = Commitment.objects.running().filter(due_at__lt=now, breached_at=None)
    return _claim(late, "breached_at", now, at_most)


def follow_absences(now: datetime) -> int:
    """Cover the absences under way and give back after those that ended; how many commitments changed hands."""
    today, moved = timezone.localdate(now), 0
    absences = Absence.objects.select_related("staff_member__person", "staff_member__office", "substitute__person")
    for absence in absences.on(today):
        moved += cover_absence(absence=absence, actor=SYSTEM, now=now)
    over = Q(until_on__lt=today) | Q(withdrawn_at__isnull=False)
    for absence in absences.filter(over, pk__in=_held_for()):
        if absence.staff_member.until_on is None or absence.staff_member.until_on >= today:
            moved += return_from_absence(absence=absence, actor=SYSTEM, now=now)
    return moved


def recount_lately_changed(now: datetime) -> int:
    """Count again over the days that were added or taken away lately; how many terms moved (OFF-2).

    What was promised, or went on after a pause, at the very moment when a day was being added was counted on a
    calendar that did not have it, and was not there to be counted again: neither saw the other. Nobody waits for that:
    it is seen to here, once both are written.
    """
    since = now - LATELY
    days = ExtraHoliday.objects.filter(Q(added_at__gt=since) | Q(withdrawn_at__gt=since)).order_by("pk")
    return sum(recount(holiday=day, actor=SYSTEM, now=now) for day in days)


def _held_for() -> list[int]:
    """The absences because of which somebody may still hold what another owed."""
    held = Commitment.objects.open().filter(transfers__absence__isnull=False)
    return list(held.values_list("transfers__absence", flat=True).distinct())


def _claim(rows: CommitmentQuerySet, field: str, now: datetime, at_most: int) -> list[Commitment]:
    read = list(rows.for_lists()[:at_most])
    claimed = set()
    for start in range(0, len(read), AT_MOST):
        chunk = [commitment.pk for commitment in read[start : start + AT_MOST]]
        # The condition is in the update: of two workers that read the rows, the database lets one change each.
        marks = ", ".join("%s" for _ in chunk)
        claimed |= set(
            sets.value_list(
                f"UPDATE commitments_commitment SET {field} = %s WHERE id IN ({marks}) AND {field} IS NULL "
                "AND fulfilled_at IS NULL AND cancelled_at IS NULL RETURNING id",
                [connection.ops.adapt_datetimefield_value(now), *chunk],
            )
        )
    kept = [commitment for commitment in read if commitment.pk in claimed]
    for commitment in kept:
        setattr(commitment, field, now)
    return kept
