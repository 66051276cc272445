"""Which company it is, and since when, as the characterisation asks it (INT-8)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from acompana.companies.models import Company
from acompana.companies.sales_rules import start_fault
from acompana.reference.finding import suggest_activities
from acompana.reference.models import Activity
from acompana.reference.queries import find_activities
from acompana.shell.widgets import DayField, has_come

LEFT_TO_OFFICE = "activity_left_to_office"


class IdentityForm(forms.Form):
    legal_name = forms.CharField(label="Razón social", max_length=200)
    trade_name = forms.CharField(
        label="Nombre de fantasía", max_length=200, required=False, help_text="Como te conocen tus clientes."
    )
    started_on = DayField(
        label="Inicio de actividades en el SII",
        required=False,
        help_text="Está en tu carpeta tributaria.",
        validators=[has_come],
    )
    tax_category = forms.ChoiceField(
        label="¿En qué categoría tributas?",
        choices=Company.TaxCategory.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="La primera es para empresas; la segunda, para trabajo independiente.",
    )
    activity = forms.CharField(
        label="Código de tu actividad principal",
        max_length=80,
        required=False,
        help_text="Seis dígitos, como en el SII. Si no lo sabes, escribe qué haces (por ejemplo, miel) y elígelo.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-suggest": "activity"}),
    )

    activity_left_to_office = forms.BooleanField(label="No lo sé: que lo vea mi oficina", required=False)

    def __init__(self, *args: Any, year_of_sales: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year_of_sales = year_of_sales

    def clean_started_on(self) -> date | None:
        started_on: date | None = self.cleaned_data["started_on"]
        if "started_on" in self.changed_data and (fault := start_fault(started_on, self.year_of_sales)):
            raise forms.ValidationError(fault)
        return started_on

    def clean_activity(self) -> str:
        text = self.cleaned_data["activity"].strip()
        if not text:
            return ""
        if text.isdigit() and not Activity.objects.filter(code=text, retired_on=None).exists():
            raise forms.ValidationError(
                "No conocemos ese código de actividad. Son seis dígitos: búscalo por palabras."
            )
        found = list(find_activities(text)[:2])
        if len(found) == 1:
            return found[0].code
        if not found and not suggest_activities(text):
            raise forms.ValidationError("No encontramos esa actividad. Prueba con otra palabra o con el código.")
        raise forms.ValidationError("Hay varias actividades así: búscala y elige la tuya.")

    def clean(self) -> dict[str, Any]:
        """Who does not know its activity may go on: the office finds it with them (DEF-5)."""
        data = super().clean() or {}
        if data.get(LEFT_TO_OFFICE) and not data.get("activity"):
            self.errors.pop("activity", None)
            data["activity"] = ""
        elif LEFT_TO_OFFICE in data:
            data[LEFT_TO_OFFICE] = False
        return data
