"""Every operation × role, with one's own objects and the rival's, by token (EXP-3): as on the screens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.timezone import localdate

from acompana.api.contract import DECLARED
from acompana.api.document import document
from acompana.api.endpoints.registry_writes import OF_ITS_MAIN_CONTACT
from acompana.api.queries.companies import COLUMNS, RECORD, company_record, flat_rows, visible_companies
from acompana.api.queries.entries import entry_rows, newest_entries, visible_entries
from acompana.api.queries.tokens import find_caller
from acompana.api.tests.conftest import ROOT, Program, new_token
from acompana.api.tests.permissions import OPERATIONS, arguments_of, furnish
from acompana.commitments.models import Commitment
from acompana.commitments.operations import promise_by_hand
from acompana.companies.models import Company, Contact
from acompana.companies.rules import OF_ITS_PEOPLE
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.people.actors import SYSTEM, Actor, actor_of, manner_of
from acompana.portal.promises import WORDS
from acompana.portal.steps import STEPS
from acompana.questionnaires.models import Response
from tests.permissions import (
    ABOVE_OFFICES,
    ADMINISTRATOR,
    CLIENT_MANAGEMENT,
    DIRECTOR,
    EXECUTIVE,
    OUTSIDERS,
    OWNER,
    SIGNED_IN,
    STAFF,
    TEAM,
    with_the_rivals_objects,
)
from tests.permissions.world import World

ROLES = (*sorted((STAFF | OUTSIDERS) - {"other_staff"}),)
IN_CHARGE = EXECUTIVE | DIRECTOR | ABOVE_OFFICES
KEEPERS = CLIENT_MANAGEMENT | ADMINISTRATOR

ALL, READERS = SIGNED_IN, STAFF | OWNER

# Who is let in with the owner's objects; with the rival's, sides change places as in `tests/permissions`.
TABLE: dict[str, frozenset[str]] = {
    "list_companies": ALL,
    "search_companies": ALL,
    "get_company": READERS,
    "find_duplicates": STAFF,
    "create_company": ALL,
    "update_company": IN_CHARGE | OWNER,
    "list_contacts": READERS,
    "create_contact": IN_CHARGE,
    "get_contact": READERS,
    "change_contact": IN_CHARGE | OWNER,
    "remove_contact": IN_CHARGE,
    "list_activities": READERS,
    "replace_activities": IN_CHARGE | OWNER,
    "list_products": READERS,
    "replace_products": IN_CHARGE | OWNER,
    "list_markets": READERS,
    "replace_markets": IN_CHARGE | OWNER,
    "list_entries": READERS,
    "get_entry": READERS,
    "create_entry": STAFF,
    "list_commitments": ALL,
    "get_commitment": READERS,
    "fulfil_commitment": TEAM,
    "list_matters": ALL,
    "get_matter": READERS,
    "get_intake": READERS,
    "list_questionnaires": ALL,
    "get_questionnaire": STAFF,
    "list_responses": ALL,
    "get_response": READERS,
    "list_messages": KEEPERS,
    "get_message": STAFF,
    "list_rules": STAFF,
    "get_rule": STAFF,
    "compute_deadline": STAFF,
    "list_reference": ALL,
    "get_me": ALL,
    "count_companies": STAFF,
    "list_changes": ALL,
}
BODIES: dict[str, Any] = {
    "create_company": {"rut": "41.999.001-1", "legal_name": "Aceites Nuevos SpA"},
    "update_company": {"version": 10_000, "workers": 3},
    "create_contact": {"name": "Eva"},
    "change_contact": {"phone": "221234567"},
    "create_entry": {"kind": "note", "text": "Una nota"},
    **{f"replace_{name}": {"version": 10_000, "items": []} for name in ("activities", "products", "markets")},
    "fulfil_commitment": {},
}


QUERIES: dict[str, dict[str, str]] = {
    "compute_deadline": {"rule": "DL-1", "start": "2026-09-16T15:00", "office": "CL-RM"},
    "search_companies": {"q": "conservas"},
}


def test_every_operation_is_in_the_table() -> None:
    assert {pattern.name for pattern in OPERATIONS} == set(TABLE) == set(DECLARED)


def method_of(pattern: URLPattern) -> str:
    for operations in document()["paths"].values():
        for method, operation in operations.items():
            if operation["operationId"] == pattern.name:
                return method.upper()
    raise LookupError(pattern.name)


@pytest.fixture
def programs(world: World) -> dict[str, Program]:
    for side in world.sides.values():
        furnish(side, world)
    return {role: Program(new_token(world.cast[role]), raises=False) for role in ROLES}


@pytest.mark.one_database
def test_the_table(world: World, programs: dict[str, Program]) -> None:
    wrong = []
    for pattern in OPERATIONS:
        method = method_of(pattern)
        for side in ("own", "rival") if pattern.pattern.converters else ("own",):
            own = TABLE[pattern.name]
            admitted = own if side == "own" or not _has_objects(pattern) else with_the_rivals_objects(own)
            address = reverse(f"api-v1:{pattern.name}", kwargs=arguments_of(pattern, world.sides[side]))
            for role, program in programs.items():
                with transaction.atomic():
                    query = QUERIES.get(pattern.name, {})
                    answer = program(method, address.removeprefix(ROOT), BODIES.get(pattern.name), **query)
                    transaction.set_rollback(True)
                let_in = answer.status_code not in (401, 403, 404, 405)
                if answer.status_code >= 500 or let_in is not (role in admitted):
                    wrong.append(f"{role} {method} {address} ({side}): {answer.status_code} {answer.content[:120]!r}")
    assert not wrong, "\n".join(wrong)


def _has_objects(pattern: URLPattern) -> bool:
    return any((name.endswith("_id") and name != "rule_id") or name == "number" for name in pattern.pattern.converters)


def test_a_limited_mandate_shows_nothing(world: World, programs: dict[str, Program]) -> None:
    assert programs["limited"].get("/companies", relation="all")["items"] == []
    assert programs["limited"].get("/commitments", state="all")["items"] == []
    assert programs["limited"].get("/companies/search", q="alto roble")["items"] == []


def test_lists_hold_what_is_ones_own(world: World, programs: dict[str, Program]) -> None:
    own, rival = world.sides["own"].company.pk, world.sides["rival"].company.pk
    assert [row["id"] for row in programs["owner"].get("/companies")["items"]] == [own]
    assert [row["id"] for row in programs["rival"].get("/companies")["items"]] == [rival]
    assert {row["id"] for row in programs["executive"].get("/companies")["items"]} == {own, rival}
    assert {row["company_id"] for row in programs["owner"].get("/commitments", state="all")["items"]} == {own}
    assert {row["company_id"] for row in programs["owner"].get("/matters")["items"]} == {own}
    assert {row["company_id"] for row in programs["owner"].get("/responses")["items"]} == {own}
    Response.objects.filter(company__in=[own, rival]).update(finished_at=read_clock())
    mine = programs["owner"].get("/responses", finished="true")["items"]
    counted = {row["slug"]: row["finished"] for row in programs["owner"].get("/questionnaires")["items"]}
    assert {slug: many for slug, many in counted.items() if many} == Counter(row["instrument"] for row in mine)
    found = programs["owner"].get("/companies/search", q="cerro pardo")["items"]
    assert found == []


@pytest.mark.parametrize("role", ROLES)
def test_a_token_is_its_person_today(world: World, role: str) -> None:
    """`find_caller` says in one statement what `actor_of` says."""
    now = read_clock()
    caller = find_caller(new_token(world.cast[role]), now)
    actor = actor_of(world.cast[role], timezone.localdate(now))
    assert caller is not None
    assert caller.actor.roles == actor.roles
    assert caller.actor.person == actor.person
    assert caller.actor.staff_member == actor.staff_member
    assert caller.actor.office_id == actor.office_id


@pytest.mark.parametrize("role", [*ROLES, "system"])
def test_statements_written_once_show_a_role_what_its_conditions_say(world: World, role: str) -> None:
    """Written for a stand-in and kept for all of a manner, twice in a row for different people (ROL-16, EXP-6)."""
    today = timezone.localdate(read_clock())
    actors = [SYSTEM] if role == "system" else [world.cast.actor(role, read_clock()), *others_of(world, role)]
    for author in (world.cast.actor("administrator", read_clock()), *actors):
        write_one_of_each(world, author)
    for actor in actors:
        for side in world.sides.values():
            pk = side.company.pk
            assert newest_entries(actor, [pk], 50) == entry_rows(visible_entries(actor).filter(company=pk)[:50])
            found = visible_companies(actor).filter(pk=pk)
            wanted = flat_rows(found, today, RECORD[len(COLUMNS) :])
            assert company_record(actor, pk, today) == next(iter(wanted), None)
    both = [side.company.pk for side in world.sides.values()]
    entries = entry_rows(visible_entries(actors[0]).filter(company__in=both)[:50])
    assert newest_entries(actors[0], both, 50) == entries


def write_one_of_each(world: World, author: Actor) -> None:
    for side in world.sides.values():
        for visibility in Entry.Visibility.values:
            values = {"kind": "note", "fact": "Nota", "channel": "portal", "visibility": visibility}
            record_entry(company=side.company, actor=author, now=read_clock(), **values)


def others_of(world: World, role: str) -> list[Actor]:
    """Who has the same roles as somebody and is somebody else."""
    same = {"executive": ("other_executive",), "owner": ("rival", "limited"), "director": ("other_director",)}
    return [world.cast.actor(key, read_clock()) for key in same.get(role, ())]


def test_a_condition_that_asks_more_than_roles_person_and_office_is_not_kept(world: World) -> None:
    actor = manner_of(world.cast.actor("executive", read_clock())).stand_in()
    with pytest.raises(AttributeError):
        _ = actor.person.language
    with pytest.raises(AttributeError):
        _ = actor.staff_member.title


def test_nobody_is_let_in_by_a_session(world: World) -> None:
    answer = world.browser("administrator").get(f"{ROOT}/companies")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert not answer.cookies


def test_the_limit_of_scopes(world: World) -> None:
    reader = Program(new_token(world.cast["administrator"], "companies:read"))
    company = world.sides["own"].company.pk
    assert reader("GET", f"/companies/{company}").status_code == 200
    assert reader.get(f"/companies/{company}")["entries"] is None, "none is not the same as not asked"
    assert reader("GET", "/changes", kind="entry").status_code == 403
    matters = Program(new_token(world.cast["administrator"], "matters:read"))
    assert matters.get(f"/companies/{company}/intake")["due"] is None
    refused = reader("PATCH", f"/companies/{company}", {"version": 1, "workers": 2})
    assert (refused.status_code, refused.json()["scope"]) == (403, "companies:write")


def test_a_company_sees_what_its_portal_shows(world: World, programs: dict[str, Program]) -> None:
    """Not the score that counts the interview, nor what the agency owed it and kept (INT-16, POR-9)."""
    own = world.sides["own"].company
    intake = latest_intake_of(own)
    assert intake is not None
    type(intake).objects.filter(pk=intake.pk).update(final_score=181.7)
    path = f"/companies/{own.pk}/intake"
    assert programs["executive"].get(path)["final_score"] == 181.7
    assert programs["owner"].get(path)["final_score"] is None
    owed = programs["owner"].get("/commitments", state="all")["items"]
    kept = next(row["id"] for row in owed if row["rule"] in WORDS and row["debtor"] != "company")
    Commitment.objects.filter(pk=kept).update(fulfilled_at=read_clock())
    assert programs["owner"]("GET", f"/commitments/{kept}").status_code == 404
    assert programs["executive"]("GET", f"/commitments/{kept}").status_code == 200


def test_what_a_company_owes_it_reads_and_is_told_who_settles_it(world: World, programs: dict[str, Program]) -> None:
    own, now = world.sides["own"].company, read_clock()
    given = {"what": "Enviar la ficha", "due_at": now + timedelta(days=5), "debtor": "company"}
    office = world.cast["executive"].staff_member.office
    made = promise_by_hand(**given, company=own, office=office, actor=world.cast.actor("executive", now), now=now)
    assert programs["owner"].get(f"/commitments/{made.pk}")["debtor"] == "company"
    refused = programs["owner"].post(f"/commitments/{made.pk}/fulfilment", {})
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/v1/docs#not-allowed")


def test_its_people_say_of_a_company_what_the_portal_asks(world: World, programs: dict[str, Program]) -> None:
    """The same by token: what no step asks is the agency's (POR-9)."""
    asked = {name for step in STEPS for name in step.columns}
    assert asked == OF_ITS_PEOPLE
    own = world.sides["own"].company
    Company.objects.filter(pk=own.pk).update(kind="institution")  # of a national one the agency says no country
    for name, value in (("country", "AR"), ("foreign_tax_id", "X-1")):
        own.refresh_from_db()
        body = {"version": own.version, name: value}
        refused = programs["owner"]("PATCH", f"/companies/{own.pk}", body)
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, f"body.{name}")
        assert programs["executive"]("PATCH", f"/companies/{own.pk}", body).status_code == 200
    made = programs["citizen"].post(
        "/companies", {"rut": rut_with_check_digit(43_555_012), "legal_name": "X", "kind": "foreign"}
    )
    assert (made.status_code, made.json()["errors"][0]["where"]) == (422, "body.kind")


