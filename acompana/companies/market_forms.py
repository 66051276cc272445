"""The countries to which a company would like to export, a line for each, as portal and desk ask them (INT-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from acompana.companies.export_forms import country_choices
from acompana.reference.models import Country

MARKET_LINES = 6
NAME = "market"  # of the lines; a form that asks for its exports too calls these otherwise


def add_market_lines(form: forms.BaseForm, *, lines: int, name: str = NAME) -> None:
    """Gives a form so many lines of one country."""
    countries = country_choices()
    for number in range(1, lines + 1):
        form.fields[f"{name}_{number}"] = forms.TypedChoiceField(
            label=f"País {number}", choices=countries, coerce=int, empty_value=None, required=False
        )


def market_names(form: forms.BaseForm, name: str = NAME) -> list[str]:
    """The fields of the lines, in their order."""
    return [field for field in form.fields if field.startswith(f"{name}_")]


def market_lines(form: forms.BaseForm, name: str = NAME) -> list[list[forms.BoundField]]:
    """The countries, each on its line, for the page."""
    return [[form[field]] for field in market_names(form, name)]


def clean_markets(form: forms.BaseForm, data: Mapping[str, Any], name: str = NAME) -> list[Country]:
    """The countries of the lines in their order, each once."""
    chosen = dict.fromkeys(market for field in market_names(form, name) if (market := data.get(field)))
    found = Country.objects.in_bulk(chosen)
    return [found[market] for market in chosen if market in found]


def known_markets(chosen: Iterable[int], name: str = NAME) -> dict[str, int]:
    """The ids of the countries that are known, as the lines start with them."""
    return {f"{name}_{number}": pk for number, pk in enumerate(chosen, start=1)}
