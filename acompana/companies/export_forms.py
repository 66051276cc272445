"""What a company exported in the last years, a line for each year and country, as its portal and the desk ask it: one
rule for both, since it decides whether the self-test is needed (INT-4, INT-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from acompana.companies.models import Company, DeclaredExport
from acompana.reference.models import Country
from acompana.shell.widgets import AmountField

EXPORTED = "exported_recently"
"""The question that the lines belong to, by its name in both forms."""
EXPORT_LINES = 6
SHOWN_LINES = 3  # the others wait behind «Agregar más»
YEARS_ASKED = 4
PARTS = ("year", "market", "amount")

NONE_NOTED = "Anota al menos un año y un país."
NOTED_TWICE = "Ese año y país ya están en otra línea."
NOTED_ALL_THE_SAME = "La respuesta es «No», pero está anotado: {noted}. ¿Cuál es?"


def country_choices() -> list[tuple[str, str]]:
    """Every country but this one, read once for all the lines of a page."""
    rows = Country.objects.filter(retired_on=None).exclude(alpha2="CL").values_list("pk", "name")
    return [("", "País"), *((str(pk), name) for pk, name in rows)]


def add_export_lines(form: forms.BaseForm, *, this_year: int, lines: int) -> None:
    """Gives a form so many lines of year, country and amount."""
    countries = country_choices()
    years = [("", "Año")] + [(str(year), str(year)) for year in range(this_year, this_year - YEARS_ASKED, -1)]
    for number in range(1, lines + 1):
        form.fields[f"year_{number}"] = forms.ChoiceField(label=f"Año {number}", choices=years, required=False)
        form.fields[f"market_{number}"] = forms.TypedChoiceField(
            label=f"País {number}", choices=countries, coerce=int, empty_value=None, required=False
        )
        form.fields[f"amount_{number}"] = AmountField(
            label=f"Monto {number} en US$",
            currency="US$",
            required=False,
            min_value=0,
            max_digits=14,
            decimal_places=2,
        )


def export_lines(form: forms.BaseForm) -> list[list[forms.BoundField]]:
    """Year, market and amount of each line, for the page."""
    return [[form[f"{part}_{number}"] for part in PARTS] for number in _numbers(form)]


def uses_more_lines(lines: Sequence[list[forms.BoundField]]) -> bool:
    """Whether something is in the lines that wait behind «Agregar más»."""
    return any(bound.value() or bound.errors for line in lines[SHOWN_LINES:] for bound in line)


def exports_fault(exported: bool | None, *, noted: str, lines: int) -> str:
    """Why the answer and what is noted beside it do not go together; empty if they do. `noted`: what it is, in words;
    `lines`: how many of them have their year and country (INT-4)."""
    if exported is False and noted:
        return NOTED_ALL_THE_SAME.format(noted=noted)
    return NONE_NOTED if exported and not lines else ""


def clean_exports(form: forms.BaseForm, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines as rows of `update_characterization`. What is wrong is told at its field: a «Yes» without a year and
    a country, half a line, one twice, and lines beside a «No»."""
    if data.get(EXPORTED) is False:
        if fault := exports_fault(False, noted=_noted(form), lines=0):
            # Kept as typed: which of the two is true, only who fills it in knows (INT-4).
            form.add_error(EXPORTED, fault)
        return []
    rows: dict[tuple[int, int], Any] = {}
    for number in _numbers(form):
        year, market, amount = (data.get(f"{part}_{number}") for part in PARTS)
        if not (year or market or amount):
            continue
        if not (year and market):
            form.add_error(f"year_{number}" if not year else f"market_{number}", "Completa el año y el país.")
        elif (int(year), market) in rows:
            form.add_error(f"market_{number}", NOTED_TWICE)
        else:
            rows[int(year), market] = amount
    fault = exports_fault(data.get(EXPORTED), noted="", lines=len(rows))
    if fault and not form.errors:
        form.add_error("year_1", fault)
    markets = Country.objects.in_bulk({market for _, market in rows})
    return [
        {"year": year, "market": markets[market], "amount_usd": amount}
        for (year, market), amount in rows.items()
        if market in markets
    ]


def known_lines(rows: Iterable[DeclaredExport]) -> dict[str, Any]:
    """What is declared, as the lines start with it."""
    known: dict[str, Any] = {}
    for number, row in enumerate(rows, start=1):
        values = str(row.year), str(row.market_id), row.amount_usd
        known |= {f"{part}_{number}": value for part, value in zip(PARTS, values, strict=True)}
    return known


def of_years_asked(company: Company, this_year: int) -> QuerySet[DeclaredExport]:
    """What was declared of the years that are asked for, the newest first."""
    return company.exports.filter(year__gt=this_year - YEARS_ASKED).order_by("-year", "market")


def of_earlier_years(company: Company, this_year: int) -> list[dict[str, Any]]:
    """What was declared of years that are not asked for any more: it stays, whatever the lines say."""
    earlier = company.exports.filter(year__lte=this_year - YEARS_ASKED).select_related("market")
    return [{"year": row.year, "market": row.market, "amount_usd": row.amount_usd} for row in earlier]


def _numbers(form: forms.BaseForm) -> list[str]:
    return [name.removeprefix("year_") for name in form.fields if name.startswith("year_")]


def _noted(form: forms.BaseForm) -> str:
    """What the lines say, in words: their years, else that there is a country or an amount."""
    lines = [[bound.value() for bound in line] for line in export_lines(form)]
    years = dict.fromkeys(str(line[0]) for line in lines if line[0])
    return ", ".join(years) if years else "un país o un monto" if any(any(line) for line in lines) else ""
