"""Who else is here (EXP-13): a page tells every few seconds that somebody has a company or a matter open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from acompana.companies.models import Company
from acompana.matters.models import TAB_LENGTH, Matter, Presence
from acompana.people.models import Person

STILL_HERE = timedelta(seconds=45)
TAB = re.compile(rf"[a-z0-9]{{1,{TAB_LENGTH}}}")
# Where a step of a matter is decided: once one was taken, what is written there is done.
DECIDED_AT = tuple(
    Presence.Place[name]
    for name in ("CONTACT", "ARRANGE", "INTERVIEW", "VALIDATE", "REFER", "PREADMISSION", "REVIEW", "HELP")
)
ANSWERING = "está respondiendo esta solicitud ahora"  # at a request that is of no company


@dataclass(frozen=True, slots=True)
class Present:
    """Another person who has it open. `place`: where they write something about it; empty while they only read."""

    name: str
    place: str = ""
    at_matter: bool = False

    @property
    def words(self) -> str:
        if not self.place:
            doing = f"también tiene abierta esta {'solicitud' if self.at_matter else 'ficha'}"
        else:
            doing = ANSWERING if self.at_matter else Presence.Place(self.place).label
        return f"{self.name} {doing}."


def note_presence(
    *,
    company: Company | None = None,
    matter: Matter | None = None,
    person: Person,
    now: datetime,
    place: str = "",
    tab: str = "",
) -> list[Present]:
    """Notes that a person has a company open, or a matter that is of none, and gives who else has: who writes first.
    Three statements; no transaction needed.

    `place`: of `Presence.Place`, while they write; anything else while they read. `tab`: which of their tabs tells it,
    by the name that it gave itself; a name that cannot be one counts as none. Each is noted apart: to read in one
    takes nothing from what is written in the other, and to close one leaves them there in the other. A person is given
    once, by what they do rather than by what they read.
    """
    at: dict[str, Company | Matter | None] = {"company": company} if company else {"matter": matter}
    rows = Presence.objects.filter(**at)
    rows.filter(seen_at__lt=now - 10 * STILL_HERE).delete()
    told = Presence(
        **at,
        person=person,
        place=place if place in Presence.Place else "",
        tab=_named(tab),
        seen_at=now,
    )
    Presence.objects.bulk_create(
        [told], update_conflicts=True, unique_fields=[*at, "person", "tab"], update_fields=["place", "seen_at"]
    )
    there = rows.filter(seen_at__gte=now - STILL_HERE).exclude(person=person).select_related("person")
    by_person: dict[int, Presence] = {}
    for row in sorted(there, key=lambda row: (bool(row.place), row.seen_at), reverse=True):
        by_person.setdefault(row.person_id, row)
    return [Present(str(row.person), row.place, row.matter_id is not None) for row in by_person.values()]


def note_gone(
    *, company: Company | None = None, matter: Matter | None = None, person: Person, place: str = "", tab: str = ""
) -> None:
    """A tab left its page: it is not there any more. Where its next page told first that something else is written
    there, that stays."""
    at: dict[str, Company | Matter | None] = {"company": company} if company else {"matter": matter}
    Presence.objects.filter(**at, person=person, tab=_named(tab), place__in=("", place)).delete()


def note_done(matter: Matter) -> None:
    """A step was taken: whoever had its page open is there to read. Who is at another matter of the company says so
    again in seconds."""
    at: dict[str, Company | Matter | None] = {"company": matter.company} if matter.company else {"matter": matter}
    Presence.objects.filter(**at, place__in=DECIDED_AT).update(place="")


def _named(tab: str) -> str:
    return tab if TAB.fullmatch(tab) else ""
