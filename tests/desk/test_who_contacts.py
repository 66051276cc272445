"""Whom the head of region names contacts the company: the term and the mail are theirs, and history stays (INT-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment
from acompana.commitments.operations import transfer
from acompana.companies.models import Company
from acompana.demonstration.roads import fill_form, register
from acompana.desk.queries import loads_of
from acompana.intake import operations as intake
from acompana.intake.contacting import who_contacts
from acompana.intake.models import ContactDuty, Intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.messages.models import Message
from acompana.people.models import Role, RoleGrant, StaffMember
from acompana.people.operations import end_absence, record_absence
from acompana.reference.models import Sector

PAGE = "/escritorio/ingresos/quien-contacta/"


def name(cast, now, key="executive", sector=None):
    office = cast["director"].staff_member.office
    return intake.name_contact_person(
        office=office,
        sector=sector,
        member=cast[key].staff_member,
        actor=cast.actor("director", now),
        now=now,
        reason="Conoce la zona",
    )


def owed_of(company):
    return Commitment.objects.get(company=company, rule="DL-1")


def test_without_anybody_named_the_office_owes_it(company):
    assert (owed_of(company).owner, owed_of(company).debtor) == (None, "office")
    assert not Message.objects.filter(template="intake/contact_yours").exists()


def test_the_term_and_the_mail_go_to_who_was_named(road, cast, now):
    name(cast, now - timedelta(days=1))
    company = road(1, "medium")
    owed = owed_of(company)
    assert (owed.owner, owed.debtor, owed.office.code) == (cast["executive"], "person", "CL-VS")
    assert Message.objects.get(template="intake/contact_yours").to_address == cast["executive"].email
    assert Message.objects.get(template="intake/result_office").to_address == company.office.mailbox
    assert latest_intake_of(company).matter.owner == cast["executive"]


def test_what_the_office_owed_already_goes_to_who_is_named_and_no_more(waiting, road, cast, now):
    """INT-10: of the office's contacts, those that fall to the one named; what has a name keeps it."""
    company, taken, own = waiting, road(2, "high", assigned=False), road(3, "high")
    director = cast.actor("director", now)
    mine = Commitment.objects.filter(pk=owed_of(taken).pk)
    transfer(commitments=mine, to_owner=cast["director"], reason="Lo veo yo", actor=director, now=now)
    due_at = owed_of(company).due_at
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=cast["director"].staff_member.office)
    cast["other_executive"].refresh_from_db()
    name(cast, now, "other_executive")
    owners = [owed_of(one).owner for one in (company, taken, own)]
    assert owners == [cast["other_executive"], cast["director"], None]  # the last one has its own executive
    assert owed_of(company).due_at == due_at
    assert latest_intake_of(company).matter.owner == cast["other_executive"]
    assert who_contacts(latest_intake_of(company).matter, now).startswith(f"La contacta {cast['other_executive']}: ")
    name(cast, now)  # who is named after her finds it taken
    assert owed_of(company).owner == cast["other_executive"]


@pytest.mark.one_database  # how many there are, no database decides
def test_naming_takes_as_many_queries_for_one_contact_as_for_three(road, cast, now):
    counts = []
    for numbers in ((1,), (2, 3, 4)):
        for number in numbers:
            road(number, "high", assigned=False)
        with CaptureQueriesContext(connection) as queries:
            duty = name(cast, now)
        counts.append(len(queries))
        intake.end_contact_duty(duty=duty, actor=cast.actor("director", now), now=now)
    assert counts[0] == counts[1]


def test_who_is_named_for_the_sector_comes_first(road, cast, now):
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=cast["director"].staff_member.office)
    cast["other_executive"].refresh_from_db()
    name(cast, now)
    name(cast, now, "other_executive", sector=Sector.objects.first())
    assert owed_of(road(1, "high")).owner == cast["other_executive"]


def test_the_only_sector_lead_of_the_office_contacts_when_nobody_is_named(road, cast, now):
    lead = Role.objects.get(slug="regional-sector-lead")
    RoleGrant.objects.create(
        staff_member=cast["executive"].staff_member, role=lead, since_on=localdate(now) - timedelta(days=9)
    )
    assert owed_of(road(1, "high")).owner == cast["executive"]


