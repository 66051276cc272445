"""Where a company of another country is: in that country, and in no region of Chile."""

from __future__ import annotations

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.reference.models import Commune, Country, Region

HOME = "CL"


def check_abroad(kind: str, *, country: Country | None, region: Region | None, commune: Commune | None = None) -> None:
    """Refused for a foreign company without a country, or with Chile, a region or a commune as its place (PUB-3)."""
    if kind != Company.Kind.FOREIGN:
        return
    if country is None or country.alpha2 == HOME:
        raise Refused("Una empresa extranjera es de otro país. Di de cuál.", "PUB-3", "country")
    for name, place in (("region", region), ("commune", commune)):
        if place is not None:
            raise Refused("Una empresa extranjera no tiene región ni comuna de Chile.", "PUB-3", name)
