"""Every filter of every list: a code that is none is refused, by its name and with those that there are."""

from __future__ import annotations

import re

import pytest

from acompana.api.document import document
from acompana.api.tests.conftest import Program, new_token
from tests.permissions.world import World

FREE = {"q", "name"}  # any text is one to look for
OF_PATHS = {"instrument": "preadmissibility", "name": "regions", "rule_id": "DL-1"}
BESIDE = {"/api/v1/deadlines": {"rule": "DL-1", "start": "2026-09-16T15:00", "office": "CL-RM"}}
SEARCHED = {"/api/v1/companies/search": {"q": "alto"}}


def filters() -> list[tuple[str, str]]:
    found = []
    for path, operations in document()["paths"].items():
        for parameter in operations.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query" and parameter["name"] not in FREE:
                found.append((path, parameter["name"]))
    return found


@pytest.mark.parametrize(("path", "name"), filters())
@pytest.mark.parametrize("role", ["administrator", "owner"])
def test_what_is_no_code_is_told(world: World, role: str, path: str, name: str) -> None:
    company = world.sides["own"].company.pk
    plain = re.sub(r"{(\w+)}", lambda hole: OF_PATHS.get(hole[1], str(company)), path)
    asked = {**BESIDE.get(path, {}), **SEARCHED.get(path, {}), name: "zz"}
    answer = Program(new_token(world.cast[role]))("GET", plain.removeprefix("/api/v1"), **asked)
    told = answer.json()
    if answer.status_code == 403:
        assert role == "owner", path
        return
    assert answer["Content-Type"] == "application/problem+json", path
    if name == "cursor":
        assert (answer.status_code, told["type"]) == (400, "/api/v1/docs#bad-cursor")
    else:
        assert answer.status_code == 422
        assert [error["where"] for error in told["errors"]] == [f"query.{name}"]


def test_codes_that_there_are_come_with_the_refusal(world: World, executive: Program, owner: Program) -> None:
    def told(path: str, program: Program = executive, language: str = "es", **asked: str) -> str:
        answer = program("GET", path, None, {"Accept-Language": language}, **asked)
        message: str = answer.json()["errors"][0]["message"]
        return message

    assert told("/companies", region="XX").startswith("No existe «XX». Hay: CL-AI, CL-AN,")
    assert told("/companies", language="en", region="XX").startswith("There is no “XX”. There are: CL-AI,")
    assert told("/companies", commune="00000") == "No existe «00000». Están en /api/v1/reference/communes."
    assert "CL-CENTRAL" in told("/commitments", office="XX")
    assert told("/companies", executive="99999") == "No existe «99999»."
    assert "DL-1" in told("/commitments", rule="XX")
    assert "intake" in told("/matters", kind="XX")
    assert "interview" in told("/responses", instrument="XX")
    assert "interview" not in told("/responses", owner, instrument="XX")
    assert "interview" not in told("/responses", owner, instrument="interview").partition("Hay")[2]
    assert "DL-1" in told("/deadlines", rule="XX", start="2026-09-16T15:00", office="CL-RM")


@pytest.mark.parametrize(("name", "typed", "right"), [
    ("rut", "40.000.123-4", "40.000.123-5"), ("rut", "123", "40000123-5"), ("email", "ana", "ana@a.example"),
    ("phone", "llamar", "+56 9 8765 4321"),
])  # fmt: skip
def test_what_can_be_nobodys_is_no_duplicate_of_nothing(executive: Program, name: str, typed: str, right: str) -> None:
    answer = executive("GET", "/companies/duplicates", **{name: typed})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["where"] == f"query.{name}"
    assert executive.get("/companies/duplicates", **{name: right}) == {"items": []}
