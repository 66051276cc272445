"""Which companies count in the portfolio (DEF-2): of one, with the reasons; of all, as a condition in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q

from acompana.companies import rules
from acompana.companies.models import Company, DeclaredExport
from acompana.companies.queries import completeness, is_complete, known_companies
from acompana.kernel.rulebook import get_rule
from acompana.reference.amending import Moved
from acompana.reference.models import Sector
from acompana.shell.words import count_of

CAPACITY = (Company.Potential.HIGH, Company.Potential.MEDIUM)
RECENT = 3  # years in which an export is recent, besides the one that runs


def portfolio_facts(company: Company, today: date) -> rules.PortfolioFacts:
    recent = today.year - RECENT
    exports = bool(company.exported_recently) or any(export.year >= recent for export in company.exports.all())
    rule = get_rule("PUB-5", today).value
    return rules.PortfolioFacts(
        active=company.closed_on is None or company.closed_on > today,
        sector=company.sector.name if company.sector else "",
        sector_is_strategic=bool(company.sector and company.sector.strategic) or not rule["check_sectors"],
        exports=exports,
        has_capacity=company.potential in CAPACITY
        or company.capacity_seen_on is not None
        or not rule["check_objectives"],
        missing=completeness(company, today),
        validated_on=company.validated_on,
    )


def portfolio_of(company: Company, today: date) -> rules.Decision:
    """Portfolio company or not, with the reasons (DEF-2)."""
    return rules.is_portfolio(portfolio_facts(company, today))


def is_in_portfolio(today: date) -> Q:
    """`portfolio_of` as a condition: the companies that count."""
    rule = get_rule("PUB-5", today).value
    return Q(validated_on__isnull=False) & _but_for_its_sector(today) & _sector_fits(rule["check_sectors"])


def _sector_fits(checked: bool) -> Q:
    return Q(sector__in=Sector.objects.filter(strategic=True).values("pk")) if checked else Q(sector__isnull=False)


def _but_for_its_sector(today: date) -> Q:
    """All that DEF-2 asks before the act of validation, but for whether the strategy covers its sector."""
    active = Q(closed_on=None) | Q(closed_on__gt=today)
    declared = DeclaredExport.objects.filter(company=OuterRef("pk"), year__gte=today.year - RECENT)
    exports = Q(exported_recently=True) | Q(Exists(declared))
    capacity = Q(potential__in=CAPACITY) | Q(capacity_seen_on__isnull=False)
    if not get_rule("PUB-5", today).value["check_objectives"]:
        capacity = Q(pk__isnull=False)
    return active & (exports | capacity) & is_complete(today)


def cease_to_count(companies: Collection[int], sector: Sector, today: date) -> int:
    """How many of these companies (ids) count now, and would not in another sector (DEF-2, PUB-5). One query, or none
    where the strategy covers the sector."""
    if sector.strategic or not get_rule("PUB-5", today).value["check_sectors"]:
        return 0
    return known_companies().filter(is_in_portfolio(today), pk__in=companies).count()


def moved_by_a_sector(row: Model, values: Mapping[str, Any], today: date) -> Iterator[Moved]:
    """Who begins or ceases to count when the strategy covers a sector or no longer does (PUB-5). One query."""
    if not isinstance(row, Sector) or "strategic" not in values:
        return
    if not get_rule("PUB-5", today).value["check_sectors"]:
        yield Moved("La cartera no cambia: hoy se cuenta sin mirar si la estrategia cubre el sector.")
        return
    validated = known_companies().filter(sector=row, validated_on__isnull=False)
    many = validated.filter(_but_for_its_sector(today)).count()
    words = count_of(many, "empresa validada", "empresas validadas") if many else "Ninguna empresa validada"
    does = ("empieza", "empiezan") if values["strategic"] else ("deja", "dejan")
    counted = f"{does[many > 1]} {'a' if values['strategic'] else 'de'} contar en la cartera"
    query = f"sector={row.slug}&cartera={'validada' if values['strategic'] else 'si'}" if many else ""
    yield Moved(f"{words} {counted}.", query)
    if not values["strategic"]:
        yield Moved("Las demás empresas del sector no se podrán validar.")
