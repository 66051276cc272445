"""Posts, roles, absences (ROL-1…ROL-17, POR-10)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from acompana.kernel.changes import history_of
from acompana.kernel.refusals import Refused
from acompana.people.actors import Actor, actor_of
from acompana.people.models import Absence, Person, Role
from acompana.people.operations import (
    appoint_staff,
    change_post,
    end_absence,
    end_post,
    grant_role,
    record_absence,
    revoke_role,
)
from acompana.people.queries import (
    directors_of,
    executives_of,
    office_by_code,
    staff_of,
    substitute_of,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 15, tzinfo=UTC)
TODAY = date(2026, 9, 16)
SINCE = date(2026, 1, 5)
DAY = timedelta(days=1)


def person(given, family):
    email = f"{given}.{family}@agencia.example".lower()
    return Person.objects.create_user(email, "una clave larga", given_names=given, family_names=family, joined_at=NOW)


@pytest.fixture
def raul():
    return person("Raúl", "Mena")


@pytest.fixture
def actor(raul):
    return Actor(person=raul)


def appoint(actor, given, family, office="CL-VS", *roles):
    member = appoint_staff(
        person=person(given, family), office=office_by_code(office), since_on=SINCE, actor=actor, now=NOW
    )
    for slug in roles:
        grant_role(staff_member=member, role=Role.objects.get(slug=slug), actor=actor, now=NOW)
    return member


@pytest.fixture
def carolina(actor):
    return appoint(actor, "Carolina", "Soto", "CL-VS", "regional-executive")


@pytest.fixture
def pedro(actor):
    return appoint(actor, "Pedro", "Lagos", "CL-BI", "regional-executive")


def test_somebody_with_a_role_acts_with_it(carolina):
    acting = actor_of(carolina.person, TODAY)
    assert acting.has_role("regional-executive")
    assert acting.office_id == office_by_code("CL-VS").pk


def test_nobody_has_two_posts(actor, carolina):
    with pytest.raises(Refused, match="ya trabaja en Oficina regional de Valparaíso"):
        appoint_staff(person=carolina.person, office=office_by_code("CL-BI"), since_on=TODAY, actor=actor, now=NOW)


def test_who_left_may_come_back(actor, carolina):
    end_post(staff_member=carolina, last_day=TODAY, actor=actor, now=NOW)
    assert not actor_of(carolina.person, TODAY + DAY).is_staff
    back = appoint_staff(
        person=carolina.person, office=office_by_code("CL-BI"), since_on=TODAY + DAY, actor=actor, now=NOW
    )
    assert back.pk == carolina.pk
    acting = actor_of(carolina.person, TODAY + DAY)
    assert acting.is_staff
    assert acting.roles == frozenset()


def test_a_role_is_held_once(actor, carolina):
    with pytest.raises(Refused, match="ya tiene la función"):
        grant_role(staff_member=carolina, role=Role.objects.get(slug="regional-executive"), actor=actor, now=NOW)


def test_a_role_from_outside_is_not_given_to_staff(actor, carolina):
    with pytest.raises(Refused, match="no es una función del personal"):
        grant_role(staff_member=carolina, role=Role.objects.get(slug="importer"), actor=actor, now=NOW)


def test_a_role_that_was_taken_away_no_longer_counts_at_once(actor, carolina):
    grant = carolina.grants.get()
    revoke_role(grant=grant, actor=actor, now=NOW)
    assert not actor_of(carolina.person, TODAY).has_role("regional-executive")
    with pytest.raises(Refused, match="ya no tiene"):
        revoke_role(grant=grant, actor=actor, now=NOW)
    grant_role(staff_member=carolina, role=grant.role, actor=actor, now=NOW)
    assert actor_of(carolina.person, TODAY).has_role("regional-executive")


def test_the_last_administrator_stays(actor, raul):
    raul_at_work = appoint_staff(
        person=raul, office=office_by_code("CL-CENTRAL"), since_on=SINCE, actor=actor, now=NOW
    )
    grant = grant_role(staff_member=raul_at_work, role=Role.objects.get(slug="administrator"), actor=actor, now=NOW)
    with pytest.raises(Refused, match="única persona que administra"):
        revoke_role(grant=grant, actor=actor, now=NOW)
    with pytest.raises(Refused, match="única persona que administra"):
        end_post(staff_member=raul_at_work, last_day=TODAY, actor=actor, now=NOW)


def test_offices_know_their_people(actor, carolina, pedro):
    marta = appoint(actor, "Marta", "Fuentes", "CL-VS", "regional-director")
    office = office_by_code("CL-VS")
    assert set(staff_of(office, TODAY)) == {carolina, marta}
    assert list(directors_of(office, TODAY)) == [marta]
    assert list(executives_of(office, TODAY)) == [carolina]
    assert list(directors_of(office, SINCE - DAY)) == []


def absent(actor, who, substitute, first, last):
    return record_absence(staff_member=who, substitute=substitute, from_on=first, until_on=last, actor=actor, now=NOW)


def test_a_substitute_stands_in_on_both_ends_and_not_beyond(actor, carolina, pedro):
    absent(actor, carolina, pedro, TODAY, TODAY + 4 * DAY)
    expected = {TODAY - DAY: None, TODAY: pedro, TODAY + 4 * DAY: pedro, TODAY + 5 * DAY: None}
    assert {day: substitute_of(carolina.person, day) for day in expected} == expected


def test_nobody_stands_in_for_themselves_or_while_away(actor, carolina, pedro):
    with pytest.raises(Refused, match="a sí mismo"):
        absent(actor, carolina, carolina, TODAY, TODAY)
    absent(actor, pedro, appoint(actor, "Iris", "Vera"), TODAY, TODAY + 2 * DAY)
    with pytest.raises(Refused, match="también estará ausente, del 16-09-2026"):
        absent(actor, carolina, pedro, TODAY + 2 * DAY, TODAY + 9 * DAY)
    with pytest.raises(Refused, match="ya tiene anotada"):
        absent(actor, pedro, carolina, TODAY + DAY, TODAY + 9 * DAY)
    with pytest.raises(Refused, match="anterior a la de inicio"):
        absent(actor, carolina, pedro, TODAY, TODAY - DAY)
    with pytest.raises(Refused, match="ya pasaron"):
        absent(actor, carolina, pedro, TODAY - 5 * DAY, TODAY - 4 * DAY)


def test_a_substitute_who_falls_ill_later_passes_it_on(actor, carolina, pedro):
    iris = appoint(actor, "Iris", "Vera")
    absent(actor, carolina, pedro, TODAY, TODAY + 9 * DAY)
    absent(actor, pedro, iris, TODAY + 2 * DAY, TODAY + 3 * DAY)
    assert substitute_of(carolina.person, TODAY) == pedro
    assert substitute_of(carolina.person, TODAY + 2 * DAY) == iris


def test_a_circle_of_absences_ends_in_nobody(actor, carolina, pedro):
    absent(actor, carolina, pedro, TODAY, TODAY + 9 * DAY)
    Absence.objects.create(
        staff_member=pedro,
        substitute=carolina,
        from_on=TODAY,
        until_on=TODAY,
        recorded_by=actor.person,
        recorded_at=NOW,
    )
    assert substitute_of(carolina.person, TODAY) is None


def test_coming_back_early_ends_the_absence(actor, carolina, pedro):
    absence = absent(actor, carolina, pedro, TODAY - DAY, TODAY + 9 * DAY)
    end_absence(absence=absence, actor=actor, now=NOW)
    assert substitute_of(carolina.person, TODAY) is None
    later = absent(actor, carolina, pedro, TODAY + DAY, TODAY + 2 * DAY)
    end_absence(absence=later, actor=actor, now=NOW)
    assert substitute_of(carolina.person, TODAY + DAY) is None
    assert Absence.objects.get(pk=later.pk).withdrawn_by == actor.person
    with pytest.raises(Refused, match="ya terminó"):
        end_absence(absence=later, actor=actor, now=NOW)
    assert absent(actor, carolina, pedro, TODAY + DAY, TODAY + 2 * DAY).pk != later.pk


def test_whoever_withdraws_an_absence_is_named(actor, carolina, pedro):
    absence = absent(actor, carolina, pedro, TODAY, TODAY)
    with pytest.raises(IntegrityError, match="who_withdraws_an_absence_is_named"), transaction.atomic():
        Absence.objects.filter(pk=absence.pk).update(withdrawn_at=NOW)


def test_history_tells_who_did_what(actor, carolina, pedro, raul):
    change_post(
        staff_member=carolina, office=office_by_code("CL-BI"), title="Ejecutiva", capacity=50, actor=actor, now=NOW
    )
    revoke_role(grant=carolina.grants.get(), actor=actor, now=NOW)
    end_absence(absence=absent(actor, carolina, pedro, TODAY - DAY, TODAY), actor=actor, now=NOW)
    turns = history_of(carolina)
    assert [turn.change_set.title for turn in turns] == [
        "Vuelve de su ausencia",
        "Ausente del 15-09-2026 al 16-09-2026; reemplaza Pedro Lagos",
        "Deja la función «Ejecutiva o ejecutivo regional»",
        "Pasa a Oficina regional del Biobío",
        "Recibe la función «Ejecutiva o ejecutivo regional»",
        "Ingresa a Oficina regional de Valparaíso",
    ]
    assert {turn.who for turn in turns} == {"Raúl Mena"}
