"""Reads of people and offices that more than one caller needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from acompana.kernel.alphabet import alphabetical
from acompana.kernel.calendars import SATURDAY, OfficeCalendar
from acompana.kernel.statements import Statement, given_id
from acompana.people.actors import DAY
from acompana.people.calendars import calendars_of
from acompana.people.models import Absence, Office, Person, RoleGrant, StaffMember
from acompana.people.rules import CENTRAL_CODE, Stretch, clock, hours_in_words
from acompana.reference.models import Region
from acompana.reference.rules import brief_region_name


def holds_on(day: date) -> Q:
    """The condition that a row with `since_on` and `until_on` holds on a day, both ends included."""
    return Q(since_on__lte=day) & (Q(until_on=None) | Q(until_on__gte=day))


def office_by_code(code: str) -> Office | None:
    """The open office of a code, whatever its case; None if there is none. Regional codes are ISO 3166-2 (OFF-1)."""
    return offices_in_service().filter(code=code.strip().upper()).first()


def offices_in_service() -> QuerySet[Office]:
    return Office.objects.filter(retired_on=None).select_related("country", "region", "seat")


_OF_A_REGION = Statement(lambda: offices_in_service().filter(kind="regional", region=given_id("region")).order_by())


def regional_office_of(region: Region) -> Office:
    """The open regional office of a region; every region has one (OFF-1)."""
    [office] = _OF_A_REGION.objects(region=region.pk)
    return office


def offices_of_regions(regions: Collection[int]) -> dict[int, int]:
    """The open regional office of each of some regions, all by id."""
    rows = offices_in_service().filter(kind="regional", region__in=regions)
    return {region: pk for region, pk in rows.values_list("region", "pk") if region is not None}


def central_office() -> Office:
    """The central office: help centre, OCI, citizen attention, Client management (OFF-1)."""
    return offices_in_service().get(code=CENTRAL_CODE)


def working_on(day: date) -> QuerySet[StaffMember]:
    """Staff in their post on a day, whose person may still enter."""
    return StaffMember.objects.filter(holds_on(day), person__is_active=True).select_related("person", "office__region")


def has_left(person: Person, on: date) -> bool:
    """Whether somebody's last day at the agency is a day, or was before it."""
    return StaffMember.objects.filter(person=person, until_on__lte=on).exists()


def staff_of(office: Office, on: date) -> QuerySet[StaffMember]:
    """Who works in an office on a day."""
    return working_on(on).filter(office=office)


def staff_with_role(*slugs: str, on: date, office: Office | None = None) -> QuerySet[StaffMember]:
    """Who holds one of the roles on a day, in an office or anywhere."""
    grants = RoleGrant.objects.filter(holds_on(on), role__slug__in=slugs)
    staff = working_on(on).filter(pk__in=grants.values("staff_member"))
    return staff.filter(office=office) if office else staff


def directors_of(office: Office, on: date) -> QuerySet[StaffMember]:
    """The heads of a regional office (ROL-2)."""
    return staff_with_role("regional-director", on=on, office=office)


def executives_of(office: Office, on: date) -> QuerySet[StaffMember]:
    """The regional executives of an office (ROL-1)."""
    return staff_with_role("regional-executive", on=on, office=office)


_ABSENCE = Statement(
    lambda: (
        Absence.objects.standing()
        .filter(staff_member__person=given_id("person"), from_on__lte=DAY, until_on__gte=DAY)
        .select_related("staff_member__person", "substitute__person", "substitute__office")
        .order_by("-recorded_at")[:1]
    )
)


def absence_of(person: Person, on: date) -> Absence | None:
    """The absence of a person that is under way on a day; the latest recorded one if two overlap. One query."""
    return next(iter(_ABSENCE.objects(person=person.pk, on=on)), None)


def substitute_of(person: Person, on: date) -> StaffMember | None:
    """Who takes what a person is owed on a day (POR-10): the substitute, or the substitute's own when absent too.

    None if the person is not absent, or if everybody in the chain is.
    """
    seen: set[int] = set()
    found = None
    while person.pk not in seen:
        seen.add(person.pk)
        absence = absence_of(person, on)
        if absence is None:
            return found
        found = absence.substitute
        person = found.person
    return None


def who_holds(person: Person, on: date) -> tuple[Person, Absence | None]:
    """Who has in hand what falls to a person on a day: themselves, or whoever stands in, with the absence (POR-10).
    One query of who is there."""
    absence = absence_of(person, on)
    if absence is None:
        return person, None
    return (substitute_of(person, on) or absence.substitute).person, absence


