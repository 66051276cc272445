"""What to look at: the filters over the figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from acompana.evaluation.rules import BRANCHES, BY_DATES, NONE, UNITS, known_periods
from acompana.people.models import Office
from acompana.people.office_choice import office_choices
from acompana.reference.models import Region

ALL = ("", "Todas")
DAY = {"type": "date"}


class SelectionForm(forms.Form):
    """Every part may be left out. Field names are those of the address."""

    periodo = forms.ChoiceField(label="Período", required=False)
    desde = forms.DateField(label="Desde", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    hasta = forms.DateField(label="Hasta", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    region = forms.ChoiceField(label="Región", required=False)
    oficina = forms.ChoiceField(label="Oficina", required=False)
    rama = forms.ChoiceField(label="Rama", required=False, choices=[ALL, *BRANCHES.items()])
    unidad = forms.ChoiceField(label="Unidad que supervisa", required=False, choices=[ALL, *UNITS.items()])

    def __init__(
        self, data: Any, *, today: date, regions: Mapping[str, Region], offices: Mapping[str, Office]
    ) -> None:
        super().__init__(data, label_suffix="")
        periods = [(code, period.label) for code, period in known_periods(today).items()]
        self._choices("periodo", [*periods, (BY_DATES, "Entre dos fechas")])
        self._choices("region", [ALL, *((iso, row.short_name) for iso, row in regions.items()), (NONE, "Sin región")])
        # No company of the route is attended from abroad; one that an address asks for is there all the same.
        asked = data.get("oficina", "")
        offered = [row for row in offices.values() if row.kind != Office.Kind.COMMERCIAL or row.code == asked]
        self._choices("oficina", [ALL, *office_choices(offered)])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        clean = super().clean() or {}
        if clean.get("periodo") != BY_DATES:
            given = next((name for name in ("desde", "hasta") if clean.get(name)), "")
            if given:
                self.add_error(given, "No se usó: las fechas valen con el período «Entre dos fechas».")
            return clean
        for name in ("desde", "hasta"):
            if not clean.get(name) and name not in self.errors:
                self.add_error(name, "Indica la fecha, o elige otro período.")
        first, last = clean.get("desde"), clean.get("hasta")
        if first and last and first > last:
            self.add_error("hasta", "La fecha final va después de la inicial.")
        return clean
