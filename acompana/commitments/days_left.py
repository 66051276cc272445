"""How many business days are left until a date that is counted in them, for every place that shows one (OFF-3)."""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.kernel.rulebook import UnknownRule, get_rule_version, term_of
from acompana.people.calendars import calendars_of_days
from acompana.shell.components import look

CALENDARS = "calendars of the offices"


def without_reasons(commitment: Commitment) -> dict[str, Any]:
    """A commitment as the component of a date takes it for a list, where why it is that date would crowd the row."""
    shown = ("due_at", "office", "office_id", "rule", "rule_version", "counted_from")
    return {name: getattr(commitment, name) for name in shown}


def business_days_left(owed: Any, day: date, now: datetime, kept: MutableMapping[str, Any]) -> int | None:
    """Business days after today up to the day, at the office that owes it; None where its rule counts otherwise.

    `owed`: a commitment, or what `without_reasons` makes of one. `kept` holds the calendars of every office for the
    rest of the page: two queries the first time, none for the rows that follow.
    """
    office_id = look(owed, "office_id")
    if office_id is None or _unit_of(owed) != "business_days":
        return None
    if CALENDARS not in kept:
        kept[CALENDARS] = calendars_of_days()
    calendar = kept[CALENDARS][office_id]
    left: int = calendar.business_days_between(now.astimezone(calendar.zone).date(), day)
    return left


def _unit_of(owed: Any) -> str:
    """The unit of the term that it was promised under, whatever the rule says today (EXP-8); empty if by hand."""
    if not (rule := look(owed, "rule")):
        return ""
    try:
        on = timezone.localdate(look(owed, "counted_from"))
        term = term_of(get_rule_version(rule, look(owed, "rule_version", 0), on))
    except UnknownRule:
        return ""
    return term.unit if term else ""
