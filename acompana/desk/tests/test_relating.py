"""A company known from a public register is that and no more until somebody acts with it (DEF-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.companies.models import Company, Contact
from acompana.companies.operations import (
    add_contact,
    assign_executive,
    correct_rut,
    end_contact,
    merge_companies,
    move_to_office,
    record_consent,
    take_company,
    undo_edit,
    undo_merge,
    update_characterization,
    update_contact,
)
from acompana.companies.queries import status_of
from acompana.companies.rules import REGISTRY_ONLY
from acompana.companies.tests.conftest import NOW, TODAY, make_company, make_person, new_rut
from acompana.desk.bulk import prepare_bulk, run_bulk, start_bulk, undo_bulk
from acompana.desk.operations import agree_commitment
from acompana.intake.operations import register_account
from acompana.kernel.changes import history_of
from acompana.kernel.models import ChangeSet, SearchRow
from acompana.kernel.refusals import Refused
from acompana.logbook.operations import note_by_hand, note_in_charge, record_entry
from acompana.people.actors import NOBODY, SYSTEM
from acompana.people.queries import office_by_code
from acompana.reference.models import Sector

LISTS = "/escritorio/empresas/"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def known(carolina, valparaiso):
    """A company of the register, of the region of Carolina's office, with a contact that the register brought."""
    company = make_company("Conservas del Maipo SpA", related_on=None, origin="register", region=valparaiso)
    Contact.objects.create(company=company, name="Rosa", email="rosa@maipo.example", is_main=True)
    return company


def stored(company: Company) -> Company:
    return Company.objects.get(pk=company.pk)


def tier(company: Company) -> int:
    return SearchRow.objects.get(kind="company", object_id=company.pk).tier


def call(company: Company, actor: Any, **more: Any) -> None:
    note_by_hand(kind="call", outcome="reached", actor=actor, now=NOW, company=company, **more)


def edit(company: Company, actor: Any, **values: Any) -> Company:
    return update_characterization(
        company=company, version=company.version, values=values, actor=actor, now=NOW, channel="system"
    )


