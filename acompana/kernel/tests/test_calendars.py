"""Each holiday of LAW-2 against the law's own words, worked out here by other means than the library's."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from acompana.kernel.calendars import ExtraDay, OfficeCalendar, Stretch, holidays_of

SANTIAGO = ZoneInfo("America/Santiago")


def office(subdivision="RM", seat="Santiago", zone=SANTIAGO, **fields):
    return OfficeCalendar(zone=zone, country="CL", subdivision=subdivision, seat=seat, **fields)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 6, 29), "San Pedro y San Pablo"),  # a Monday stays
        (date(2021, 6, 28), "San Pedro y San Pablo"),  # from Tuesday to the Monday of that week
        (date(2022, 6, 27), "San Pedro y San Pablo"),  # from Wednesday
        (date(2023, 6, 26), "San Pedro y San Pablo"),  # from Thursday
        (date(2018, 7, 2), "San Pedro y San Pablo"),  # from Friday to the next Monday
        (date(2027, 10, 11), "Encuentro de Dos Mundos"),  # from Tuesday
        (date(2022, 10, 10), "Encuentro de Dos Mundos"),  # from Wednesday
        (date(2023, 10, 9), "Encuentro de Dos Mundos"),  # from Thursday
        (date(2029, 10, 15), "Encuentro de Dos Mundos"),  # from Friday
        (date(2023, 10, 27), "Día Nacional de las Iglesias Evangélicas y Protestantes"),  # from Tuesday
        (date(2029, 11, 2), "Día Nacional de las Iglesias Evangélicas y Protestantes"),  # from Wednesday
        (date(2024, 10, 31), "Día Nacional de las Iglesias Evangélicas y Protestantes"),  # a Thursday stays
        (date(2018, 9, 17), "Fiestas Patrias"),  # 17 September, a Monday
        (date(2027, 9, 17), "Fiestas Patrias"),  # a Friday before Saturday 18
        (date(2024, 9, 20), "Fiestas Patrias"),  # 20 September, a Friday
        (date(2023, 1, 2), "Feriado nacional"),  # 2 January, a Monday
        (date(2024, 6, 20), "Día Nacional de los Pueblos Indígenas"),  # the June solstice
        (date(2026, 6, 21), "Día Nacional de los Pueblos Indígenas"),
        (date(2026, 9, 18), "Independencia Nacional"),
    ],
)
def test_law_2_moves_holidays_and_adds_conditional_ones(day, name):
    assert office().holiday_name(day) == name


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 6, 29),
        date(2023, 10, 12),
        date(2023, 10, 31),
        date(2026, 9, 17),
        date(2025, 9, 17),
        date(2028, 9, 20),
        date(2026, 1, 2),
    ],
)
def test_the_days_that_holidays_moved_from_are_business_days(day):
    assert office().is_business_day(day)


def test_law_2_regional_holidays_hold_at_the_seat_only():
    arica, chillan, san_carlos = office("AP", "Arica"), office("NB", "Chillán"), office("NB", "San Carlos")
    assert not arica.is_business_day(date(2027, 6, 7))
    assert office().is_business_day(date(2027, 6, 7))
    assert "O'Higgins" in chillan.why_closed(date(2026, 8, 20))
    assert san_carlos.is_business_day(date(2026, 8, 20))
    assert office("BI", "Concepción").is_business_day(date(2026, 8, 20))


def test_every_weekday_of_twenty_years_agrees_with_the_law_for_the_metropolitan_region():
    from acompana.kernel.tests.oracle import is_chilean_holiday

    calendar, day = office(), date(2021, 6, 22)
    special = {date(2022, 9, 16)}  # Ley 21.482, once
    while day < date(2041, 1, 1):
        if day.weekday() < 5 and day not in special:
            assert calendar.is_business_day(day) != is_chilean_holiday(day, "RM", "Santiago"), day
        day = date.fromordinal(day.toordinal() + 1)


def test_an_administrator_adds_days_and_a_closure_says_so():
    election = ExtraDay(date(2026, 11, 25), "Elecciones")
    closure = ExtraDay(date(2026, 11, 26), "Mudanza", closure=True)
    calendar = office(extra=(election, closure))
    assert calendar.why_closed(date(2026, 11, 25)) == "feriado (Elecciones)"
    assert calendar.why_closed(date(2026, 11, 26)) == "día sin atención (Mudanza)"
    assert calendar.why_closed(date(2026, 11, 28)) == "sábado"
    assert calendar.why_closed(date(2026, 11, 27)) is None
    assert calendar.why_closed(date(2026, 12, 25), "en") == "a holiday (Christmas Day)"


def test_offices_abroad_have_the_holidays_of_their_country_and_an_unknown_one_has_none():
    assert date(2026, 7, 4) in holidays_of("US", "", "", 2026, "es")
    assert holidays_of("ZZ", "", "", 2026, "es") == {}


SPLIT = tuple(
    stretch
    for weekday in range(5)
    for stretch in (Stretch(weekday, time(9), time(13)), Stretch(weekday, time(14), time(18)))
)


@pytest.mark.parametrize(
    ("instant", "is_open", "next_open", "last_open"),
    [
        ("2026-11-23T10:00", True, "2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T13:30", False, "2026-11-23T14:00", "2026-11-23T09:00"),  # lunch
        ("2026-11-23T22:00", False, "2026-11-24T09:00", "2026-11-23T14:00"),  # night
        ("2026-11-21T12:00", False, "2026-11-23T09:00", "2026-11-20T14:00"),  # Saturday
        ("2026-12-25T12:00", False, "2026-12-28T09:00", "2026-12-24T14:00"),  # Christmas, a Friday
    ],
)
def test_exp_7_split_hours_are_quiet_at_lunch_at_night_and_on_closed_days(instant, is_open, next_open, last_open):
    def at(text):
        return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)

    calendar = office(hours=SPLIT)
    assert calendar.is_open(at(instant)) is is_open
    assert calendar.next_open(at(instant)) == at(next_open)
    assert calendar.last_open(at(instant)) == at(last_open)


def test_business_days_between_skip_the_start():
    assert office().business_days_between(date(2026, 9, 16), date(2026, 9, 22)) == 3
