"""What a company does, offers and looks for: its activities, products and markets of interest, out and in (INT-8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Model, Q

from acompana.api.permissions import reads_as_staff
from acompana.api.problems import wrong
from acompana.api.queries.codes import no_such
from acompana.api.queries.exports import OTHER_COUNTRY
from acompana.companies.models import Company, CompanyActivity, MarketInterest, Product
from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.statements import Statement, given_id
from acompana.people.actors import Actor
from acompana.portal.forms.characterization import HEADING_DIGITS
from acompana.reference.models import Activity, Country, TariffHeading

_ACTIVITIES = Statement(
    lambda: (
        CompanyActivity.objects.filter(company=given_id("company"))
        .order_by("-is_main", "activity__code")
        .values_list("activity__code", "activity__name", "is_main")
    ),
    planned_once=True,
)
_PRODUCTS = Statement(
    lambda: (
        Product.objects.filter(company=given_id("company"))
        .order_by("id")
        .values_list("description", "is_service", "heading__code", "heading__name")
    ),
    planned_once=True,
)
_MARKETS = Statement(
    lambda: (
        MarketInterest.objects.filter(company=given_id("company"))
        .order_by(Alphabetical("country__name"))
        .values_list("country__alpha2", "country__name")
    ),
    planned_once=True,
)


def activities_of(company_id: int) -> list[dict[str, Any]]:
    """The main one first, ready to leave as JSON."""
    found = _ACTIVITIES.rows(company=company_id)
    return [{"code": code, "name": name, "is_main": is_main} for code, name, is_main in found]


def products_of(company_id: int) -> list[dict[str, Any]]:
    """In the order in which they were said, ready to leave as JSON."""
    return [
        {"description": words, "is_service": is_service, "heading": code and {"code": code, "name": name}}
        for words, is_service, code, name in _PRODUCTS.rows(company=company_id)
    ]


def markets_of(company_id: int) -> list[dict[str, Any]]:
    """By name, ready to leave as JSON."""
    return [{"code": code, "name": name} for code, name in _MARKETS.rows(company=company_id)]


# --- as they come in, for `update_characterization` ---------------------------------------------------------------


def activities_given(codes: Sequence[str], company: Company) -> list[dict[str, Any]]:
    """The first is the main one; one that comes twice counts once, as in the form. Problem: a code that is none."""
    there = company.activities.values("activity")
    rows = _by_code(Activity, "code", codes, there, lambda number: f"body.items.{number}")
    return [{"activity": rows[code], "is_main": number == 0} for number, code in enumerate(dict.fromkeys(codes))]


def products_given(items: Sequence[dict[str, Any]], company: Company, actor: Actor) -> list[dict[str, Any]]:
    """Problem: a heading that is none, or, of its own people, a whole chapter, as in the portal."""
    codes = [item["heading"] or "" for item in items]
    levels = {} if reads_as_staff(actor) else {"level__in": HEADING_DIGITS}
    there = company.products.exclude(heading=None).values("heading")
    rows = _by_code(TariffHeading, "code", codes, there, lambda number: f"body.items.{number}.heading", **levels)
    return [{**item, "heading": rows.get(code)} for item, code in zip(items, codes, strict=True)]


def markets_given(codes: Sequence[str], company: Company) -> list[Country]:
    """Each once. Problem: a country that is none, or this one."""
    if "CL" in codes:
        raise wrong(f"body.items.{codes.index('CL')}", OTHER_COUNTRY)
    there = company.markets.values("country")
    rows = _by_code(Country, "alpha2", codes, there, lambda number: f"body.items.{number}")
    return [rows[code] for code in dict.fromkeys(codes)]


def _by_code(
    model: type[Model], column: str, codes: Sequence[str], there: Any, where: Callable[[int], str], **more: Any
) -> dict[str, Any]:
    """The rows of reference of these codes; empty ones are none. What is out of use is not chosen anew; where it
    stands already it may stay. One statement."""
    usable = Q(retired_on=None, **more) | Q(pk__in=there)
    wanted: Iterable[str] = {code for code in codes if code}
    found = model._default_manager.filter(usable, **{f"{column}__in": wanted})
    rows = {getattr(row, column): row for row in found}
    for number, code in enumerate(codes):
        if code and code not in rows:
            raise wrong(where(number), no_such(code))
    return rows
