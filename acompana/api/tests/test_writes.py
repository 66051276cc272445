"""Writing by program: once however often it repeats itself, never over what somebody saved first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate

from acompana.api.models import WrittenOnce
from acompana.api.tests.conftest import Program, new_token
from acompana.commitments.models import Commitment
from acompana.commitments.operations import promise_by_hand
from acompana.companies.export_forms import NONE_NOTED, NOTED_ALL_THE_SAME, NOTED_TWICE
from acompana.companies.models import Company, Contact, DeclaredExport, Mandate
from acompana.intake.states import ROAD_RULES
from acompana.kernel.clock import read_clock
from acompana.kernel.models import Change
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.people.actors import SYSTEM
from tests.permissions.world import World

NOTE = {"kind": "note", "text": "Hablamos de la feria."}


def test_the_same_key_writes_once(world: World, executive: Program) -> None:
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    before = Entry.objects.count()
    first = executive.post(path, NOTE, Idempotency_Key="una")
    second = executive.post(path, NOTE, Idempotency_Key="una")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Entry.objects.count() == before + 1
    turned = executive.post(path, dict(reversed(NOTE.items())), Idempotency_Key="una")
    assert (turned.status_code, turned.json()) == (201, first.json()), "the same, with its keys in another order"
    other = executive.post(path, {**NOTE, "text": "Otra cosa."}, Idempotency_Key="una")
    assert (other.status_code, other.json()["type"]) == (422, "/api/v1/docs#key-reused")
    assert Entry.objects.count() == before + 1


def test_what_a_systems_key_did_says_which_system(world: World, executive: Program) -> None:
    """In its answers and on the screens; what jobs do stays «El sistema»."""
    company = world.sides["own"].company
    customs = Program(new_token(None, name="Sistema de aduanas"))
    path = f"/companies/{company.pk}"
    note = customs.post(f"{path}/entries", NOTE, Idempotency_Key="una").json()
    assert (note["author"], note["author_system"]) == (None, "Sistema de aduanas")
    theirs = executive.post(f"{path}/entries", NOTE).json()
    assert theirs["author_system"] is None
    told = {row["id"]: row["author_system"] for row in executive.get(path)["entries"]}
    assert (told[note["id"]], told[theirs["id"]]) == ("Sistema de aduanas", None)
    assert executive.get(f"{path}/entries")["items"][1]["author_system"] == "Sistema de aduanas"
    read = customs("GET", path)
    assert customs("PATCH", path, {"workers": 77}, {"If-Match": read["ETag"]}).status_code == 200
    office, now = world.cast["executive"].staff_member.office, read_clock()
    given = {"what": "Enviar la ficha", "due_at": now + timedelta(days=5), "debtor": "company", "office": office}
    owed = promise_by_hand(**given, company=company, actor=world.cast.actor("executive", now), now=now)
    kept = customs.post(f"/commitments/{owed.pk}/fulfilment", {"because": "Llegó la declaración."}).json()
    assert (kept["fulfilled_by"], kept["fulfilled_by_system"]) == (None, "Sistema de aduanas")
    browser = world.browser("executive")
    for page in (f"/escritorio/empresas/{company.pk}/bitacora/", reverse("companies:history", args=[company.pk])):
        assert "Sistema de aduanas (clave)" in browser.get(page).content.decode(), page
    shown = browser.get(owed.get_absolute_url()).content.decode()
    assert ", Sistema de aduanas (clave): Llegó la declaración." in shown
    record_entry(kind="note", fact="Nota", company=company, actor=SYSTEM, now=read_clock(), channel="system")
    assert executive.get(f"{path}/entries")["items"][0]["author_system"] is None


def test_what_was_refused_may_be_sent_again(world: World, executive: Program) -> None:
    pk = world.sides["own"].company.pk
    refused = executive.post(f"/companies/{pk}/entries", {"kind": "note"}, Idempotency_Key="una")
    assert refused.status_code == 422
    assert not WrittenOnce.objects.exists()


def test_a_note_with_a_company_of_the_register_begins_its_relation(world: World, executive: Program) -> None:
    """Registry only no longer (DEF-7); of one that has a relation nothing more is asked than of it before."""
    company = world.sides["own"].company
    path = f"/companies/{company.pk}/entries"
    Company.objects.filter(pk=company.pk).update(related_on=None)
    assert executive.post(path, NOTE).status_code == 201
    assert Company.objects.get(pk=company.pk).related_on == localdate(read_clock())
    with CaptureQueriesContext(connection) as asked:
        executive.post(path, NOTE)
    assert len([one for one in asked if 'FROM "companies_company"' in one["sql"]]) == 1


def test_keys_of_two_tokens_are_two(world: World, executive: Program) -> None:
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    other = Program(new_token(world.cast["executive"]))
    numbers = {program.post(path, NOTE, Idempotency_Key="una").json()["id"] for program in (executive, other)}
    assert len(numbers) == 2


def test_an_update_says_which_version(world: World, executive: Program) -> None:
    company = world.sides["own"].company
    path = f"/companies/{company.pk}"
    read = executive("GET", path)
    version = read.json()["version"]
    assert read["ETag"] == f'"{version}"'
    assert executive("PATCH", path, {"workers": 7}).status_code == 428
    changed = executive("PATCH", path, {"workers": 7}, {"If-Match": read["ETag"]})
    assert (changed.status_code, changed.json()["workers"], changed["ETag"]) == (200, 7, f'"{version + 1}"')
    late = executive("PATCH", path, {"workers": 8}, {"If-Match": read["ETag"]})
    assert (late.status_code, late.json()["version"]) == (412, version + 1)
    stale = executive("PATCH", path, {"workers": 8, "version": version})
    assert (stale.status_code, stale.json()["rule"]) == (409, "EXP-13")
    assert Company.objects.get(pk=company.pk).workers == 7
    assert Change.objects.filter(record_id=company.pk, change_set__channel="api").exists()


def test_what_changes_nothing_writes_nothing(world: World, executive: Program) -> None:
    """Two programs that copy each other would go on for ever."""
    path = f"/companies/{world.sides['own'].company.pk}"
    read = executive.get(path)
    cursor = executive.get("/changes", start="now")["next"]
    for body in ({}, {"workers": read["workers"], "legal_name": read["legal_name"]}):
        same = executive("PATCH", path, {**body, "version": read["version"]})
        assert (same.status_code, same.json()["version"]) == (200, read["version"])
    assert executive.get("/changes", cursor=cursor)["items"] == []
    assert executive("PATCH", path, {"workers": 77, "version": read["version"]}).json()["version"] > read["version"]
    assert {row["kind"] for row in executive.get("/changes", cursor=cursor)["items"]} == {"company"}


def test_a_company_is_registered_with_its_facts(world: World, executive: Program) -> None:
    rut = rut_with_check_digit(43_555_001)
    body = {
        "rut": rut,
        "legal_name": "Aceites del Maule SpA",
        "region": "CL-ML",
        "workers": 9,
        "contact": {"name": "Eva Ríos", "email": "Eva@maule.example"},
    }
    made = executive.post("/companies", body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["rut"], told["region"]["code"], told["office"]["code"]) == (rut, "CL-ML", "CL-ML")
    assert (told["workers"], told["contacts"][0]["email"]) == (9, "eva@maule.example")
    assert made["Location"] == f"/api/v1/companies/{told['id']}"
    again = executive.post("/companies", body)
    assert (again.status_code, again.json()["rule"]) == (422, "INT-24")
    assert "ya conoce ese RUT" in again.json()["detail"]
    assert (again.json()["company_id"], again.json()["errors"][0]["where"]) == (told["id"], "body.rut")


@pytest.mark.parametrize("by", ["registering", "changing"])
def test_exports_are_said_as_the_form_asks_them(world: World, executive: Program, by: str) -> None:
    """The same rule at every door, in the same words, at its field (INT-4)."""
    year = localdate(read_clock()).year
    made = executive.post("/companies", {"rut": rut_with_check_digit(43_555_003), "legal_name": "Miel SpA"}).json()

    def send(**said: object) -> HttpResponse:
        if by == "registering":
            return executive.post(
                "/companies", {"legal_name": "Cobre SpA", "rut": rut_with_check_digit(43_555_004), **said}
            )
        version = Company.objects.get(pk=made["id"]).version
        return executive("PATCH", f"/companies/{made['id']}", {"version": version, **said})

    def refused(**said: object) -> dict[str, str]:
        answer = send(**said)
        assert answer.status_code == 422, answer.content
        return {error["where"]: error["message"] for error in answer.json()["errors"]}

    line = {"year": year, "market": "PE", "amount_usd": 1000}
    assert refused(exported_recently=True) == {"body.exports": NONE_NOTED}
    assert refused(exported_recently=True, exports=[]) == {"body.exports": NONE_NOTED}
    both = NOTED_ALL_THE_SAME.format(noted=year)
    assert refused(exported_recently=False, exports=[line]) == {"body.exported_recently": both}
    assert set(refused(exports=[line])) == {"body.exported_recently"}
    for wrong in ({"year": year - 9}, {"market": "CL"}, {"market": "XX"}):
        (where,) = refused(exported_recently=True, exports=[line | wrong])
        assert where == f"body.exports.0.{next(iter(wrong))}"
    assert refused(exported_recently=True, exports=[line, line]) == {"body.exports.1.market": NOTED_TWICE}
    told = send(exported_recently=True, exports=[line])
    assert told.status_code < 300, told.content
    assert told.json()["exports"] == [
        {"year": year, "market": {"code": "PE", "name": "Perú"}, "amount_usd": "1000.00"}
    ]


def test_what_was_declared_stands_beside_the_answer(executive: Program) -> None:
    year = localdate(read_clock()).year
    lines = [{"year": year, "market": "PE"}, {"year": year - 1, "market": "AR"}]
    body = {"rut": rut_with_check_digit(43_555_005), "legal_name": "Lana SpA", "exported_recently": True}
    made = executive.post("/companies", {**body, "exports": lines}).json()
    DeclaredExport.objects.filter(company=made["id"], year=year - 1).update(year=year - 6)
    path, version = f"/companies/{made['id']}", made["version"]
    kept = executive("PATCH", path, {"version": version, "exported_recently": True})  # it says so with a year already
    assert (kept.status_code, len(kept.json()["exports"])) == (200, 2)
    no = {"version": kept.json()["version"], "exported_recently": False}
    assert executive("PATCH", path, no).json()["errors"][0]["message"] == NOTED_ALL_THE_SAME.format(noted=year)
    told = executive("PATCH", path, {**no, "exports": []}).json()
    assert [row["year"] for row in told["exports"]] == [year - 6], "of years that are not asked for it stays"


def test_a_foreign_company_is_in_another_country(executive: Program) -> None:
    """And in no region of Chile, whether it is registered or changed (PUB-3)."""
    given = {"kind": "foreign", "legal_name": "Foods GmbH", "contact": {"name": "Eva", "email": "eva@foods.example"}}

    def refused(answer: HttpResponse) -> list[str]:
        assert answer.status_code == 422, answer.content
        return [error["where"] for error in answer.json()["errors"]]

    assert refused(executive.post("/companies", given)) == ["body.country"]
    assert refused(executive.post("/companies", {**given, "country": "CL"})) == ["body.country"]
    assert refused(executive.post("/companies", {**given, "country": "DE", "region": "CL-VS"})) == ["body.region"]
    made = executive.post("/companies", {**given, "country": "DE"}).json()
    assert (made["country"]["code"], made["region"]) == ("DE", None)
    path, version = f"/companies/{made['id']}", made["version"]
    assert refused(executive("PATCH", path, {"version": version, "region": "CL-VS"})) == ["body.region"]
    assert refused(executive("PATCH", path, {"version": version, "country": "CL"})) == ["body.country"]
    assert executive("PATCH", path, {"version": version, "workers": 9}).status_code == 200


def test_a_person_registers_their_own(world: World) -> None:
    program = Program(new_token(world.cast["citizen"]))
    made = program.post("/companies", {"rut": rut_with_check_digit(43_555_002), "legal_name": "Telar SpA"})
    assert made.status_code == 201
    assert [row["name"] for row in program.get("/companies")["items"]] == ["Telar SpA"]
    assert Matter.objects.filter(company=made.json()["id"], kind="intake").count() == 1
    again = program.post("/companies", {"rut": rut_with_check_digit(43_555_002), "legal_name": "Otro nombre"})
    assert (again.status_code, again.json()["company_id"]) == (422, made.json()["id"])
    mine = {"rut": rut_with_check_digit(43_555_003), "legal_name": "Dos", "contact": {"name": "Otra"}}
    assert program.post("/companies", mine).json()["errors"][0]["where"] == "body.contact"
    before = Mandate.objects.count(), Message.objects.count()
    taken = program.post("/companies", {"rut": world.sides["own"].company.rut, "legal_name": "Mía"})
    assert (taken.status_code, taken.json()["rule"]) == (403, "INT-24")
    assert (Mandate.objects.count(), Message.objects.count()) == before, "it is asked for in the portal, not here"


def test_contacts_come_and_go(world: World, executive: Program, owner: Program) -> None:
    pk = world.sides["own"].company.pk
    made = executive.post(f"/companies/{pk}/contacts", {"name": "Eva", "phone": "+56 9 5555 0101"}).json()
    changed = executive("PATCH", f"/contacts/{made['id']}", {"position": "Gerenta"}).json()
    assert (changed["name"], changed["position"], changed["phone"]) == ("Eva", "Gerenta", "+56955550101")
    wrong = executive("PATCH", f"/contacts/{made['id']}", {"phone": "llamar a Eva"})
    told = [{"where": "body.phone", "message": "Escribe el teléfono con sus números, por ejemplo +56 9 1234 5678."}]
    assert (wrong.status_code, wrong.json()["errors"]) == (422, told), "in the words of the forms"
    assert executive.get(f"/contacts/{made['id']}") == changed
    assert executive("DELETE", f"/contacts/{made['id']}").json()["ended_on"]
    for method, body in (("DELETE", None), ("PATCH", {"position": "Socia"})):
        left = executive(method, f"/contacts/{made['id']}", body)
        assert (left.status_code, left.json()["title"]) == (409, "Esa persona dejó la empresa")
        assert owner(method, f"/contacts/{made['id']}", body).status_code == 404
    assert Contact.objects.get(pk=made["id"]).ended_on is not None
    assert executive.get(f"/contacts/{made['id']}")["ended_on"], "the agency has its history"
    assert owner("GET", f"/contacts/{made['id']}").status_code == 404, "its portal shows who is there"


def test_its_own_people_choose_among_the_channels_of_the_portal(world: World, owner: Program) -> None:
    contact = world.sides["own"].company.contacts.get(is_main=True)
    refused = owner("PATCH", f"/contacts/{contact.pk}", {"preferred_channel": "system"})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.preferred_channel")
    assert owner("PATCH", f"/contacts/{contact.pk}", {"preferred_channel": "phone"}).status_code == 200


def test_a_note_has_no_outcome(world: World, executive: Program) -> None:
    company = world.sides["own"].company
    refused = executive.post(f"/companies/{company.pk}/entries", {"kind": "note", "text": "x", "outcome": "reached"})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.outcome")


def test_points_are_read_by_the_agency_alone(executive: Program, owner: Program) -> None:
    told = [program.get("/questionnaires/export-test-goods")["definition"] for program in (executive, owner)]
    assert ["points" in str(definition) and "bands" in definition for definition in told] == [True, False]
    assert [len(definition["questions"]) for definition in told] == [len(told[0]["questions"])] * 2


def test_what_is_noted_is_held_to_the_rules_of_the_form(world: World, executive: Program) -> None:
    """One rule for both: a conversation says its outcome, and its channel says its kind (CHA-2, INT-10)."""
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    wrong = {
        "outcome": {"kind": "call", "text": "Hola"},
        "channel": {"kind": "call", "outcome": "reached", "channel": "system"},
        "text": {"kind": "note"},
    }
    for field, body in wrong.items():
        refused = executive.post(path, body)
        where = [error["where"] for error in refused.json()["errors"]]
        assert (refused.status_code, refused.json()["rule"], where) == (422, "CHA-2", [f"body.{field}"])
    made = executive.post(path, {"kind": "call", "outcome": "not_reached", "channel": "whatsapp"}).json()
    assert (made["kind"], made["channel"], made["fact"]) == ("chat", "whatsapp", "Todavía sin respuesta")


def test_data_are_held_to_the_rules_of_the_forms(world: World, executive: Program) -> None:
    own = world.sides["own"].company
    main = Contact.objects.get(company=own, is_main=True, ended_on=None)

    def fault(path: str, **body: object) -> str:
        refused = executive("PATCH", path, body)
        assert refused.status_code == 422, refused.content
        return refused.json()["errors"][0]["where"]

    company, version = f"/companies/{own.pk}", executive.get(f"/companies/{own.pk}")["version"]
    assert fault(company, version=version, workers=200_001) == "body.workers"
    assert fault(company, version=version, sales_bracket=5, commercial_year=None) == "body.commercial_year"
    assert fault(f"/contacts/{main.pk}", is_main=False) == "body.is_main"


def test_a_commitment_is_kept_once(world: World, executive: Program) -> None:
    own, now = world.sides["own"].company, read_clock()
    person = world.cast["executive"]
    made = promise_by_hand(
        what="Enviar el material",
        due_at=now + timedelta(days=5),
        debtor="person",
        owner=person,
        company=own,
        office=person.staff_member.office,
        actor=world.cast.actor("executive", now),
        now=now,
    )
    path = f"/commitments/{made.pk}/fulfilment"
    assert executive.post(path, {"because": "Se hizo"}).json()["fulfilled_because"] == "Se hizo"
    again = executive.post(path, {})
    assert (again.status_code, again.json()["detail"]) == (422, "Este compromiso ya se cumplió.")


def test_what_a_step_keeps_is_kept_by_that_step(world: World, executive: Program, system: Program) -> None:
    """By no program either, whosever it is: its company would wait with nobody reminded (INT-10)."""
    owed = next(row for row in executive.get("/commitments", mine=True)["items"] if row["rule"] in ROAD_RULES)
    for program in (executive, system):
        refused = program.post(f"/commitments/{owed['id']}/fulfilment", {"because": "Se hizo"})
        told = refused.json()
        assert (refused.status_code, told["type"], told["rule"]) == (422, "/api/v1/docs#refused", owed["rule"])
        assert "dar el paso «" in told["detail"]
    assert Commitment.objects.get(pk=owed["id"]).is_open


def test_a_system_writes_without_being_anybody(world: World, system: Program) -> None:
    own = world.sides["own"].company
    made = system.post(f"/companies/{own.pk}/entries", NOTE)
    assert (made.status_code, made.json()["author"]) == (201, None)
    secret = executive_only(world)
    seen = {row["id"] for row in system.get(f"/companies/{own.pk}/entries")["items"]}
    assert secret not in seen, "what is for the responsible only is for no system"


def executive_only(world: World) -> int:
    program = Program(new_token(world.cast["executive"]))
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    return program.post(path, {**NOTE, "visibility": "responsible"}).json()["id"]


@pytest.mark.django_db
def test_nothing_is_written_half(world: World, executive: Program) -> None:
    """A refusal in the second part of a registration takes the first back."""
    before = Company.objects.count()
    body = {
        "legal_name": "A medias SpA",
        "rut": rut_with_check_digit(43_555_009),
        "region": "CL-VS",
        "commune": "13101",
    }
    refused = executive.post("/companies", body)
    assert (refused.status_code, refused.json()["rule"]) == (422, "INT-8")
    assert Company.objects.count() == before
    assert connection.in_atomic_block


def test_texts_of_one_line_are_kept_in_one(world: World, executive: Program, owner: Program) -> None:
    sent = {
        "rut": rut_with_check_digit(40_000_777),
        "legal_name": "Alto\r\nRoble \u202eApS",
        "met_at": "Feria\nde mayo",
    }
    made = executive.post("/companies", sent | {"address": "Uno\nDos", "contact": {"name": "Ana\nRojas\u2066"}})
    assert made.status_code == 201, made.content
    told = made.json()
    kept = [told["legal_name"], told["address"], told["origin_detail"], told["contacts"][0]["name"]]
    assert kept == ["Alto Roble ApS", "Uno Dos", "Feria de mayo", "Ana Rojas"]
    company = world.sides["own"].company
    changed = owner(
        "PATCH", f"/companies/{company.pk}", {"version": company.version, "trade_name": "Dos\u202e\nRobles"}
    )
    assert changed.json()["trade_name"] == "Dos Robles"
    items = {"version": changed.json()["version"], "items": [{"description": "Mermelada\nde mora"}]}
    products = executive("PUT", f"/companies/{company.pk}/products", items)
    assert products.json()["items"][0]["description"] == "Mermelada de mora"
    refused = executive.post("/companies", {"rut": rut_with_check_digit(40_000_778), "legal_name": "\u202e\n"})
    assert refused.status_code == 422


def test_a_version_is_said_and_no_star(world: World, executive: Program) -> None:
    """EXP-13: of several ETags one may be the stored one; a header that says none is told so, and changes nothing."""
    path = f"/companies/{world.sides['own'].company.pk}"
    etag = executive("GET", path)["ETag"]
    for said in ("*", "abc", '"1', "3"):
        refused = executive("PATCH", path, {"workers": 71}, {"If-Match": said})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "header.If-Match"), said
    assert executive("PATCH", path, {"workers": 71}, {"If-Match": f'"999", {etag}'}).status_code == 200
    assert executive("PATCH", path, {"workers": 72}, {"If-Match": f'"999", {etag}'}).status_code == 412


def test_who_left_is_not_said_to_be_unknown(world: World, executive: Program) -> None:
    path = f"/companies/{world.sides['own'].company.pk}"
    contact = executive.post(f"{path}/contacts", {"name": "Eva"}).json()["id"]
    assert executive("DELETE", f"/contacts/{contact}").status_code in (200, 204)
    refused = executive.post(f"{path}/entries", {"kind": "note", "text": "x", "contact_id": contact})
    assert refused.json()["errors"] == [{"where": "body.contact_id", "message": "Esa persona dejó la empresa."}]


def test_duplicates_of_nothing_are_not_looked_for(world: World, executive: Program) -> None:
    refused = executive("GET", "/companies/duplicates")
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "query")
