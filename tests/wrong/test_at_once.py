"""Two people, or two processes, do the same thing at the same moment: one does it, the other gets a sentence.

Threads with a connection each, on a database that really commits.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections, transaction

from acompana.commitments.jobs import recount_lately_changed
from acompana.commitments.models import Commitment, Recount
from acompana.commitments.operations import fulfil, promise, transfer
from acompana.companies import operations as companies
from acompana.companies.models import Company, Mandate
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import answer_test, fill_form, give_answers, open_hour, register
from acompana.intake import operations as intake
from acompana.intake.interview_hours import taken_words
from acompana.intake.models import Interview, Referral
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.matters.models import Matter, Step
from acompana.people.actors import Actor
from acompana.people.models import ExtraHoliday, Office
from acompana.people.operations import add_holiday
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, start_response
from acompana.reference.models import Region

pytestmark = pytest.mark.usefixtures("ground")


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls together; what each returned, or the exception that it raised."""
    results: list[Any] = [None] * len(calls)
    start = Barrier(len(calls))

    def run(index: int, call: Callable[[], Any]) -> None:
        start.wait(20)
        try:
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def one_wins(results: list[Any]) -> Refused:
    """The refusal of the one who came second; nobody got anything else."""
    refusals = [result for result in results if isinstance(result, Refused)]
    assert len(refusals) == len(results) - 1, results
    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    assert refusals[0].reason.endswith(".")
    return refusals[0]


@pytest.fixture
def now():
    return read_clock() - timedelta(hours=2)


@pytest.fixture
def cast(now):
    return make_people(now=now)


@pytest.fixture
def company(cast, now) -> Company:
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=now)
    fill_form(company, actor=cast.actor("owner", now), now=now)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=cast.actor("owner", now), now=now)
    return Company.objects.get(pk=company.pk)


def waiting_for_contact(company: Company, cast, now) -> Matter:
    return answer_test(company, actor=cast.actor("owner", now), now=now, level="high")


def test_two_executives_record_the_contact(company, cast, now):
    number = waiting_for_contact(company, cast, now).pk
    contact = company.contacts.get()

    def record(actor: Actor) -> Callable[[], Entry]:
        matter = Matter.objects.select_related("company", "office").get(pk=number)
        return lambda: intake.record_contact(
            matter=matter, contact=contact, channel="phone", text="Hablamos.", actor=actor, now=now
        )

    one_wins(at_once(record(cast.actor("executive", now)), record(cast.actor("director", now))))
    assert Step.objects.filter(matter=number, transition="record_contact").count() == 1
    assert Entry.objects.filter(matter=number, outcome="reached").count() == 1
    assert Commitment.objects.filter(matter=number, rule="DL-2").count() == 1


@pytest.fixture
def to_interview(company, cast, now) -> list[Matter]:
    """Two companies of one executive, each waiting for its interview."""
    other = register(cast, "newcomer", rut_number=41_900_001, name="Aceites SpA", region="CL-VS", now=now)
    newcomer, executive = cast.actor("newcomer", now), cast.actor("executive", now)
    fill_form(other, actor=newcomer, now=now)
    intake.submit_characterization(matter=latest_intake_of(other).matter, actor=newcomer, now=now)
    waiting_for_contact(company, cast, now)
    answer_test(other, actor=newcomer, now=now, level="high")
    found = []
    for one in (company, other):
        matter = latest_intake_of(one).matter
        intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
        found.append(Matter.objects.select_related("company", "office").get(pk=matter.pk))
    return found


def arranging(matter: Matter, at: datetime, cast, now) -> Callable[[], Interview]:
    return lambda: intake.arrange_interview(
        matter=matter, mode="phone", place="+56 9 6543 2109", starts_at=at, minutes=60,
        actor=cast.actor("executive", now), now=now,
    )  # fmt: skip


