"""Walks every address of the site with every role, and compares who was let in with what the rooms' tables say."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import TestCase, override_settings
from django.urls import get_resolver, reverse

from acompana.people.checks import walk
from acompana.people.models import Role, RoleGrant
from tests.permissions import OTHER_ROLES, ROLES, STAFF, Row
from tests.permissions.world import HIGHEST, LOWEST, World, build

ROOMS = [config.name for config in apps.get_app_configs() if config.name.startswith("acompana.")]
MODULES = [import_module(f"{room}.tests.permissions") for room in ROOMS if find_spec(f"{room}.tests.permissions")]
ROWS: list[Row] = [row for module in MODULES for row in module.ROWS]
EVERY_ROLE = bool(os.environ.get("ACOMPANA_EVERY_ROLE"))
"""Ask each role of each address: half as many requests again, for whoever changes how somebody is let in."""
ADDRESSES = {(name, path) for name, path, _ in walk(get_resolver())}


def test_every_address_is_in_the_table():
    known = {row.name for row in ROWS}
    missing = sorted(f"{name or '(no name)'}  /{path}" for name, path in ADDRESSES if name not in known)
    assert not missing, "declare these in the room's tests/permissions.py:\n" + "\n".join(missing)


def test_the_table_names_addresses_that_exist_once():
    assert sorted({row.name for row in ROWS} - {name for name, _ in ADDRESSES}) == []
    assert [row for row, times in Counter((row.name, row.case) for row in ROWS).items() if times > 1] == []


def test_the_table_names_roles_that_exist():
    told = {
        role
        for row in ROWS
        for roles in (row.get, row.post, row.rival_get, row.rival_post, row.writes)
        for role in roles or ()
    }
    assert told <= set(ROLES)


@pytest.mark.one_database
@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    # Who asks is said by what the browser brings, signed, and not looked up for each of thousands of requests.
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    ROOT_URLCONF="tests.permissions.urls",
)
class TestTheTable(TestCase):
    """A method for each row, made below: the world is made once for all of them, and undone by Django."""

    world: World

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        logging.disable(logging.WARNING)  # a line for each refusal, with where it was raised, is half of its cost
        cls.addClassCleanup(logging.disable, logging.NOTSET)

    @classmethod
    def setUpTestData(cls) -> None:
        made = build()
        for module in MODULES:
            for side in made.sides.values():
                getattr(module, "furnish", lambda side, world: None)(side, made)
        cls.world = made

    def test_every_role_of_the_agency_is_walked(self):
        """ROL-1 to ROL-17. Of the roles outside it, representatives and foreign contacts enter; the bodies that
        receive referrals do not, and nobody can be given them (people.operations)."""
        walked = {self.world.cast[key] for key in {*ROLES, *OTHER_ROLES} & set(self.world.cast.people)}
        held = set(RoleGrant.objects.filter(staff_member__person__in=walked).values_list("role__slug", flat=True))
        assert held == set(Role.objects.exclude(kind=Role.Kind.OUTSIDE).values_list("slug", flat=True))

    def check(self, row: Row) -> None:
        wrong = []
        for side in ("own", "rival") if row.args else ("own",):
            objects = self.world.sides[side]
            address = address_of(row, objects)
            data = row.data(objects) if row.data else {}
            for method in ("get", "post"):
                admitted = row.admitted(method, side)
                if side == "rival" and not admitted and not row.admitted(method, "own"):
                    continue  # what no page serves does not ask whose objects they are
                writers = row.writers(side) if method == "post" else None
                for role in ROLES:
                    expected = role in admitted
                    changes = None if writers is None else role in writers
                    for person in standing_for(role, expected if changes is None else changes, row, method, side):
                        answer, changed = ask(self.world, person, method, address, data if method == "post" else {})
                        told = f"{person} {method} with {side} objects: {describe(answer)}"
                        if answer.status_code == 500 or let_in(answer) is not expected:
                            wrong.append(told)
                        elif changes is not None and bool(changed) is not changes:
                            wrong.append(f"{told}, and changed {', '.join(sorted(changed)) or 'nothing'}")
        assert not wrong, f"{row.name}\n" + "\n".join(wrong)

    def test_a_method_that_no_page_serves_gives_and_changes_nothing(self):
        wrong = []
        for row, role, method in [(*pair, m) for pair in asked_otherwise() for m in unserved(*pair)]:
            answer, changed = ask(self.world, role, method, address_of(row, self.world.sides["own"]), {})
            gives = 200 <= answer.status_code < 300 and (method != "options" or answer.content)
            if gives or changed or answer.status_code == 500:
                wrong.append(f"{row.name} {role} {method}: {describe(answer)}, changed {changed or 'nothing'}")
        assert not wrong, "\n".join(wrong)

    def test_head_is_let_in_as_get_and_gives_no_body(self):
        wrong = []
        for row, role in asked_otherwise():
            answer, _ = ask(self.world, role, "head", address_of(row, self.world.sides["own"]), {})
            body = b"".join(answer) if answer.streaming else answer.content
            if answer.status_code == 500 or body or let_in(answer) is not (role in row.admitted("get", "own")):
                wrong.append(f"{row.name} {role} head: {describe(answer)}")
        assert not wrong, "\n".join(wrong)


UNSERVED = ("put", "patch", "delete", "options", "trace")


def unserved(row: Row, role: str) -> tuple[str, ...]:
    """All of them for who may most; a stranger, who gets as far nowhere, tries one at each address, in its turn."""
    turn = ROWS.index(row) % len(UNSERVED)
    return UNSERVED if EVERY_ROLE or role != "anonymous" else UNSERVED[turn : turn + 1]


def asked_otherwise() -> list[tuple[Row, str]]:
    """Each address, by a stranger and by the first of those who may most there."""
    return [
        (row, role)
        for row in ROWS
        for role in ("anonymous", next((r for r in reversed(ROLES) if r in (row.post or row.get or ())), "owner"))
    ]


def address_of(row: Row, objects: Any) -> str:
    return reverse(row.name, kwargs=row.args(objects) if row.args else None)


def standing_for(role: str, may: bool, row: Row, method: str, side: str) -> tuple[str, ...]:
    """Who is asked in the name of a role: itself; for OTHER_STAFF the lowest where they may, and where they may not
    the highest, and once for each address one of them by itself, each in its turn (they stand in no relation with
    either side).

    Of a method that no page serves, and of pages open to all staff, a stranger, the lowest or the highest, and four
    roles are asked, each role in its turn from address to address; `ACOMPANA_EVERY_ROLE=1` asks all of them.
    """
    number, own = ROWS.index(row), row.admitted(method, "own")
    alike = not own or (may and row.admitted(method, side) >= STAFF)
    if alike and not EVERY_ROLE and role not in ("anonymous", "other_staff"):
        return (role,) if role in [ROLES[(number * 4 + step) % len(ROLES)] for step in range(4)] else ()
    if role != "other_staff":
        return (role,)
    if may:
        return (LOWEST,)
    alone = "post" if row.post and role not in row.post else "get"
    if (method, side) != (alone, "own") or not row.admitted(method, side):
        return (HIGHEST,)
    return (HIGHEST, OTHER_ROLES[number % len(OTHER_ROLES)])


def _method(row: Row) -> Callable[[TestTheTable], None]:
    return lambda self: self.check(row)


for _row in ROWS:
    _name = f"{_row.name}_{_row.case}".rstrip("_").replace(":", "_").replace("-", "_")
    setattr(TestTheTable, f"test_{_name}", _method(_row))


WRITES = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
OF_THE_BROWSER = frozenset({"django_session", "kernel_sentform"})
"""Where anybody's visit may leave a row: the session, and the forms that were sent already."""


