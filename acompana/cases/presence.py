"""Who else has a help request open that is of no company yet (EXP-13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from acompana.cases.models import HelpPresence, HelpRequest
from acompana.companies.operations.presence import others_at
from acompana.people.models import Person


@dataclass(frozen=True, slots=True)
class AlsoThere:
    name: str
    answering: bool

    @property
    def words(self) -> str:
        doing = "está respondiendo esta solicitud ahora" if self.answering else "también tiene abierta esta solicitud"
        return f"{self.name} {doing}."


def note_presence(
    *, request: HelpRequest, person: Person, answering: bool, now: datetime, tab: str = ""
) -> list[AlsoThere]:
    """Notes that a person has the request open, and gives who else has. `tab`: which of theirs, as `others_at`."""
    doing = {"answering": answering}
    others = others_at(HelpPresence, at={"help": request}, doing=doing, person=person, tab=tab, now=now)
    return [AlsoThere(str(other.person), other.answering) for other in others]
