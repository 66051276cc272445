"""Who leaves the agency leaves nothing without owner (POR-9, POR-10)."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from icalendar import Calendar

from acompana.commitments.models import Commitment, Transfer
from acompana.commitments.operations import promise_by_hand, transfer
from acompana.companies.models import Assignment, Company
from acompana.companies.operations import assign_executive
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import open_hour
from acompana.desk.jobs import pass_on_after_leaving
from acompana.desk.operations import hand_over
from acompana.desk.queries import loads_of, owed_by_people
from acompana.intake import operations as intake
from acompana.intake.models import Interview
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.matters.models import Matter
from acompana.messages.models import Attachment, Message
from acompana.people.actors import actor_of
from acompana.people.models import Absence, Office, StaffMember
from acompana.people.operations import end_post, record_absence, undo_leaving
from acompana.people.tests.desk_people import enter, staff
from tests.desk.conftest import road_of
from tests.kept import made_once

pytestmark = pytest.mark.django_db


kept_cast = made_once(lambda: make_people(now=read_clock() - timedelta(days=200)))


@pytest.fixture
def cast(db, kept_cast):
    return deepcopy(kept_cast)


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
    return client.post(address("leave", member), {"leave-last_day": day, "leave-receiver": receiver}, follow=True)


def test_the_form_says_what_is_carried_with_its_lists(client, raul, leaver):
    page = enter(client, raul).get(address("person", leaver)).content.decode()
    assert "debe 2 compromisos" in page
    assert "lleva 1 empresa" in page
    owed = reverse("desk:member", args=[leaver.pk])
    assert f'href="{owed}"' in page
    assert "Mandar la ficha" in client.get(owed).content.decode()
    assert f'href="{reverse("companies:list")}?ejecutivo={leaver.person_id}"' in page


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


# --- the interviews agreed (POR-10, EXP-16) --------------------------------------------------------------------------


@pytest.fixture
def agreed(cast, now):
    """An interview that Carolina agreed with the company that she attends."""
    company = road_of(cast, now, 1)
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    return intake.arrange_interview(
        matter=matter,
        mode="video",
        place="https://reunion.example/1",
        starts_at=open_hour(matter.office, now + timedelta(days=6)),
        minutes=45,
        actor=executive,
        now=now,
        even_if_late=True,
    )


def end(cast, now, receiver=None, last_day=None):
    return " ".join(
        end_post(
            staff_member=cast["executive"].staff_member,
            last_day=last_day or localdate(now),
            receiver=receiver and cast[receiver].staff_member,
            actor=cast.actor("administrator", now),
            now=now,
        )
    )


def to_come(agreed):
    return Interview.objects.get(matter=agreed.matter, cancelled_at=None, held_at=None)


def told_of(interview):
    """Of the letters with a calendar file about an interview, by whom they go to: its words and its file."""
    files = Attachment.objects.filter(message__matter=interview.matter).select_related("message").order_by("pk")
    events = {one.message.to_address: (one.message, Calendar.from_ical(bytes(one.content))) for one in files}
    return {to: (message, calendar, calendar.walk("VEVENT")[0]) for to, (message, calendar) in events.items()}


def test_the_interviews_agreed_pass_with_the_duty_and_both_sides_are_told(cast, agreed, now):
    assert "1 entrevista acordada sigue en su fecha, y se avisó quién atiende." in end(cast, now, "director")
    passed = to_come(agreed)
    assert (passed.executive, passed.starts_at, passed.place) == (cast["director"], agreed.starts_at, agreed.place)
    assert (passed.replaces, passed.arranged_by) == (agreed, cast["executive"])
    told, company = told_of(passed), agreed.matter.company.contacts.get().email
    letter, calendar, event = told[company]
    assert "sigue en la fecha acordada; ahora le atiende Marta Fuentes Leal, en lugar de Carolina" in letter.body
    assert (str(calendar["METHOD"]), int(event["SEQUENCE"])) == ("REQUEST", 2)
    assert "Atiende Marta Fuentes Leal." in str(event["DESCRIPTION"])
    ours, _, theirs = told[cast["director"].email]
    assert "Ahora te toca la entrevista" in ours.body
    assert str(event["UID"]) == str(theirs["UID"])
    assert not Message.objects.filter(template="intake/interview_passed").exists()


def test_one_that_nobody_receives_waits_for_who_takes_it(cast, agreed, now):
    assert "1 entrevista acordada espera a quien tome su compromiso." in end(cast, now)
    assert to_come(agreed) == agreed
    owed = Commitment.objects.filter(matter=agreed.matter, rule="DL-2")
    director = cast.actor("director", now)
    hand_over(
        chosen=list(owed.values_list("pk", flat=True)),
        owed=owed_by_people(agreed.matter.office),
        office=agreed.matter.office,
        to_owner=cast["director"],
        reason="La toma",
        actor=director,
        now=now,
    )
    assert to_come(agreed).executive == cast["director"]


def test_one_that_nobody_receives_goes_to_the_next_executive_of_the_company(cast, agreed, now):
    end(cast, now)
    intake.assign_companies(
        chosen=Company.objects.filter(pk=agreed.matter.company_id),
        executive=cast["director"],
        actor=cast.actor("director", now),
        now=now,
    )
    assert to_come(agreed).executive == cast["director"]


def test_who_receives_and_is_back_by_its_day_attends_it_and_else_the_substitute(cast, agreed, now):
    for days, attends in ((1, "director"), (30, "other_executive")):
        with transaction.atomic():
            record_absence(
                staff_member=cast["director"].staff_member,
                substitute=cast["other_executive"].staff_member,
                from_on=localdate(now),
                until_on=localdate(now) + timedelta(days=days),
                actor=cast.actor("administrator", now),
                now=now,
            )
            end(cast, now, "director")
            assert to_come(agreed).executive == cast[attends]
            assert Commitment.objects.open().get(matter=agreed.matter).owner == cast["other_executive"]
            transaction.set_rollback(True)


def test_who_moves_one_of_somebody_who_left_attends_it(cast, agreed, now):
    end(cast, now)
    moved = intake.reschedule_interview(
        interview=to_come(agreed),
        starts_at=open_hour(agreed.matter.office, now + timedelta(days=8)),
        reason="La tomo yo",
        actor=cast.actor("director", now),
        now=now,
        even_if_late=True,
    )
    assert moved.executive == cast["director"]


# --- undoing it ------------------------------------------------------------------------------------------------------


def stay(cast, now):
    member = StaffMember.objects.get(person=cast["executive"])
    return " ".join(undo_leaving(staff_member=member, actor=cast.actor("administrator", now), now=now))


@pytest.mark.parametrize("receiver", ["director", None])
def test_what_nobody_touched_comes_back(cast, agreed, now, receiver):
    due_at = Commitment.objects.open().get(matter=agreed.matter).due_at
    end(cast, now, receiver)
    interviews = " y 1 entrevista" if receiver else ""
    middle = ", 1 empresa" if receiver else " y 1 empresa"
    assert stay(cast, now) == f"Vuelve lo que nadie ha tocado (1 compromiso{middle}{interviews})."
    owed, matter = Commitment.objects.open().get(matter=agreed.matter), Matter.objects.get(pk=agreed.matter.pk)
    company = Company.objects.get(pk=matter.company_id)
    assert {owed.owner, matter.owner, company.executive} == {cast["executive"]}
    assert owed.due_at == due_at
    assert Assignment.objects.get(company=company, until_at=None).executive == cast["executive"]
    assert to_come(agreed).executive == cast["executive"]
    if receiver:
        gone = told_of(agreed)[cast["director"].email]
        assert (gone[0].template, str(gone[1]["METHOD"])) == ("intake/interview_passed", "CANCEL")


def test_what_somebody_touched_stays_and_is_said(cast, agreed, now):
    moved_on, taken = road_of(cast, now, 2), road_of(cast, now, 3)
    end(cast, now, "director")
    later = now + timedelta(hours=1)
    transfer(
        commitments=Commitment.objects.filter(matter=agreed.matter),
        to_owner=cast["control"],
        reason="Lo sigue otra persona",
        actor=cast.actor("director", later),
        now=later,
    )
    director = cast.actor("director", later)
    given = Company.objects.filter(pk=taken.pk)
    intake.assign_companies(chosen=given, executive=cast["director"], actor=director, now=later)
    office = Office.objects.get(code="CL-BI")
    intake.move_company(company=moved_on, office=office, reason="Se mudó", actor=director, now=later)
    assert stay(cast, later) == (
        "Vuelve lo que nadie ha tocado (1 empresa), y no vuelve lo que ya cambió (1 compromiso y 2 empresas)."
    )
    executives = {row.pk: row.executive for row in Company.objects.filter(pk__in=(moved_on.pk, taken.pk))}
    assert executives == {moved_on.pk: None, taken.pk: cast["director"]}
    assert Commitment.objects.open().get(matter=agreed.matter).owner == cast["control"]
    assert to_come(agreed).executive == cast["director"]


def test_a_leaving_to_come_that_is_undone_says_nothing_of_what_stayed(cast, agreed, now):
    end(cast, now, "director", localdate(now) + timedelta(days=3))
    assert stay(cast, now) == ""
    assert to_come(agreed) == agreed