def test_two_windows_give_one_hour_of_an_executive_to_two_companies(to_interview, cast, now):
    """EXP-16: an executive is at one interview at a time, whoever asked first."""
    at = open_hour(to_interview[0].office, now + timedelta(days=5))
    refused = one_wins(at_once(*(arranging(matter, at, cast, now) for matter in to_interview)))
    agreed = Interview.objects.get(cancelled_at=None)
    assert refused.reason.startswith(f"{cast['executive']} ya tiene una entrevista con {agreed.matter.company} de ")


def test_a_company_moves_its_interview_to_the_hour_that_the_desk_gives_to_another(to_interview, cast, now):
    """EXP-16: who comes second is told in plain words, and the company not of whom the hour is."""
    mine, other = to_interview
    first = open_hour(mine.office, now + timedelta(days=3))
    agreed = arranging(mine, first, cast, now)()
    at, owner = open_hour(mine.office, first + timedelta(days=1)), cast.actor("owner", now)

    def move() -> Interview:
        own = Interview.objects.select_related("matter__company", "matter__office", "executive").get(pk=agreed.pk)
        return intake.reschedule_interview(interview=own, starts_at=at, reason="Viajo.", actor=owner, now=now)

    refused = one_wins(at_once(move, arranging(other, at, cast, now)))
    taken = Interview.objects.get(starts_at=at, cancelled_at=None)
    assert refused.reason == (
        "A esa hora ya no hay lugar: elige otra."
        if taken.matter_id == other.pk
        else f"{taken_words(taken)} Si son las dos a esa hora, confírmalo."
    )


def test_two_officers_note_what_came_of_a_referral(company, cast, now):
    answer_test(company, actor=cast.actor("owner", now), now=now, level="low")

    def note(actor: Actor, outcome: str) -> Callable[[], Referral]:
        referral = Referral.objects.select_related("company", "body", "commitment").get(company=company)
        return lambda: intake.record_outcome(referral=referral, outcome=outcome, note="", actor=actor, now=now)

    calls = note(cast.actor("executive", now), "attended"), note(cast.actor("director", now), "not_attended")
    refused = one_wins(at_once(*calls))
    first = Referral.objects.get(company=company)
    assert refused.reason.startswith(f"Mientras tanto {first.outcome_by} anotó «{first.get_outcome_display()}» el ")
    assert Entry.objects.filter(company=company, fact__startswith="Resultado de la derivación").count() == 1


def test_two_people_register_the_same_rut(cast, now):
    region = Region.objects.get(iso="CL-VS")

    def take(key: str) -> Callable[[], Mandate]:
        return lambda: companies.register_company(
            rut=rut_with_check_digit(41_900_001),
            legal_name="Aceites del Valle SpA",
            region=region,
            person=cast[key],
            actor=cast.actor(key, now),
            now=now,
            channel="portal",
        )

    results = at_once(take("newcomer"), take("citizen"))
    assert not [result for result in results if isinstance(result, Exception)], results
    company = Company.objects.get(rut=rut_with_check_digit(41_900_001))
    states = sorted(company.mandates.values_list("state", flat=True))
    assert states == ["active", "requested"]


def test_a_test_finished_twice(company, cast, now):
    matter = latest_intake_of(company).matter
    actor = cast.actor("owner", now)
    response = start_response(instrument="export-test-goods", company=company, matter=matter, actor=actor, now=now)
    give_answers(response, share=1.0, actor=actor, now=now)

    def finish() -> Matter:
        own = Response.objects.get(pk=response.pk)
        finish_response(response=own, actor=actor, now=now)
        return intake.finish_test(matter=Matter.objects.get(pk=matter.pk), response=own, actor=actor, now=now)

    one_wins(at_once(finish, finish))
    assert latest_intake_of(company).matter.state != "self_test"
    assert Commitment.objects.filter(matter=matter, rule="DL-1").count() <= 1


