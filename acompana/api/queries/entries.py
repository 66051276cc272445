"""The logbook as flat rows; who may read which is part of the statement (EXP-3, EXP-6)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from acompana.api.permissions import entries_for, reads_as_staff
from acompana.api.queries.companies import visible_companies
from acompana.api.signing import name_of
from acompana.kernel import sets
from acompana.kernel.statements import AmongIds, Statement
from acompana.logbook.models import Entry
from acompana.logbook.queries import asked_of_each
from acompana.people.actors import Actor, Manner, manner_of, who_and_where

PLAIN = (
    "id", "kind", "company_id", "contact_id", "channel", "direction", "outcome", "visibility", "fact", "happened_at",
    "recorded_at",
)  # fmt: skip
NAMES = (
    "matter__number", "office__code", "text__body", "text__erased_at", "author_id", "author__given_names",
    "author__family_names",
)  # fmt: skip
COLUMNS = (*PLAIN, *NAMES)
BY_SYSTEM = name_of("logbook.entry")
KEPT = 256  # statements, of each kind: one for each set of roles


def visible_entries(actor: Actor) -> QuerySet[Entry]:
    """What the actor may read, the newest first."""
    return Entry.objects.filter(asked_of_each(entries_for(actor))).order_by("-happened_at", "-id")


def readable_entries(actor: Actor) -> QuerySet[Entry]:
    """Of those, what is of nobody's company or of one that the actor may read, as its list: a limited mandate, which
    lets its person see what they wrote, shows nothing here (INT-24)."""
    entries = visible_entries(actor)
    if reads_as_staff(actor):
        return entries
    companies = visible_companies(actor).values("pk")
    of_one = Q(company__in=companies) | Q(company__merged_into__in=companies)
    return entries.filter(Q(company=None) | of_one)


@lru_cache(maxsize=KEPT)
def _newest(manner: Manner, companies: int) -> Statement:
    among = AmongIds("companies", companies)
    return Statement(
        lambda: visible_entries(manner.stand_in()).filter(company__in=among).values_list(*COLUMNS, BY_SYSTEM),
        planned_once=True,
    )


def newest_entries(actor: Actor, companies: Sequence[int], limit: int) -> list[dict[str, Any]]:
    """The newest of some companies that the actor may read, ready to leave as JSON; one statement, written once for
    all whose roles are the same."""
    statement = _newest(manner_of(actor), len(companies))
    return [_shape(values) for values in statement.first_rows(limit, companies=companies, **who_and_where(actor))]


def entry_rows(entries: QuerySet[Entry]) -> list[dict[str, Any]]:
    """Entries ready to leave as JSON; one statement."""
    with sets.joins_as_written():
        return [_shape(values) for values in entries.values_list(*COLUMNS, BY_SYSTEM)]


def _shape(values: tuple[Any, ...]) -> dict[str, Any]:
    matter, office, body, erased_at, author, given, family, system = values[len(PLAIN) :]
    row = dict(zip(PLAIN, values[: len(PLAIN)], strict=True))
    row |= {"matter": matter, "office": office, "text": body or "", "erased_at": erased_at}
    row["author_system"] = system
    row["author"] = None if author is None else {"id": author, "name": f"{given} {family}".strip()}
    return row
