"""How names are compared and shown. Pure: no database, no clock."""

from __future__ import annotations

import re
import unicodedata


def normalise_words(text: str) -> str:
    """Words without case, accents or punctuation: «Llay-Llay» → "llay llay", «O'Higgins» → "o higgins"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


ACRONYMS = re.compile(r"\b(afp|fonasa|ips|isapres?)\b")


def sentence_case(text: str) -> str:
    """The register's capitals as people read them: «CULTIVO DE TRIGO» → «Cultivo de trigo»; acronyms stay."""
    return ACRONYMS.sub(lambda found: found[0].upper(), text.strip().capitalize())


# Codes of regions that were one until 2007 or 2018: registers go on writing the old name.
ONCE_ONE = (("01", "15"), ("10", "14"), ("08", "16"))

BRIEF_NAMES = {
    "Metropolitana de Santiago": "Metropolitana",
    "Libertador General Bernardo O'Higgins": "O'Higgins",
    "Aysén del General Carlos Ibáñez del Campo": "Aysén",
    "Magallanes y de la Antártica Chilena": "Magallanes",
}


def brief_region_name(short_name: str) -> str:
    """What people call a region where space is short: «Libertador General Bernardo O'Higgins» → "O'Higgins"."""
    return BRIEF_NAMES.get(short_name, short_name)
