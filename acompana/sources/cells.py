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
MONTHS = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
          "noviembre", "diciembre")  # fmt: skip
MONTH_OF = {
    **{name[:3]: at for at, name in enumerate(MONTHS, 1)},
    **{name: at for at, name in enumerate(MONTHS, 1)},
    **{"sept": 9, "set": 9, "setiembre": 9, "jan": 1, "apr": 4, "aug": 8, "dec": 12},
}
DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2}|[a-z]{3,10})\.?[-/. ](\d{4})(?:[ t].*)?")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ t].*)?")
# Eight digits: no day and month read as a year of ours, so that they are one or the other.
DAY_FIRST_TOGETHER = re.compile(r"(\d{2})(\d{2})((?:18|19|20)\d{2})")
YEAR_FIRST_TOGETHER = re.compile(r"((?:18|19|20)\d{2})(\d{2})(\d{2})")
SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]{3})[-/. ]\d{2}")
WHOLE = re.compile(r"(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2})(?:,0+)?|(\d{1,9})\.0{1,2}")
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
    """dd-mm-yyyy, yyyy-mm-dd, dd/mm/yyyy and their like, 03-ene-2019, 3 de enero de 2019, 03012019 and 20190103."""
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    said = text.strip()[:30]
    words = plain.replace(" de ", " ").replace(" del ", " ")
    try:
        if found := YEAR_FIRST.fullmatch(words) or YEAR_FIRST_TOGETHER.fullmatch(words):
            day = date(int(found[1]), int(found[2]), int(found[3]))
        elif found := DAY_FIRST.fullmatch(words) or DAY_FIRST_TOGETHER.fullmatch(words):
            month = MONTH_OF.get(found[2]) or int(found[2])
            day = date(int(found[3]), month, int(found[1]))
        else:
            return Doubt(f"no se entiende la fecha «{said}»{_how_to_write(words)}")
    except ValueError:
        return Doubt(f"la fecha «{said}» no existe")
    return day if EARLIEST <= day <= LATEST else Doubt(f"la fecha «{said}» no puede ser")


def _how_to_write(words: str) -> str:
    """What helps whoever made the file."""
    if SHORT_YEAR.fullmatch(words):
        return ": escribe el año con cuatro cifras"
    if words.isdigit() and len(words) == 5:
        return ": parece el número con que una planilla guarda un día; dale formato de fecha a la columna"
    return ""


def past_day(today: date) -> Callable[[str], str | Doubt | None]:
    """A cell with a day that has come, as both databases take it."""

    def clean(text: str) -> str | Doubt | None:
        day = clean_date(text)
        if not isinstance(day, date):
            return day
        return day.isoformat() if day <= today else Doubt(f"la fecha «{text.strip()[:20]}» todavía no llega")

    return clean


def clean_number(text: str) -> int | Doubt | None:
    """A whole number: 1250, 1.250 as it is written here, 1250,00. What has decimals, or may be read in two ways
    («1,500»), is in doubt."""
    plain = text.strip().lower()
    if plain in EMPTY:
        return None
    found = WHOLE.fullmatch(plain) if plain.isascii() else None
    if found:
        return int((found[1] or found[2]).replace(".", ""))
    return Doubt(f"«{text.strip()[:20]}» no es un número entero")


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


def known_by_number(what: str, by_spelling: Mapping[str, int]) -> Callable[[str], int | Doubt | None]:
    """A cell that names a row of the reference data by its number, also as a table program writes it («5.0»), or by
    its name."""
    by_name = known(what, by_spelling)

    def clean(text: str) -> int | Doubt | None:
        if any(c.isalpha() for c in text):
            return by_name(text)
        number = clean_number(text)
        if number is None:
            return None
        found = by_spelling.get(str(number)) if isinstance(number, int) else None
        return found or Doubt(f"no se conoce {what} «{text.strip()[:40]}»")

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
