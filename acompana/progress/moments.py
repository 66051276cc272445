"""When a step happened, told by who registers it later: never ahead of the clock, nor before its state began (INT-25).

The moment told is what terms are counted and met by; the log keeps beside it when it was written.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from acompana.matters.models import Matter
from acompana.shell.words import long_date

NOT_YET = "Eso todavía no pasa: corrige la fecha y la hora."


def why_not_then(*, matter: Matter, told: datetime, now: datetime) -> str:
    """Why the next step of a matter cannot have happened at the moment told, in a sentence; empty where it can."""
    if told > now:
        return NOT_YET
    if told < _to_the_minute(matter.state_since):
        since = matter.state_since.astimezone(ZoneInfo(matter.office.time_zone))
        return f"Está en esta etapa desde el {long_date(since.date())} a las {since:%H:%M}: no pudo ser antes."
    return ""


def moment_of(*, matter: Matter, told: datetime | None, now: datetime) -> datetime:
    """The moment told, now if none was. People tell minutes: in the first minute of a state it is when that began."""
    return now if told is None else max(told, matter.state_since)


def _to_the_minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
