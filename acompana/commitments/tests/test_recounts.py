"""A day added to a calendar or taken away: which terms end on another day, which keep theirs (OFF-2, OFF-3, EXP-9).

The cast promises on Wednesday 16 September 2026. Friday 18 is a holiday by law: three business days end on Tuesday 22.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.commitments.dates import explain, ledger_of
from acompana.commitments.jobs import warn_due_commitments
from acompana.commitments.models import Commitment, Recount
from acompana.commitments.operations import (
    cancel,
    foresee,
    fulfil,
    pause,
    promise_by_hand,
    recount,
    resume,
    transfer,
)
from acompana.people.models import ExtraHoliday, Office
from acompana.people.operations import add_holiday, close_office_day, withdraw_holiday
from acompana.reference.models import Region

SANTIAGO = ZoneInfo("America/Santiago")
MONDAY = date(2026, 9, 21)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)


def due_on(commitment):
    return Commitment.objects.get(pk=commitment.pk).due_at.astimezone(SANTIAGO).date()


@pytest.fixture
def add(cast):
    """Adds a day, the Monday unless told otherwise, and gives it back."""

    def add(day=MONDAY, now=None, **where):
        add_holiday(day=day, name="Duelo nacional", actor=cast.actor, now=now or cast.now, **where)
        return ExtraHoliday.objects.latest("pk")

    return add


def take_away(holiday, cast, now=None):
    return withdraw_holiday(holiday=holiday, actor=cast.actor, now=now or cast.now)


def test_off_2_what_is_open_counts_the_day_from_now_on_and_without_it_again(cast, owe, add):
    commitment = owe()
    holiday = add()
    commitment.refresh_from_db()
    assert commitment.due_at == at("2026-09-23T23:59:59")
    assert "El lunes 21 es feriado (Duelo nacional): no se cuenta." in commitment.explanation
    moved = Recount.objects.get()
    assert (moved.was_due_at, moved.due_at, moved.holiday, moved.taken_away, moved.recounted_by) == (
        at("2026-09-22T23:59:59"),
        commitment.due_at,
        holiday,
        False,
        cast.carolina,
    )
    assert recount(holiday=holiday, actor=cast.actor, now=cast.now) == 0
    assert take_away(holiday, cast) == ["1 plazo abierto vence ahora otro día."]
    commitment.refresh_from_db()
    assert commitment.due_at == at("2026-09-22T23:59:59")
    assert not any("Duelo" in sentence for sentence in commitment.explanation)
    assert list(Recount.objects.values_list("taken_away", flat=True)) == [False, True]


KEPT = {
    "kept": lambda cast, owe: fulfil(commitment=owe(), actor=cast.actor, now=cast.now),
    "called off": lambda cast, owe: cancel(commitment=owe(), because="Cerró", actor=cast.actor, now=cast.now),
    "in hours": lambda cast, owe: owe("DL-7", starts_at=at("2026-09-20T10:00")),
    "in calendar days": lambda cast, owe: owe("DL-2"),
    "started after it": lambda cast, owe: owe(starts_at=at("2026-09-21T10:00")),
    "ended before it": lambda cast, owe: owe("DL-20"),
    "of another region": lambda cast, owe: owe(office=cast.biobio),
    "agreed by hand": lambda cast, owe: promise_by_hand(
        what="Llamar",
        due_at=at("2026-09-22T23:59:59"),
        debtor="person",
        owner=cast.carolina,
        office=cast.office,
        actor=cast.actor,
        now=cast.now,
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_these_keep_their_date(cast, owe, add, what):
    commitment = KEPT[what](cast, owe)
    before = Commitment.objects.filter(pk=commitment.pk).values().get()
    add(region=Region.objects.get(iso="CL-VS"))
    assert Commitment.objects.filter(pk=commitment.pk).values().get() == before
    assert not Recount.objects.exists()


def test_a_day_moves_what_was_promised_on_a_calendar_that_has_it(cast, owe, add):
    """Valparaíso's own days, also for what Biobío owes now: who owes changed, and not the calendar (OFF-2)."""
    ours, theirs = owe(), owe()
    central = owe(office=Office.objects.get(code="CL-CENTRAL"))
    transfer(
        commitments=Commitment.objects.filter(pk=theirs.pk),
        to_office=cast.biobio,
        reason="Se cambió de región",
        actor=cast.actor,
        now=cast.now,
    )
    add(region=Region.objects.get(iso="CL-BI"))
    assert [due_on(one) for one in (ours, theirs, central)] == [date(2026, 9, 22)] * 3
    close_office_day(office=cast.office, day=MONDAY, name="Mudanza", actor=cast.actor, now=cast.now)
    assert [due_on(one) for one in (ours, theirs, central)] == [
        date(2026, 9, 23),
        date(2026, 9, 23),
        date(2026, 9, 22),
    ]
    assert "El lunes 21 es día sin atención (Mudanza): no se cuenta." in Commitment.objects.get(pk=ours.pk).explanation


