"""Ids of rows that come as text, from an address or a form that anybody may have written."""

from __future__ import annotations

LARGEST = 2**63 - 1  # what both databases can hold


def row_id(text: str | None) -> int | None:
    """The id that a text is; None for anything that cannot be one («², -1», beyond what the database holds)."""
    if not text or len(text) > 19 or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= LARGEST else None