def test_a_low_that_nobody_contacts_has_no_owner(road, cast, now):
    name(cast, now - timedelta(days=1))
    assert latest_intake_of(road(1, "low")).matter.owner is None


def test_who_reaches_the_company_answers_for_it_from_then_on(road, cast, now):
    StaffMember.objects.filter(person=cast["other_executive"]).update(office=cast["director"].staff_member.office)
    name(cast, now - timedelta(days=1))
    company = road(1, "high", assigned=False)
    matter = latest_intake_of(company).matter
    intake.record_contact(
        matter=matter, contact=None, channel="phone", text="", actor=cast.actor("other_executive", now), now=now
    )
    assert Commitment.objects.get(matter=matter, rule="DL-2").owner == cast["other_executive"]


def test_only_the_head_of_the_region_names_and_only_who_attends_there(road, cast, now):
    office = cast["director"].staff_member.office
    for actor, member in (("executive", "executive"), ("director", "far_executive"), ("director", "control")):
        with pytest.raises(Refused):
            intake.name_contact_person(
                office=office,
                sector=None,
                member=cast[member].staff_member,
                actor=cast.actor(actor, now),
                now=now,
            )
    assert not ContactDuty.objects.exists()


def test_the_page_names_changes_and_ends_with_its_history(cast, enter, now):
    client = enter(cast["director"])
    assert "No has nombrado a nadie" in client.get(PAGE).content.decode()
    data = {"member": cast["executive"].staff_member.pk, "sector": "", "reason": "Conoce la zona"}
    assert client.post(PAGE, {"member": ""}).status_code == 422
    client.post(PAGE, data)
    assert client.post(PAGE, data).status_code == 422  # named already
    client.post(PAGE, {**data, "member": cast["director"].staff_member.pk})
    first, second = ContactDuty.objects.order_by("pk")
    assert (first.until_at is None, second.until_at is None) == (False, True)
    client.post(f"{PAGE}{second.pk}/quitar/")
    second.refresh_from_db()
    assert second.ended_by == cast["director"]
    assert "Antes" in client.get(PAGE).content.decode()


@pytest.mark.one_database
def test_the_page_makes_the_same_queries(cast, enter, now):
    client = enter(cast["director"])
    client.get(PAGE)
    counts = []
    for times in (1, 2):
        for _ in range(times):
            duty = name(cast, now)
            intake.end_contact_duty(duty=duty, actor=cast.actor("director", now), now=now)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts == [11, 11]


@pytest.mark.parametrize(("former", "rule"), [(False, "DL-3"), (True, "DL-4")])
def test_who_is_named_owes_the_contact_of_one_that_exports_too(cast, now, former, rule):
    """The record, what is owed and the mail say the same person (INT-12, INT-13)."""
    name(cast, now - timedelta(days=1))
    company = register(cast, "newcomer", rut_number=41_900_007, name="Pisco Alto SpA", region="CL-VS", now=now)
    fill_form(company, actor=cast.actor("newcomer", now), now=now, exporter=True)
    matter = latest_intake_of(company).matter
    if former:
        Intake.objects.filter(matter=matter).update(way_in="former")
    matter = intake.submit_characterization(matter=matter, actor=cast.actor("newcomer", now), now=now)
    owed = Commitment.objects.get(company=company)
    assert (owed.rule, owed.owner, owed.debtor) == (rule, cast["executive"], "person")
    assert who_contacts(matter, now).startswith("La contacta Carolina Soto Rivas: la dirección de la oficina")
    letter = Message.objects.get(template="intake/contact_yours")
    assert letter.to_address == cast["executive"].email
    assert ("antigua usuaria" in letter.body) is former


# --- whose duty it is, once the head of region assigns the company (POR-9, POR-10) -----------------------------------

BULK = "/escritorio/empresas/en-conjunto/"


def assign(cast, now, *companies, key="executive"):
    return intake.assign_companies(
        chosen=Company.objects.filter(pk__in=[company.pk for company in companies]),
        executive=cast[key],
        actor=cast.actor("director", now),
        now=now,
        reason="Reparto",
    )


