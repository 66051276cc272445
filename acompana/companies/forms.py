"""Forms of the registry: the typed form over typed columns (INT-8), contacts, the card."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model

from acompana.companies.export_forms import (
    EXPORT_LINES,
    EXPORTED,
    add_export_lines,
    clean_exports,
    export_lines,
    known_lines,
    of_earlier_years,
    of_years_asked,
    uses_more_lines,
)
from acompana.companies.market_forms import (
    MARKET_LINES,
    add_market_lines,
    clean_markets,
    known_markets,
    market_lines,
    market_names,
)
from acompana.companies.models import Company, Contact
from acompana.companies.next_steps import next_steps
from acompana.companies.rules import CHARACTERIZATION_FIELDS
from acompana.companies.sales_rules import start_fault
from acompana.kernel.rut import RutFormField
from acompana.reference.models import Activity, Commune, Country, Region, SalesBracket, Sector, TariffHeading
from acompana.shell.meanwhile import Together
from acompana.shell.widgets import DayInput, PhoneField, has_come

SERVICE = "servicio:"
INTEREST = "interest"  # the lines of the countries that interest it: «market» is of its exports
REFERENCE: dict[str, type[Model]] = {
    "region": Region,
    "commune": Commune,
    "country": Country,
    "sector": Sector,
    "sales_bracket": SalesBracket,
}


class _YesNoField(forms.TypedChoiceField):
    """Yes, no, or not known; a select, since no answer is not the same as no."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=(("", "Sin dato"), ("True", "Sí"), ("False", "No")),
            coerce=lambda value: value == "True",
            empty_value=None,
            required=False,
            **kwargs,
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed("" if initial is None else str(initial), data)


class CharacterizationForm(forms.ModelForm):
    """The whole form on one page, as the desk edits it. `version` is that of the record when the page was made; the
    years of exports that are asked end with that of `today`."""

    mark_optional = False  # what is missing may stay so; completeness says what is needed
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    exported_recently = _YesNoField(label="Exportó en los últimos 3 años")
    sells_online = _YesNoField(label="Vende por internet")
    website = forms.URLField(label="Sitio web", required=False, assume_scheme="https", max_length=200)
    activity_codes = forms.CharField(
        label="Actividades del SII",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un código de seis dígitos por línea; el primero es el principal.",
    )
    product_lines = forms.CharField(
        label="Productos o servicios",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Uno por línea. Puede llevar su partida arancelaria delante: «200870 Duraznos en conserva». "
        "Un servicio se escribe «Servicio: diseño de envases».",
    )

    class Meta:
        model = Company
        fields = CHARACTERIZATION_FIELDS
        widgets = {"started_on": DayInput}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        fields: dict[str, Any] = self.fields
        for name, model in REFERENCE.items():
            fields[name].queryset = model._default_manager.filter(retired_on=None)
        for name in ("region", "commune", "sector", "sales_bracket"):
            fields[name].empty_label = "Sin dato"
        for name in ("tax_category", "offer", "women_role"):
            fields[name].choices = [("", "Sin dato"), *(c for c in fields[name].choices if c[0])]
        fields["started_on"].validators.append(has_come)
        company = self.instance
        declared = list(of_years_asked(company, today.year)) if company.pk else []
        add_export_lines(self, this_year=today.year, lines=max(EXPORT_LINES, len(declared)))
        self.initial.update(known_lines(declared))
        interesting = list(company.markets.order_by("id").values_list("country", flat=True)) if company.pk else []
        add_market_lines(self, lines=max(MARKET_LINES, len(interesting) + 1), name=INTEREST)
        self.initial.update(known_markets(interesting, INTEREST))
        self.initial.setdefault("version", company.version)
        if company.pk:
            self.initial.update(
                activity_codes="\n".join(row.activity.code for row in _activities(company)),
                product_lines="\n".join(_product_line(row) for row in company.products.select_related("heading")),
            )

    def clean_activity_codes(self) -> list[dict[str, Any]]:
        codes = list(dict.fromkeys(self.cleaned_data["activity_codes"].split()))
        known = {row.code: row for row in Activity.objects.filter(code__in=codes)}
        if unknown := [code for code in codes if code not in known]:
            raise forms.ValidationError(f"No existe la actividad {', '.join(unknown)}. Son seis dígitos.")
        return [{"activity": known[code], "is_main": n == 0} for n, code in enumerate(codes)]

    def clean_product_lines(self) -> list[dict[str, Any]]:
        lines = [line.strip() for line in self.cleaned_data["product_lines"].splitlines() if line.strip()]
        codes = {code for line in lines if (code := line.split()[0]).isdigit() and len(code) in (2, 4, 6)}
        headings = {row.code: row for row in TariffHeading.objects.filter(code__in=codes)}
        return [_product(line, headings) for line in lines]

    def clean(self) -> dict[str, Any]:
        """When it began and of which year its sales are go together, whichever is changed; so do the answer about its
        exports and their lines."""
        data = super().clean() or {}
        started_on, year = data.get("started_on"), data.get("commercial_year")
        if {"started_on", "commercial_year"} & set(self.changed_data) and (fault := start_fault(started_on, year)):
            self.add_error("started_on", fault)
        asked = [bound.name for line in self.export_lines() for bound in line]
        data["exports"] = clean_exports(self, data) if {EXPORTED, *asked} & set(self.changed_data) else None
        changed = set(market_names(self, INTEREST)) & set(self.changed_data)
        data["markets"] = clean_markets(self, data, INTEREST) if changed else None
        return data

    def export_lines(self) -> list[list[forms.BoundField]]:
        """Year, market and amount of each line, for the page."""
        return export_lines(self)

    def uses_more_lines(self) -> bool:
        """Whether the page shows the lines that wait behind «Agregar más»."""
        return uses_more_lines(self.export_lines())

    def market_lines(self) -> list[list[forms.BoundField]]:
        """The countries that interest it, each on its line, for the page."""
        return market_lines(self, INTEREST)

    def uses_more_markets(self) -> bool:
        """Whether the page shows the countries that wait behind «Agregar más»."""
        return uses_more_lines(self.market_lines())

    def one_answer(self) -> Together:
        """Lines that are one answer, by its label."""
        exports = [bound.name for line in self.export_lines() for bound in line]
        return {"Exportaciones declaradas": exports, "Mercados de interés": market_names(self, INTEREST)}

    def values(self) -> dict[str, Any]:
        """What goes to `update_characterization` as values."""
        return {name: self.cleaned_data[name] for name in CHARACTERIZATION_FIELDS}

    def rows(self) -> dict[str, Any]:
        """What goes to `update_characterization` as rows; none of exports or markets where those were not changed."""
        exports = self.cleaned_data["exports"]
        if exports is not None:
            exports = [*exports, *of_earlier_years(self.instance, self.today.year)]
        return {
            "products": self.cleaned_data["product_lines"],
            "activities": self.cleaned_data["activity_codes"],
            "markets": self.cleaned_data["markets"],
            "exports": exports,
        }


