"""Who else has a help request open that is of no company yet (EXP-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from acompana.cases.models import HelpPresence, HelpRequest
from acompana.companies.operations.presence import STILL_HERE
from acompana.people.models import Person


@dataclass(frozen=True, slots=True)
class AlsoThere:
    name: str
    answering: bool

    @property
    def words(self) -> str:
        doing = "está respondiendo esta solicitud ahora" if self.answering else "también tiene abierta esta solicitud"
        return f"{self.name} {doing}."


def note_presence(*, request: HelpRequest, person: Person, answering: bool, now: datetime) -> list[AlsoThere]:
    """Notes that a person has the request open, and gives who else has. Three statements; no transaction needed."""
    HelpPresence.objects.filter(help=request, seen_at__lt=now - 10 * STILL_HERE).delete()
    HelpPresence.objects.bulk_create(
        [HelpPresence(help=request, person=person, answering=answering, seen_at=now)],
        update_conflicts=True,
        unique_fields=["help", "person"],
        update_fields=["answering", "seen_at"],
    )
    others = (
        HelpPresence.objects.filter(help=request, seen_at__gte=now - STILL_HERE)
        .exclude(person=person)
        .select_related("person")
        .order_by("-answering", "-seen_at")
    )
    return [AlsoThere(str(other.person), other.answering) for other in others]
