"""Recurring jobs of this room."""

from __future__ import annotations

from datetime import datetime

from acompana.api.operations import forget_old_changes, forget_old_keys


def tidy(*, now: datetime) -> None:
    """Forget what nobody asks for any more; daily."""
    forget_old_keys(now=now)
    forget_old_changes(now=now)
