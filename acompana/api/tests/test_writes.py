"""Writing by program: once however often it repeats itself, never over what somebody saved first."""

from __future__ import annotations

import pytest
from django.db import connection

from acompana.api.models import WrittenOnce
from acompana.api.tests.conftest import Program, new_token
from acompana.companies.models import Company, Contact
from acompana.kernel.models import Change
from acompana.kernel.rut import rut_with_check_digit
from acompana.logbook.models import Entry
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
    other = executive.post(path, {**NOTE, "text": "Otra cosa."}, Idempotency_Key="una")
    assert (other.status_code, other.json()["type"]) == (422, "/api/v1/docs#key-reused")
    assert Entry.objects.count() == before + 1


def test_what_was_refused_may_be_sent_again(world: World, executive: Program) -> None:
    pk = world.sides["own"].company.pk
    refused = executive.post(f"/companies/{pk}/entries", {"kind": "note"}, Idempotency_Key="una")
    assert refused.status_code == 422
    assert not WrittenOnce.objects.exists()


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


def test_a_person_registers_their_own(world: World) -> None:
    program = Program(new_token(world.cast["citizen"]))
    made = program.post("/companies", {"rut": rut_with_check_digit(43_555_002), "legal_name": "Telar SpA"})
    assert made.status_code == 201
    assert [row["name"] for row in program.get("/companies")["items"]] == ["Telar SpA"]
    taken = program.post("/companies", {"rut": world.sides["own"].company.rut, "legal_name": "Mía"})
    assert (taken.status_code, taken.json()["rule"]) == (403, "INT-24")


def test_contacts_come_and_go(world: World, executive: Program) -> None:
    pk = world.sides["own"].company.pk
    made = executive.post(f"/companies/{pk}/contacts", {"name": "Eva", "phone": "+56 9 5555 0101"}).json()
    changed = executive("PATCH", f"/contacts/{made['id']}", {"position": "Gerenta"}).json()
    assert (changed["name"], changed["position"], changed["phone"]) == ("Eva", "Gerenta", "+56955550101")
    assert executive("DELETE", f"/contacts/{made['id']}").json()["ended_on"]
    assert executive("DELETE", f"/contacts/{made['id']}").status_code == 404
    assert Contact.objects.get(pk=made["id"]).ended_on is not None


def test_a_commitment_is_kept_once(world: World, executive: Program) -> None:
    mine = executive.get("/commitments", mine=True)["items"]
    path = f"/commitments/{mine[0]['id']}/fulfilment"
    assert executive.post(path, {"because": "Se hizo"}).json()["fulfilled_because"] == "Se hizo"
    again = executive.post(path, {})
    assert (again.status_code, again.json()["detail"]) == (422, "Este compromiso ya se cumplió.")


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
