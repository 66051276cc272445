"""The cast with a token each, and two companies with what hangs on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from acompana.api import rate
from acompana.api.operations import give_token
from acompana.api.queries import codes
from acompana.api.rules import SCOPES
from acompana.kernel.clock import read_clock
from acompana.people.actors import SYSTEM
from acompana.people.models import Person
from tests.kept import made_once
from tests.permissions.world import World, build

ROOT = "/api/v1"


def new_token(person: Person | None, *scopes: str, **more: Any) -> str:
    """The secret of a token; of a system without a person; of every scope unless said."""
    given = {"life": timedelta(days=30), "rate": 1_000_000, "name": "Prueba", **more}
    _, secret = give_token(person=person, scopes=scopes or tuple(SCOPES), actor=SYSTEM, now=read_clock(), **given)
    return secret


@dataclass
class Program:
    """A program with a token: `program("GET", "/companies", q="alto")`."""

    secret: str
    raises: bool = True

    def __call__(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> HttpResponse:
        client = Client(raise_request_exception=self.raises)
        sent = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        data = "" if body is None else json.dumps(body)
        kind = "application/json"
        return client.generic(method, ROOT + path, data, kind, headers=sent, query_params=query)  # type: ignore[return-value]

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of what must be there."""
        answer = self("GET", path, **query)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test has a database of its own, and the process remembers nothing of another."""
    codes.forget()
    rate.forget()
    return


made = made_once(build)


@pytest.fixture
def world(made: World, db: None) -> World:
    """The same, for a test that reads and writes as it likes."""
    return made


@pytest.fixture
def executive(world: World) -> Program:
    return Program(new_token(world.cast["executive"]))


@pytest.fixture
def owner(world: World) -> Program:
    return Program(new_token(world.cast["owner"]))


@pytest.fixture
def system(world: World) -> Program:
    return Program(new_token(None))
