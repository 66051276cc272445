"""Controls beyond Django's own: a day, an amount of money, a checked file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from acompana.kernel.clock import read_clock
from acompana.kernel.past_days import NOT_YET, past_day_fault
from acompana.kernel.phones import shown_phone
from acompana.shell import words

SHORTEST_PHONE = 7  # digits; a fixed line of a small country has as many


class DayInput(forms.DateInput):
    """The device's own calendar; it speaks ISO 8601 whatever the language."""

    input_type = "date"
    component = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class MoneyInput(forms.TextInput):
    """An amount with its sign before it: MoneyInput("US$")."""

    component = "money"

    def __init__(self, prefix: str = "$", suffix: str = "", attrs: dict[str, Any] | None = None) -> None:
        self.prefix, self.suffix = prefix, suffix
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """A stored amount is shown grouped; what somebody typed is shown as they typed it."""
        return value if isinstance(value, str) else words.number(value) or None


class PhoneInput(forms.TextInput):
    """A telephone number, shown in groups and typed in any way."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"autocomplete": "off", **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return shown_phone(value) or None


def has_number(phone: str) -> None:
    """For telephones: what has no number in it calls nobody. Extensions and several numbers are kept as typed."""
    if sum(character.isdigit() for character in phone) < SHORTEST_PHONE:
        raise forms.ValidationError(
            _("Escribe el teléfono con sus números, por ejemplo +56 9 1234 5678."), code="no_number"
        )


class PhoneField(forms.CharField):
    """A telephone number, of which at most 20 characters are kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 20, "widget": PhoneInput(), "validators": [has_number], **kwargs})


class DayField(forms.DateField):
    """A date; takes ISO from the calendar and dd-mm-yyyy from whoever types."""

    widget = DayInput
    default_error_messages = {"invalid": "Esa fecha no existe o está incompleta. Escríbela así: 24-09-2026."}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"])
        super().__init__(**kwargs)


def has_come(day: date) -> None:
    """For the dates of what happened already: a year typed wrong is told at its field."""
    if fault := past_day_fault(day, timezone.localdate(read_clock())):
        raise forms.ValidationError(fault, code="not_yet" if fault == NOT_YET else "long_ago")


class MomentField(forms.DateTimeField):
    """A day and an hour on the clock of the wall. Two hours a year there are none, or two: the clock is changed."""

    default_error_messages = {
        "invalid": "Esa fecha y hora no existen o están incompletas. Elige el día y escribe la hora como 9:30.",
        "clock_changes": "Esa noche cambia la hora: a esa hora el reloj no existe o se repite. Elige otra hora.",
    }

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            if getattr(error, "code", "") != "ambiguous_timezone":
                raise
            raise forms.ValidationError(self.error_messages["clock_changes"], code="clock_changes") from error


class AmountField(forms.DecimalField):
    """An amount typed as people write it: 1.234.567,50 or 1234567. `currency` is shown before it."""

    default_error_messages = {"invalid": "Escribe el monto solo con números, por ejemplo 1.250.000."}

    def __init__(self, *, currency: str = "$", **kwargs: Any) -> None:
        kwargs.setdefault("widget", MoneyInput(currency))
        kwargs.setdefault("localize", False)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace(" ", "").replace("$", "")
            value = value.replace(".", "").replace(",", ".") if "," in value or _grouped(value) else value
        return super().to_python(value)


def _grouped(text: str) -> bool:
    """Whether the points of 1.234.567 separate thousands."""
    first, *rest = text.split(".")
    return bool(rest) and all(len(group) == 3 and group.isdigit() for group in rest) and 1 <= len(first) <= 3
