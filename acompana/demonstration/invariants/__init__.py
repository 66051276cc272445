"""What must hold in any database, whoever wrote it: operations, the demonstration's bulk, an import (INT-25, EXP-9).

Each check reads in sets and yields sentences. `find_violations(now=…)` runs them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from acompana.demonstration.invariants import commitments, companies, matters, traces
from acompana.demonstration.invariants.violation import Check, Violation

CHECKS: tuple[Check, ...] = (*matters.CHECKS, *commitments.CHECKS, *companies.CHECKS, *traces.CHECKS)

__all__ = ["CHECKS", "Check", "Violation", "find_violations"]


def find_violations(*, now: datetime, names: frozenset[str] = frozenset()) -> Iterator[Violation]:
    """Every violation, check by check; only those checks if names are given."""
    for check in CHECKS:
        if not names or check.name in names:
            for sentence in check.find(now):
                yield Violation(check.name, sentence)
