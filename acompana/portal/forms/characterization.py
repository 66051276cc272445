"""Registering a company, and the characterisation step by step (INT-8).

A field that is required here is one without which its step cannot be kept. What else a form needs to be complete is a
rule (DEF-5), and `steps.build_form` marks it from there.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.export_forms import (
    EXPORT_LINES,
    add_export_lines,
    clean_exports,
    export_lines,
)
from acompana.companies.market_forms import MARKET_LINES, add_market_lines, clean_markets, market_lines
from acompana.companies.models import Company, Contact
from acompana.kernel.alphabet import Alphabetical
from acompana.kernel.rut import RutFormField
from acompana.people.models import Channel, Language
from acompana.reference.models import Commune, Region, Sector, TariffHeading
from acompana.reference.queries import find_headings
from acompana.shell.widgets import PhoneField, PhoneInput

YES_NO = [("yes", "Sí"), ("no", "No")]
CONTACT_CHANNELS = [
    (channel.value, channel.label) for channel in (Channel.EMAIL, Channel.PHONE, Channel.WHATSAPP, Channel.VIDEO)
]
PRODUCT_LINES = 6
HEADING_DIGITS = (4, 6)


class YesNoField(forms.ChoiceField):
    """A question answered yes or no; gives True or False."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, widget=forms.RadioSelect, **kwargs)

    def clean(self, value: Any) -> bool | None:
        text = super().clean(value)
        return None if not text else text == "yes"

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)