def test_a_test_is_finished_while_the_form_says_that_the_company_exports(company, cast, now):
    """Each of both holds what the other asks for: the second is told, and neither waits for the other (INT-4)."""
    matter, owner, director = latest_intake_of(company).matter, cast.actor("owner", now), cast.actor("director", now)
    response = start_response(instrument="export-test-goods", company=company, matter=matter, actor=owner, now=now)
    give_answers(response, share=1.0, actor=owner, now=now)
    finish_response(response=response, actor=owner, now=now)

    def finish() -> Matter:
        own = Response.objects.get(pk=response.pk)
        return intake.finish_test(matter=Matter.objects.get(pk=matter.pk), response=own, actor=owner, now=now)

    def correct() -> Company:
        values = {"exported_recently": True}
        return companies.update_characterization(
            company=company, version=company.version, values=values, actor=director, now=now
        )

    one_wins(at_once(finish, correct))
    found = latest_intake_of(company)
    assert found.matter.state == "to_contact"
    assert Commitment.objects.filter(matter=matter).count() == 1
    assert found.is_exporter is Company.objects.get(pk=company.pk).exported_recently


def test_two_directors_assign(company, cast, now):
    waiting_for_contact(company, cast, now)

    def assign(key: str) -> Callable[[], Any]:
        own = Company.objects.get(pk=company.pk)
        actor = cast.actor("director", now)
        return lambda: companies.assign_executive(company=own, executive=cast[key], actor=actor, now=now)

    results = at_once(assign("executive"), assign("director"))
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)], results
    company.refresh_from_db()
    owners = set(
        Commitment.objects.filter(company=company, fulfilled_at=None, cancelled_at=None).values_list(
            "owner", flat=True
        )
    )
    assert company.executive in (cast["executive"], cast["director"])
    assert owners <= {company.executive_id, None}


def test_a_transfer_while_it_is_fulfilled(company, cast, now):
    waiting_for_contact(company, cast, now)
    owed = Commitment.objects.get(company=company, rule="DL-1")
    executive, director = cast.actor("executive", now), cast.actor("director", now)
    results = at_once(
        lambda: fulfil(commitment=Commitment.objects.get(pk=owed.pk), actor=executive, now=now),
        lambda: transfer(
            commitments=Commitment.objects.filter(pk=owed.pk),
            to_owner=cast["executive"],
            reason="Reparto",
            actor=director,
            now=now,
        ),
    )
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, Refused)], results
    owed.refresh_from_db()
    assert owed.fulfilled_at is not None


def test_two_windows_begin_the_route_again(company, cast, now):
    owner = cast.actor("owner", now)
    intake.withdraw(matter=latest_intake_of(company).matter, actor=owner, now=now, reason="Lo dejamos para después.")

    def begin() -> Matter:
        return intake.open_intake(company=Company.objects.get(pk=company.pk), actor=owner, now=now)

    first, second = at_once(begin, begin)
    assert first == second
    assert Matter.objects.filter(company=company, kind="intake").exclude(state="withdrawn").count() == 1


def test_a_term_is_promised_while_the_day_on_which_it_ends_is_added(cast, now):
    """OFF-2: neither sees the other, and the worker counts the term again once both are written."""
    office, promised, added = Office.objects.get(code="CL-VS"), Event(), Event()
    given = {"rule": "DL-1", "debtor": "office", "office": office, "starts_at": now, "now": now}
    ends = promise(**given, actor=cast.actor("executive", now)).due_at

    def owe() -> Commitment:
        with transaction.atomic():
            owed = promise(**given, what="A la vez", actor=cast.actor("executive", now))
            promised.set()
            added.wait(2 if connection.vendor == "postgresql" else 0)
        return owed

    def add() -> None:
        promised.wait(20)
        day = ends.astimezone(ZoneInfo(office.time_zone)).date()
        add_holiday(day=day, name="Duelo nacional", actor=cast.actor("administrator", now), now=now)
        added.set()

    results = at_once(owe, add)
    assert not [result for result in results if isinstance(result, Exception)], results
    missed = connection.vendor == "postgresql"  # on SQLite who writes second waits for the first
    assert (Commitment.objects.get(what="A la vez").due_at == ends) is missed
    assert recount_lately_changed(now + timedelta(minutes=5)) == missed
    assert Commitment.objects.get(what="A la vez").due_at > ends
    assert Recount.objects.filter(holiday=ExtraHoliday.objects.get()).count() == 2
    assert recount_lately_changed(now + timedelta(minutes=10)) == 0
