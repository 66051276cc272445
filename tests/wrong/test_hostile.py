"""Every address, with arguments, queries and forms that nobody would write by hand: never our fault, always an answer.

The addresses come from the site itself and their objects from the permission table, so that a new address is tried
without anybody thinking of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase, override_settings
from django.urls import reverse

from tests.permissions import Row
from tests.permissions.test_table import ADDRESSES, MODULES, ROWS
from tests.permissions.world import World, build

BEYOND = str(2**63)
NUMBERS = ("0", BEYOND, "9" * 60)
WORDS = ("a%00b", "%FF%FE", "%F0%9F%AB%92", "..%2F..%2Fetc%2Fpasswd", "%27%22%3E%3Cb%3E", "x" * 2000)
SLUGS = ("-", "x" * 2000, "0")
VALUES = (
    # What a database may refuse, each in its manner.
    "-1",
    BEYOND,
    "9" * 400,
    "1e999",
    "ab\x00cd",
    "🫒 ñandú \u202e\u0301",
    "x" * 10_000,
    "0001-01-01",
    # What is read, or refused, before any database hears of it.
    "",
    "²",
    "NaN",
    "'; --<script>alert(1)</script>{{7*7}}%s",
    "\r\nBcc: otro@correo.example",
    "2026-99-99",
    "9999-12-31T23:59",
)
ROUNDS = 4
STEP = len(VALUES) // ROUNDS
PREFERRED = ("administrator", "executive", "owner", "director", "client_management", "control", "citizen", "anonymous")


def names_in_code() -> list[str]:
    """Every name that some view reads by itself, without a form."""
    found = set()
    for path in Path(settings.PACKAGE).rglob("*.py"):
        if "tests" not in path.parts:
            found |= set(re.findall(r"(?:GET|POST)\.(?:get|getlist)\(\s*\"(\w+)\"", path.read_text()))
    return sorted(found | {"page", "q"})


NAMES = names_in_code()


class Names(HTMLParser):
    """The names of the controls of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in ("input", "select", "textarea", "button") and name and name != "csrfmiddlewaretoken":
            self.found.add(name)


def controls_of(answer: HttpResponse) -> set[str]:
    if answer.status_code != 200 or answer.streaming or "html" not in answer.get("Content-Type", ""):
        return set()
    parser = Names()
    parser.feed(answer.content.decode())
    return parser.found


def broken(answer: HttpResponse) -> bool:
    """Whether something was raised that nobody foresaw. ClaveÚnica, which is not configured here, answers 503."""
    return answer.status_code >= 500 and answer.exc_info is not None


def mixed(names: set[str], seed: str) -> Iterator[dict[str, str]]:
    """What is sent to one address: every value is there in each round, and no name has the same one twice. Which name
    gets which differs from address to address, and is the same in every run."""
    shuffled = random.Random(seed).sample(sorted(names), len(names))
    for turn in range(ROUNDS):
        yield {name: VALUES[(number + turn * STEP) % len(VALUES)] for number, name in enumerate(shuffled)}


def short(values: dict[str, str]) -> dict[str, str]:
    return {name: value[:12] for name, value in values.items()}


def hostile_paths() -> Iterator[str]:
    for _, path in ADDRESSES:
        holes = re.findall(r"<(\w+):\w+>", path)
        if path.startswith("^"):
            continue
        for kind in set(holes):
            for value in {"int": NUMBERS, "slug": SLUGS}.get(kind, WORDS):
                filled = re.sub(rf"<{kind}:\w+>", lambda match, value=value: value, path)
                yield "/" + re.sub(r"<int:\w+>", "1", re.sub(r"<(?:str|slug):\w+>", "x", filled))


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
@pytest.mark.strict_database
class TestHostile(TestCase):
    """One test for what comes in the address, one for each address of the table for what comes with it."""

    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = build()
        for module in MODULES:
            for side in cls.world.sides.values():
                getattr(module, "furnish", lambda side, world: None)(side, cls.world)

    def ask(self, role: str, method: str, address: str, data: dict[str, Any] | None = None) -> HttpResponse:
        client = Client(raise_request_exception=False)
        if role in self.world.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.world.sessions[role]
        with transaction.atomic():
            answer = getattr(client, method)(address, data or {})
            transaction.set_rollback(True)
        return answer

    def test_arguments(self) -> None:
        broke = []
        for address in hostile_paths():
            role = "owner" if address.startswith("/mi-empresa/") else "administrator"
            answer = self.ask(role, "get", address)
            if broken(answer):
                broke.append(f"{role} {address[:90]}: {answer.exc_info[1]!r:.150}")
        assert not broke, "\n".join(broke)

    def check(self, row: Row) -> None:
        own = self.world.sides["own"]
        address = reverse(row.name, kwargs=row.args(own) if row.args else None)
        names: set[str] = set(NAMES)
        broke = []
        for method, admitted in (("get", row.get), ("post", row.post)):
            role = next((role for role in PREFERRED if role in (admitted or ())), None)
            if role is None:
                continue
            data = row.data(own) if row.data else {}
            if method == "get":
                names |= controls_of(self.ask(role, "get", address))
            for values in mixed(names | set(data), seed=f"{row.name} {row.case} {method}"):
                answer = self.ask(role, method, address, values)
                if broken(answer):
                    broke.append(f"{role} {method} {short(values)}: {answer.exc_info[1]!r:.200}")
        assert not broke, f"{row.name}\n" + "\n".join(broke)


def _method(row: Row) -> Callable[[TestHostile], None]:
    return lambda self: self.check(row)


for _row in ROWS:
    setattr(TestHostile, f"test_{_row.name.replace(':', '_').replace('-', '_')}", _method(_row))
