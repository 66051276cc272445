"""RUT: the Chilean tax and identity number, with its modulo 11 check digit (IDN-3)."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from stdnum.cl import rut as stdnum_rut
from stdnum.exceptions import ValidationError as StdnumError


def normalise_rut(text: str) -> str:
    """Digits and check digit with nothing between: « 12.345.678-5 » becomes "123456785". Checks nothing."""
    return "".join(character for character in text.upper() if character in "0123456789K").lstrip("0")


def check_rut(text: str) -> str:
    """The normalised RUT; raises ValidationError, with a sentence for the person, if it cannot be one (IDN-3)."""
    value = normalise_rut(text)
    if not 2 <= len(value) <= 9 or "K" in value[:-1]:
        raise ValidationError(
            gettext("Escribe el RUT con su dígito verificador, por ejemplo 12.345.678-5."), code="rut_shape"
        )
    try:
        stdnum_rut.validate(value.zfill(8))
    except StdnumError as error:
        said = gettext("El dígito verificador de %(typed)s no corresponde. Revisa el RUT.") % {
            "typed": text.strip()[:20]
        }
        if "-" not in text and len(value) < 9:
            said = f"{said} {gettext('Quizás le falta el último dígito.')}"
        raise ValidationError(said, code="rut_check_digit") from error
    return value


# The weighted sums of the four lower and the four upper digits of every number, so that a million digits are quick.
_LOW = [sum(int(d) * w for d, w in zip(f"{n:04d}", (5, 4, 3, 2), strict=True)) for n in range(10_000)]
_HIGH = [sum(int(d) * w for d, w in zip(f"{n:04d}", (3, 2, 7, 6), strict=True)) for n in range(10_000)]
_DIGITS = "0K987654321"


def check_digit(number: int) -> str:
    """The digit that belongs to a number of up to eight figures, by modulo 11 (IDN-3)."""
    high, low = divmod(number, 10_000)
    return _DIGITS[(_HIGH[high] + _LOW[low]) % 11]


def rut_with_check_digit(number: int) -> str:
    """The normalised RUT of a number: 12345678 → "123456785"."""
    return f"{number}{stdnum_rut.calc_check_digit(str(number))}"


def format_rut(value: str) -> str:
    """As people read it: "123456785" → "12.345.678-5"; an empty value stays empty."""
    value = normalise_rut(value)
    if len(value) < 2:
        return value
    return f"{int(value[:-1]):,}".replace(",", ".") + f"-{value[-1]}"


class RutFormField(forms.CharField):
    """Takes a RUT with or without dots and dash; gives it back normalised."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("max_length", 14)
        super().__init__(**kwargs)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        return check_rut(text) if text else ""

    def prepare_value(self, value: object) -> object:
        """As people read it; what cannot be a RUT stays as it was typed, to be corrected."""
        if not isinstance(value, str) or len(normalise_rut(value)) <= 6:
            return value
        try:
            return format_rut(check_rut(value))
        except ValidationError:
            return value


class RutField(models.CharField):
    """A RUT stored normalised ("123456785"), so that equality and prefix search need no dots."""

    def __init__(self, *args, **kwargs) -> None:
        kwargs["max_length"] = 9
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_prep_value(self, value: object) -> object:
        value = super().get_prep_value(value)
        return normalise_rut(value) or None if isinstance(value, str) else value

    def validate(self, value: str, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value:
            check_rut(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": RutFormField, "max_length": 14, **kwargs})
