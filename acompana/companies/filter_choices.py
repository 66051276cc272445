"""What the filters of the list of companies offer to be chosen, and what they offered before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q

from acompana.companies.models import Company
from acompana.kernel.row_ids import row_id
from acompana.people.models import Office, Person
from acompana.people.office_choice import office_choices
from acompana.reference.models import Commune, Country

Choice = tuple[str, str]
NO_DATA: Choice = ("sin", "Sin dato")


def flat(choices: Iterable[tuple[Any, Any]]) -> list[Choice]:
    """Choices without their groups."""
    return [one for value, label in choices for one in (label if isinstance(label, list) else [(value, label)])]


def fixed(choices: Iterable[Choice]) -> Callable[[], Sequence[Choice]]:
    kept = tuple(choices)
    return lambda: kept


def ids_of(rows: Iterable[Any], text: Callable[[Any], str]) -> Sequence[Choice]:
    return [(str(row.pk), text(row)) for row in rows]


def executives() -> Sequence[Choice]:
    people = Person.objects.filter(staff_member__isnull=False, is_active=True)
    return [("nadie", "Nadie"), *ids_of(people, str)]


def former_executive(value: str) -> Choice | None:
    """Who left may still have companies in charge."""
    pk = row_id(value)
    person = Person.objects.filter(pk=pk, staff_member__isnull=False).first() if pk else None
    return (str(person.pk), str(person)) if person else None


def communes() -> Sequence[Choice]:
    rows = Commune.objects.select_related("region")
    return [(row.code, f"{row.name} ({row.region.brief_name})") for row in rows]


def countries() -> Sequence[Choice]:
    return [(row.alpha2, row.name) for row in Country.objects.all()]


def ranges(ranges: Mapping[str, tuple[str, int, int | None]]) -> Callable[[], Sequence[Choice]]:
    return fixed((*((value, label) for value, (label, _, _) in ranges.items()), NO_DATA))


def offices() -> Sequence[Any]:
    """Of those abroad, which attend foreign companies, the ones that have any."""
    attends = Exists(Company.objects.filter(office=OuterRef("pk")))
    rows = Office.objects.exclude(Q(kind=Office.Kind.COMMERCIAL) & ~attends).select_related("region", "country")
    return [("ninguna", "Ninguna"), *office_choices(rows)]


def former_office(code: str) -> Choice | None:
    office = Office.objects.filter(code=code).first()
    return (office.code, office.name) if office else None
