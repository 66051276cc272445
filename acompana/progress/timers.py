"""When a timed transition is due: the term of its rule, from the instant at which the state was entered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from acompana.kernel.deadlines import compute_due
from acompana.kernel.lifecycle import Lifecycle, Transition
from acompana.kernel.rulebook import UnknownRule, get_rule, term_of
from acompana.matters.models import Matter
from acompana.people.calendars import calendar_of


def timers_of(*, matter: Matter, lifecycle: Lifecycle) -> list[tuple[datetime, Transition]]:
    """The timed transitions that leave the matter's state, each with its instant, the first one first."""
    rows = lifecycle.ways_out(matter.state, "timed")
    due = [(due_of(matter=matter, rule_id=row.after), row) for row in rows]
    return sorted(due, key=lambda pair: pair[0])


def due_of(*, matter: Matter, rule_id: str) -> datetime:
    """The instant at which the term of a rule ends for a matter that entered its state when it did (OFF-3)."""
    zone = ZoneInfo(matter.office.time_zone)
    term = term_of(get_rule(rule_id, matter.state_since.astimezone(zone).date()))
    if term is None:
        raise UnknownRule(f"{rule_id} has no amount")
    return compute_due(term=term, start=matter.state_since, calendar=calendar_of(matter.office)).due_at
