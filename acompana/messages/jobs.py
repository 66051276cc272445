"""Recurring jobs of this room."""

from __future__ import annotations

from datetime import datetime

from acompana.kernel import sets
from acompana.messages.operations import forget_old_traces


def tidy(*, now: datetime) -> None:
    """Forget what no one reads any more; daily."""
    forget_old_traces(now=now)


def count_rows(*, now: datetime) -> None:
    """Tell the planner of SQLite how big each table is: what it once knew of an empty one leads it astray; daily."""
    sets.count_all_anew()
