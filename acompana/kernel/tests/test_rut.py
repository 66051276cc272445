from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from acompana.kernel.rut import RutFormField, check_rut, format_rut, normalise_rut, rut_with_check_digit

numbers = st.integers(min_value=1_000_000, max_value=99_999_999)


def check_digit(number: int) -> str:
    """Modulo 11 as the law writes it; shares no code with what it judges."""
    total, factor = 0, 2
    while number:
        number, digit = divmod(number, 10)
        total += digit * factor
        factor = factor + 1 if factor < 7 else 2
    return "0123456789K0"[11 - total % 11] if total % 11 else "0"


@given(numbers)
def test_the_check_digit_is_modulo_11(number):
    assert rut_with_check_digit(number) == f"{number}{check_digit(number)}"


@given(numbers, st.booleans(), st.booleans(), st.booleans())
def test_a_rut_is_read_however_it_is_written(number, dots, dash, small):
    body = f"{number:,}".replace(",", "." if dots else "")
    written = f" {body}{'-' if dash else ''}{check_digit(number)} "
    written = written.lower() if small else written
    assert check_rut(written) == f"{number}{check_digit(number)}"
    assert format_rut(written) == f"{number:,}".replace(",", ".") + f"-{check_digit(number)}"


@given(numbers, st.sampled_from("0123456789K"))
def test_every_other_check_digit_is_refused(number, digit):
    if digit != check_digit(number):
        with pytest.raises(ValidationError, match=r"dígito verificador de \d+-. no corresponde"):
            check_rut(f"{number}-{digit}")


@given(numbers)
def test_swapping_two_neighbours_is_noticed(number):
    text = rut_with_check_digit(number)
    for i in range(len(text) - 2):
        swapped = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
        if swapped != text and swapped[0] != "0":
            with pytest.raises(ValidationError):
                check_rut(swapped)


@given(st.text(max_size=20))
def test_anything_else_is_told_and_never_breaks(text):
    try:
        value = check_rut(text)
    except ValidationError as error:
        told = error.messages[0]
    else:
        told = "."
        assert normalise_rut(value) == value
    assert told.endswith(".")


@pytest.mark.parametrize("text", ["", "K", "1", "12.345.678", "1234567890-1", "12K45678-9", "٤١٢٠٣٨٧٥-4"])
def test_shapes_that_cannot_be_a_rut(text):
    with pytest.raises(ValidationError):
        check_rut(text)


def test_format_of_what_is_empty():
    assert format_rut("") == ""


def test_the_form_field_gives_it_back_normalised():
    field = RutFormField()
    assert field.clean("41.203.875-4") == "412038754"
    assert field.prepare_value("412038754") == "41.203.875-4"
    with pytest.raises(ValidationError):
        field.clean("41.203.875-5")


def test_a_number_without_its_check_digit_is_quoted_and_kept_as_it_was_typed():
    with pytest.raises(ValidationError, match=r"de 12345678 no corresponde.*Quizás le falta el último dígito"):
        check_rut("12345678")
    assert RutFormField().prepare_value("12345678") == "12345678"
    assert RutFormField().prepare_value("123456785") == "12.345.678-5"
