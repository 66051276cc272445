"""Who else is here (EXP-13): the page of a record tells every few seconds that somebody has it open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from acompana.companies.models import Company, RecordPresence
from acompana.people.models import Person

STILL_HERE = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Present:
    name: str
    place: str = ""

    @property
    def editing(self) -> bool:
        """Whether they write something about the company, and do not only read."""
        return bool(self.place)

    @property
    def words(self) -> str:
        doing = RecordPresence.Place(self.place).label if self.place else "también tiene abierta esta ficha"
        return f"{self.name} {doing}."


def note_presence(*, company: Company, person: Person, now: datetime, place: str = "") -> list[Present]:
    """Notes that a person has the company open, and gives who else has. Three statements; no transaction needed.

    `place`: of `RecordPresence.Place`, while they write; empty while they read.
    """
    RecordPresence.objects.filter(company=company, seen_at__lt=now - 10 * STILL_HERE).delete()
    RecordPresence.objects.bulk_create(
        [RecordPresence(company=company, person=person, place=place, seen_at=now)],
        update_conflicts=True,
        unique_fields=["company", "person"],
        update_fields=["place", "seen_at"],
    )
    others = (
        RecordPresence.objects.filter(company=company, seen_at__gte=now - STILL_HERE)
        .exclude(person=person)
        .select_related("person")
        .order_by("-place", "-seen_at")
    )
    return [Present(str(other.person), other.place) for other in others]