def _activities(company: Company) -> Any:
    return company.activities.select_related("activity").order_by("-is_main", "activity__code")


def _product_line(product: Any) -> str:
    if product.is_service:
        return f"Servicio: {product.description}"
    return f"{product.heading.code} {product.description}" if product.heading else product.description


def _product(line: str, headings: dict[str, TariffHeading]) -> dict[str, Any]:
    if line.lower().startswith(SERVICE):
        return {"description": line[len(SERVICE) :].strip()[:200], "is_service": True, "heading": None}
    first, _, rest = line.partition(" ")
    if first in headings and rest.strip():
        return {"description": rest.strip()[:200], "is_service": False, "heading": headings[first]}
    return {"description": line[:200], "is_service": False, "heading": None}


class ContactForm(forms.ModelForm):
    class Meta:
        model = Contact
        fields = ("name", "position", "email", "phone", "preferred_channel", "language", "gender", "is_main")
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        field_classes = {"phone": PhoneField}

    def validate_constraints(self) -> None:
        """Nothing here: the operation keeps one main contact by taking the mark from the other."""


REACHED_BY = ("phone", "email", "rut")
NOBODY_TO_REACH = "Anota un teléfono, un correo o el RUT: sin eso no hay cómo encontrarla después."


class CardForm(forms.Form):
    """A business card in under a minute: what it says, where it was given, and what to do next (INT-1, INT-2).

    `region`: the one of the officer's office, which the company has if no other is chosen.
    """

    together = REACHED_BY  # one of them is enough, and their group says so
    group_anchors = {
        "nobody_to_reach": "#id_phone",
        **{f"alike_{name}": f"#es-otra-{name}" for name in ("name", "phone", "email")},
    }

    name = forms.CharField(label="Empresa", max_length=200)
    contact_name = forms.CharField(label="Persona", max_length=120, required=False)
    phone = PhoneField(label="Teléfono", required=False)
    email = forms.EmailField(label="Correo electrónico", required=False)
    rut = RutFormField(label="RUT", required=False)
    region = forms.ModelChoiceField(
        label="Región", queryset=Region.objects.none(), required=False, empty_label="Aún no se sabe"
    )
    met_at = forms.CharField(
        label="Dónde la conociste", max_length=200, required=False, help_text="Feria, visita, llamada…"
    )
    next_step = forms.ChoiceField(label="Y ahora", widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, region: Region | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # one that comes back has its faults told first
            self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["region"].queryset = Region.objects.filter(retired_on=None)  # type: ignore[attr-defined]
        if region is not None:
            self.fields["region"].empty_label = f"La de mi oficina: {region.short_name}"  # type: ignore[attr-defined]
        steps = next_steps()
        self.fields["next_step"].choices = [(s.slug, s.label) for s in steps]  # type: ignore[attr-defined]
        self.fields["next_step"].initial = steps[-1].slug if steps else ""
        self.fields["next_step"].choice_hints = {s.slug: s.hint for s in steps}  # type: ignore[attr-defined]
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect | forms.Select):
                field.widget.attrs.setdefault("autocomplete", "off")
        if not steps:
            del self.fields["next_step"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors.keys().isdisjoint(REACHED_BY) and not any(data.get(name) for name in REACHED_BY):
            self.add_error(None, forms.ValidationError(NOBODY_TO_REACH, code="nobody_to_reach"))
        return data

    def reach_errors(self) -> list[str]:
        """What is wrong with the group of ways to reach the company, for its place on the page."""
        return [NOBODY_TO_REACH] if self.has_error(NON_FIELD_ERRORS, "nobody_to_reach") else []


class EndAccessForm(forms.Form):
    """Take an access away; the operation says what is missing."""

    reason = forms.CharField(
        label="Por qué se le quita", max_length=300, required=False, help_text="La persona lo leerá."
    )
    mark_optional = False


class DecisionForm(forms.Form):
    """Grant or refuse a mandate. `name`: the legal name that was typed, where the record has another."""

    reason = forms.CharField(
        label="Por qué",
        max_length=300,
        required=False,
        help_text="Escríbelo si la rechazas: la persona lo leerá. Para dar acceso no hace falta.",
    )
    takes_name = forms.BooleanField(required=False)
    mark_optional = False

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if name:
            self.fields["takes_name"].label = f"Cambiar también la razón social a «{name}»"
        else:
            del self.fields["takes_name"]
