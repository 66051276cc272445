"""What is asked for: 200 seeded terms, filters, companies and people, over the whole distribution."""

from __future__ import annotations

import random
from dataclasses import dataclass

from acompana.companies.models import Company
from acompana.reference.models import Region, Sector
from bench.country import NAMES, STEMS, TRADES, words


@dataclass(frozen=True, slots=True)
class Asked:
    common: list[str]
    rare: list[str]
    none: list[str]
    places: list[tuple[str, str, int, int]]  # region, sector: codes and ids
    companies: list[int]

    @property
    def terms(self) -> list[str]:
        return [*self.common, *self.rare, *self.none]


def choose(many: int = 200, seed: int = 3) -> Asked:
    """Terms in three kinds: what very many have (also half typed), what few have, what nobody has."""
    chance = random.Random(seed)
    companies = Company.objects.count()
    lexicon = words(min(60_000, max(2_000, companies // 10)))
    frequent = [w.lower() for w in (*TRADES, *(s for s in STEMS if len(s) > 3), *lexicon[:20])]
    common = []
    for i in range(many * 2 // 5):
        word = frequent[i % len(frequent)]
        common.append(word if i % 3 else word[: max(3, len(word) - 2)])
    rare = []
    for i in range(many * 2 // 5):
        company = Company.objects.get(pk=chance.randrange(1, companies + 1))
        contact = f"{NAMES[i % len(NAMES)]} {lexicon[chance.randrange(2000)]}".lower()
        last = company.legal_name.split()[-2].lower()
        rare.append(
            (company.rut or "", company.legal_name[:18].lower(), contact,
             f"{last} {company.legal_name[:6].lower()}",
             f"contacto{company.pk}@")[i % 5]
        )  # fmt: skip
    none = ["".join(chance.choices("wxkzqj", k=7)) for _ in range(many - len(common) - len(rare))]
    regions = list(Region.objects.values_list("iso", "pk").order_by("pk"))
    sectors = list(Sector.objects.values_list("slug", "pk").order_by("pk"))
    places = []
    for i in range(many):
        region = regions[int(chance.random() * len(regions))]
        sector = sectors[int(chance.random() ** (1 + i % 3) * len(sectors))]
        places.append((region[0], sector[0], region[1], sector[1]))
    return Asked(common, rare, none, places, companies_with_fifty(many))


def companies_with_fifty(many: int) -> list[int]:
    """Companies whose logbook fills the fifty that a record shows, or those that come nearest."""
    from django.db.models import Count

    from acompana.logbook.models import Entry

    few = Company.objects.filter(pk__lte=5000).values("pk")
    counted = Entry.objects.filter(company__in=few).order_by().values_list("company").annotate(n=Count("pk"))
    full = sorted((pk for pk, n in counted if n >= 50), reverse=False)
    return (full or [pk for pk, _ in counted])[:many]
