from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acompana.kernel.phones import dialled, normal_phone, parts_of_phone, shown_phone, sought_phone


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("912345678", "+56912345678", "+56 9 1234 5678"),
        ("9 1234 5678", "+56912345678", "+56 9 1234 5678"),
        ("+56 9 1234 5678", "+56912345678", "+56 9 1234 5678"),
        ("56912345678", "+56912345678", "+56 9 1234 5678"),
        ("0056 9 1234-5678", "+56912345678", "+56 9 1234 5678"),
        ("09 1234 5678", "+56912345678", "+56 9 1234 5678"),
        ("(2) 2345 6789", "+56223456789", "+56 2 2345 6789"),
        ("32 234 5678", "+56322345678", "+56 32 234 5678"),
        ("+54 11 4321 5678", "+541143215678", "+54 114 321 5678"),
        ("+1 (415) 555-0100", "+14155550100", "+1 415 555 0100"),
        ("+593 2 123 4567", "+59321234567", "+593 2 123 4567"),
        # Nobody can say which number it is: it stays as it was typed.
        ("2345678", "2345678", "2345678"),
        ("600 600 7777", "600 600 7777", "600 600 7777"),
        ("+56 9 1234 567", "+56 9 1234 567", "+56 9 1234 567"),
        ("22 345 6789 anexo 12", "22 345 6789 anexo 12", "22 345 6789 anexo 12"),
        ("  ", "", ""),
    ],
)
def test_a_number_is_kept_in_one_form_and_shown_in_groups(typed, kept, shown):
    assert (normal_phone(typed), shown_phone(kept)) == (kept, shown)
    assert normal_phone(shown) == kept


@given(st.text(alphabet="0123456789+ -()ax", max_size=20))
def test_what_is_kept_is_kept_again_and_no_digit_is_lost(text):
    kept = normal_phone(text)
    assert normal_phone(kept) == kept
    assert normal_phone(shown_phone(kept)) == kept
    digits = "".join(filter(str.isdigit, text)).lstrip("0")
    assert dialled(kept).lstrip("+0").endswith(digits)


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("+56 9 9037 8096", "990378096"),
        ("+56990378096", "990378096"),
        ("56990378096", "990378096"),
        ("56 9 9037-8096", "990378096"),
        ("0056 9 9037 8096", "990378096"),
        ("(+56) 9 9037 8096", "990378096"),
        ("+56 (0)9 9037 8096", "990378096"),
        ("09 9037 8096", "990378096"),
        ("+56 9 9037", "99037"),  # as it is being typed
        ("+82 2 1234 5678", "212345678"),
        ("0082 2 1234 5678", "212345678"),
        ("82212345678", "212345678"),
        ("+376 123 456", "376123456"),
        ("9037 8096", "990378096"),  # eight digits, as they are said without the 9
        ("90378096", "990378096"),
        # What may be a RUT or a part of something else, and what says too little.
        ("990378096", ""),
        ("41.203.875-4", ""),
        ("412038754", ""),
        ("56.990.378-K", ""),
        ("5699037", ""),
        ("1234567", ""),
        ("90.378.096", ""),
        ("+56 9 9", ""),
        ("3M 56990378096", ""),
        ("56990378096 SpA", ""),
        ("1234567890123456", ""),
        ("", ""),
    ],
)
def test_a_number_is_sought_by_its_end_where_it_can_be_nothing_else(typed, sought):
    assert sought_phone(typed) == sought


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("+569 6123", ("96123",)),
        ("56 9 6123", ("5696123", "96123")),
        ("+56 9 6123 4567", ("961234567",)),
        ("0056 9 6123", ("96123",)),
        ("6123 45", ("612345",)),
        ("+56", ("",)),
        ("+1 415 555 0100", ("155550100",)),
        ("0100", ("0100",)),
        ("x", ("",)),
    ],
)
def test_a_part_of_a_number_is_looked_for_by_its_digits(typed, parts):
    assert parts_of_phone(typed) == parts
