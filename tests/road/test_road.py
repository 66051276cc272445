"""The road at the level of operations: what each result starts, who is written to, what is owed by when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.roads import SHARES, answer, answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.portal.promises import promises_to
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import start_response

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 15, 0, tzinfo=ZoneInfo("America/Santiago"))


def road_to_result(cast, *, level: str, region: str = "CL-VS", exporter: bool = False) -> Company:
    company = register(cast, "newcomer", rut_number=41_900_001, name="Aceites del Valle SpA", region=region, now=NOW)
    fill_form(company, actor=cast.actor("newcomer", NOW), now=NOW, exporter=exporter)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("newcomer", NOW), now=NOW)
    if not exporter:
        answer_test(company, actor=cast.actor("newcomer", NOW), now=NOW, level=level)
    return Company.objects.get(pk=company.pk)


@pytest.mark.parametrize("level", ["high", "medium"])
def test_high_and_medium_are_contacted_within_three_business_days(cast, level):
    company = road_to_result(cast, level=level)
    found = latest_intake_of(company)
    assert found.potential == level
    assert found.matter.state == "to_contact"
    owed = Commitment.objects.get(matter=found.matter, rule="DL-1")
    # From Wednesday 16: Thursday 17, Monday 21 and Tuesday 22; Friday 18 is a holiday (19 a Saturday).
    assert owed.due_at.astimezone(NOW.tzinfo).date().isoformat() == "2026-09-22"
    assert owed.office.code == "CL-VS"
    mails = {m.template: m.to_address for m in Message.objects.filter(company=company)}
    assert mails["intake/result_office"] == "valparaiso@prochile.gob.cl"
    assert mails["intake/result_attended"] == "valentina.rios@oliva.example"


def test_low_is_referred_with_a_letter_and_its_outcome_is_asked_by_a_date(cast, low):
    found = latest_intake_of(low)
    assert found.matter.state == "referred"
    referral = low.referrals.get()
    assert referral.contact_name
    assert referral.contact_address
    assert Message.objects.filter(company=low, template="intake/result_low").exists()
    owed = Commitment.objects.get(matter=found.matter)
    assert (owed, owed.rule, owed.debtor, owed.office.code) == (referral.commitment, "PD-5", "office", "CL-VS")
    assert owed.due_at.astimezone(NOW.tzinfo).date().isoformat() == "2026-10-16"
    assert [promise.words for promise in promises_to(low, NOW)] == [
        "Te preguntaremos cómo te fue con la derivación a más tardar el"
    ]
    executive = cast.actor("executive", NOW)
    intake.record_outcome(referral=referral, outcome="attended", note="", actor=executive, now=NOW)
    owed.refresh_from_db()
    assert (owed.fulfilled_at, owed.fulfilled_by) == (NOW, cast["executive"])
    assert found.supervised_by == "strategic-development"


@pytest.mark.parametrize(("level", "statements"), [("high", 38), ("low", 36)])
def test_a_finished_test_is_routed_in_few_statements(cast, level, statements):
    company = register(cast, "newcomer", rut_number=41_900_001, name="Aceites del Valle SpA", region="CL-VS", now=NOW)
    actor = cast.actor("newcomer", NOW)
    fill_form(company, actor=actor, now=NOW)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=actor, now=NOW)
    response = start_response(instrument="export-test-goods", company=company, matter=matter, actor=actor, now=NOW)
    answer(response, share=SHARES[level], actor=actor, now=NOW)
    matter, response = Matter.objects.get(pk=matter.pk), Response.objects.select_related("version").get(pk=response.pk)
    with CaptureQueriesContext(connection) as captured:
        intake.finish_test(matter=matter, response=response, actor=actor, now=NOW)
    assert len(captured) == statements, [query["sql"][:100] for query in captured]
    # Of savepoints, that of the whole (outside a test its transaction) and one for each letter.
    whole = [query["sql"].split()[0] for query in captured]
    assert whole.count("SAVEPOINT") == whole.count("RELEASE") == 1 + Message.objects.filter(matter=matter).count()


@pytest.mark.parametrize("region", ["CL-AP", "CL-AT", "CL-LR", "CL-AI", "CL-MA"])
def test_low_in_an_exempt_region_is_contacted(cast, region):
    company = road_to_result(cast, level="low", region=region)
    found = latest_intake_of(company)
    assert (found.potential, found.matter.state) == ("low", "to_contact")
    assert Commitment.objects.filter(matter=found.matter, rule="DL-1", office__code=region).exists()


def test_an_exporter_skips_the_test(cast):
    company = road_to_result(cast, level="", exporter=True)
    found = latest_intake_of(company)
    assert found.matter.state == "to_contact"
    assert found.test is None
    assert Commitment.objects.get(matter=found.matter).rule == "DL-3"
    assert set(Message.objects.filter(company=company).values_list("template", flat=True)) >= {
        "intake/exporter_company",
        "intake/exporter_office",
    }


def test_the_whole_road_to_preadmission(cast, company):
    from acompana.demonstration.roads import walk_to_preadmission

    matter = latest_intake_of(company).matter
    walk_to_preadmission(matter, executive=cast.actor("executive", NOW), owner=cast.actor("newcomer", NOW), now=NOW)
    company.refresh_from_db()
    assert latest_intake_of(company).matter.state == "preadmitted"
    [letter] = Message.objects.filter(company=company, template="intake/preadmitted")
    assert f"Desde ahora te acompaña {cast['executive'].full_name}." in letter.body
    assert company.executive == cast["executive"]
    assert company.standings.get().colour in ("green", "yellow")


def test_another_office_may_not_record_the_contact(cast, company):
    matter = latest_intake_of(company).matter
    with pytest.raises(Refused):
        intake.record_contact(
            matter=matter, contact=None, channel="phone", text="", actor=cast.actor("other_executive", NOW), now=NOW
        )


def test_an_attempt_leaves_the_clock_running(cast, company):
    matter = latest_intake_of(company).matter
    intake.record_attempt(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", NOW), now=NOW
    )
    assert Commitment.objects.get(matter=matter, rule="DL-1").fulfilled_at is None


def test_a_review_may_overturn_a_low(cast, low):
    found = latest_intake_of(low)
    matter = intake.ask_review(
        intake=found, because="Ya tengo un comprador.", actor=cast.actor("newcomer", NOW), now=NOW
    )
    assert Commitment.objects.get(matter=matter).rule == "DL-27"
    intake.decide_review(
        review=matter.review,
        potential="medium",
        because="Mostró un pedido firmado.",
        actor=cast.actor("executive", NOW),
        now=NOW,
    )
    found = latest_intake_of(low)
    assert found.matter.state == "to_contact"
    assert found.reviews.get().automatic_potential == "low"
    assert Commitment.objects.filter(matter=found.matter, rule="DL-1", fulfilled_at=None).exists()
    referral = found.matter.referrals.get()
    assert (referral.outcome, referral.outcome_note) == ("withdrawn", "Mostró un pedido firmado.")
    assert Entry.objects.filter(company=low, fact__startswith="Quedó sin efecto la derivación a").count() == 1
    notice = Message.objects.get(template="intake/result_office")
    assert "Por qué se pidió la revisión:\nYa tengo un comprador.\n" in notice.body
    assert "Por qué se decidió así:\nMostró un pedido firmado.\n" in notice.body
    assert "queda sin efecto. Te contactamos nosotros, a más" in Message.objects.get(template__endswith="decided").body
    with pytest.raises(Refused, match="sin efecto"):
        intake.record_outcome(
            referral=referral, outcome="attended", note="", actor=cast.actor("executive", NOW), now=NOW
        )
    asking = low.referrals.get().commitment
    assert (asking.cancelled_at, asking.cancelled_because[:32]) == (NOW, "La revisión cambió el resultado:")


def test_a_low_that_was_overturned_can_be_validated(cast, low):
    from acompana.demonstration.roads import hold_interview

    found = latest_intake_of(low)
    owner, executive = cast.actor("newcomer", NOW), cast.actor("executive", NOW)
    review = intake.ask_review(intake=found, because="Ya tengo un comprador.", actor=owner, now=NOW).review
    intake.decide_review(review=review, potential="medium", because="Mostró un pedido.", actor=executive, now=NOW)
    assert Company.objects.get(pk=low.pk).potential == "medium"
    matter = latest_intake_of(low).matter
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    hold_interview(matter, executive=executive, now=NOW)
    intake.validate(matter=matter, actor=executive, now=NOW)
    assert latest_intake_of(low).matter.state == "preadmissibility"
