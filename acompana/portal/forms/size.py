"""How large a company is, as the characterisation asks it (INT-8, DEF-6)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from acompana.companies.sales_rules import MOST_WORKERS, YEAR_MISSING, commercial_year_fault
from acompana.reference.models import SalesBracket


class BracketSelect(forms.Select):
    """A bracket without sales says so, so that the page does not ask of which year they are."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if (instance := getattr(value, "instance", None)) and not instance.has_sales:
            option["attrs"]["data-no-sales"] = ""
        return option


class SizeForm(forms.Form):
    """Sales, and of which year they are where there are any."""

    sales_bracket = forms.ModelChoiceField(
        label="Ventas del último año, en UF",
        queryset=SalesBracket.objects.filter(retired_on=None),
        empty_label="Elige un tramo",
        required=False,
        widget=BracketSelect,
        help_text="Una UF vale cerca de 40 mil pesos. Si no lo sabes, elige «Sin ventas / sin información».",
    )
    commercial_year = forms.IntegerField(label="¿De qué año son esas ventas?", required=False)
    workers = forms.IntegerField(label="Número de trabajadores", required=False, min_value=0, max_value=MOST_WORKERS)
    together = ("commercial_year",)  # asked with the sales

    def __init__(self, *args: Any, today: date, started_on: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.started_on = today, started_on
        field = self.fields["sales_bracket"]
        assert isinstance(field, forms.ModelChoiceField)
        field.label_from_instance = bracket_words  # type: ignore[method-assign,assignment]

    def clean_commercial_year(self) -> int | None:
        year: int | None = self.cleaned_data["commercial_year"]
        if year is not None and (fault := commercial_year_fault(year, self.today, self.started_on)):
            raise forms.ValidationError(fault)
        return year

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        bracket = data.get("sales_bracket")
        if bracket is None or not bracket.has_sales:
            self.errors.pop("commercial_year", None)
            data["commercial_year"] = None
        elif data.get("commercial_year") is None and "commercial_year" not in self.errors:
            self.add_error("commercial_year", forms.ValidationError(YEAR_MISSING, code="required"))
        return data


def bracket_words(bracket: SalesBracket) -> str:
    """A bracket as people read it: «Pequeña (1er rango): 2.400 a 5.000 UF»."""
    if bracket.uf_min is None:
        return bracket.label
    low = f"{int(bracket.uf_min):,}".replace(",", ".")
    if bracket.uf_max is None:
        return f"{bracket.label}: más de {low} UF"
    high = f"{int(bracket.uf_max):,}".replace(",", ".")
    return f"{bracket.label}: {low} a {high} UF"
