"""Who leaves the agency: the interviews agreed go on with who owes them, and what nobody touched comes back when the
leaving is undone (POR-9, POR-10, EXP-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from icalendar import Calendar

from acompana.commitments.models import Commitment
from acompana.commitments.operations import transfer
from acompana.companies.models import Assignment, Company
from acompana.companies.operations import register_potential_account
from acompana.demonstration.roads import open_hour
from acompana.desk.jobs import pass_on_after_leaving
from acompana.desk.operations import hand_over
from acompana.desk.queries import owed_by_people
from acompana.intake import operations as intake
from acompana.intake.models import Interview
from acompana.intake.queries import companies_to_assign, latest_intake_of
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owner
from acompana.messages.models import Attachment, Message
from acompana.people.models import Office, StaffMember
from acompana.people.operations import end_post, record_absence, undo_leaving
from tests.desk.conftest import made_of_company
from tests.kept import copy_of

# --- the interviews agreed (POR-10, EXP-16) --------------------------------------------------------------------------


def agree(cast, now, company):
    """An interview that Carolina agreed with the company that she attends."""
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


kept_agreed = made_of_company(agree)
agreed = copy_of("kept_agreed")


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
    assert "sigue en la fecha acordada; ahora te atiende Marta Fuentes Leal, en lugar de Carolina" in letter.body
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


def test_one_that_somebody_holds_for_who_leaves_is_theirs(cast, agreed, away, now):
    away()
    end(cast, now, "director")
    assert to_come(agreed).executive == cast["other_executive"]


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
    last = ", 1 empresa y 1 entrevista" if receiver else " y 1 empresa"
    assert stay(cast, now) == f"Vuelve lo que nadie ha tocado (1 compromiso, 1 asunto{last})."
    owed, matter = Commitment.objects.open().get(matter=agreed.matter), Matter.objects.get(pk=agreed.matter.pk)
    company = Company.objects.get(pk=matter.company_id)
    assert {owed.owner, matter.owner, company.executive} == {cast["executive"]}
    assert owed.due_at == due_at
    assert Assignment.objects.get(company=company, until_at=None).executive == cast["executive"]
    assert to_come(agreed).executive == cast["executive"]
    if receiver:
        gone = told_of(agreed)[cast["director"].email]
        assert (gone[0].template, str(gone[1]["METHOD"])) == ("intake/interview_passed", "CANCEL")


def test_what_somebody_touched_stays_and_is_said(road, cast, agreed, now):
    moved_on, taken = road(2), road(3)
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
        "Vuelve lo que nadie ha tocado (1 asunto y 1 empresa), "
        "y no vuelve lo que ya cambió (1 compromiso y 2 empresas)."
    )
    executives = {row.pk: row.executive for row in Company.objects.filter(pk__in=(moved_on.pk, taken.pk))}
    assert executives == {moved_on.pk: None, taken.pk: cast["director"]}
    assert Commitment.objects.open().get(matter=agreed.matter).owner == cast["control"]
    assert to_come(agreed).executive == cast["director"]


def test_what_passes_in_the_night_takes_the_interviews_along(cast, agreed, now):
    last = localdate(now) + timedelta(days=3)
    end(cast, now, "director", last)
    assert to_come(agreed) == agreed
    assert pass_on_after_leaving(now + timedelta(days=4)) == 1
    assert to_come(agreed).executive == cast["director"]
    assert "1 entrevista" in stay(cast, now + timedelta(days=4))


def test_a_leaving_to_come_that_is_undone_says_nothing_of_what_stayed(cast, agreed, now):
    end(cast, now, "director", localdate(now) + timedelta(days=3))
    assert stay(cast, now) == ""
    assert to_come(agreed) == agreed


@pytest.fixture
def cards(cast, now):
    """The matters of three potential accounts that Carolina registered: nobody owes anything on them."""
    executive = cast.actor("executive", now)
    return [
        intake.register_account(
            company=register_potential_account(
                name=f"Mieles {nr}", phone=f"+56 9 8765 432{nr}", actor=executive, now=now, channel="event"
            ),
            actor=executive,
            now=now,
        )
        for nr in (1, 2, 3)
    ]


def owners_of(matters):
    return [Matter.objects.get(pk=matter.pk).owner for matter in matters]


@pytest.mark.parametrize("receiver", ["director", None])
def test_matters_on_which_nothing_is_owed_come_back_too(cast, cards, now, receiver):
    assert owners_of(cards) == [cast["executive"]] * 3
    to = "a Marta Fuentes Leal" if receiver else "a la oficina, sin tomar"
    assert f"3 asuntos pasaron {to}." in end(cast, now, receiver)
    put = receiver and cast[receiver]
    assert owners_of(cards) == [put] * 3
    assign_owner(matter=cards[0], owner=cast["control"])
    assert stay(cast, now) == "Vuelve lo que nadie ha tocado (2 asuntos), y no vuelve lo que ya cambió (1 asunto)."
    assert owners_of(cards) == [cast["control"], cast["executive"], cast["executive"]]


def test_a_matter_of_a_company_that_went_to_another_office_stays_there(cast, cards, now):
    end(cast, now)
    Matter.objects.filter(pk=cards[0].pk).update(office=Office.objects.get(code="CL-BI"))
    assert "(2 asuntos), y no vuelve lo que ya cambió (1 asunto)" in stay(cast, now)
    assert owners_of(cards) == [None, cast["executive"], cast["executive"]]


def test_what_came_back_was_nobody_else_s(cast, agreed, enter, now):
    def day(code):
        return enter(cast[code]).get("/escritorio/", {"ver": "soon"}).content.decode()

    Commitment.objects.filter(matter=agreed.matter).update(due_at=now + timedelta(days=5))
    end(cast, now, "director")
    assert f"Era de {cast['executive']}" in day("director")
    stay(cast, now)
    assert agreed.matter.company.name in day("executive")
    assert "Era de" not in day("executive")


# --- to whom nothing more is given (POR-10) --------------------------------------------------------------------------


def note_leaving(cast, now, days):
    last = localdate(now) + timedelta(days=days)
    StaffMember.objects.filter(person=cast["executive"]).update(until_on=last)
    return f"deja la agencia el {last:%d-%m-%Y}"


@pytest.mark.parametrize("code", ["director", "administrator"])
def test_who_leaves_today_is_not_offered_and_who_leaves_later_with_the_day(cast, waiting, enter, now, code):
    member, director = cast["executive"].staff_member, cast["director"].staff_member
    pages = {
        "director": ["/escritorio/ingresos/por-asignar/", "/escritorio/equipo/sin-responsable/"],
        "administrator": [f"/escritorio/administracion/personas/{director.pk}/"],
    }[code]
    client = enter(cast[code])
    for days in (3, 0):
        words = note_leaving(cast, now, days)
        for address in pages:
            options = client.get(address).content.decode().split("<option")[1:]
            [*hers] = [option for option in options if str(member) in option]
            assert [words in option for option in hers] == ([True] * len(hers) if days else [])
            assert bool(hers) == bool(days)


def test_the_team_says_who_leaves(cast, enter, now):
    note_leaving(cast, now, 3)
    assert "deja la agencia el" in enter(cast["director"]).get("/escritorio/equipo/").content.decode()


def test_nobody_is_assigned_a_company_on_their_last_day(cast, waiting, enter, now):
    note_leaving(cast, now, 0)
    typed = {"company": waiting.pk, "executive": cast["executive"].pk}
    page = enter(cast["director"]).post("/escritorio/ingresos/por-asignar/", typed, follow=True).content.decode()
    assert "Hoy es el último día de Carolina Soto Rivas en la agencia" in page
    waiting.refresh_from_db()
    assert waiting.executive is None


def test_a_company_released_by_a_leaving_waits_since_then(cast, road, now):
    company = road(1, "high", days=9)
    end(cast, now)
    [waiting] = companies_to_assign(cast.actor("director", now), now)
    assert (waiting, waiting.waits_since) == (company, now)