def test_what_is_late_stays_late_and_nobody_is_late_by_a_day_told_afterwards(cast, owe, add):
    """DL-13 ends thirty days before a visit, and on the business day before where that is none."""
    late, today = owe(), at("2026-09-24T10:00")
    ends_today, ends_tomorrow = (owe("DL-13", starts_at=at(f"2026-10-{day}T10:00")) for day in (24, 25))
    assert [due_on(one).day for one in (late, ends_today, ends_tomorrow)] == [22, 24, 25]
    add(date(2026, 9, 24), today)  # the term of the visit on the 24th would have ended yesterday
    friday = add(date(2026, 9, 25), today)  # and that of the other one, too
    assert [due_on(one).day for one in (late, ends_today, ends_tomorrow)] == [22, 24, 25]
    assert not Recount.objects.exists()
    take_away(ExtraHoliday.objects.get(day=date(2026, 9, 24)), cast, today)
    assert [due_on(one).day for one in (late, ends_today, ends_tomorrow)] == [22, 24, 24]
    take_away(friday, cast, today)
    assert [due_on(one).day for one in (late, ends_today, ends_tomorrow)] == [22, 24, 25]


def test_exp_8_a_pause_is_left_out_as_before(cast, owe, add):
    """What stood still does so on the new count; what stands still is counted with the day when it goes on."""
    stood, stands = owe(), owe()
    for commitment in (stood, stands):
        pause(commitment=commitment, reason="Falta el poder", actor=cast.actor, now=cast.now)
    resume(commitment=stood, actor=cast.actor, now=at("2026-09-17T12:00"))
    assert due_on(stood) == date(2026, 9, 23)
    add()
    assert [due_on(one) for one in (stood, stands)] == [date(2026, 9, 24), date(2026, 9, 23)]
    resume(commitment=stands, actor=cast.actor, now=at("2026-09-22T12:00"))
    assert due_on(stands) == date(2026, 9, 25)


def test_exp_7_a_date_that_moved_is_warned_of_again(cast, owe, add):
    commitment = owe()
    assert warn_due_commitments(at("2026-09-21T14:30")) == [commitment]
    add(date(2026, 9, 22), at("2026-09-21T15:00"))
    commitment.refresh_from_db()
    assert due_on(commitment) == date(2026, 9, 23)
    assert commitment.warned_at is None
    assert commitment.warn_at > at("2026-09-21T15:00")


def test_exp_9_what_ended_is_explained_with_the_days_known_then(cast, owe, add):
    """One that was kept, one that was late before the day was told, and one that a day moved which was taken away."""
    kept, late = owe(), owe()
    fulfil(commitment=kept, actor=cast.actor, now=at("2026-09-17T10:00"))
    add(now=at("2026-09-17T12:00"))
    add(date(2026, 9, 28), at("2026-09-24T10:00"))
    moved = owe(starts_at=at("2026-09-24T10:00"), now=at("2026-09-24T10:00"))
    fulfil(commitment=moved, actor=cast.actor, now=at("2026-09-25T10:00"))
    take_away(ExtraHoliday.objects.latest("pk"), cast, at("2026-09-25T12:00"))
    assert [due_on(one).day for one in (kept, late, moved)] == [22, 23, 30]
    for commitment in (kept, late, moved):
        commitment.refresh_from_db()
        assert ledger_of(commitment)[-1].ends_at == commitment.due_at
        assert explain(commitment, "en")[-1].startswith("Due on ")


def test_what_was_done_before_a_day_was_added_and_noted_after_it_is_explained_with_it(cast, owe, add):
    commitment = owe()
    add(now=at("2026-09-17T12:00"))
    fulfil(commitment=commitment, actor=cast.actor, now=at("2026-09-17T15:00"), done_at=at("2026-09-17T10:00"))
    commitment.refresh_from_db()
    assert ledger_of(commitment)[-1].ends_at == commitment.due_at == at("2026-09-23T23:59:59")


def test_what_a_day_would_move_is_foreseen_and_nothing_is_written(cast, owe, add):
    first, second = owe("DL-5"), owe()
    owe(office=cast.biobio)
    coming = ExtraHoliday(day=MONDAY, name="Duelo", region=Region.objects.get(iso="CL-VS"))
    told = foresee(coming, cast.now, 1)
    assert told.count == 2
    assert [(row.words, row.was, row.becomes) for row in told.first] == [
        (second.what, date(2026, 9, 22), date(2026, 9, 23))
    ]
    assert due_on(first) == due_on(second) == date(2026, 9, 22)
    holiday = add(region=Region.objects.get(iso="CL-VS"))
    told = foresee(holiday, cast.now, 9)
    assert [(row.was.day, row.becomes.day) for row in told.first] == [(23, 22), (23, 22)]
    assert due_on(first) == date(2026, 9, 23)


@pytest.mark.one_database
def test_many_take_as_many_queries_as_one(cast, owe):
    holiday = ExtraHoliday.objects.create(
        day=MONDAY, name="Duelo", added_by=cast.carolina, added_at=cast.now, withdrawn_at=cast.now
    )
    counts = []
    for more in (1, 2):
        for _ in range(more):
            owe()
        for withdrawn_at in (None, cast.now):
            ExtraHoliday.objects.update(withdrawn_at=withdrawn_at)
            holiday.refresh_from_db()
            with CaptureQueriesContext(connection) as queries:
                moved = recount(holiday=holiday, actor=cast.actor, now=cast.now)
            counts.append((moved, len(queries)))
        coming = ExtraHoliday(day=MONDAY, name="Duelo")
        with CaptureQueriesContext(connection) as queries:
            assert foresee(coming, cast.now, 20).count == moved
        counts.append((moved, len(queries)))
    assert counts == [(1, 16), (1, 16), (1, 6), (3, 16), (3, 16), (3, 6)]
