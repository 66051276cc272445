"""What is kept of a text of one line."""

from __future__ import annotations

import pytest

from acompana.kernel.one_line import one_line, one_line_each


@pytest.mark.parametrize(("typed", "kept"), [
    ("  Alto Roble  SpA ", "Alto Roble  SpA"),
    ("Alto\r\nRoble", "Alto Roble"),
    ("Alto \n\t Roble\u2028SpA", "Alto Roble SpA"),
    ("Alto \u202eelboR", "Alto elboR"),
    ("\u2066\u200f\n", ""),
    ("a\x07b", "ab"),
    ("Ñandú 🫒 👩\u200d🌾 العربية", "Ñandú 🫒 👩\u200d🌾 العربية"),
])  # fmt: skip
def test_one_line(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_what_is_no_text_stays() -> None:
    assert one_line_each({"a": "x\ny", "b": None, "c": 3}) == {"a": "x y", "b": None, "c": 3}
