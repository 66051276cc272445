"""The clock against an oracle that counts one day after the other (LAW-1, OFF-3)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import compute_due
from acompana.kernel.pause_ledger import pause_ledger
from acompana.kernel.terms import ROLLS, UNITS, PauseSpan, Term
from acompana.kernel.tests import oracle

pytestmark = pytest.mark.one_database

OFFICES = [
    ("America/Santiago", "RM", "Santiago"),
    ("America/Santiago", "AP", "Arica"),
    ("America/Santiago", "NB", "Chillán"),
    ("America/Punta_Arenas", "MA", "Punta Arenas"),
    ("America/Coyhaique", "AI", "Coyhaique"),
    ("Pacific/Easter", "VS", "Hanga Roa"),
]
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
MINUTES = st.integers(0, 12 * 365 * 24 * 60)


@st.composite
def terms(draw):
    unit = draw(st.sampled_from(UNITS))
    most = {"months": 14, "hours": 200}.get(unit, 45)
    roll = "none" if unit == "hours" else draw(st.sampled_from(ROLLS))
    return Term("X", draw(st.integers(0, most)), unit, roll, True)


@st.composite
def closed_pauses(draw, start):
    """Up to three pauses that do not touch, the first after the start."""
    pauses, instant = [], start
    for _ in range(draw(st.integers(0, 3))):
        paused_at = instant + timedelta(minutes=draw(st.integers(1, 9 * 24 * 60)))
        instant = paused_at + timedelta(minutes=draw(st.integers(0, 12 * 24 * 60)))
        pauses.append((paused_at, instant))
    return pauses


@settings(max_examples=400, deadline=None)
@given(data=st.data(), term=terms(), office=st.sampled_from(OFFICES), minutes=MINUTES)
def test_the_due_instant_is_what_counting_day_by_day_gives(data, term, office, minutes):
    zone, region, seat = ZoneInfo(office[0]), office[1], office[2]
    start = (FIRST + timedelta(minutes=minutes)).astimezone(zone)
    pauses = [] if term.counts_back else data.draw(closed_pauses(start.astimezone(UTC)))
    calendar = OfficeCalendar(zone=zone, country="CL", subdivision=region, seat=seat)
    spans = [PauseSpan(*pause) for pause in pauses]
    due = compute_due(term=term, start=start, calendar=calendar, pauses=spans)
    expected = oracle.due(term.amount, term.unit, term.roll, start, zone, region, seat, pauses)
    assert due.due_at.astimezone(UTC) == expected
    assert all(due.explanation)
    if not term.counts_back:
        ledger = pause_ledger(term=term, start=start, calendar=calendar, pauses=spans)
        assert ledger[-1].ends_at.astimezone(UTC) == expected
        if term.unit != "months" and term.roll == "none":
            assert round(sum(stretch.amount for stretch in ledger if stretch.counts), 6) == term.amount


@settings(max_examples=60, deadline=None)
@given(term=terms(), minutes=MINUTES, gap=st.integers(0, 600))
def test_a_pause_opened_and_closed_on_one_day_shifts_nothing_but_hours(term, minutes, gap):
    zone = ZoneInfo("America/Santiago")
    calendar = OfficeCalendar(zone=zone, country="CL", subdivision="RM", seat="Santiago")
    start = (FIRST + timedelta(minutes=minutes)).astimezone(zone)
    paused_at = (start + timedelta(days=1)).replace(hour=9, minute=0)
    span = PauseSpan(paused_at, paused_at + timedelta(minutes=gap))
    plain = compute_due(term=term, start=start, calendar=calendar).due_at
    paused = compute_due(term=term, start=start, calendar=calendar, pauses=[span]).due_at
    assert term.unit == "hours" or plain == paused