def test_of_contacts_its_people_say_what_the_portal_asks(world: World, programs: dict[str, Program]) -> None:
    """The main one, and the first: there is no page where they add another or say that somebody left (CHA-5)."""
    side = world.sides["own"]
    own, owner = side.company, programs["owner"]
    main = Contact.objects.get(company=own, is_main=True, ended_on=None)
    other = programs["executive"].post(f"/companies/{own.pk}/contacts", {"name": "Eva"}).json()["id"]
    asked = [
        owner.post(f"/companies/{own.pk}/contacts", {"name": "Luz"}),
        owner("PATCH", f"/contacts/{other}", {"is_main": True}),
        owner("DELETE", f"/contacts/{main.pk}"),
    ]
    told = {(answer.status_code, answer.json()["rule"], answer.json()["detail"]) for answer in asked}
    assert told == {(403, "POR-9", OF_ITS_MAIN_CONTACT.es)}
    assert owner("PATCH", f"/contacts/{main.pk}", {"position": "Dueña"}).status_code == 200
    Contact.objects.filter(company=own).update(ended_on=localdate(read_clock()), is_main=False)
    first = owner.post(f"/companies/{own.pk}/contacts", {"name": "Luz"})
    assert (first.status_code, first.json()["is_main"]) == (201, True)


