"""A test is updated with what changed: routed and classified again, the earlier ones kept (INT-15, INT-18, INT-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment
from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.models import Rise
from acompana.intake.queries import advice_on, latest_intake_of, rises_to_pass
from acompana.kernel.refusals import Refused
from acompana.messages.models import Message
from acompana.people.models import Role, RoleGrant, StaffMember
from acompana.questionnaires.queries import answers_of, definition_of
from acompana.questionnaires.rules import points_of, visible_questions

QUEUE_OF_GREEN = 13  # two are the calendars of the offices, for dates counted in business days


def best(response):
    """Answers of the most points, also to what is asked because of them."""
    definition, answers = definition_of(response), answers_of(response)
    before: dict = {}
    while before != answers:
        before = dict(answers)
        for question in visible_questions(definition, answers):
            if question.options:
                scored = [option for option in question.options if option.counts]
                top = max(scored, key=lambda option, q=question: points_of(q, option.value) or 0)
                answers[question.slug] = [top.value] if question.kind == "multiple" else top.value
            elif question.steps:
                answers[question.slug] = str(int(max(question.steps, key=lambda step: step.points).at_least))
            elif question.kind == "number":
                answers[question.slug] = "5"
    return {slug: value for slug, value in answers.items() if value is not None}


def returned(company, cast, now):
    referral = company.referrals.first()
    intake.record_outcome(referral=referral, outcome="returned", note="", actor=cast.actor("executive", now), now=now)


def test_a_referred_company_that_comes_back_prepared_is_attended(low, cast, now):
    found = latest_intake_of(low)
    executive = cast.actor("executive", now)
    assert found.matter.state == "referred"
    returned(low, cast, now)
    assert [advice.action for advice in advice_on(found, executive, now)] == ["Actualizar el test"]
    first = found.test
    new = intake.update_test(
        response=first, answers=best(first), reason="Terminó el programa de Sercotec.", actor=executive, now=now
    )
    found = latest_intake_of(low)
    assert (found.potential, found.matter.state, found.test) == ("high", "to_contact", new)
    assert new.replaces == first
    assert first.band == "low"
    assert Commitment.objects.open().filter(matter=found.matter, rule="DL-1").exists()


def test_who_rose_from_yellow_to_green_is_kept_with_the_evidence(road, cast, now):
    company = road(1, "medium")
    executive = cast.actor("executive", now)
    matter = latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    hold_interview(matter, executive=executive, now=now, share=0.6)
    found = latest_intake_of(company)
    assert company.standings.get().colour == "yellow"
    intake.update_interview(
        response=found.interview_response,
        answers=best(found.interview_response),
        reason="Compró una línea de envasado.",
        actor=executive,
        now=now + timedelta(days=30),
    )
    colours = list(company.standings.order_by("since_at").values_list("colour", flat=True))
    assert colours == ["yellow", "green"]
    newest = company.standings.first()
    assert newest.reasons[0] == "Entrevista actualizada: Compró una línea de envasado."
    assert newest.recorded_by == cast["executive"]


def into_the_programme(cast, now):
    """Carolina attends for the programme and not for the regional team; Pedro comes to Valparaíso as an executive."""
    member = cast["executive"].staff_member
    RoleGrant.objects.filter(staff_member=member).delete()
    programme = Role.objects.get(slug="cpe-executive")
    RoleGrant.objects.create(staff_member=member, role=programme, since_on=localdate(now) - timedelta(days=9))
    StaffMember.objects.filter(pk=member.pk).update(capacity=50)
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=member.office)


def come_to_green(company, cast, now):
    programme = cast.actor("executive", now)
    matter = latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=programme, now=now)
    hold_interview(matter, executive=programme, now=now, share=1.0)
    assert company.standings.first().colour == "green"
    return matter


def test_on_green_the_company_passes_in_one_click_and_frees_a_place(company, cast, enter, now):
    into_the_programme(cast, now)
    matter = come_to_green(company, cast, now)
    director = cast.actor("director", now)
    rise = rises_to_pass(director).get()
    owed = rise.commitment
    assert (owed.rule, owed.owner, owed.debtor) == ("INT-20", cast["director"], "person")
    assert any("pasa del programa" in advice.text for advice in advice_on(latest_intake_of(company), director, now))
    client = enter(cast["director"])
    assert "Empresa en verde por pasar" in client.get("/escritorio/").content.decode()
    page = client.get("/escritorio/ingresos/verdes/").content.decode()
    assert company.name in page
    assert "Pedro Lagos Muñoz (0)" in page
    told = client.post(
        "/escritorio/ingresos/verdes/", {"rise": rise.pk, "executive": cast["other_executive"].pk}, follow=True
    ).content.decode()
    assert "Carolina Soto Rivas queda con 0 de 50 cupos" in told
    company.refresh_from_db()
    rise.refresh_from_db()
    owed.refresh_from_db()
    assert company.executive == rise.passed_to == cast["other_executive"]
    assert rise.passed_by == cast["director"]
    assert owed.fulfilled_at is not None
    assert Message.objects.filter(template="intake/passed_on", company=company).exists()
    assert Message.objects.get(template="intake/passed_to_you").to_address == cast["other_executive"].email
    assert Commitment.objects.open().filter(matter=matter, owner=cast["executive"]).count() == 0
    history = client.get("/escritorio/ingresos/verdes/?ver=historia").content.decode()
    assert "la atendía Carolina Soto Rivas" in history
    again = client.post(
        "/escritorio/ingresos/verdes/", {"rise": rise.pk, "executive": cast["other_executive"].pk}, follow=True
    )
    assert "ya no espera pasar" in again.content.decode()


def test_only_a_regional_executive_of_the_office_takes_it(company, cast, now):
    into_the_programme(cast, now)
    come_to_green(company, cast, now)
    director = cast.actor("director", now)
    rise = rises_to_pass(director).get()
    for key in ("far_executive", "client_management"):
        with pytest.raises(Refused):
            intake.pass_on(rise=rise, executive=cast[key], actor=director, now=now)
    with pytest.raises(Refused):
        intake.pass_on(rise=rise, executive=cast["other_executive"], actor=cast.actor("other_executive", now), now=now)
    assert rises_to_pass(director).count() == 1


def test_who_leaves_green_before_it_passed_stays(company, cast, now):
    into_the_programme(cast, now)
    come_to_green(company, cast, now)
    found = latest_intake_of(company)
    scored = found.interview_response
    worst = {
        question.slug: min(question.options, key=lambda option: option.points).value
        for question in definition_of(scored).questions
        if question.options and question.kind == "single" and question.is_scored
    }
    worst["differences"] = "No coincide con el test."
    intake.update_interview(
        response=scored, answers=worst, reason="Cerró su línea.", actor=cast.actor("executive", now), now=now
    )
    assert company.standings.first().colour != "green"
    rise = Rise.objects.get(company=company)
    assert rise.dropped_at == now
    assert rise.commitment.cancelled_because == "Dejó de estar en verde"
    assert not rises_to_pass(cast.actor("director", now)).exists()


@pytest.mark.one_database  # how many there are, no database decides
def test_the_queue_of_green_makes_the_same_queries(company, road, cast, enter, now):
    into_the_programme(cast, now)
    come_to_green(company, cast, now)
    client = enter(cast["director"])
    client.get("/escritorio/ingresos/verdes/")
    for more in ((), (2, 3)):
        for number in more:
            come_to_green(road(number, "high"), cast, now)
        with CaptureQueriesContext(connection) as queries:
            client.get("/escritorio/ingresos/verdes/")
        assert len(queries) == QUEUE_OF_GREEN


@pytest.mark.parametrize(("key", "reason"), [("other_executive", "Creció"), ("executive", " ")])
def test_another_office_or_no_reason_is_refused(low, cast, now, key, reason):
    found = latest_intake_of(low)
    with pytest.raises(Refused):
        intake.update_test(
            response=found.test, answers=best(found.test), reason=reason, actor=cast.actor(key, now), now=now
        )
    assert latest_intake_of(found.matter.company).potential == "low"


def test_an_earlier_version_is_not_updated_again(low, cast, now):
    found = latest_intake_of(low)
    executive = cast.actor("executive", now)
    first = found.test
    intake.update_test(response=first, answers=best(first), reason="Creció", actor=executive, now=now)
    with pytest.raises(Refused, match="más nueva"):
        intake.update_test(response=first, answers=best(first), reason="Creció", actor=executive, now=now)


def test_the_page_updates_and_shows_the_series(low, cast, enter, now):
    found = latest_intake_of(low)
    client = enter(cast["executive"])
    address = f"/escritorio/ingresos/{found.matter.number}/actualizar-test/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {**best(found.test), "reason": "Volvió preparada"}, follow=True)
    page = answer.content.decode()
    assert "Se guardó la versión nueva. Potencial alto." in page
    assert "Volvió preparada" in page
