from __future__ import annotations

import pytest

from acompana.kernel.row_ids import LARGEST, row_id


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), (str(LARGEST), LARGEST), ("0", 0)])
def test_ids_are_read(text, number):
    assert row_id(text) == number


@pytest.mark.parametrize("text", [None, "", "-1", "²", "٣", "1.0", " 1", "1e3", str(LARGEST + 1), "9" * 5000, "x"])
def test_anything_else_is_no_id(text):
    assert row_id(text) is None
