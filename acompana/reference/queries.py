"""Reads of reference data that more than one caller needs. Retired rows are left out unless asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from acompana.reference.models import Activity, Commune, Region, Sector, TariffHeading
from acompana.reference.rules import normalise_words


def find_commune(text: str) -> Commune | None:
    """The commune of a name, in any of its known spellings, accents and case."""
    return Commune.objects.select_related("region").filter(aliases__spelling=normalise_words(text)).first()


def find_region(text: str) -> Region | None:
    """The region of a code, ISO code, roman number or name, as registers write it («XIII REGION METROPOLITANA»)."""
    return region_named(text, list(Region.objects.all()))


def region_named(text: str, regions: Sequence[Region]) -> Region | None:
    """`find_region` among regions that are at hand, for who asks a million times."""
    wanted = normalise_words(text)
    if not wanted:
        return None
    # «VI Región», «Región XIV», «R.M.»: what is left beside the word is the number or the letters.
    number = re.sub(r"\b(region|numero|n|no)\b", "", wanted).replace(" ", "")
    number = {"xiii": "rm"}.get(number, number)  # once the number of the Metropolitana
    for region in regions:
        iso = normalise_words(region.iso)
        if wanted == iso or number in {region.code, region.code.lstrip("0"), iso[-2:], region.roman.lower()}:
            return region
    without_number = re.sub(r"^[ivx]+ (?=region)|\bregion( de| del)?\b", "", wanted).strip()
    joined = without_number.replace(" ", "")
    for region in regions:
        name = normalise_words(region.short_name).replace(" ", "")
        if joined and (name.startswith(joined) or name.endswith(joined)):
            return region
    return None


def find_activities(text: str, *, with_retired: bool = False) -> QuerySet[Activity]:
    """Activities whose code starts with the text, or whose name, line or sub-line has words that begin as every word
    of it, whatever the accents."""
    found = Activity.objects.all() if with_retired else Activity.objects.filter(retired_on=None)
    text = text.strip()
    if text.isdigit():
        return found.filter(code__startswith=text)
    return found.filter(_has_words(text))


def find_headings(text: str, *, with_retired: bool = False) -> QuerySet[TariffHeading]:
    """Headings of the Harmonized System whose code starts with the digits, or whose name has words that begin as every
    word, whatever the accents."""
    found = TariffHeading.objects.all() if with_retired else TariffHeading.objects.filter(retired_on=None)
    digits = text.replace(".", "").strip()
    if digits.isdigit():
        return found.filter(code__startswith=digits)
    return found.filter(_has_words(text))


def _has_words(text: str) -> Q:
    """Each word where a word begins, never inside one: «vinos» is not in «bovinos»."""
    found = Q()
    for word in normalise_words(text).split():
        found &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return found


def strategic_sectors() -> QuerySet[Sector]:
    """The sectors that the institutional strategy covers (PUB-5)."""
    return Sector.objects.filter(strategic=True, retired_on=None)
