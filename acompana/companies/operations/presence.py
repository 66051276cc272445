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
    editing: bool


def note_presence(*, company: Company, person: Person, editing: bool, now: datetime) -> list[Present]:
    """Notes that a person has the record open, and gives who else has. Three statements; no transaction needed."""
    RecordPresence.objects.filter(company=company, seen_at__lt=now - 10 * STILL_HERE).delete()
    RecordPresence.objects.bulk_create(
        [RecordPresence(company=company, person=person, editing=editing, seen_at=now)],
        update_conflicts=True,
        unique_fields=["company", "person"],
        update_fields=["editing", "seen_at"],
    )
    others = (
        RecordPresence.objects.filter(company=company, seen_at__gte=now - STILL_HERE)
        .exclude(person=person)
        .select_related("person")
        .order_by("-editing", "-seen_at")
    )
    return [Present(str(other.person), other.editing) for other in others]
