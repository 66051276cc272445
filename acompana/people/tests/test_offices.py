"""What an administrator changes of offices and calendars (OFF-1, OFF-2, EXP-7, LAW-2)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused
from acompana.people.actors import Actor
from acompana.people.models import ExtraHoliday, Person
from acompana.people.operations import (
    add_holiday,
    close_office_day,
    set_office_hours,
    update_office,
    withdraw_holiday,
)
from acompana.people.operations.offices import hours_of
from acompana.people.queries import office_by_code
from acompana.people.rules import Stretch, check_hours, hours_in_words
from acompana.reference.models import Region

NOW = datetime(2026, 9, 16, 15, tzinfo=UTC)
TODAY = date(2026, 9, 16)


def stretch(weekday, opens, closes):
    return Stretch(weekday, time.fromisoformat(opens), time.fromisoformat(closes))


class TestHours:
    def test_days_with_the_same_hours_are_said_together(self):
        week = [stretch(day, "09:00", "13:00") for day in range(5)] + [
            stretch(day, "14:00", "17:30") for day in range(4)
        ]
        assert hours_in_words(week) == [
            ("Lunes a jueves", "9:00 a 13:00 y 14:00 a 17:30"),
            ("Viernes", "9:00 a 13:00"),
        ]
        assert hours_in_words([stretch(0, "09:00", "10:00"), stretch(2, "09:00", "10:00")])[1][0] == "Miércoles"
        assert hours_in_words([stretch(0, "09:00", "10:00"), stretch(1, "09:00", "10:00")])[0][0] == "Lunes y martes"

    @pytest.mark.parametrize(
        ("stretches", "reason"),
        [
            ([], "al menos un tramo"),
            ([stretch(0, "13:00", "09:00")], "El lunes cierra antes de abrir"),
            ([stretch(4, "09:00", "14:00"), stretch(4, "13:00", "17:00")], "Los dos tramos del viernes se pisan"),
        ],
    )
    def test_hours_that_cannot_be_are_refused(self, stretches, reason):
        with pytest.raises(Refused, match=reason):
            check_hours(stretches)

    def test_two_stretches_may_touch(self):
        assert len(check_hours([stretch(0, "13:00", "17:00"), stretch(0, "09:00", "13:00")])) == 2


@pytest.fixture
def actor(db):
    return Actor(
        person=Person.objects.create_user(
            "raul@agencia.example", "una clave larga", given_names="Raúl", family_names="Mena", joined_at=NOW
        )
    )


@pytest.fixture
def office(db):
    return office_by_code("CL-VS")


def test_an_office_changes_its_reach_and_hours(actor, office):
    update_office(
        office=office, mailbox="nuevo@agencia.example", address="Calle Inventada 100", phone="", actor=actor, now=NOW
    )
    set_office_hours(office=office, stretches=[stretch(1, "10:00", "12:00")], actor=actor, now=NOW)
    office = office_by_code("CL-VS")
    assert (office.mailbox, office.address) == ("nuevo@agencia.example", "Calle Inventada 100")
    assert hours_of(office) == [stretch(1, "10:00", "12:00")]
    hours, reach = history_of(office)
    assert "martes 10:00 a 12:00" in [line.became for line in hours.lines]
    assert sorted((line.label, line.was) for line in reach.lines) == [
        ("Correo", "valparaiso@prochile.gob.cl"),
        ("Dirección", ""),
    ]


def test_saving_the_same_leaves_no_history(actor, office):
    update_office(office=office, mailbox=office.mailbox, address="", phone="", actor=actor, now=NOW)
    set_office_hours(office=office, stretches=hours_of(office), actor=actor, now=NOW)
    assert history_of(office) == []


def test_a_regional_office_keeps_a_mailbox(actor, office):
    with pytest.raises(Refused, match="necesita un correo"):
        update_office(office=office, mailbox="", address="", phone="", actor=actor, now=NOW)


def test_holidays_of_the_country_a_region_and_an_office(actor, office):
    close_office_day(office=office, day=date(2026, 12, 13), name="Cambio de casa", actor=actor, now=NOW)
    add_holiday(day=date(2026, 12, 13), name="Aniversario", region=office.region, actor=actor, now=NOW)
    add_holiday(day=date(2026, 12, 13), name="Elecciones", actor=actor, now=NOW)
    assert ExtraHoliday.objects.filter(withdrawn_at=None).count() == 3
    with pytest.raises(Refused, match="ya no se trabaja ahí: Aniversario"):
        add_holiday(
            day=date(2026, 12, 13), name="Otra vez", region=Region.objects.get(iso="CL-VS"), actor=actor, now=NOW
        )
    assert [turn.change_set.title for turn in history_of(office)] == [
        "13-12-2026, cierre de la oficina: Cambio de casa"
    ]


@pytest.mark.parametrize(
    ("day", "region", "named"),
    [
        (date(2026, 12, 25), None, "Navidad"),
        (date(2026, 12, 25), "CL-BI", "Navidad"),
        (date(2027, 6, 7), "CL-AP", "Asalto y Toma del Morro de Arica"),
        (date(2027, 6, 7), None, ""),  # a holiday of one region is none of the country
        (date(2027, 6, 7), "CL-BI", ""),
        (date(2026, 12, 13), "CL-BI", "Elecciones"),
    ],
)
def test_what_is_a_holiday_there_already_is_refused_by_its_name(actor, day, region, named):
    add_holiday(day=date(2026, 12, 13), name="Elecciones", actor=actor, now=NOW)
    place = Region.objects.get(iso=region) if region else None
    if not named:
        add_holiday(day=day, name="Duelo", region=place, actor=actor, now=NOW)
        assert ExtraHoliday.objects.get(name="Duelo").region == place
        return
    with pytest.raises(Refused, match=named):
        add_holiday(day=day, name="Duelo", region=place, actor=actor, now=NOW)


def test_an_office_does_not_close_on_a_holiday(actor, office):
    with pytest.raises(Refused, match="ya no se trabaja ahí: Navidad"):
        close_office_day(office=office, day=date(2026, 12, 25), name="Mudanza", actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("day", "name", "reason"),
    [
        (TODAY - timedelta(days=1), "Ayer", "ya pasó"),
        (date(2126, 1, 1), "Lejos", "Revisa el año"),
        (TODAY, "  ", "Escribe el nombre"),
    ],
)
def test_days_that_cannot_be_added_are_refused(actor, day, name, reason):
    with pytest.raises(Refused, match=reason):
        add_holiday(day=day, name=name, actor=actor, now=NOW)


def test_a_day_is_withdrawn_once_and_may_be_added_again(actor):
    add_holiday(day=TODAY, name="Duelo nacional", actor=actor, now=NOW)
    holiday = ExtraHoliday.objects.get()
    withdraw_holiday(holiday=holiday, actor=actor, now=NOW)
    with pytest.raises(Refused, match="ya se había retirado"):
        withdraw_holiday(holiday=holiday, actor=actor, now=NOW)
    add_holiday(day=TODAY, name="Duelo nacional", actor=actor, now=NOW)
    again = ExtraHoliday.objects.get(withdrawn_at=None)
    with pytest.raises(Refused, match="ya pasó"):
        withdraw_holiday(holiday=again, actor=actor, now=NOW + timedelta(days=1))
