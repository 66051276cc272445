"""The document says what the operations do: checked against itself, fuzzed, and followed by the example client."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from pydantic import TypeAdapter

from acompana.api.contract import DECLARED
from acompana.api.document import TAGS, document
from acompana.api.endpoints import API
from acompana.api.english import ANSWERS
from acompana.api.problems import KINDS
from acompana.api.rules import SCOPES
from acompana.api.tests.conftest import Program, new_token
from acompana.api.tests.permissions import OPERATIONS, arguments_of
from acompana.companies.tests.conftest import make_company
from tests.permissions.world import World

sys.path.insert(0, str(Path(settings.ROOT) / "examples"))

OPERATIONS_OF: list[tuple[str, str, dict[str, Any]]] = [
    (path, method, operation)
    for path, operations in document()["paths"].items()
    for method, operation in operations.items()
]


def test_every_operation_says_all_of_itself() -> None:
    assert document()["openapi"].startswith("3.1")
    for path, _, operation in OPERATIONS_OF:
        assert operation["summary"], path
        assert operation["description"], path
        assert {"401", "403", "405", "422", "429", "500", "503"} <= set(operation["responses"]), path
        done = next(told for status, told in operation["responses"].items() if status.startswith("2"))
        assert "example" in done["content"]["application/json"], path
        scope = DECLARED[operation["operationId"]].scope
        assert not scope or scope in SCOPES


def test_it_says_whose_an_idempotency_key_is_and_what_a_wrong_method_gets() -> None:
    for path, _, operation in OPERATIONS_OF:
        refused = operation["responses"]["405"]
        assert refused["headers"].keys() == {"Allow"}, path
        keys = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
        assert all("con otra, de la misma persona" in one["description"] for one in keys), path
    assert "405" in document()["info"]["description"]


def test_it_is_given_to_anybody_without_a_session(db: None) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json()["paths"].keys() == document()["paths"].keys()
    assert not answer.cookies


def test_the_page_lists_every_operation_and_problem(db: None) -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for _, _, operation in OPERATIONS_OF:
        assert f'id="{operation["operationId"]}"' in page
    assert 'id="bad-cursor"' in page
    assert "<script>" not in page
    assert not re.search(r'src="https?://', page)


@pytest.mark.parametrize(
    ("language", "words", "alone"),
    [
        ("es", "De {} a {}; si no lo dices, {}", "se hace en el portal"),
        ("en", "From {} to {}; unless you say, {}", "is done in the portal"),
    ],
)
def test_the_page_says_how_many_rows_a_list_gives_and_what_the_portal_alone_does(
    db: None, language: str, words: str, alone: str
) -> None:
    page = Client().get("/api/v1/docs", {"idioma": language}).content.decode()
    limits = [
        one["schema"] for _, _, operation in OPERATIONS_OF for one in operation["parameters"] if one["name"] == "limit"
    ]
    for limit in limits:
        assert words.format(limit["minimum"], limit["maximum"], limit["default"]) in page
    assert page.count(words.split("{")[0]) >= len(limits) > 5
    assert alone in page


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1", "/api/nada", "/api/v1/nada"])
def test_what_is_not_there_is_said_as_a_problem(db: None, address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_page_is_english_to_who_chose_it(db: None) -> None:
    """Every sentence that the page says, and none kept that it says no more."""
    page = Client().get("/api/v1/docs", {"idioma": "en"})
    told = page.content.decode()
    assert page["Content-Language"] == "en"
    assert "List of companies by name, with filters" in told
    assert KINDS["media"].title_en in told
    spoken = set(TAGS.values()) | set(SCOPES.values())
    for operations in [*document()["paths"].values(), *document()["webhooks"].values()]:
        for operation in operations.values():
            spoken |= {operation["summary"], operation.get("description", "")}
            spoken |= {one.get("description", "") for one in operation["parameters"]}
            for answer in operation["responses"].values():
                spoken |= set(answer["description"].split(" · "))
    assert sorted(text for text in spoken - {""} if text not in ANSWERS) == []


def test_answers_are_as_documented(world: World, executive: Program) -> None:
    """What operations give back is not validated as it leaves: here it is, against the type that documents it."""
    admin = Program(new_token(world.cast["administrator"]))
    queries = {
        "search_companies": {"q": "alto roble"},
        "find_duplicates": {"name": "Conservas Alto Roble"},
        "compute_deadline": {"rule": "DL-1", "start": "2026-09-16T15:00", "office": "CL-RM"},
    }
    own = world.sides["own"]
    checked = 0
    for router in API._get_bound_routers():
        for path_view in router.path_operations.values():
            for operation in path_view.operations:
                if operation.methods != ["GET"]:
                    continue
                pattern = next(p for p in OPERATIONS if p.name == operation.operation_id)
                from django.urls import reverse

                address = reverse(f"api-v1:{pattern.name}", kwargs=arguments_of(pattern, own))
                told = admin.get(address.removeprefix("/api/v1"), **queries.get(pattern.name, {}))
                model = operation.response_models[200].__annotations__["response"]
                TypeAdapter(model).validate_python(told)
                fields = set(getattr(model, "model_fields", {}))
                assert set(told) == fields or not fields, (pattern.name, set(told) ^ fields)
                checked += 1
    assert checked == sum(method == "get" for _, method, _ in OPERATIONS_OF)


# --- fuzzed -------------------------------------------------------------------------------------------------------

TRIED = 6 if os.environ.get("ACOMPANA_TESTED_BEFORE") else 12
"""Requests of each operation: what they are is the same on the second database of a run."""


def known_values(world: World) -> dict[str, Any]:
    """Ids that exist, so that operations are reached and not only their 404."""
    own = world.sides["own"]
    return {
        **{name: value for pattern in OPERATIONS for name, value in arguments_of(pattern, own).items()},
        "contact_id": make_contact(own.company),
    }


def make_contact(company: Any) -> int:
    from acompana.companies.models import Contact

    return Contact.objects.create(company=company, name="Eva").pk


@pytest.mark.strict_database
def test_no_request_breaks_it(world: World) -> None:
    """Schemathesis makes requests from the document, of the right shape and of others: never a 5xx, and at least
    seven operations of ten are reached with a 2xx."""
    secret = new_token(world.cast["administrator"])
    headers = {"Authorization": f"Bearer {secret}"}
    for number in range(3):
        make_company(f"Semilla {number}")
    known = known_values(world)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    reached: set[str] = set()
    broke: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]

        def ask(case: Any, name: str = name) -> None:
            for parameter in set(case.path_parameters or {}) & set(known):
                case.path_parameters[parameter] = known[parameter]
            answer = case.call(headers=headers)
            if answer.status_code >= 500:
                broke.append(f"{name}: {answer.status_code} {case.as_curl_command()[:300]}")
            elif 200 <= answer.status_code < 300:
                reached.add(name)

        fuzz(operation, ask)
    assert not broke, "\n".join(broke[:10])
    share = len(reached) / len(OPERATIONS_OF)
    assert share >= 0.7, sorted({o["operationId"] for _, _, o in OPERATIONS_OF} - reached)


def fuzz(operation: Any, ask: Any) -> None:
    from hypothesis import given

    @given(case=operation.as_strategy())
    @effort(
        max_examples=TRIED,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case: Any) -> None:
        ask(case)

    run()
