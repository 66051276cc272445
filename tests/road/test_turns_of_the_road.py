"""Turns that the road takes: low results walked to the end, changes of office and of executive, ways out and back."""

from __future__ import annotations

import pytest

from acompana.commitments.models import Commitment
from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.companies.queries import completeness, status_of
from acompana.demonstration.roads import walk_to_preadmission
from acompana.intake import operations as intake
from acompana.intake.queries import check_list, latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import amend_rule, get_rule
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.messages.models import Message
from acompana.people.models import Office
from acompana.portal.history import told
from acompana.questionnaires.operations import start_response
from acompana.reference.models import Region
from tests.road.test_road import NOW, road_to_result

pytestmark = pytest.mark.django_db
EXECUTIVES = {"CL-VS": "executive", "CL-MA": "far_executive"}


def walk(cast, company, region="CL-VS"):
    matter = latest_intake_of(company).matter
    walk_to_preadmission(
        matter, executive=cast.actor(EXECUTIVES[region], NOW), owner=cast.actor("newcomer", NOW), now=NOW
    )
    return latest_intake_of(company).matter


def test_a_low_of_an_exempt_region_is_preadmitted_when_its_interview_sees_capacity(cast):
    company = road_to_result(cast, level="low", region="CL-MA")
    assert walk(cast, company, "CL-MA").state == "preadmitted"


def test_an_overturned_low_is_walked_to_the_end(cast, low):
    found = latest_intake_of(low)
    owner, executive = cast.actor("newcomer", NOW), cast.actor("executive", NOW)
    review = intake.ask_review(intake=found, because="Tengo un pedido.", actor=owner, now=NOW).review
    intake.decide_review(review=review, potential="medium", because="Mostró el pedido.", actor=executive, now=NOW)
    found = latest_intake_of(low)
    assert found.supervised_by == "national-directorate"
    assert Company.objects.get(pk=low.pk).potential == "medium"
    assert walk(cast, low).state == "preadmitted"


def test_an_interview_makes_a_user_company(cast, company):
    walk(cast, company)
    company.refresh_from_db()
    assert status_of(company, NOW.date()).code == "user"


def test_after_the_interview_the_company_may_be_told_no(cast, company):
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    from acompana.demonstration.roads import hold_interview

    hold_interview(matter, executive=executive, now=NOW)
    assert Commitment.objects.filter(matter=matter, rule="PD-1", owner=cast["executive"], fulfilled_at=None).exists()
    with pytest.raises(Refused):
        intake.decline(matter=matter, reason=" ", actor=executive, now=NOW)
    intake.decline(matter=matter, reason="Su producto no se puede exportar aún.", actor=executive, now=NOW)
    matter.refresh_from_db()
    assert matter.state == "not_preadmitted"
    letter = Message.objects.get(template="intake/declined")
    assert "no se puede exportar" in letter.body
    assert not Commitment.objects.filter(matter=matter, fulfilled_at=None, cancelled_at=None).exists()


def test_a_changed_region_leaves_the_road_with_its_office_until_it_is_moved(cast, company):
    company = companies.update_characterization(
        company=company,
        version=company.version,
        values={"region": Region.objects.get(iso="CL-BI"), "commune": None},
        actor=cast.actor("newcomer", NOW),
        now=NOW,
    )
    matter = latest_intake_of(company).matter
    assert (company.office.code, matter.office.code) == ("CL-VS", "CL-VS")
    biobio = Office.objects.get(code="CL-BI")
    with pytest.raises(Refused):
        intake.move_company(
            company=company, office=biobio, reason="Se mudó", actor=cast.actor("executive", NOW), now=NOW
        )
    intake.move_company(company=company, office=biobio, reason="Se mudó", actor=cast.actor("director", NOW), now=NOW)
    matter.refresh_from_db()
    owed = Commitment.objects.get(matter=matter, rule="DL-1")
    assert matter.office == biobio
    assert owed.office == biobio
    assert Company.objects.get(pk=company.pk).office == biobio
    assert Message.objects.filter(template="intake/moved_here", to_address=biobio.mailbox).exists()
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("other_executive", NOW), now=NOW
    )
    assert Company.objects.get(pk=company.pk).executive == cast["other_executive"]


def test_a_new_executive_gets_the_matter_and_what_is_owed(cast, company):
    matter = latest_intake_of(company).matter
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", NOW), now=NOW
    )
    due = Commitment.objects.get(matter=matter, rule="DL-2").due_at
    intake.assign_companies(
        chosen=Company.objects.filter(pk=company.pk),
        executive=cast["director"],
        reason="Reparto",
        actor=cast.actor("director", NOW),
        now=NOW,
    )
    matter.refresh_from_db()
    owed = Commitment.objects.get(matter=matter, rule="DL-2")
    assert (matter.owner, owed.owner, owed.due_at) == (cast["director"], cast["director"], due)


def test_who_needs_no_new_intake_is_told_so(cast, low):
    owner = cast.actor("newcomer", NOW)
    with pytest.raises(Refused, match="plan"):
        intake.open_intake(company=low, actor=owner, now=NOW)
    assert low.referrals.count() == 1


def test_a_preadmitted_company_does_not_begin_again(cast, company):
    walk(cast, company)
    with pytest.raises(Refused):
        intake.open_intake(company=Company.objects.get(pk=company.pk), actor=cast.actor("newcomer", NOW), now=NOW)


