from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acompana.kernel.phones import dialled, normal_phone, shown_phone


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