def ask(world: World, key: str, method: str, address: str, data: dict) -> tuple[HttpResponse, set[str]]:
    """One request, undone afterwards, so that each finds the world as it was; and the tables that it changed."""
    changed: set[str] = set()
    broke: list[BaseException | None] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        found = WRITES.match(sql)
        # An insertion that hands its id back has no count on SQLite until it is read; it never inserts nothing.
        if found and (sql.startswith("INSERT") or context["cursor"].rowcount) and found[1] not in OF_THE_BROWSER:
            changed.add(found[1])
        return result

    def keep(**signal: Any) -> None:
        broke.append(sys.exc_info()[1])

    got_request_exception.connect(keep)
    try:
        with transaction.atomic():
            with connection.execute_wrapper(watch):
                browser = world.browser(key)
                answer = browser.trace(address) if method == "trace" else getattr(browser, method)(address, data)
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(keep)
    answer.broke = broke[-1] if broke else None
    return answer, changed


def let_in(answer: HttpResponse) -> bool:
    asks_for_a_token = "WWW-Authenticate" in answer  # as every address of the API does of a session
    return answer.status_code not in (403, 404, 405) and not to_the_entrance(answer) and not asks_for_a_token


def to_the_entrance(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(f"{settings.LOGIN_URL}?next=")


def describe(answer: HttpResponse) -> str:
    if answer.status_code == 500:
        return f"broke: {answer.broke!r}"
    return f"{'let in' if let_in(answer) else 'kept out'} with {answer.status_code}"
