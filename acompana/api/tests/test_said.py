"""What an answer says: at which field, in which language, and of what was merged, misspelt or said twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from acompana.api.document import document
from acompana.api.tests.conftest import Program, new_token
from acompana.companies.models import Company
from acompana.companies.tests.conftest import make_company
from acompana.kernel.rut import format_rut, rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.reference.models import Commune, Region
from tests.permissions.world import World

NOTE = {"kind": "note", "text": "Hablamos de la feria."}


@pytest.fixture
def merged(world: World) -> tuple[int, int]:
    """A company that is gone and the one that stayed."""
    stayed = world.sides["own"].company
    return make_company("Alto Roble Limitada", merged_into=stayed).pk, stayed.pk


@pytest.mark.parametrize("rest", ["", "/contacts", "/entries?kind=note", "/intake"])
def test_what_is_read_of_a_merged_company_leads_on(executive: Program, merged: tuple[int, int], rest: str) -> None:
    gone, stayed = merged
    path, _, query = rest.partition("?")
    answer = executive("GET", f"/companies/{gone}{path}", **dict([query.split("=")] if query else []))
    assert (answer.status_code, answer["Content-Type"]) == (301, "application/problem+json")
    assert answer["Location"] == f"/api/v1/companies/{stayed}{rest}"
    assert answer.json()["company_id"] == stayed


@pytest.mark.parametrize("path", ["/commitments", "/matters", "/responses"])
def test_a_list_of_a_merged_company_leads_on(executive: Program, merged: tuple[int, int], path: str) -> None:
    gone, stayed = merged
    answer = executive("GET", path, company_id=gone, limit=7)
    assert (answer.status_code, answer["Location"]) == (301, f"/api/v1{path}?company_id={stayed}&limit=7")


def test_nothing_is_written_to_a_merged_company(executive: Program, merged: tuple[int, int]) -> None:
    gone, stayed = merged
    for method, path, body in (
        ("PATCH", f"/companies/{gone}", {"version": 1, "workers": 2}),
        ("POST", f"/companies/{gone}/contacts", {"name": "Eva"}),
        ("POST", f"/companies/{gone}/entries", NOTE),
    ):
        answer = executive(method, path, body)
        told = answer.json()
        assert (answer.status_code, told["type"]) == (409, "/api/v1/docs#merged"), path
        assert (told["company_id"], told["href"]) == (stayed, f"/api/v1/companies/{stayed}")


def test_who_may_not_know_the_one_that_stayed_learns_nothing(world: World, merged: tuple[int, int]) -> None:
    rival = Program(new_token(world.cast["rival"]))
    assert rival("GET", f"/companies/{merged[0]}").status_code == 404
    assert rival.post(f"/companies/{merged[0]}/contacts", {"name": "Eva"}).status_code == 404


def test_the_document_tells_of_merges() -> None:
    paths = document()["paths"]
    record = paths["/api/v1/companies/{company_id}"]
    assert "Location" in record["get"]["responses"]["301"]["headers"]
    assert "merged" in record["patch"]["responses"]["409"]["content"]["application/problem+json"]["examples"]


# --- at which field -----------------------------------------------------------------------------------------------


def where(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [error["where"] for error in answer.json()["errors"]]


def test_a_refusal_names_its_field(world: World, executive: Program) -> None:
    own, rival = world.sides["own"].company, world.sides["rival"]
    region, other = Region.objects.get(iso="CL-VS"), Commune.objects.exclude(region__iso="CL-VS").first()
    assert other is not None

    def change(**values: Any) -> HttpResponse:
        own.refresh_from_db()
        return executive("PATCH", f"/companies/{own.pk}", {"version": own.version, **values})

    def note(**values: Any) -> HttpResponse:
        return executive.post(f"/companies/{own.pk}/entries", {**NOTE, **values})

    assert where(executive.post("/companies", {"rut": "40.000.123-2", "legal_name": "Miel"})) == ["body.rut"]
    assert where(executive.post("/companies", {"rut": own.rut, "legal_name": "Miel"})) == ["body.rut"]
    assert where(executive.post("/companies", {"rut": "", "legal_name": ""})) == ["body.legal_name"]
    assert where(change(legal_name="", trade_name="")) == ["body.legal_name"]
    assert where(change(started_on="2099-01-01")) == ["body.started_on"]
    assert where(change(region=region.iso, commune=other.code)) == ["body.commune"]
    assert where(note(happened_at="2099-01-01T00:00:00Z")) == ["body.happened_at"]
    assert where(note(happened_at="1600-01-01T00:00:00Z")) == ["body.happened_at"]
    assert where(note(contact_id=rival.contact.pk)) == ["body.contact_id"]
    assert where(executive.post(f"/companies/{own.pk}/contacts", {"name": "Eva", "preferred_channel": "humo"})) == [
        "body.preferred_channel"
    ]
    bad = {"rut": rut_with_check_digit(43_555_011), "legal_name": "Miel", "contact": {"name": "Eva", "phone": "no"}}
    assert where(executive.post("/companies", bad)) == ["body.contact.phone"]


@pytest.mark.parametrize("value", ["1789000000", 1789000000, 0, True, "16-09-2026"])
def test_a_bare_number_is_no_date(world: World, executive: Program, value: object) -> None:
    own = world.sides["own"].company
    body = {**NOTE, "happened_at": value}
    assert where(executive.post(f"/companies/{own.pk}/entries", body)) == ["body.happened_at"]
    assert where(executive("PATCH", f"/companies/{own.pk}", {"version": 1, "started_on": value})) == [
        "body.started_on"
    ]


NONSENSE = (
    ("/commitments", {"rule": "ZZ"}),
    ("/commitments", {"company_id": 99_999_999}),
    ("/matters", {"kind": "zzz"}),
    ("/matters", {"state": "zzz"}),
    ("/responses", {"instrument": "zzz"}),
    ("/rules", {"book": "zzz"}),
    ("/companies", {"executive": "999999"}),
    ("/companies", {"region": "CL-ZZ"}),
    ("/companies", {"limit": ["2", "5"]}),
)


@pytest.mark.parametrize(("path", "query"), NONSENSE)
def test_a_filter_that_is_none_is_told(executive: Program, path: str, query: dict[str, Any]) -> None:
    assert where(executive("GET", path, **query)) == [f"query.{name}" for name in query]


def test_filters_that_are_some_give_something(world: World, executive: Program) -> None:
    own = world.sides["own"].company
    for path, query in (
        ("/commitments", {"rule": "dl-1", "company_id": own.pk}),
        ("/matters", {"kind": "intake", "state": "to_contact"}),
        ("/responses", {"instrument": "export-test-goods"}),
        ("/rules", {"book": "commitments"}),
        ("/companies", {"executive": world.cast["executive"].pk}),
    ):
        assert executive.get(path, **query)["items"] is not None


@pytest.mark.parametrize("key", ["", "ñandú espacio", "con espacio", "x" * 201])
def test_a_key_is_as_documented(world: World, executive: Program, key: str) -> None:
    path = f"/companies/{world.sides['own'].company.pk}/entries"
    before = Entry.objects.count()
    assert where(executive.post(path, NOTE, Idempotency_Key=key)) == ["header.Idempotency-Key"]
    assert Entry.objects.count() == before


# --- in which language --------------------------------------------------------------------------------------------


def test_an_answer_is_in_one_language(world: World, executive: Program) -> None:
    def ask(language: str, **query: str) -> HttpResponse:
        return executive("GET", "/companies", headers={"Accept-Language": language}, **query)

    spanish, english = ask("es", region="CL-XX"), ask("en-GB, es;q=0.5", region="CL-XX")
    assert spanish.json()["errors"][0]["message"].startswith("No existe «CL-XX». Hay:")
    assert english.json()["errors"][0]["message"].startswith("There is no “CL-XX”. There are:")
    assert (spanish["Content-Language"], english["Content-Language"]) == ("es-cl", "en")
    assert ask("es, en;q=0.5", region="CL-XX")["Content-Language"] == "es-cl"
    assert ask("fr", region="CL-XX")["Content-Language"] == "es-cl"
    options = ask("es", relation="zzz").json()["errors"][0]["message"]
    assert options == "No es una de las opciones: «all», «related» o «registry»."
    large = {"version": 1, "workers": 99_000_000}
    told = {
        said: executive("PATCH", f"/companies/{world.sides['own'].company.pk}", large, {"Accept-Language": said})
        for said in ("es", "en")
    }
    assert told["es"].json()["errors"][0]["message"] == "Tiene que ser 200.000 o menos."
    assert told["en"].json()["errors"][0]["message"] == "It has to be 200,000 or less."
    # A rule speaks Spanish: then the whole answer does, and says so.
    refused = executive.post("/companies", {"rut": "", "legal_name": ""}, Accept_Language="en")
    assert (refused["Content-Language"], refused.json()["title"]) == ("es-cl", "No se puede")
    wrong = {"name": "Eva", "email": "eva@a..b"}
    pk = world.sides["own"].company.pk
    told = executive.post(f"/companies/{pk}/contacts", wrong, Accept_Language="en")
    assert (told["Content-Language"], told.json()["title"]) == ("en", "Some values are not valid")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_the_page_of_the_document_refuses_as_the_rest_does(db: None, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, "/api/v1/docs")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"] == "GET, HEAD"


# --- what is looked for, and what was in force ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Viña", "VIÑA", "vina", "viña del mar"])
def test_reference_is_found_whatever_the_accents(executive: Program, text: str) -> None:
    found = executive.get("/reference/communes", q=text)["items"]
    assert "Viña del Mar" in {row["name"] for row in found}


def test_rules_of_a_day_had_begun(executive: Program) -> None:
    assert executive.get("/rules", on="1900-01-01")["items"] == []
    today = executive.get("/rules")
    assert today["items"]
    assert all(rule["valid_from"] <= today["on"] for rule in today["items"])


def test_the_example_of_the_document_is_accepted(executive: Program) -> None:
    post = document()["paths"]["/api/v1/companies"]["post"]
    made = executive.post("/companies", post["requestBody"]["content"]["application/json"]["example"])
    assert made.status_code == 201, made.content
    assert format_rut(made.json()["rut"]) == "40.000.123-5"
    assert Company.objects.filter(pk=made.json()["id"]).exists()


def test_an_empty_filter_asks_for_nothing(executive: Program) -> None:
    every = executive.get("/companies", limit=2)
    assert executive.get("/companies", limit=2, status="", kind="", relation="", cursor="", region="") == every
    assert executive("GET", "/companies", estado="").status_code == 422, "misspelt, whatever it says"


# --- webhooks in the document --------------------------------------------------------------------------------------


def test_the_document_tells_of_webhooks(db: None) -> None:
    told = document()["webhooks"]["changes"]["post"]
    assert {one["name"] for one in told["parameters"]} == {"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}
    assert told["requestBody"]["content"]["application/json"]["example"]["changes"]
    page = Client().get("/api/v1/docs").content.decode()
    for words in ("Webhook-Signature", "HMAC-SHA256", "receive_changes", "contact.name", "exports[].year"):
        assert words in page, words
