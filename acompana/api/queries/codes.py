"""Ids of reference rows by the codes that people and machines use; remembered by each process, since neither changes.

A code that is not remembered is looked up again, so that what an administrator adds is found at once.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from acompana.api.problems import Problem, Said, wrong
from acompana.people.models import Office, StaffMember
from acompana.reference.models import Commune, Country, Region, SalesBracket, Sector

SOURCES: dict[str, tuple[Any, str]] = {
    "region": (Region, "iso"),
    "commune": (Commune, "code"),
    "country": (Country, "alpha2"),
    "market": (Country, "alpha2"),
    "sector": (Sector, "slug"),
    "office": (Office, "code"),
    "sales_bracket": (SalesBracket, "number"),
    "executive": (StaffMember, "person_id"),  # to know whether there is one
}
# Under which address of `/api/v1/reference/` the codes are that are too many to be told.
LISTED: dict[str, str] = {
    "region": "regions",
    "commune": "communes",
    "country": "countries",
    "market": "countries",
    "sector": "sectors",
    "office": "offices",
    "sales_bracket": "sales-brackets",
}
MOST_TOLD = 40  # codes; more than that are looked up
_ids: dict[str, dict[Any, int]] = {}


def id_of(name: str, code: Any, where: str = "query") -> int:
    """The id of a region, commune, country, sector, office or bracket. Raises Problem for a code that is none."""
    known = _ids.get(name, {})
    if code not in known:
        model, column = SOURCES[name]
        known = _ids[name] = dict(model.objects.values_list(column, "pk"))
    if code not in known:
        raise unknown(name, code, where)
    return known[code]


def unknown(name: str, code: Any, where: str = "query") -> Problem:
    """Of a code that `id_of` does not find: where it stands, and which there are."""
    codes = SOURCES[name][0].objects.values_list(SOURCES[name][1], flat=True) if name in LISTED else ()
    return wrong(f"{where}.{name}", no_such(code, codes, LISTED.get(name, "")))


def row_of(name: str, code: Any) -> Any:
    """The row itself, for operations that take one; None for an empty code."""
    if code in (None, ""):
        return None
    return SOURCES[name][0].objects.get(pk=id_of(name, code, "body"))


def no_such(code: object, there_are: Collection[object] = (), listed: str = "") -> Said:
    """What is told of a code or an id that is none: with those that there are, or the list of reference where they
    are found when they are many."""
    shown = str(code)[:40]
    es, en = f"No existe «{shown}».", f"There is no “{shown}”."
    if len(there_are) > MOST_TOLD and listed:
        return Said(f"{es} Están en /api/v1/reference/{listed}.", f"{en} They are at /api/v1/reference/{listed}.")
    if there_are:
        codes = ", ".join(sorted(map(str, there_are)))
        return Said(f"{es} Hay: {codes}.", f"{en} There are: {codes}.")
    return Said(es, en)


def forget() -> None:
    """Look everything up again; for tests, whose databases have other ids."""
    _ids.clear()
