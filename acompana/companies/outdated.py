"""Answers of before that the form would not take any more as they are: a company that comes back is asked for them
again (INT-13, DEF-5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from acompana.companies import rules
from acompana.companies.export_forms import exports_fault, of_years_asked
from acompana.companies.models import Company
from acompana.companies.sales_rules import sales_fault
from acompana.reference.amending import Moved
from acompana.reference.models import Activity, Commune, Country, SalesBracket, Sector

CHOSEN = ("region", "commune", "sector", "sales_bracket")
RETIRED = "La respuesta de antes ya no está entre las que se pueden elegir: elige otra."


def outdated(company: Company, today: date) -> list[rules.Missing]:
    """What the form has and would refuse to keep if it was saved on a day, with the sentence that says why, in the
    order in which it is asked. A number of queries that no answer changes."""
    faults = dict(_faults(company, today))
    return [rules.Missing(name, rules.REQUIRED_WORDS[name][0], why, answered=True) for name, why in faults.items()]


def _faults(company: Company, today: date) -> Iterator[tuple[str, str]]:
    activities = [row.activity for row in company.activities.select_related("activity").order_by("-is_main")[:1]]
    if activities and activities[0].retired_on is not None:
        yield "activity", RETIRED
    for name in CHOSEN:
        chosen = getattr(company, name)
        if chosen is not None and chosen.retired_on is not None:
            yield name, RETIRED
    has_sales = company.sales_bracket is not None and company.sales_bracket.has_sales
    if has_sales and (fault := sales_fault(company.commercial_year, today, company.started_on)):
        yield "sales_bracket", fault
    recent = of_years_asked(company, today.year).filter(market__retired_on=None).values_list("year", flat=True)
    years = [str(year) for year in dict.fromkeys(recent)]
    if fault := exports_fault(company.exported_recently, noted=", ".join(years), lines=len(years)):
        yield "exported_recently", fault


def moved_by_retiring(row: Model, values: Mapping[str, Any], today: date) -> Iterator[Moved]:
    """Whom the form asks again once a row of reference data is out of use: see `outdated`."""
    if "retired_on" not in values:
        return
    if isinstance(row, Activity | Commune | SalesBracket | Sector):
        yield Moved("La empresa que la tiene deberá elegir otra respuesta cuando vuelva a guardar su formulario.")
    if isinstance(row, Country):
        yield Moved("La empresa que solo declaró exportar ahí deberá responder de nuevo por sus exportaciones.")
