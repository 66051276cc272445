"""Who stands in for somebody absent does what they owe for them, under their own name, and no longer (POR-10).

Carolina of Valparaíso is away; Pedro of Biobío stands in, whose office has nothing to do with her companies. Isabel of
Magallanes is the third: of the same role, and owing nothing.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help, ask_for_help, derive_help, insist, write_to_executive
from acompana.commitments.models import Commitment
from acompana.commitments.operations import promise_by_hand, transfer
from acompana.companies.models import Company, Validation
from acompana.demonstration.roads import hold_interview, walk_to_preadmission
from acompana.intake import operations as intake
from acompana.intake.models import ReferralBody
from acompana.intake.operations import hand_roads_over
from acompana.intake.permissions import may_attend
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.people.models import Person
from acompana.progress.operations import available_steps
from tests.desk.conftest import company_made_once


def assign(cast, now, *companies: Company, key: str = "executive") -> None:
    intake.assign_companies(
        chosen=Company.objects.filter(pk__in=[company.pk for company in companies]),
        executive=cast[key],
        actor=cast.actor("administrator", now),
        now=now,
    )


def assigned_to_carolina(cast, now, company: Company) -> Company:
    assign(cast, now, company)
    company.refresh_from_db()
    return company


# Its executive owes its contact: Carolina.
kept_company, assigned = company_made_once(then=assigned_to_carolina, assigned=False)


def asked(cast, now) -> HelpRequest:
    return ask_for_help(
        about="test",
        what_went_wrong="No abre.",
        asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example",
        actor=cast.actor("citizen", now),
        now=now,
    )


def derived(cast, now) -> HelpRequest:
    made = asked(cast, now)
    manager = cast.actor("client_management", now)
    derive_help(request=made, to=cast["executive"].staff_member, note="Es tuya.", actor=manager, now=now)
    return made


def written(cast, now, company: Company) -> HelpRequest:
    return write_to_executive(company=company, about="other", text="¿Y?", actor=cast.actor("owner", now), now=now)


def page_of(request: HelpRequest) -> str:
    return f"/escritorio/ayuda/{request.matter.number}/"


def steps_by(matter: Matter) -> dict[str, Person | None]:
    return {step.transition: step.taken_by for step in matter.steps.select_related("taken_by")}


@pytest.mark.parametrize("substitute", ["other_executive", "control"])
@pytest.mark.parametrize("kind", ["derived", "enquiry", "of_client_management"])
def test_the_answer_is_given_by_who_owes_it_meanwhile(assigned, cast, enter, away, now, kind, substitute):
    """Also by somebody who has no role in the process: the duty is theirs by name."""
    if kind == "enquiry":
        made, absent = written(cast, now, assigned), "executive"
    elif kind == "derived":
        made, absent = derived(cast, now), "executive"
    else:
        made, absent = asked(cast, now), "client_management"
    standing_in, third, address = enter(cast[substitute]), enter(cast["far_executive"]), page_of(made)
    assert standing_in.post(address, {"answer": "Todavía no."}).status_code == 403
    away(substitute, absent)
    assert address in standing_in.get("/escritorio/", {"ver": "soon"}).content.decode()
    page = standing_in.get(address)
    assert page.context["may_answer"]
    assert f"la responde {cast[substitute].full_name}" in page.content.decode()
    assert not third.get(address).context["may_answer"]
    assert third.post(address, {"answer": "Yo."}).status_code == 403
    assert standing_in.post(address, {"answer": "Es el 104000."}).status_code == 302
    made.refresh_from_db()
    made.matter.refresh_from_db()
    assert (made.matter.state, made.answered_by) == ("answered", cast[substitute])
    assert made.matter.owner == cast[absent]
    assert steps_by(made.matter)["answer"] == cast[substitute]
    assert Entry.objects.filter(matter=made.matter).latest("pk").author == cast[substitute]
    assert not Commitment.objects.open().filter(matter=made.matter).exists()


@pytest.mark.parametrize("kind", ["derived", "enquiry"])
def test_who_came_back_answers_and_no_longer_who_stood_in(assigned, cast, enter, away, back, now, kind):
    made = derived(cast, now) if kind == "derived" else written(cast, now, assigned)
    back(away())
    standing_in, address = enter(cast["other_executive"]), page_of(made)
    assert not standing_in.get(address).context["may_answer"]
    late = standing_in.post(address, {"answer": "Es el 104000."})
    assert late.status_code == 422
    assert "Es el 104000." in late.content.decode()
    with pytest.raises(Refused):
        answer_help(request=made, answer="No.", actor=cast.actor("other_executive", now), now=now)
    answer_help(request=made, answer="Sí.", actor=cast.actor("executive", now), now=now)
    assert Commitment.objects.get(matter=made.matter).fulfilled_by == cast["executive"]


def test_who_stands_in_and_is_second_reads_who_was_first(assigned, cast, enter, away, now):
    made = written(cast, now, assigned)
    away()
    answer_help(request=made, answer="Sí.", actor=cast.actor("director", now), now=now)
    second = enter(cast["other_executive"]).post(page_of(made), {"answer": "Es el 104000."})
    assert second.status_code == 422
    assert "Marta Fuentes Leal" in second.content.decode()
    assert "Es el 104000." in second.content.decode()


def test_what_is_asked_during_an_absence_goes_to_who_stands_in(assigned, cast, enter, away, now):
    away()
    made, helped = written(cast, now, assigned), derived(cast, now)
    for one in (made, helped):
        assert Commitment.objects.open().get(matter=one.matter).owner == cast["other_executive"]
        assert one.matter.owner == cast["executive"]
    asked_of = dict(Message.objects.values_list("template", "to_address"))
    assert asked_of["cases/enquiry_asked"] == asked_of["cases/help_derived"] == cast["other_executive"].email
    assert "Pedro Lagos Muñoz" in Message.objects.get(template="cases/enquiry_received").body
    ours = enter(cast["owner"]).get(f"/ayuda/solicitud/{made.matter.number}/").content.decode()
    assert "Pedro Lagos Muñoz te responde en esta página" in ours
    assert "Pedro Lagos Muñoz" in enter(cast["client_management"]).get("/escritorio/ayuda/").content.decode()


def test_the_contact_is_registered_by_who_stands_in(assigned, cast, enter, away, back, now):
    matter = latest_intake_of(assigned).matter
    standing_in, third = enter(cast["other_executive"]), enter(cast["far_executive"])
    address, contact = f"/escritorio/ingresos/{matter.number}/contacto/", {"outcome": "reached", "channel": "phone"}
    assert standing_in.get(address).status_code == standing_in.post(address, contact).status_code == 403
    absence = away()
    assert address in standing_in.get("/escritorio/", {"ver": "soon"}).content.decode()
    assert address in standing_in.get(assigned.get_absolute_url()).content.decode()
    assert standing_in.get(address).status_code == 200
    assert third.get(address).status_code == third.post(address, contact).status_code == 403
    assert standing_in.post(address, contact).status_code == 302
    matter.refresh_from_db()
    assigned.refresh_from_db()
    assert (matter.state, matter.owner, assigned.executive) == ("to_interview", cast["executive"], cast["executive"])
    assert steps_by(matter)["record_contact"] == cast["other_executive"]
    assert {entry.author for entry in Entry.objects.filter(matter=matter, outcome="reached")} == {
        cast["other_executive"]
    }
    owed = Commitment.objects.open().get(matter=matter)
    assert (owed.rule, owed.owner) == ("DL-2", cast["other_executive"])
    arranging = f"/escritorio/ingresos/{matter.number}/acordar/"
    assert standing_in.get(arranging).status_code == 200
    # DL-2 was promised to who stood in; with her back it is hers again, and his no more.
    back(absence)
    owed.refresh_from_db()
    assert owed.owner == cast["executive"]
    assert standing_in.get(arranging).status_code == 403
    assert enter(cast["executive"]).get(arranging).status_code == 200


def test_of_a_company_without_executive_the_road_stays_with_who_was_named(road, cast, enter, away, back, now):
    office = cast["director"].staff_member.office
    intake.name_contact_person(
        office=office,
        sector=None,
        member=cast["executive"].staff_member,
        actor=cast.actor("director", now),
        now=now - timedelta(days=1),
    )
    company, absence = road(2, "high", assigned=False), away()
    matter = latest_intake_of(company).matter
    standing_in, address = enter(cast["other_executive"]), f"/escritorio/ingresos/{matter.number}/contacto/"
    assert "reemplazas a Carolina Soto Rivas" in standing_in.get(address).content.decode()
    assert standing_in.post(address, {"outcome": "reached", "channel": "phone"}).status_code == 302
    matter.refresh_from_db()
    owed = Commitment.objects.open().get(matter=matter)
    assert (matter.owner, owed.owner) == (cast["executive"], cast["other_executive"])
    back(absence)
    owed.refresh_from_db()
    assert owed.owner == cast["executive"]


@pytest.mark.parametrize("substitute", ["other_executive", "director"])
def test_who_stands_in_walks_the_road_to_its_end(assigned, cast, away, now, substitute):
    matter = latest_intake_of(assigned).matter
    away(substitute)
    walk_to_preadmission(matter, executive=cast.actor(substitute, now), owner=cast.actor("owner", now), now=now)
    matter.refresh_from_db()
    assert (matter.state, matter.owner) == ("preadmitted", cast["executive"])
    taken = steps_by(matter)
    steps = ("record_contact", "hold_interview", "validate", "preadmit")
    assert {taken[step] for step in steps} == {cast[substitute]}
    assert Validation.objects.get(company=assigned).validated_by == cast[substitute]


def test_the_act_of_validating_stays_one_of_an_executive(assigned, cast, away, now):
    """DEF-2: who stands in without that role decides no portfolio, and may still say no in writing."""
    matter = latest_intake_of(assigned).matter
    executive = cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=now)
    hold_interview(matter, executive=executive, now=now)
    away("control")
    for key in ("control", "far_executive", "other_executive"):
        with pytest.raises(Refused):
            intake.validate(matter=matter, actor=cast.actor(key, now), now=now)
    intake.decline(matter=matter, reason="No exporta.", actor=cast.actor("control", now), now=now)
    assert steps_by(matter)["decline"] == cast["control"]


def test_the_head_of_region_absent_somebody_decides_on_an_account(assigned, cast, enter, away, now):
    matter = intake.register_account(company=assigned, actor=cast.actor("executive", now), now=now, met_at="Feria")
    intake.derive_to_director(matter=matter, actor=cast.actor("executive", now), now=now)
    address, no = f"/escritorio/cuentas/{matter.number}/", {"verb": "dismiss", "reason": "No exporta."}
    away("other_executive", "director")
    third, standing_in = enter(cast["far_executive"]), enter(cast["other_executive"])
    assert third.post(address, no).status_code == 422
    assert 'value="dismiss"' not in third.get(address).content.decode()
    assert 'value="dismiss"' in standing_in.get(address).content.decode()
    assert standing_in.post(address, no).status_code == 302
    assert steps_by(matter)["dismiss"] == cast["other_executive"]


def test_the_list_of_accounts_asks_as_much_for_three_as_for_one(road, cast, enter, now):
    client, counts, executive = enter(cast["executive"]), [], cast.actor("executive", now)
    for numbers in ((2,), (3, 4)):
        for number in numbers:
            company = road(number, "high", assigned=False)
            matter = intake.register_account(company=company, actor=executive, now=now, met_at="Feria")
            intake.derive_to_director(matter=matter, actor=executive, now=now)
        client.get("/escritorio/ingresos/cuentas/")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/escritorio/ingresos/cuentas/").content.decode()
        counts.append(len(queries))
    assert page.count("Ver<span") == 3
    assert counts == [11, 11]


def test_what_came_of_a_referral_is_noted_by_who_stands_in(assigned, cast, enter, away, now):
    referral = intake.refer_company(
        company=assigned,
        body=ReferralBody.objects.first(),
        reason="Capital",
        actor=cast.actor("executive", now),
        now=now,
    )
    assign(cast, now, assigned)  # what the office would have asked is hers, as what else is owed to her companies
    address, told = f"/escritorio/derivaciones/{referral.pk}/resultado/", {"outcome": "attended", "note": "Bien."}
    told["outcome_on"] = referral.referred_on
    third, standing_in = enter(cast["far_executive"]), enter(cast["other_executive"])
    assert standing_in.post(address, told).status_code == 403
    away()
    assert address in standing_in.get("/escritorio/", {"ver": "soon"}).content.decode()
    assert third.post(address, told).status_code == 403
    assert standing_in.get(address).status_code == 200
    assert standing_in.post(address, told).status_code == 302
    referral.refresh_from_db()
    assert (referral.outcome, referral.outcome_by) == ("attended", cast["other_executive"])


def test_what_one_promises_oneself_by_hand_opens_no_door(assigned, cast, now):
    matter, third = latest_intake_of(assigned).matter, cast.actor("far_executive", now)
    given = {"debtor": "person", "office": assigned.office, "company": assigned, "matter": matter, "actor": third}
    promise_by_hand(what="Llamar", due_at=now + timedelta(days=1), owner=third.person, now=now, **given)
    assert not may_attend(third, matter)
    assert not any(step.allowed for step in available_steps(matter=matter, actor=third, now=now))


def test_the_steps_of_a_stranger_are_read_with_one_question_more(assigned, cast, now):
    matter = Matter.objects.select_related("company", "office").get(pk=latest_intake_of(assigned).matter.pk)
    counts = []
    for key in ("executive", "control"):
        actor = cast.actor(key, now)
        available_steps(matter=matter, actor=actor, now=now)
        with CaptureQueriesContext(connection) as queries:
            available_steps(matter=matter, actor=actor, now=now)
        counts.append(len([query for query in queries if "commitments_commitment" in query["sql"]]))
    assert counts == [0, 1]


# --- an enquiry follows the executive (CHA-4, POR-9) -----------------------------------------------------------------


def test_what_waits_for_an_answer_goes_to_the_new_executive_and_what_was_answered_stays(assigned, cast, enter, now):
    answered, waits = written(cast, now, assigned), written(cast, now, assigned)
    answer_help(request=answered, answer="Sí.", actor=cast.actor("executive", now), now=now)
    due_at = Commitment.objects.open().get(matter=waits.matter).due_at
    assign(cast, now, assigned, key="director")
    owed = Commitment.objects.open().get(matter=waits.matter)
    assert (owed.owner, owed.due_at) == (cast["director"], due_at)
    owners = {one.pk: one.matter.owner for one in HelpRequest.objects.select_related("matter__owner")}
    assert owners == {answered.pk: cast["executive"], waits.pk: cast["director"]}
    before = enter(cast["executive"])
    assert not before.get(page_of(waits)).context["may_answer"]
    assert page_of(waits) not in before.get("/escritorio/", {"ver": "soon"}).content.decode()
    assert page_of(waits) in enter(cast["director"]).get("/escritorio/", {"ver": "soon"}).content.decode()
    ours = enter(cast["owner"]).get(f"/ayuda/solicitud/{waits.matter.number}/").content.decode()
    assert "Marta Fuentes Leal te responde en esta página" in ours
    # Asked again, what the other one answered is of who has the company now.
    answered.refresh_from_db()
    insist(request=answered, note="¿Cuándo?", actor=cast.actor("owner", now), now=now)
    assert Commitment.objects.open().get(matter=answered.matter).owner == cast["director"]


def test_of_a_new_executive_who_is_absent_the_substitute_owes_it(assigned, cast, away, back, now):
    waits = written(cast, now, assigned)
    absence = away("other_executive", "director")
    assign(cast, now, assigned, key="director")
    owed = Commitment.objects.open().get(matter=waits.matter)
    assert owed.owner == cast["other_executive"]
    back(absence)
    owed.refresh_from_db()
    assert owed.owner == cast["director"]


def test_what_somebody_holds_for_the_one_before_goes_along_and_does_not_come_back(assigned, cast, away, back, now):
    waits = written(cast, now, assigned)
    absence = away()
    assign(cast, now, assigned, key="director")
    back(absence)
    owed = Commitment.objects.open().get(matter=waits.matter)
    assert (owed.owner, waits.matter.owner_id) == (cast["director"], cast["executive"].pk)
    waits.matter.refresh_from_db()
    assert waits.matter.owner == cast["director"]


@pytest.mark.one_database
def test_many_enquiries_take_as_many_queries_as_one(assigned, cast, now):
    chosen, counts = Company.objects.filter(pk=assigned.pk), []
    for many, key in ((1, "director"), (2, "executive")):
        for _ in range(many):
            written(cast, now, assigned)
        with CaptureQueriesContext(connection) as queries:
            hand_roads_over(chosen=chosen, executive=cast[key], actor=cast.actor("administrator", now), now=now)
        counts.append(len(queries))
    assert counts == [11, 11]
    assert set(Matter.objects.filter(kind="enquiry").values_list("owner", flat=True)) == {cast["executive"].pk}


def test_undoing_an_assignment_from_the_list_gives_the_enquiry_back(assigned, cast, enter, now):
    waits = written(cast, now, assigned)
    client = enter(cast["director"])
    data = {"id": [assigned.pk], "verb": "assign", "value_assign": cast["director"].pk}
    address = client.post("/escritorio/empresas/en-conjunto/", data).url
    client.post(address, {"do": "run"})
    assert Commitment.objects.open().get(matter=waits.matter).owner == cast["director"]
    client.post(address, {"do": "undo"})
    waits.matter.refresh_from_db()
    owed = Commitment.objects.open().get(matter=waits.matter)
    assert (owed.owner, waits.matter.owner) == (cast["executive"], cast["executive"])


def test_who_is_handed_the_answer_of_an_enquiry_gives_it(assigned, cast, now):
    """POR-10 is one way of owing by name; what a head hands over is another."""
    made = written(cast, now, assigned)
    transfer(
        commitments=Commitment.objects.filter(matter=made.matter),
        to_owner=cast["far_executive"],
        reason="Conoce el mercado",
        actor=cast.actor("director", now),
        now=now,
    )
    answer_help(request=made, answer="Sí.", actor=cast.actor("far_executive", now), now=now)
    assert steps_by(made.matter)["answer"] == cast["far_executive"]
