"""What a company exported, as programs write it: held to what its form asks for, in the same words (INT-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from acompana.api.problems import Problem, Said, wrong
from acompana.api.queries.codes import id_of
from acompana.companies.export_forms import (
    EXPORTED,
    NOTED_TWICE,
    YEARS_ASKED,
    exports_fault,
    of_earlier_years,
    of_years_asked,
)
from acompana.companies.models import Company
from acompana.reference.models import Country

LINES = "exports"
MISSING = Said("Falta.", "It is missing.")
YEAR = Said("Tiene que ser un año de {first} a {last}.", "It has to be a year from {first} to {last}.")
OTHER_COUNTRY = Said("Tiene que ser otro país.", "It has to be another country.")


def exports_given(given: Mapping[str, Any], company: Company | None, today: date) -> list[dict[str, Any]] | None:
    """The rows for `update_characterization`; None where what is given says nothing of them. `company`: the one
    that is changed, for what it already says.

    Raises Problem, at the field, for a «Yes» without a year and a country, lines beside a «No», a year that is not
    asked for, a country that is none or this one, and a line twice.
    """
    if EXPORTED not in given and LINES not in given:
        return None
    rows = None if given.get(LINES) is None else _rows(given[LINES], today)
    known = _years_of(company, today) if rows is None else [row["year"] for row in rows]
    said = given.get(EXPORTED, company.exported_recently if company else None)
    if known and said is None:
        raise _wrong(EXPORTED, MISSING)
    years = ", ".join(str(year) for year in dict.fromkeys(known))
    if fault := exports_fault(said, noted=years, lines=len(known)):
        raise _wrong(LINES if said else EXPORTED, fault)
    if rows is None:
        return None
    return [*rows, *(of_earlier_years(company, today.year) if company else [])]


def _years_of(company: Company | None, today: date) -> list[int]:
    if company is None:
        return []
    return list(of_years_asked(company, today.year).values_list("year", flat=True))


def _rows(lines: Sequence[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    first = today.year - YEARS_ASKED + 1
    rows: dict[tuple[int, int], Any] = {}
    for number, line in enumerate(lines):
        where = f"{LINES}.{number}"
        if not first <= line["year"] <= today.year:
            told = (said.format(first=first, last=today.year) for said in YEAR)
            raise _wrong(f"{where}.year", Said(*told))
        if line["market"] == "CL":
            raise _wrong(f"{where}.market", OTHER_COUNTRY)
        key = line["year"], id_of("market", line["market"], f"body.{where}")
        if key in rows:
            raise _wrong(f"{where}.market", NOTED_TWICE)
        rows[key] = line.get("amount_usd")
    markets = Country.objects.in_bulk({market for _, market in rows})
    return [{"year": year, "market": markets[market], "amount_usd": amount} for (year, market), amount in rows.items()]


def _wrong(field: str, message: str | Said) -> Problem:
    return wrong(f"body.{field}", message)