def away(cast, now, key="executive", substitute="director"):
    today = localdate(now)
    return record_absence(
        staff_member=cast[key].staff_member,
        substitute=cast[substitute].staff_member,
        from_on=today,
        until_on=today + timedelta(days=7),
        actor=cast.actor("administrator", now),
        now=now,
    )


def test_por_9_the_contact_is_of_who_is_assigned(road, cast, enter, now):
    companies = [road(number, "high", assigned=False) for number in (1, 2)]
    office = cast["director"].staff_member.office
    before = {load.member: load.open for load in loads_of(office, now)}
    assign(cast, now, *companies)
    for company in companies:
        matter = latest_intake_of(company).matter
        assert (owed_of(company).owner, matter.owner) == (cast["executive"], cast["executive"])
        assert owed_of(company).transfers.get().reason == "Reparto"
        assert who_contacts(matter, now) == "La contacta Carolina Soto Rivas: la empresa está a su cargo."
    after = {load.member: load.open for load in loads_of(office, now)}
    assert (before[None], after.get(None, 0)) == (2, 0)
    executive = cast["executive"].staff_member
    assert after[executive] - before[executive] == 2
    page = enter(cast["executive"]).get("/escritorio/", {"ver": "soon"}).content.decode()
    assert "sin tomar" not in page
    assert "Aceites 1 SpA" in page


@pytest.mark.one_database  # how many there are, no database decides
def test_assigning_many_takes_as_many_queries_as_assigning_one(road, cast, now):
    counts = []
    for numbers in ((1,), (2, 3, 4)):
        companies = [road(number, "high", assigned=False) for number in numbers]
        with CaptureQueriesContext(connection) as queries:
            intake.hand_roads_over(
                chosen=Company.objects.filter(pk__in=[company.pk for company in companies]),
                executive=cast["executive"],
                actor=cast.actor("director", now),
                now=now,
            )
        counts.append(len(queries))
    assert counts == [11, 11]


def test_por_10_of_who_is_absent_the_substitute_contacts_and_it_comes_back(waiting, cast, now):
    absence = away(cast, now)
    assign(cast, now, waiting)
    assert owed_of(waiting).owner == cast["director"]
    assert "Carolina Soto Rivas está ausente hasta el" in owed_of(waiting).transfers.get().reason
    end_absence(absence=absence, actor=cast.actor("administrator", now), now=now)
    assert owed_of(waiting).owner == cast["executive"]


def test_what_nobody_took_names_who_stands_in(company, cast, now):
    """Its executive came after its contact was owed by the office."""
    absence = away(cast, now)
    until = f"{absence.until_on:%d-%m-%Y}"
    assert who_contacts(latest_intake_of(company).matter, now).startswith(
        f"Le corresponde a Marta Fuentes Leal, que reemplaza a Carolina Soto Rivas hasta el {until}"
    )


def test_every_choice_of_a_person_says_who_is_away(waiting, cast, enter, now):
    mark = f"ausente hasta el {away(cast, now).until_on:%d-%m-%Y}: reemplaza Marta Fuentes Leal"
    client, owed = enter(cast["director"]), owed_of(waiting)
    for address in ("/escritorio/ingresos/por-asignar/", PAGE, f"{BULK}?id={waiting.pk}", owed.get_absolute_url()):
        assert mark in client.get(address).content.decode(), address


def test_assigning_from_the_list_moves_the_contact_and_undoing_it_gives_it_back(waiting, road, cast, enter, now):
    company, handed_on = waiting, road(2, "high", assigned=False)
    client = enter(cast["director"])
    data = {"id": [company.pk, handed_on.pk], "verb": "assign", "value_assign": cast["executive"].pk}
    address = client.post(BULK, data).url
    client.post(address, {"do": "run"})
    assert (owed_of(company).owner, owed_of(handed_on).owner) == (cast["executive"], cast["executive"])
    transfer(
        commitments=Commitment.objects.filter(company=handed_on),
        to_owner=cast["director"],
        reason="Lo veo yo",
        actor=cast.actor("director", now),
        now=read_clock(),
    )
    client.post(address, {"do": "undo"})
    assert (owed_of(company).owner, owed_of(handed_on).owner) == (None, cast["director"])
    assert latest_intake_of(company).matter.owner is None