def test_leaving_the_road_calls_off_what_was_to_come(cast, company):
    matter = latest_intake_of(company).matter
    executive, owner = cast.actor("executive", NOW), cast.actor("newcomer", NOW)
    review = intake.ask_review(intake=latest_intake_of(company), because="Duda", actor=owner, now=NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    from datetime import timedelta

    arranged = intake.arrange_interview(
        matter=matter,
        mode="video",
        place="Enlace",
        starts_at=NOW + timedelta(days=5),
        minutes=30,
        actor=executive,
        now=NOW,
    )
    intake.withdraw(matter=matter, actor=owner, now=NOW, reason="Cierro la empresa")
    arranged.refresh_from_db()
    review.refresh_from_db()
    assert arranged.cancelled_at == NOW
    assert review.state == "dropped"
    assert not Commitment.objects.filter(company=company, fulfilled_at=None, cancelled_at=None).exists()


def test_a_moved_interview_is_told_to_the_executive(cast, company):
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    from datetime import timedelta

    arranged = intake.arrange_interview(
        matter=matter,
        mode="video",
        place="Enlace",
        starts_at=NOW + timedelta(days=5),
        minutes=30,
        actor=executive,
        now=NOW,
    )
    with pytest.raises(Refused):
        intake.reschedule_interview(
            interview=arranged,
            starts_at=NOW + timedelta(days=6),
            reason="x",
            actor=cast.actor("other_executive", NOW),
            now=NOW,
        )
    intake.reschedule_interview(
        interview=arranged,
        starts_at=NOW + timedelta(days=6),
        reason="Viajo",
        actor=cast.actor("newcomer", NOW),
        now=NOW,
    )
    assert Message.objects.get(template="intake/interview_moved").to_address == cast["executive"].email
    agreed, noted = Entry.objects.filter(matter=arranged.matter, kind="interview").order_by("id")
    assert agreed.fact == "Entrevista acordada para el lunes 21 de septiembre, 15:00, por videollamada"
    assert noted.fact == "Entrevista cambiada para el martes 22 de septiembre, 15:00, por videollamada"
    assert noted.text.body == "Era el lunes 21 de septiembre, 15:00, por videollamada. Motivo: Viajo"
    assert [row["fact"] for row in told([agreed, noted], cast.actor("newcomer", NOW))] == [
        "Acordamos la entrevista para el lunes 21 de septiembre, 15:00, por videollamada",
        "Cambió la entrevista: ahora es el martes 22 de septiembre, 15:00, por videollamada",
    ]


def test_the_interview_is_scored_by_its_own_instrument(cast, company):
    found = latest_intake_of(company)
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=found.matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    with pytest.raises(Refused):
        intake.hold_interview(matter=found.matter, response=found.test, actor=executive, now=NOW)
    draft = start_response(instrument="interview", company=company, matter=found.matter, actor=executive, now=NOW)
    with pytest.raises(Refused):
        intake.hold_interview(matter=found.matter, response=draft, actor=executive, now=NOW)


def test_a_point_of_the_agencys_own_is_confirmed_by_the_executive(cast):
    value = dict(get_rule("INT-27", NOW.date()).value)
    points = [*value["points"], {"slug": "plant-visit", "label": "Se visitó la planta"}]
    amend_rule(
        rule_id="INT-27",
        value={**value, "points": points},
        valid_from=NOW.date(),
        reason="La agencia amplía la lista",
        actor_id=cast["administrator"].pk,
        now=NOW,
    )
    company = road_to_result(cast, level="high")
    matter = latest_intake_of(company).matter
    assert [point.slug for point in check_list(matter, NOW) if point.own] == ["plant-visit"]


def test_a_required_field_of_tomorrow_is_not_missed_today(cast, company):
    from datetime import timedelta

    value = {kind: list(fields) for kind, fields in get_rule("DEF-5", NOW.date()).value.items()}
    value["national"].append("website")
    amend_rule(
        rule_id="DEF-5",
        value=value,
        valid_from=NOW.date() + timedelta(days=90),
        reason="La agencia amplía la lista",
        actor_id=cast["administrator"].pk,
        now=NOW,
    )
    assert completeness(company, NOW.date()) == []
    assert [item.field for item in completeness(company, NOW.date() + timedelta(days=91))] == ["website"]


def test_who_registers_itself_is_nobodys_potential_account(cast):
    from acompana.demonstration.roads import register

    company = register(cast, "newcomer", rut_number=41_900_002, name="Taller Sur", region="CL-VS", now=NOW)
    Company.objects.filter(pk=company.pk).update(origin="sercotec")
    company.refresh_from_db()
    assert status_of(company, NOW.date()).code == "registered"


def test_a_call_noted_anywhere_is_the_contact_that_the_road_waits_for(cast, company):
    matter = latest_intake_of(company).matter

    def note(who, outcome):
        actor = cast.actor(who, NOW)
        entry = record_entry(
            kind="call", fact="Llamada", company=company, channel="phone", outcome=outcome, actor=actor, now=NOW
        )
        return intake.count_as_contact(company=company, entry=entry, actor=actor, now=NOW)

    assert not note("executive", "not_reached")
    assert not note("other_executive", "reached")
    assert note("executive", "reached")
    matter.refresh_from_db()
    assert matter.state == "to_interview"
    assert Commitment.objects.get(matter=matter, rule="DL-1").fulfilled_at == NOW
    assert not note("executive", "reached")
