"""When a timed transition is due: the term of its rule, from the instant at which the state was entered."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from acompana.kernel.lifecycle import Lifecycle, Transition
from acompana.matters.models import Matter


def next_timer(*, matter: Matter, lifecycle: Lifecycle) -> tuple[Transition | None, datetime | None]:
    """The timed transition that comes first from the matter's state, and when; (None, None) without one."""
    due = [(due_of(matter=matter, rule_id=row.after), row) for row in lifecycle.ways_out(matter.state, "timed")]
    if not due:
        return None, None
    due_at, row = min(due, key=lambda pair: pair[0])
    return row, due_at


def due_of(*, matter: Matter, rule_id: str) -> datetime:
    """The instant at which the term of a rule ends for a matter that entered its state when it did (OFF-3)."""
    from acompana.kernel.deadlines import Term, compute_due
    from acompana.kernel.rulebook import get_rule
    from acompana.people.calendars import calendar_of

    zone = ZoneInfo(matter.office.time_zone)
    rule = get_rule(rule_id, matter.state_since.astimezone(zone).date())
    value = rule.value
    term = Term(rule_id, int(value["amount"]), value["unit"], value.get("roll", "none"), may_pause=False)
    return compute_due(term=term, start=matter.state_since, calendar=calendar_of(matter.office)).due_at