def test_its_people_leave_empty_what_the_portal_lets_them(world: World, programs: dict[str, Program]) -> None:
    """What its form asks of them is changed and not taken away, by a program as by a page (DEF-5)."""
    own = world.sides["own"].company
    main = Contact.objects.get(company=own, is_main=True, ended_on=None)

    def send(role: str, address: str, **body: Any) -> tuple[int, list[str]]:
        own.refresh_from_db()
        said = {"version": own.version, **body} if address.startswith("/companies") else body
        answer = programs[role]("PATCH", address, said)
        return answer.status_code, [error["where"] for error in answer.json().get("errors", [])]

    record, contact = f"/companies/{own.pk}", f"/contacts/{main.pk}"
    needed = ["body.exported_recently", "body.legal_name", "body.sector"]
    assert send("owner", record, sector=None, legal_name="", exported_recently=None, trade_name="") == (422, needed)
    assert send("owner", record, trade_name="", website="")[0] == 200
    assert send("owner", contact, email="", preferred_channel="") == (422, ["body.email", "body.preferred_channel"])
    assert send("executive", record, sector=None)[0] == 200
    assert send("executive", contact, email="")[0] == 200


def test_found_leads_where_one_may_go(world: World, programs: dict[str, Program]) -> None:
    own = world.sides["own"].company
    (href,) = {row["href"] for row in programs["owner"].get("/companies/search", q="alto roble")["items"]}
    assert href == f"/mi-empresa/{own.pk}/"
    assert world.browser("owner").get(href).status_code == 200
    assert programs["executive"].get("/companies/search", q="alto roble")["items"][0]["href"].startswith("/escritorio")
