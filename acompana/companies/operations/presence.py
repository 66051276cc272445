"""Who else is here (EXP-13): the page of a record tells every few seconds that somebody has it open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet

from acompana.companies.models import Company, RecordPresence
from acompana.companies.models.presence import TAB_LENGTH
from acompana.people.models import Person

STILL_HERE = timedelta(seconds=45)
TAB = re.compile(rf"[a-z0-9]{{1,{TAB_LENGTH}}}")


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
    table: type[Model], *, at: dict[str, Model], doing: dict[str, Any], person: Person, tab: str, now: datetime
) -> list[Any]:
    """Notes in a table of presences that a person has a thing open (`at`) and what they do there, and gives a row for
    each of the others who have: who does something first. Three statements; no transaction needed.

    `tab`: which of their tabs tells it, as `own_name` takes it. Each is noted apart: to read in one takes nothing from
    what is written in the other, and to close one leaves them there in the other. A person is given once, by what they
    do rather than by what they read.
    """
    rows = table._default_manager.filter(**at)
    rows.filter(seen_at__lt=now - 10 * STILL_HERE).delete()
    table._default_manager.bulk_create(
        [table(**at, **doing, person=person, tab=own_name(tab), seen_at=now)],
        update_conflicts=True,
        unique_fields=[*at, "person", "tab"],
        update_fields=[*doing, "seen_at"],
    )
    there: QuerySet[Any] = rows.filter(seen_at__gte=now - STILL_HERE).exclude(person=person).select_related("person")
    by_person: dict[int, Any] = {}
    for row in sorted(there, key=lambda row: (any(getattr(row, name) for name in doing), row.seen_at), reverse=True):
        by_person.setdefault(row.person_id, row)
    return list(by_person.values())


def own_name(tab: str) -> str:
    """The name that a tab gave itself; empty for what cannot be one."""
    return tab if TAB.fullmatch(tab) else ""


def note_presence(*, company: Company, person: Person, now: datetime, place: str = "", tab: str = "") -> list[Present]:
    """Notes that a person has the company open, and gives who else has.

    `place`: of `RecordPresence.Place`, while they write; empty while they read. `tab`: as `others_at`.
    """
    doing = {"place": place}
    others = others_at(RecordPresence, at={"company": company}, doing=doing, person=person, tab=tab, now=now)
    return [Present(str(other.person), other.place) for other in others]
