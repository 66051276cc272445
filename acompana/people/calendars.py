"""The calendar of an office, from its place, its hours and the days that an administrator added (OFF-2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from acompana.kernel.calendars import ExtraDay, OfficeCalendar, Stretch, holidays_of
from acompana.kernel.statements import Statement, given_id
from acompana.people.models import ExtraHoliday, Office, OfficeHours
from acompana.reference.models import Region

PLACES = ("country", "region", "seat")
_WITH_PLACES = Statement(lambda: Office.objects.select_related(*PLACES).filter(pk=given_id("office")).order_by())


def calendar_of(office: Office, *, known_at: datetime | None = None) -> OfficeCalendar:
    """What the deadlines of an office run on; with the days that were added by an instant, if one is given. Two
    queries, and one for country, region and seat if not loaded."""
    places = [name for name in PLACES if getattr(office, f"{name}_id") is not None]
    if not all(name in office._state.fields_cache for name in places):
        office = _WITH_PLACES.objects(office=office.pk)[0]
    return calendars_of([office], known_at=known_at)[office.pk]


def calendars_of(
    offices: Iterable[Office], *, foreseen: ExtraHoliday | None = None, known_at: datetime | None = None
) -> dict[int, OfficeCalendar]:
    """The calendars of several offices by id, in two queries (with country, region and seat loaded).

    As they would be with a day `foreseen`: one that is not saved is added, one that is there is taken away. As they
    were at an instant, `known_at`: without what was added later, with what was taken away later.
    """
    offices = list(offices)
    hours: dict[int, list[Stretch]] = {}
    for row in OfficeHours.objects.filter(office__in=offices):
        hours.setdefault(row.office_id, []).append(Stretch(row.weekday, row.opens_at, row.closes_at))
    there = Q(withdrawn_at=None)
    if known_at is not None:
        there = Q(added_at__lte=known_at) & (there | Q(withdrawn_at__gt=known_at))
    extra = list(ExtraHoliday.objects.filter(there, _concerns(offices)))
    if foreseen is not None:
        extra = [*(row for row in extra if row.pk != foreseen.pk), *([foreseen] if foreseen.pk is None else [])]
    return {office.pk: _calendar(office, extra, hours.get(office.pk, [])) for office in offices}


def day_off_there(day: date, *, region: Region | None, office: Office | None) -> str:
    """Why a day is off already in all of a place (an office, a region, or without them Chile): its name; empty if it
    is not. A holiday of less than the place is another one."""
    if office is not None:
        return calendar_of(office).holiday_name(day) or ""
    part = region.iso.removeprefix("CL-") if region else ""
    if by_law := holidays_of("CL", part, "", day.year, "es").get(day):
        return by_law
    reach = Q(region=None) | Q(region=region)
    added = ExtraHoliday.objects.filter(reach, day=day, office=None, withdrawn_at=None)
    return added.order_by("pk").values_list("name", flat=True).first() or ""


def calendars_of_days() -> dict[int, OfficeCalendar]:
    """The calendars of every office by id, for counting days: without the hours. Two queries."""
    extra = list(ExtraHoliday.objects.filter(withdrawn_at=None))
    return {office.pk: _calendar(office, extra, []) for office in Office.objects.select_related(*PLACES)}


def offices_that_have(holiday: ExtraHoliday) -> QuerySet[Office]:
    """The offices on whose calendar a day stands that was added, with country, region and seat: see `_holds_for`."""
    offices = Office.objects.select_related(*PLACES)
    if holiday.office_id:
        return offices.filter(pk=holiday.office_id)
    if holiday.region_id:
        return offices.filter(region=holiday.region_id)
    return offices.filter(country__alpha2="CL")


def _concerns(offices: list[Office]) -> Q:
    """Days of the country as a whole, of one of the regions, or of one of the offices."""
    of_everybody = Q(region=None, office=None)
    regions = {office.region_id for office in offices if office.region_id}
    return of_everybody | Q(office__in=offices) | Q(region__in=regions, office=None)


def _calendar(office: Office, extra: list[ExtraHoliday], hours: list[Stretch]) -> OfficeCalendar:
    country = office.country.alpha2
    region = office.region
    return OfficeCalendar(
        zone=ZoneInfo(office.time_zone),
        country=country,
        subdivision=region.iso.removeprefix(f"{country}-") if region else "",
        seat=(office.seat.name if office.seat else office.city),
        extra=tuple(
            ExtraDay(row.day, row.name, closure=row.office_id is not None)
            for row in extra
            if _holds_for(row, office, country)
        ),
        hours=tuple(hours),
    )


def _holds_for(row: ExtraHoliday, office: Office, country: str) -> bool:
    if row.office_id:
        return row.office_id == office.pk
    if row.region_id:
        return row.region_id == office.region_id
    return country == "CL"  # a national day is Chile's; an office abroad closes by its own row
