"""Who leaves the agency leaves nothing without owner (POR-9, POR-10)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment, Transfer
from acompana.commitments.operations import promise_by_hand
from acompana.companies.models import Assignment, Company
from acompana.companies.operations import assign_executive
from acompana.desk.jobs import pass_on_after_leaving
from acompana.desk.queries import loads_of
from acompana.intake.queries import companies_to_assign
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import actor_of
from acompana.people.models import Absence, Office, StaffMember
from acompana.people.operations import end_post
from acompana.people.tests.desk_people import enter, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return read_clock()


@pytest.fixture
def valparaiso_office():
    return Office.objects.get(code="CL-VS")


@pytest.fixture
def raul():
    return staff("Raul", "Mena", "CL-CENTRAL", "administrator")


@pytest.fixture
def leaver(alto_roble, valparaiso_office, carolina, marta, now):
    """Carolina, who owes two commitments and is in charge of a company."""
    assign_executive(company=alto_roble, executive=carolina.person, actor=marta, now=now)
    for what in ("Llamar", "Mandar la ficha"):
        promise_by_hand(
            what=what,
            due_at=now + timedelta(days=9),
            debtor="person",
            owner=carolina.person,
            company=alto_roble,
            office=valparaiso_office,
            actor=carolina,
            now=now,
        )
    return carolina.person.staff_member


def address(name, member):
    return reverse(f"administration:{name}", args=[member.pk])


def leave(client, member, day, receiver=""):
    given = {"leave-last_day": day, "leave-receiver": receiver, "confirmado": "1"}
    return client.post(address("leave", member), given, follow=True)


def test_the_form_says_what_is_carried_with_its_lists(client, raul, leaver):
    page = enter(client, raul).get(address("person", leaver)).content.decode()
    assert "debe 2 compromisos" in page
    assert "lleva 1 empresa" in page
    owed = reverse("desk:member", args=[leaver.pk])
    assert f'href="{owed}"' in page
    assert "Mandar la ficha" in client.get(owed).content.decode()
    assert f'href="{reverse("companies:list")}?ejecutivo={leaver.person_id}"' in page


@pytest.mark.parametrize(("days", "when"), [(0, "Se hace al confirmarlo."), (9, "Se hace cuando termine ese día.")])
def test_what_a_leaving_does_is_told_and_asked_before_it_is_done(client, raul, leaver, marta, now, days, when):
    enter(client, raul)
    given = {"leave-last_day": localdate(now) + timedelta(days=days), "leave-receiver": marta.staff_member.pk}
    asked = client.post(address("leave", leaver), given).content.decode()
    for words in (when, "debe 2 compromisos", "lleva 1 empresa", f"Lo que debe pasa a {marta.person}", "confirmado"):
        assert words in asked
    leaver.refresh_from_db()
    assert leaver.until_on is None
    early = client.post(address("leave", leaver), given | {"leave-last_day": "2001-01-01"}).content.decode()
    assert "su último día no puede ser anterior" in early, "what cannot be is not asked about"


def test_who_leaves_today_passes_all_to_whom_was_chosen(client, raul, leaver, marta, alto_roble, now):
    day = localdate(now)
    page = leave(enter(client, raul), leaver, day, marta.staff_member.pk).content.decode()
    assert f"2 compromisos pasaron a {marta.person}." in page
    assert "1 empresa queda por asignar." in page
    assert set(Commitment.objects.values_list("owner", flat=True)) == {marta.person.pk}
    told = f"{leaver} deja la agencia el {day:%d-%m-%Y}"
    assert set(Transfer.objects.values_list("reason", flat=True)) == {told}
    alto_roble.refresh_from_db()
    assert alto_roble.executive is None
    assert not Assignment.objects.filter(until_at=None).exists()
    assert list(companies_to_assign(marta, now)) == [alto_roble], "with nothing under way, it waits for somebody too"


def test_who_chose_nobody_leaves_it_to_the_office(client, raul, leaver, valparaiso_office, now):
    page = leave(enter(client, raul), leaver, localdate(now)).content.decode()
    assert "2 compromisos pasaron a la oficina, sin tomar." in page
    rows = set(Commitment.objects.values_list("debtor", "owner", "office"))
    assert rows == {("office", None, valparaiso_office.pk)}


def test_a_leaving_to_come_passes_on_when_the_last_day_is_over(client, raul, leaver, marta, now):
    last = localdate(now) + timedelta(days=3)
    leave(enter(client, raul), leaver, last, marta.staff_member.pk)
    mine = Commitment.objects.filter(owner=leaver.person)
    assert pass_on_after_leaving(now + timedelta(days=3)) == 0
    assert mine.count() == 2
    assert pass_on_after_leaving(now + timedelta(days=4)) == 1
    assert not mine.exists()
    assert not Company.objects.filter(executive=leaver.person).exists()
    assert pass_on_after_leaving(now + timedelta(days=5)) == 0


def test_who_receives_and_is_absent_then_has_a_substitute(raul, leaver, marta, pedro, now):
    substitute = pedro.staff_member
    today = localdate(now)
    Absence.objects.create(
        staff_member=marta.staff_member,
        substitute=substitute,
        from_on=today,
        until_on=today + timedelta(days=5),
        recorded_by=marta.person,
        recorded_at=now,
    )
    end_post(
        staff_member=leaver, last_day=today, receiver=marta.staff_member, actor=actor_of(raul.person, today), now=now
    )
    assert set(Commitment.objects.values_list("owner", flat=True)) == {substitute.person_id}


def test_who_receives_is_there_after_the_last_day(raul, leaver, marta, now):
    today = localdate(now)
    StaffMember.objects.filter(pk=marta.staff_member.pk).update(until_on=today + timedelta(days=1))
    acting = actor_of(raul.person, today)
    for receiver in (leaver, marta.staff_member):
        with pytest.raises(Refused, match="Elige a otra persona"):
            end_post(staff_member=leaver, last_day=today + timedelta(days=1), receiver=receiver, actor=acting, now=now)


def test_the_team_shows_who_left_while_they_owe(client, leaver, marta, valparaiso_office, now):
    StaffMember.objects.filter(pk=leaver.pk).update(until_on=localdate(now) - timedelta(days=1))
    page = enter(client, marta.staff_member).get(reverse("desk:team")).content.decode()
    assert "Dejó la agencia" in page
    assert [load.open for load in loads_of(valparaiso_office, now) if load.left] == [2]
    assert client.get(reverse("desk:member", args=[leaver.pk])).status_code == 200
    pass_on_after_leaving(now)
    assert not any(load.left for load in loads_of(valparaiso_office, now))


def test_a_leaving_is_undone_with_the_roles_that_it_ended(client, raul, leaver, now):
    held = set(leaver.grants.values_list("role__slug", "until_on"))
    leave(enter(client, raul), leaver, localdate(now) - timedelta(days=1))
    assert "Deshacer la salida" in client.get(address("person", leaver)).content.decode()
    page = client.post(address("stay", leaver), follow=True).content.decode()
    assert f"Se deshizo la salida de {leaver}" in page
    leaver.refresh_from_db()
    assert leaver.until_on is None
    assert set(leaver.grants.values_list("role__slug", "until_on")) == held
    assert "no tiene anotada una salida" in client.post(address("stay", leaver), follow=True).content.decode()


def test_what_was_of_an_office_that_closed_is_owed_by_the_central_one(raul, leaver, valparaiso_office, now):
    today = localdate(now)
    Office.objects.filter(pk=valparaiso_office.pk).update(retired_on=today)
    end_post(staff_member=leaver, last_day=today, actor=actor_of(raul.person, today), now=now)
    assert set(Commitment.objects.values_list("office__code", "owner")) == {("CL-CENTRAL", None)}
