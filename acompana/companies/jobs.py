"""Background jobs of this room."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.tally import fold_tally


def fold_counts(*, now: datetime) -> None:
    """Puts the counts by region and status together again; daily."""
    fold_tally()
