"""Who contacts a company, found and said in one way: on its record, in «Por asignar» and in Mi día (INT-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.intake.models import ContactDuty
from acompana.intake.states import CONTACT_RULES, EXECUTIVES
from acompana.matters.models import Matter
from acompana.people.models import Absence, Person, StaffMember
from acompana.people.queries import staff_with_role


class Place(NamedTuple):
    """All that decides who contacts a company: the office of its road, its executive and its sector."""

    office: int
    executive: int | None
    sector: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """Who contacts, and why; nobody by name: the office. `away`: until when they are absent, and who stands in."""

    member: StaffMember | None
    why: str
    away: Absence | None = None


@dataclass(frozen=True, slots=True)
class Contacting:
    """Who owes a contact, and to whom it falls by rule."""

    owner: Person | None
    choice: Choice

    @property
    def words(self) -> str:
        """For a row of a list."""
        if self.owner is not None:
            return f"La contacta {self.owner}"
        if self.choice.away is not None:
            acting, until = self.choice.away.substitute, f"{self.choice.away.until_on:%d-%m-%Y}"
            return f"Le corresponde a {acting}, que reemplaza a {self.choice.member} hasta el {until}"
        return f"Le corresponde a {self.choice.member}" if self.choice.member else "La contacta quien la tome primero"

    @property
    def is_of_office(self) -> bool:
        """The term is the office's, though somebody is named."""
        return self.owner is None and self.choice.member is not None

    @property
    def is_by_rule(self) -> bool:
        return self.owner is not None and self.choice.member is not None and self.choice.member.person == self.owner


def place_of(matter: Matter, company: Company | None) -> Place:
    if company is None:
        return Place(matter.office_id, None, None)
    return Place(matter.office_id, company.executive_id, company.sector_id)


def choices(places: Iterable[Place], now: datetime) -> dict[Place, Choice]:
    """Who contacts in each place (INT-10): the company's own executive, else whom the head of region named for its
    sector or for the rest, else the sector lead of the office if there is one alone, else nobody by name.

    Three queries at most, however many places.
    """
    found: dict[Place, Choice] = {}
    left, today = set(places), timezone.localdate(now)
    able = staff_with_role(*EXECUTIVES, on=today).filter(office__in={place.office for place in left})
    if people := {place.executive for place in left if place.executive is not None}:
        own = {(one.person_id, one.office_id): one for one in able.filter(person__in=people).select_related("person")}
        for place in left:
            if member := own.get((place.executive or 0, place.office)):
                found[place] = Choice(member, "la empresa está a su cargo")
    if left := left - found.keys():
        named = ContactDuty.objects.filter(until_at=None, member__in=able).select_related("member__person", "sector")
        duties = {(duty.office_id, duty.sector_id): duty for duty in named if duty.member.office_id == duty.office_id}
        for place in left:
            duty = duties.get((place.office, place.sector)) or duties.get((place.office, None))
            if duty is not None:
                whom = f"las empresas de {duty.sector}" if duty.sector else "las empresas con resultado"
                found[place] = Choice(duty.member, f"la dirección de la oficina le encargó contactar a {whom}")
    if left := left - found.keys():
        leads: dict[int, list[StaffMember]] = {}
        holders = staff_with_role("regional-sector-lead", on=today).filter(office__in={one.office for one in left})
        for member in holders.select_related("person"):
            leads.setdefault(member.office_id, []).append(member)
        for place in left:
            alone = leads.get(place.office, [])
            found[place] = (
                Choice(alone[0], "es quien tiene a su cargo los sectores en la oficina")
                if len(alone) == 1
                else Choice(None, "nadie está nombrado para contactarla")
            )
    return found


def with_who_stands_in(found: dict[Place, Choice], now: datetime) -> dict[Place, Choice]:
    """The same, each told whether who contacts is absent today (POR-10). One query, if anybody is named."""
    members = {choice.member.pk for choice in found.values() if choice.member is not None}
    if not members:
        return found
    absences = Absence.objects.on(timezone.localdate(now)).filter(staff_member__in=members).order_by("recorded_at")
    away = {absence.staff_member_id: absence for absence in absences.select_related("substitute__person")}
    return {
        place: replace(choice, away=away.get(choice.member.pk)) if choice.member else choice
        for place, choice in found.items()
    }


def choice_of(matter: Matter, now: datetime) -> Choice:
    """Who contacts the company of a matter, and why."""
    place = place_of(matter, matter.company)
    return choices([place], now)[place]


def contacts_owed(company_ids: Iterable[int]) -> dict[int, Commitment]:
    """Of these companies, the contact that is owed to each, with who owes it (INT-10, DL-1, DL-3, DL-4). One query."""
    owed = Commitment.objects.open().filter(company__in=list(company_ids), rule__in=CONTACT_RULES)
    rows = owed.select_related("owner", "office", "matter", "company").order_by("-due_at", "-id")
    return {row.company_id: row for row in rows if row.company_id is not None}  # of several, what is due first


def contacting(owed: Iterable[Commitment], now: datetime) -> dict[int, Contacting]:
    """Who contacts, for each of these contacts owed, by its id; `matter` and `company` come with them. Four queries
    at most."""
    places = [(row, place_of(row.matter, row.company)) for row in owed if row.matter is not None]
    by_place = with_who_stands_in(choices([place for _, place in places], now), now)
    return {row.pk: Contacting(row.owner, by_place[place]) for row, place in places}


def who_contacts(matter: Matter, now: datetime) -> str:
    """Who owes the contact and why, in a sentence; empty once it is not owed any more."""
    open_ones = matter.commitments.filter(rule__in=CONTACT_RULES, fulfilled_at=None, cancelled_at=None)
    owed = open_ones.select_related("owner").first()
    if owed is None or matter.state != "to_contact":
        return ""
    place = place_of(matter, matter.company)
    found = Contacting(owed.owner, with_who_stands_in(choices([place], now), now)[place])
    if found.is_by_rule:
        return f"{found.words}: {found.choice.why}."
    if found.is_of_office:
        return f"{found.words}: {found.choice.why}. El plazo es de la oficina."
    if found.owner is None:
        return f"{found.words} en la oficina: {found.choice.why}."
    handed = owed.transfers.order_by("-transferred_at", "-id").first()
    return f"{found.words}: se le pasó. {handed.reason}" if handed else f"{found.words}."
