"""A test is updated with what changed: routed and classified again, the earlier ones kept (INT-15, INT-18, INT-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.commitments.models import Commitment
from acompana.companies.operations import assign_executive
from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import advice_on, companies_to_assign, latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.people.models import Role, RoleGrant
from acompana.questionnaires.queries import answers_of, definition_of
from acompana.questionnaires.rules import points_of, visible_questions


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


def test_a_referred_company_that_comes_back_prepared_is_attended(road, cast, now):
    company = road(1, "low")
    found = latest_intake_of(company)
    executive = cast.actor("executive", now)
    assert found.matter.state == "referred"
    returned(company, cast, now)
    assert [advice.action for advice in advice_on(found, executive, now)] == ["Actualizar el test"]
    first = found.test
    new = intake.update_test(
        response=first, answers=best(first), reason="Terminó el programa de Sercotec.", actor=executive, now=now
    )
    found = latest_intake_of(company)
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


def test_on_green_the_company_passes_to_a_regional_executive(road, cast, now):
    company = road(1, "high")
    director = cast.actor("director", now)
    RoleGrant.objects.filter(staff_member=cast["executive"].staff_member).delete()
    RoleGrant.objects.create(
        staff_member=cast["executive"].staff_member,
        role=Role.objects.get(slug="cpe-executive"),
        since_on=now.date() - timedelta(days=9),
    )
    programme = cast.actor("executive", now)
    matter = latest_intake_of(company).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=programme, now=now)
    assert company not in companies_to_assign(director)
    hold_interview(matter, executive=programme, now=now, share=1.0)
    assert company.standings.first().colour == "green"
    assert company in companies_to_assign(director)
    assert any("pasa del programa" in advice.text for advice in advice_on(latest_intake_of(company), director, now))
    assign_executive(company=company, executive=cast["director"], actor=director, now=now)
    assert company not in companies_to_assign(director)


@pytest.mark.parametrize(("key", "reason"), [("other_executive", "Creció"), ("executive", " ")])
def test_another_office_or_no_reason_is_refused(road, cast, now, key, reason):
    found = latest_intake_of(road(1, "low"))
    with pytest.raises(Refused):
        intake.update_test(
            response=found.test, answers=best(found.test), reason=reason, actor=cast.actor(key, now), now=now
        )
    assert latest_intake_of(found.matter.company).potential == "low"


def test_an_earlier_version_is_not_updated_again(road, cast, now):
    found = latest_intake_of(road(1, "low"))
    executive = cast.actor("executive", now)
    first = found.test
    intake.update_test(response=first, answers=best(first), reason="Creció", actor=executive, now=now)
    with pytest.raises(Refused, match="más nueva"):
        intake.update_test(response=first, answers=best(first), reason="Creció", actor=executive, now=now)


def test_the_page_updates_and_shows_the_series(road, cast, enter, now):
    company = road(1, "low")
    found = latest_intake_of(company)
    client = enter(cast["executive"])
    address = f"/escritorio/ingresos/{found.matter.number}/actualizar-test/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {**best(found.test), "reason": "Volvió preparada"}, follow=True)
    page = answer.content.decode()
    assert "Se guardó la versión nueva. Potencial alto." in page
    assert "Volvió preparada" in page
