"""Ids of reference rows by the codes that people and machines use; remembered by each process, since neither changes.

A code that is not remembered is looked up again, so that what an administrator adds is found at once.
"""

from __future__ import annotations

from typing import Any

from acompana.api.problems import Said, wrong
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
_ids: dict[str, dict[Any, int]] = {}


def id_of(name: str, code: Any, where: str = "query") -> int:
    """The id of a region, commune, country, sector, office or bracket. Raises Problem for a code that is none."""
    known = _ids.get(name, {})
    if code not in known:
        model, column = SOURCES[name]
        known = _ids[name] = dict(model.objects.values_list(column, "pk"))
    if code not in known:
        raise wrong(f"{where}.{name}", no_such(code))
    return known[code]


def row_of(name: str, code: Any) -> Any:
    """The row itself, for operations that take one; None for an empty code."""
    if code in (None, ""):
        return None
    return SOURCES[name][0].objects.get(pk=id_of(name, code, "body"))


def no_such(code: object) -> Said:
    """What is told of a code or an id that is none."""
    shown = str(code)[:40]
    return Said(f"No existe «{shown}».", f"There is no “{shown}”.")


def forget() -> None:
    """Look everything up again; for tests, whose databases have other ids."""
    _ids.clear()
