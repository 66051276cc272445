"""Who else is here (EXP-13): the page of a record tells every few seconds that somebody has it open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet

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


def others_at(
    table: type[Model], *, at: dict[str, Model], doing: dict[str, Any], person: Person, now: datetime
) -> QuerySet[Any]:
    """Notes in a table of presences that a person has a thing open (`at`) and what they do there, and gives the rows
    of who else has: who does something first. Three statements with the reading; no transaction needed."""
    rows = table._default_manager.filter(**at)
    rows.filter(seen_at__lt=now - 10 * STILL_HERE).delete()
    table._default_manager.bulk_create(
        [table(**at, **doing, person=person, seen_at=now)],
        update_conflicts=True,
        unique_fields=[*at, "person"],
        update_fields=[*doing, "seen_at"],
    )
    others = rows.filter(seen_at__gte=now - STILL_HERE).exclude(person=person).select_related("person")
    return others.order_by(*(f"-{name}" for name in doing), "-seen_at")


def note_presence(*, company: Company, person: Person, now: datetime, place: str = "") -> list[Present]:
    """Notes that a person has the company open, and gives who else has.

    `place`: of `RecordPresence.Place`, while they write; empty while they read.
    """
    others = others_at(RecordPresence, at={"company": company}, doing={"place": place}, person=person, now=now)
    return [Present(str(other.person), other.place) for other in others]
