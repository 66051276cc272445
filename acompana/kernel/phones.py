"""Telephone numbers: one form to keep (E.164), one to read. Pure.

A number that could be several is kept as it was typed: nobody is called at a number that we made up.
"""

from __future__ import annotations

import re

CHILE = "56"
OF_CHILE = 9  # digits after +56: 9 1234 5678 of a mobile, 2 2345 6789 of Santiago, 32 234 5678 of other areas
AREAS = {
    "9",
    "2",
    *map(str, (*range(32, 36), 41, 42, 43, 45, *range(51, 54), 55, 57, 58, 61, 63, 64, 65, 67, 68, 71, 72, 73, 75)),
}
_TYPED = re.compile(r"[+(\d][\d\s().\-/\u2010-\u2013]*")
_KEPT = re.compile(r"\+\d{8,15}")
# Country codes of one and two digits (ITU-T E.164); all others have three.
_SHORT_CODES = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


def normal_phone(text: str) -> str:
    """A number as it is kept: +56912345678, whatever its spaces and with or without +56; else as it was typed."""
    typed = " ".join(text.split())
    if not _TYPED.fullmatch(typed) or "+" in typed[1:]:
        return typed
    digits = re.sub(r"\D", "", typed)
    if typed.startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        is_whole = _area(digits.removeprefix(CHILE)) if digits.startswith(CHILE) else 8 <= len(digits) <= 15
        return f"+{digits}" if is_whole else typed
    if len(digits) == len(CHILE) + OF_CHILE and digits.startswith(CHILE):
        digits = digits.removeprefix(CHILE)
    elif len(digits) in (OF_CHILE + 1, OF_CHILE + 2) and digits.startswith("0"):
        digits = digits.lstrip("0")  # as one dialled inside the country: 09 1234 5678
    return f"+{CHILE}{digits}" if _area(digits) else typed


def _area(digits: str) -> str:
    """The area (or the 9 of mobiles) of a whole Chilean number; empty of anything else."""
    if len(digits) != OF_CHILE:
        return ""
    return next((digits[:size] for size in (1, 2) if digits[:size] in AREAS), "")


def shown_phone(text: str | None) -> str:
    """As people read it: +56 9 1234 5678, +56 32 234 5678, +1 415 555 0100. What is kept as typed is shown so."""
    if not text or not _KEPT.fullmatch(text):
        return text or ""
    digits = text[1:]
    if digits.startswith(CHILE) and (area := _area(digits.removeprefix(CHILE))):
        rest = digits[len(CHILE) + len(area) :]
        return f"+{CHILE} {area} {rest[:-4]} {rest[-4:]}"
    found = _SHORT_CODES.match(digits)
    code = found[0] if found else digits[:3]
    rest, last = digits[len(code) : -4], digits[-4:]
    head = len(rest) % 3
    groups = [rest[:head], *(rest[at : at + 3] for at in range(head, len(rest), 3)), last]
    return " ".join(filter(None, [f"+{code}", *groups]))


MATCHED = 9  # of any number, its last digits: those of a Chilean one without +56; by them numbers are matched
_WITHOUT_NINE = re.compile(r"[0-9](?: ?[0-9]){7}")
_SOUGHT = re.compile(r"[+(\d][+\d\s().\-/\u2010-\u2013]*")


def sought_phone(text: str) -> str:
    """What is sought by a number written with its country or with more digits than any RUT has: by its last nine
    digits; of one that begins with +56, by those that there are, from four on; of eight digits, by a mobile's that has
    them behind its 9. Empty for what may be no telephone."""
    typed = text.strip()
    if _WITHOUT_NINE.fullmatch(typed):
        return f"9{''.join(typed.split())}"
    if not _SOUGHT.fullmatch(typed):
        return ""
    digits = re.sub(r"\D", "", typed)
    has_country = "+" in typed or digits.startswith("00")
    digits = digits.removeprefix("00")
    if has_country and digits.startswith(CHILE):
        of_chile = digits.removeprefix(CHILE).removeprefix("0")
        return of_chile[-MATCHED:] if len(of_chile) >= 4 else ""
    if len(digits) > MATCHED or (has_country and len(digits) >= 7):
        return digits[-MATCHED:] if len(digits) <= 15 else ""
    return ""


def parts_of_phone(text: str) -> tuple[str, ...]:
    """The digits of a part of a number, as one of them is in its last nine: those typed, and those behind the country;
    with +56 these alone."""
    digits = re.sub(r"\D", "", text)
    has_country = text.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if has_country else digits
    if not digits.startswith(CHILE):
        return (digits[-MATCHED:],)
    of_chile = digits.removeprefix(CHILE).removeprefix("0")[-MATCHED:]
    return (of_chile,) if has_country else (digits[-MATCHED:], of_chile)


def dialled(text: str | None) -> str:
    """For the address of a link that calls."""
    text = (text or "").strip()
    return ("+" if text.startswith("+") else "") + re.sub(r"\D", "", text)
