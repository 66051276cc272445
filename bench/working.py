"""The long jobs: duplicates over the whole registry, deadlines, a sweep over what is owed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction

from acompana.commitments.jobs import claim_breaches, warn_due_commitments
from acompana.commitments.models import Commitment
from acompana.companies.operations import open_search, run_search
from acompana.kernel.clock import read_clock
from acompana.kernel.deadlines import compute_due
from acompana.kernel.rulebook import find_rule, term_of
from acompana.people.actors import SYSTEM
from acompana.people.calendars import calendars_of
from acompana.people.models import Office
from bench import bare_work
from bench.country import NOON
from bench.timing import in_database, took

OPEN_AT_MOST = 1_000_000


def duplicates() -> dict[str, Any]:
    search = open_search(actor=SYSTEM, now=read_clock())
    seconds, done = took(lambda: run_search(search=search, now=read_clock(), read_clock=read_clock))
    told = {"companies": done.companies, "compared": done.compared, "found": done.found}
    return {"seconds": seconds, **told, **_bare(bare_work.duplicates)}


def _bare(act: Callable[[], None]) -> dict[str, Any]:
    statements: list[str] = []
    with in_database(statements):
        seconds, _ = took(act)
    return {"bare": seconds, "statements": [sql for sql in statements if sql.split()[0] in ("SELECT", "UPDATE")]}


def deadlines(many: int = 20_000) -> dict[str, Any]:
    """DL-1 from seeded instants of the year at every national office, with its explanation."""
    rule = find_rule("DL-1", NOON.date())
    term = term_of(rule) if rule else None
    assert term is not None
    offices = Office.objects.filter(region__isnull=False).select_related("country", "region", "seat")
    calendars = list(calendars_of(offices).values())
    chance = random.Random(1)
    starts = [NOON - timedelta(minutes=chance.randrange(500_000)) for _ in range(many)]

    def count() -> None:
        for i, start in enumerate(starts):
            compute_due(term=term, start=start, calendar=calendars[i % len(calendars)])

    seconds, _ = took(count)
    return {"seconds": seconds, "many": many, "rate": many / seconds}


def sweep() -> dict[str, Any]:
    """Warnings and breaches claimed over every open commitment, and given back."""

    def claim() -> int:
        with transaction.atomic():
            claimed = len(claim_breaches(NOON, OPEN_AT_MOST)) + len(warn_due_commitments(NOON, OPEN_AT_MOST))
            transaction.set_rollback(True)
        return claimed

    seconds, claimed = took(claim)
    opened = Commitment.objects.open().count()
    return {"seconds": seconds, "claimed": claimed, "open": opened, **_bare(lambda: bare_work.sweep(NOON))}
