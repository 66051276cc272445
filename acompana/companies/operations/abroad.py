"""In which country a company is: a foreign one in another, and in no region of Chile; a national one in Chile."""

from __future__ import annotations

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.reference.models import Commune, Country, Region

HOME = "CL"


def check_at_home(kind: str, country: Country | None) -> None:
    """Refused for a national company that is said to be in another country: of those there is the foreign (PUB-2)."""
    if kind == Company.Kind.NATIONAL and country is not None and country.alpha2 != HOME:
        raise Refused(
            "Una empresa nacional está en Chile. La de otro país se registra como extranjera.", "PUB-2", "country"
        )


def check_abroad(kind: str, *, country: Country | None, region: Region | None, commune: Commune | None = None) -> None:
    """Refused for a foreign company without a country, or with Chile, a region or a commune as its place (PUB-3)."""
    if kind != Company.Kind.FOREIGN:
        return
    if country is None or country.alpha2 == HOME:
        raise Refused("Una empresa extranjera es de otro país. Di de cuál.", "PUB-3", "country")
    for name, place in (("region", region), ("commune", commune)):
        if place is not None:
            raise Refused("Una empresa extranjera no tiene región ni comuna de Chile.", "PUB-3", name)