def held_by(person: Person, on: date) -> set[int]:
    """The people (ids) whose work a person has in hand on a day: their own, and of whom they stand in for, also where
    a substitute is absent too (POR-10). The other way round of `who_holds`. One query."""
    absences = Absence.objects.on(on).order_by("recorded_at", "pk")
    instead = dict(absences.values_list("staff_member__person", "substitute__person"))
    held = {person.pk}
    for absent in instead:
        seen, holder = {absent}, instead[absent]
        while holder in instead and holder not in seen:
            seen.add(holder)
            holder = instead[holder]
        if holder == person.pk:
            held.add(absent)
    return held


def absences_ahead(person: Person, on: date) -> list[Absence]:
    """The absences of a person that are under way on a day, or begin after it, the first one first. One query."""
    coming = Absence.objects.standing().filter(staff_member__person=person, until_on__gte=on)
    return list(coming.select_related("substitute__person").order_by("from_on"))


def with_absences(members: QuerySet[StaffMember], on: date) -> QuerySet[StaffMember]:
    """Each tells whether they are away on a day and until when, by `away_words`; one query more."""
    away = Absence.objects.on(on).select_related("substitute__person").order_by("-recorded_at")
    return members.prefetch_related(Prefetch("absences", queryset=away, to_attr="away"))


def staying(members: QuerySet[StaffMember], on: date) -> QuerySet[StaffMember]:
    """Without those whose last day is a day or was before it: nobody is given anything on their last day (POR-10)."""
    return members.exclude(until_on__lte=on)


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """An office as the directory shows it at an instant."""

    office: Office
    calendar: OfficeCalendar
    hours: list[tuple[str, str]]
    is_open: bool
    clock: str

    @property
    def title(self) -> str:
        """The region's brief name for a regional office; the office's own for others, in the language of the page."""
        if self.office.kind == Office.Kind.REGIONAL:
            return brief_region_name(self.region.short_name)
        return self.office.spoken_name

    @property
    def region(self) -> Region:
        """Of a regional office, which always has one (a constraint); ValueError for one abroad."""
        if self.office.region is None:
            raise ValueError(f"{self.office.code} has no region")
        return self.office.region


def offices_directory(now: datetime, offices: Iterable[Office] | None = None) -> list[OfficeEntry]:
    """The open offices (or those given) with their hours in words, whether somebody is there now and what time it is
    there. Regional ones from north to south, then the central one, then those abroad by country. Three queries."""
    rows = list(offices_in_service() if offices is None else offices)
    calendars = calendars_of(rows)
    return [_entry(office, calendars[office.pk], now) for office in in_place_order(rows)]


def _entry(office: Office, calendar: OfficeCalendar, now: datetime) -> OfficeEntry:
    return OfficeEntry(
        office=office,
        calendar=calendar,
        hours=hours_in_words([Stretch(row.weekday, row.opens_at, row.closes_at) for row in calendar.hours]),
        is_open=calendar.is_open(now),
        clock=clock(now.astimezone(calendar.zone).time()),
    )


DIRECTORY_KINDS = [Office.Kind.REGIONAL, Office.Kind.CENTRAL, Office.Kind.COMMERCIAL]


def in_place_order(offices: Iterable[Office]) -> list[Office]:
    """Regional offices from north to south, then the central one, then those abroad by country: the order of every
    list and select, as the table has it. No query with region and country loaded."""
    return sorted(offices, key=_place_order)


def _place_order(office: Office) -> tuple[int, int, str, str]:
    order = office.region.north_south_order if office.region else 0
    return (
        DIRECTORY_KINDS.index(Office.Kind(office.kind)),
        order,
        alphabetical(office.country.name),
        alphabetical(office.city),
    )


@dataclass(frozen=True, slots=True)
class ClosedDay:
    day: date
    name: str
    closure: bool


def holidays_between(calendar: OfficeCalendar, first: date, last: date, language: str = "es") -> list[ClosedDay]:
    """Holidays and closures of an office from one day to another, both included, also on a Saturday or Sunday."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        found += [ClosedDay(day, name, closure) for name, closure in calendar.holiday_names(day, language)]
    return found


def closed_days(calendar: OfficeCalendar, first: date, last: date, language: str = "es") -> list[ClosedDay]:
    """`holidays_between` that take a business day away: besides Saturdays and Sundays."""
    return [row for row in holidays_between(calendar, first, last, language) if row.day.weekday() < SATURDAY]
