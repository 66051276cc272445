"""From the text of a cell to its value, or to the doubt that takes its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from acompana.kernel.rut import check_digit
from acompana.kernel.search.text import normalise
from acompana.shell.spreadsheet import unguarded

LONGEST_NAME, LONGEST_WEBSITE = 200, 200
EARLIEST, LATEST = date(1800, 1, 1), date(2100, 12, 31)
MONTHS = {
    name: at
    for at, name in enumerate(["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"], 1)
}
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]{3})[-/. ](\d{4})(?:[ T].*)?")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ T].*)?")
TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})")
RUT_SHAPE = re.compile(r"0*(\d{1,8}?)-?([0-9K])")
# Dashes that are no hyphen, and the space that does not break: what word processors make of a RUT.
DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-") | {0xA0: " "}
EMPTY = frozenset({"", "-", "--", ".", "null", "none", "n/a", "s/i", "sin informacion", "sin información", "#n/a"})


# What is left of a letter with accent where a file was read and written in two encodings, or as no letter at all.
BROKEN_LETTER = re.compile(r"\ufffd|[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[^\W\d_]\?[^\W\d_]")
SHORTENED = {"sta": "santa", "sto": "santo", "pto": "puerto", "pta": "punta", "gral": "general", "sn": "san"}
SMALL_WORDS = frozenset({"de", "del", "la", "las", "los", "el"})


class Doubt(str):
    """Why a cell was left out; takes the place of its value."""


def clean_text(text: str, longest: int = LONGEST_NAME) -> str | None:
    """Without the spaces and control characters that nobody sees; None if nothing is left."""
    words = " ".join(text.split())
    if not words.isprintable():
        words = "".join(c for c in words if c.isprintable())
    if words[:1] == "'":
        words = unguarded(words)
    return words[:longest] if words.lower() not in EMPTY else None


def clean_date(text: str) -> date | Doubt | None:
    """dd-mm-yyyy, yyyy-mm-dd, dd/mm/yyyy and their like; 03-ene-2019 and 03012019 too."""
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    try:
        if found := YEAR_FIRST.fullmatch(plain):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := DAY_FIRST.fullmatch(plain) or TOGETHER.fullmatch(plain):
            month = MONTHS.get(found[2]) or int(found[2])
            day = date(int(found[3]), month, int(found[1]))
        else:
            return Doubt(f"no se entiende la fecha «{text.strip()[:20]}»")
    except ValueError:
        return Doubt(f"la fecha «{text.strip()[:20]}» no existe")
    return day if EARLIEST <= day <= LATEST else Doubt(f"la fecha «{text.strip()[:20]}» no puede ser")


def past_day(today: date) -> Callable[[str], str | Doubt | None]:
    """A cell with a day that has come, as both databases take it."""

    def clean(text: str) -> str | Doubt | None:
        day = clean_date(text)
        if not isinstance(day, date):
            return day
        return day.isoformat() if day <= today else Doubt(f"la fecha «{text.strip()[:20]}» todavía no llega")

    return clean


def clean_number(text: str) -> int | Doubt | None:
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    whole = plain.replace(".", "").split(",")[0] if "," in plain else plain.removesuffix(".0").replace(".", "")
    if whole.isascii() and whole.isdigit() and len(whole) <= 9:
        return int(whole)
    return Doubt(f"«{text.strip()[:20]}» no es un número")


def clean_year(text: str) -> int | Doubt | None:
    found = clean_number(text)
    if isinstance(found, int) and not 1990 <= found <= 2100:
        return Doubt(f"«{text.strip()[:20]}» no es un año")
    return found


TAX_CATEGORIES = {"1": "first", "primera": "first", "2": "second", "segunda": "second"}


def clean_tax_category(text: str) -> str | Doubt | None:
    plain = normalise(text)
    if plain in EMPTY:
        return None
    return TAX_CATEGORIES.get(plain.split()[0]) or Doubt(f"no se conoce la categoría «{text.strip()[:20]}»")


def clean_website(text: str) -> str | Doubt | None:
    found = clean_text(text, LONGEST_WEBSITE)
    if found is None:
        return None
    address = found if found.lower().startswith(("http://", "https://")) else f"https://{found}"
    if len(address) > LONGEST_WEBSITE or not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", address):
        return Doubt(f"«{found[:40]}» no es un sitio web")
    return address


def known(what: str, by_spelling: Mapping[str, int]) -> Callable[[str], int | Doubt | None]:
    """A cell that names a row of the reference data."""

    def clean(text: str) -> int | Doubt | None:
        plain = normalise(text)
        if plain in EMPTY:
            return None
        return by_spelling.get(plain) or Doubt(f"no se conoce {what} «{text.strip()[:40]}»")

    return clean


def has_broken_letters(text: str) -> bool:
    """Whether letters were lost before the file came here: «COMPAÃ‘ÃA», «PE\ufffdA», «PE?A»."""
    return not (text.isascii() and "?" not in text) and BROKEN_LETTER.search(text) is not None


def bare_spelling(normal: str) -> str:
    """A place's name without what is written in several ways: «sta cruz», «til til», «ohiggins», «quinta tilcoco»."""
    words = (SHORTENED.get(word, word) for word in normal.split())
    return "".join(word for word in words if word not in SMALL_WORDS)


def plain_dashes(text: str) -> str:
    """With the hyphen of the keyboard for every dash."""
    return text if text.isascii() else text.translate(DASHES)


def read_rut(text: str, digit: str | None, *, without_digit: bool) -> tuple[int, str] | str:
    """Number and RUT of a row; or the sentence that says why it has none (IDN-3).

    `digit`: what the column of digits says; None if the file has no such column.
    """
    if digit is not None and text.isdigit() and text.isascii():  # as the tax service writes it
        number = int(text)
        if 0 < number <= 99_999_999 and check_digit(number) == digit:
            return number, f"{number}{digit}"
    text = plain_dashes(text)
    plain = text.replace(".", "").replace(" ", "").upper()
    if not plain:
        return "Falta el RUT."
    if digit is not None and plain.isascii() and plain.isdigit():
        mark = digit.strip().upper()
        if not mark:
            return f"El RUT {plain} viene sin dígito verificador."
    elif plain.isascii() and plain.isdigit() and without_digit:
        mark = ""
    else:
        found = RUT_SHAPE.fullmatch(plain)
        if found is None:
            return f"«{text.strip()[:20]}» no es un RUT."
        plain, mark = found[1], found[2]
        if "-" not in text and check_digit(int(plain)) != mark:
            return (
                f"El RUT {text.strip()[:12]} viene sin dígito verificador, o su dígito no corresponde. "
                "Si todos vienen sin dígito, dilo en la fuente."
            )
    number = int(plain)
    if not 0 < number <= 99_999_999:
        return f"«{text.strip()[:20]}» no es un RUT."
    right = check_digit(number)
    if mark and mark != right:
        return f"El dígito verificador de {number}-{mark[:3]} no corresponde."
    return number, f"{number}{right}"
