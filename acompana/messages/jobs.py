"""Recurring jobs of this room."""

from __future__ import annotations

from datetime import datetime

from acompana.messages.operations import forget_old_traces


def tidy(*, now: datetime) -> None:
    """Forget what no one reads any more; daily."""
    forget_old_traces(now=now)