class CommuneSelect(forms.Select):
    """Each commune says its region, so that a script can narrow the list; without scripts all are there."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if instance := getattr(value, "instance", None):
            option["attrs"]["data-region"] = str(instance.region_id)
        return option


class RegisterForm(forms.Form):
    """The first step: which company."""

    rut = RutFormField(label="RUT de la empresa", help_text="Con dígito verificador. Por ejemplo, 41.234.567-3.")
    legal_name = forms.CharField(label="Razón social", max_length=200, help_text="Como aparece en el SII.")
    region = forms.ModelChoiceField(
        label="Región", queryset=Region.objects.filter(retired_on=None), empty_label="Elige tu región"
    )
    reason = forms.CharField(
        label="¿Quién eres en la empresa?",
        max_length=200,
        required=False,
        help_text="Por ejemplo: «Soy la contadora». Lo lee quien decide tu acceso, si la empresa ya está registrada.",
    )


class PlaceForm(forms.Form):
    region = forms.ModelChoiceField(
        label="Región", queryset=Region.objects.filter(retired_on=None), empty_label="Elige tu región"
    )
    commune = forms.ModelChoiceField(
        label="Comuna",
        queryset=Commune.objects.none(),
        empty_label="Elige tu comuna",
        required=False,
        widget=CommuneSelect,
    )
    address = forms.CharField(
        label="Dirección",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communes: QuerySet[Commune] = Commune.objects.filter(retired_on=None).select_related("region")
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = communes.order_by("region", Alphabetical("name"))
        field.label_from_instance = lambda commune: f"{commune.name} ({commune.region.short_name})"  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        commune, region = data.get("commune"), data.get("region")
        if commune and region and commune.region_id != region.pk:
            self.add_error(
                "commune", f"{commune.name} queda en {commune.region.short_name}. Revisa la región o la comuna."
            )
        return data


class ContactForm(forms.Form):
    """The main contact, with channel and language (CHA-5)."""

    name = forms.CharField(
        label="Nombre y apellido", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    position = forms.CharField(label="Cargo", max_length=80, required=False)
    email = forms.EmailField(
        label="Correo electrónico", required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = PhoneField(
        label="Teléfono",
        required=False,
        help_text="Por ejemplo, +56 9 8765 4321.",
        widget=PhoneInput({"autocomplete": "tel"}),
    )
    preferred_channel = forms.ChoiceField(
        label="¿Cómo prefieres que te contactemos?", choices=CONTACT_CHANNELS, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(label="¿En qué idioma?", choices=Language.choices, widget=forms.RadioSelect)
    gender = forms.ChoiceField(
        label="Género",
        choices=[("", "Prefiero no decirlo"), *Contact.Gender.choices],
        required=False,
        help_text="Sirve para revisar que tratemos igual a todas las personas.",
    )


class OfferForm(forms.Form):
    """What the company offers; goods may carry a tariff heading. `lines`: how many products it has room for."""

    offer = forms.ChoiceField(label="¿Qué ofreces?", choices=Company.Offer.choices, widget=forms.RadioSelect)
    sector = forms.ModelChoiceField(
        label="Sector", queryset=Sector.objects.filter(retired_on=None), empty_label="Elige un sector"
    )
    certifications = forms.CharField(
        label="Certificaciones", max_length=300, required=False, help_text="Por ejemplo, HACCP, orgánico, ISO 9001."
    )
    website = forms.URLField(label="Sitio web", required=False, assume_scheme="https")
    sells_online = YesNoField(label="¿Vendes por internet?")

    def __init__(self, *args: Any, lines: int = PRODUCT_LINES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = range(1, lines + 1)
        for number in self.lines:
            self.fields[f"product_{number}"] = forms.CharField(
                label=f"Producto o servicio {number}", max_length=200, required=False
            )
            self.fields[f"heading_{number}"] = forms.CharField(
                label=f"Partida arancelaria {number}",
                max_length=80,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off", "data-suggest": f"heading_{number}"}),
            )

    def product_lines(self) -> list[list[forms.BoundField]]:
        """The products, each with its heading, for the page."""
        return [[self[f"product_{n}"], self[f"heading_{n}"]] for n in self.lines]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        products = [row for number in self.lines if (row := self._product(data, number))]
        data["products"] = products
        return data

    def _product(self, data: dict[str, Any], number: int) -> dict[str, Any] | None:
        description = (data.get(f"product_{number}") or "").strip()
        text = (data.get(f"heading_{number}") or "").strip()
        heading = _heading_of(text) if text else None
        if text and heading is None:
            digits = text.replace(".", "")
            short = digits.isdigit() and len(digits) not in HEADING_DIGITS
            sentence = (
                "Una partida tiene 4 o 6 dígitos: búscala por palabras, o déjala en blanco si no estás seguro."
                if short
                else "No encontramos esa partida. Búscala por palabras, o déjala en blanco si no estás seguro."
            )
            self.add_error(f"heading_{number}", sentence)
        if text and not description:
            self.add_error(f"product_{number}", "Escribe qué producto es.")
        if not description:
            return None
        return {"description": description, "heading": heading, "is_service": data.get("offer") == "services"}


def _heading_of(text: str) -> TariffHeading | None:
    """The heading of a code, with or without points; of words only if no other heading has them."""
    code = text.replace(".", "")
    if code.isdigit():
        return TariffHeading.objects.filter(code=code, level__in=HEADING_DIGITS, retired_on=None).first()
    found = list(find_headings(text).filter(level__in=HEADING_DIGITS)[:2])
    return found[0] if len(found) == 1 else None


class ExportsForm(forms.Form):
    """Exports of the last three years: they decide whether the self-test is needed (INT-4)."""

    exported_recently = YesNoField(label="¿Exportaste en los últimos 3 años?")

    def __init__(self, *args: Any, this_year: int = 2100, lines: int = EXPORT_LINES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_export_lines(self, this_year=this_year, lines=lines)
        # Of who exported one line is asked, and the page says so: a year or a country is not «opcional».
        self.together = tuple(name for name in self.fields if name.startswith(("year_", "market_")))

    def export_lines(self) -> list[list[forms.BoundField]]:
        """Year, market and amount of each line, for the page."""
        return export_lines(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["exports"] = clean_exports(self, data)
        return data


class InterestForm(forms.Form):
    """Where the company would like to export to, and what it would like to do with the agency."""

    programme_interest = forms.CharField(
        label="¿Qué te interesa hacer con nosotros?",
        max_length=200,
        required=False,
        help_text="Por ejemplo, talleres, ferias, ruedas de negocio.",
    )

    def __init__(self, *args: Any, lines: int = MARKET_LINES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_market_lines(self, lines=lines)

    def market_lines(self) -> list[list[forms.BoundField]]:
        """The countries, each on its line, for the page."""
        return market_lines(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["markets"] = clean_markets(self, data)
        return data


class OwnershipForm(forms.Form):
    women_role = forms.ChoiceField(
        label="Propiedad y dirección de mujeres",
        choices=Company.WomenRole.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text="Hay programas para empresas de mujeres o dirigidas por ellas.",
    )
    origin = forms.ChoiceField(
        label="¿Cómo llegaste a nosotros?",
        choices=[
            (value, "Por mi cuenta" if value == Company.Origin.DIRECT else label)
            for value, label in Company.Origin.choices
            if value in ("direct", "sercotec", "corfo", "other")
        ],
        widget=forms.RadioSelect,
    )


class ConsentForm(forms.Form):
    """Consents by purpose (EXP-33, LAW-4): each one on its own, none of them ticked for the person, none demanded."""

    consent_programmes = YesNoField(required=False)
    consent_news = YesNoField(required=False)
    consent_stories = YesNoField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for text in CONSENT_TEXTS:  # the words whose version is kept with the answer
            self.fields[f"consent_{text.purpose}"].label = text.text