ACTS = {
    "a call": call,
    "a call in vain": lambda company, actor: note_by_hand(
        kind="call", outcome="not_reached", actor=actor, now=NOW, company=company
    ),
    "a note": lambda company, actor: note_by_hand(kind="note", text="Vista.", actor=actor, now=NOW, company=company),
    "a note by a program": lambda company, actor: note_by_hand(
        kind="note", text="De la central.", actor=SYSTEM, now=NOW, company=company
    ),
    "a commitment": lambda company, actor: agree_commitment(
        company=company, what="Enviar", due_at=LATER, debtor="person",
        office=actor.staff_member.office, actor=actor, now=NOW,
    ),
    "a contact": lambda company, actor: add_contact(company=company, name="Ana", actor=actor, now=NOW),
    "a contact's data": lambda company, actor: update_contact(
        contact=company.contacts.get(), values={"position": "Gerenta"}, actor=actor, now=NOW
    ),
    "a contact who left": lambda company, actor: end_contact(contact=company.contacts.get(), actor=actor, now=NOW),
    "a consent": lambda company, actor: record_consent(
        contact=company.contacts.get(), purpose="contact", given=True, actor=actor, now=NOW
    ),
    "an edit": lambda company, actor: edit(company, actor, website="maipo.example"),
    "a matter": lambda company, actor: register_account(company=company, actor=actor, now=NOW),
    "an executive who takes it": lambda company, actor: take_company(company=company, actor=actor, now=NOW),
}  # fmt: skip
OF_HEADS = {
    "an executive": lambda company, actor: assign_executive(
        company=company, executive=actor.person, actor=actor, now=NOW
    ),
    "another office": lambda company, actor: move_to_office(
        company=company, office=office_by_code("CL-BI"), actor=actor, now=NOW
    ),
    "a RUT put right": lambda company, actor: correct_rut(
        company=company, rut=new_rut(), reason="Era de otra", actor=actor, now=NOW
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_of_staff_begins_the_relation(act, known, carolina, client):
    check_begins(known, lambda: ACTS[act](known, carolina))
    assert stored(known).office == carolina.staff_member.office  # that of its region
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    assert "Conservas del Maipo" in client.get(LISTS).content.decode()


@pytest.mark.parametrize("act", OF_HEADS)
def test_so_does_what_heads_of_offices_do(act, known, marta):
    check_begins(known, lambda: OF_HEADS[act](known, marta))


def test_its_page_says_what_brings_it_into_the_lists(known, carolina, client):
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    page = f"{LISTS}{known.pk}/"
    told = f'<p class="lacks"><strong>Solo registro.</strong> {REGISTRY_ONLY}</p>'
    assert told in client.get(page).content.decode()
    call(known, carolina)
    after = client.get(page).content.decode()
    assert REGISTRY_ONLY not in after
    assert "Registrada" in after


def check_begins(company, act):
    assert (status_of(company, TODAY).code, tier(company)) == ("registry", SearchRow.Tier.REGISTRY)
    act()
    now = stored(company)
    assert (now.related_on, status_of(now, TODAY).code) == (TODAY, "registered")
    assert tier(company) == SearchRow.Tier.RELATED
    turns = [turn for turn in history_of(now) if any("Relación" in line.label for line in turn.lines)]
    assert len(turns) == 1


def test_what_nobody_does_with_it_begins_none(known, carolina):
    """What the system writes down, what a program says of its data, its own people, a form that says nothing new."""
    Company.objects.filter(pk=known.pk).update(office=carolina.office_id)  # as the register leaves it
    record_entry(kind="message", fact="Se le escribió", actor=NOBODY, now=NOW, company=known, channel="email")
    note_in_charge({known.pk: "Nadie"}, fact="Se deshizo", actor=carolina, now=NOW)
    edit(known, carolina)
    update_contact(contact=known.contacts.get(), values={"position": ""}, actor=carolina, now=NOW)
    edit(stored(known), SYSTEM, website="maipo.example")
    add_contact(company=known, name="Del registro", actor=SYSTEM, now=NOW)
    add_contact(company=known, name="Ana", actor=make_person("Ana", "Rojas"), now=NOW)
    assert stored(known).related_on is None
    assert not ChangeSet.objects.filter(kind="relation").exists()


def test_a_merge_of_two_of_the_register_begins_none(known, marta):
    other = make_company("Conservas Maipo", rut=None, related_on=None)
    merge_companies(kept=known, gone=other, actor=marta, now=NOW)
    assert stored(known).related_on is None


def test_what_was_done_with_both_of_a_merge_stays_when_they_are_two_again(known, marta, carolina):
    other = make_company("Conservas Maipo", rut=None)
    for written in (False, True):
        made = merge_companies(kept=stored(known), gone=stored(other), actor=marta, now=NOW)
        assert stored(known).related_on == TODAY
        if written:
            note_by_hand(kind="note", text="Vista.", actor=carolina, now=LATER, company=stored(known))
        undo_merge(change_set=made, actor=marta, now=LATER)
        assert stored(known).related_on == (TODAY if written else None)


def test_what_is_refused_begins_none(known, carolina):
    with pytest.raises(Refused):
        call(known, carolina, happened_at=NOW + timedelta(days=2))
    with pytest.raises(Refused):
        agree_commitment(
            company=known, what="Ayer", due_at=NOW, debtor="person",
            office=carolina.staff_member.office, actor=carolina, now=NOW,
        )  # fmt: skip
    assert stored(known).related_on is None


def test_one_that_has_a_relation_costs_nothing_and_is_told_once(known, carolina, alto_roble):
    call(known, carolina)
    call(stored(known), carolina)
    assert ChangeSet.objects.filter(kind="relation").count() == 1
    with CaptureQueriesContext(connection) as asked:
        call(alto_roble, carolina)
    assert not [one["sql"] for one in asked if "companies_company" in one["sql"]]


def test_who_takes_an_edit_back_worked_with_it(known, carolina):
    edited = edit(known, carolina, website="maipo.example")
    made = ChangeSet.objects.get(kind="edit")
    undo_edit(company=edited, change_set=made, actor=carolina, now=NOW, channel="system")
    assert (stored(known).website, stored(known).related_on) == ("", TODAY)


# --- many at once -----------------------------------------------------------------------------------------------


def in_bulk(actor, companies, verb, value):
    ids = [company.pk for company in companies]
    action = prepare_bulk(verb=verb, value=str(value), company_ids=ids, actor=actor, now=NOW)
    start_bulk(action=action, actor=actor, now=NOW, beyond_places=True)
    run_bulk(action_id=action.pk, actor=actor, now=NOW)
    action.refresh_from_db()
    return action


@pytest.fixture
def many(valparaiso):
    return [make_company(name, related_on=None, region=valparaiso) for name in ("Alerce", "Boldo", "Canelo", "Drimys")]


@pytest.mark.parametrize("verb", ["assign", "sector", "origin", "office"])
def test_many_at_once_and_back(verb, many, marta, carolina, pedro):
    value = {
        "assign": carolina.person.pk,
        "sector": Sector.objects.filter(retired_on=None).first().pk,
        "origin": "Feria",
        "office": pedro.office_id,
    }[verb]
    action = in_bulk(marta, many, verb, value)
    for company in many:
        assert (stored(company).related_on, tier(company)) == (TODAY, SearchRow.Tier.RELATED)
        assert stored(company).office_id == (pedro if verb == "office" else carolina).office_id
    note_by_hand(kind="note", text="Vista.", actor=carolina, now=LATER, company=stored(many[0]))
    add_contact(company=stored(many[1]), name="Ana", actor=carolina, now=LATER)
    kept = undo_bulk(action=action, actor=marta, now=LATER)
    assert [row[1] for row in kept] == ["Alerce", "Boldo"]
    assert [stored(company).related_on for company in many] == [TODAY, TODAY, None, None]
    assert [tier(company) for company in many[1:]] == [SearchRow.Tier.RELATED, *[SearchRow.Tier.REGISTRY] * 2]
    assert stored(many[2]).office_id is None


def test_many_at_once_cost_no_more_than_few(many, marta, carolina):
    costs = []
    for companies in (many[:1], many[1:]):
        with CaptureQueriesContext(connection) as asked:
            in_bulk(marta, companies, "origin", "Feria")
        costs.append(len(asked))
    assert costs[0] == costs[1]
