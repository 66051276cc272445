"""Every operation with a token, and with what nobody would send by hand: always an answer, never our fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from acompana.api.document import document
from acompana.api.tests.conftest import new_token
from tests.permissions.world import World

PATHS = ("0", "9" * 60, str(2**63), "%00", "a%00b", "%FF%FE", "%F0%9F%AB%92", "..%2F..", "'\"--", "x" * 2000, "-1")
VALUES = ("-1", str(2**63), "9" * 400, "²", "NaN", "1e999", "ab\x00cd", "🫒 ñ \u202e\u0301", "x" * 10_000,
          "'; --<b>{{7*7}}%s", "\r\nX: y", "2026-99-99", "0001-01-01", "9999-12-31T23:59", "%", "_", "[]")  # fmt: skip
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"a": "\\u0000"}',
    b"\x00",
    b"\xff",
    b'{"kind": "note", "text": "x", "happened_at": "9999-12-31T23:59:59Z"}',
    b'{"kind": "note", "text": "x", "happened_at": "0001-01-01T00:00:00Z"}',
    b'{"kind": "note", "text": "x", "happened_at": 1e308}',
    b'{"kind": "note", "text": "%s", "matter": "\xf0\x9f\xab\x92"}',
    b'{"legal_name": "\xc2\xb2", "rut": "\xc2\xb2", "workers": 1e999}',
    b'{"version": 1, "started_on": "0001-01-01"}',
    b'{"version": 1, "sales_bracket": 9223372036854775808}',
    b'{"name": "' + b"x" * 5000 + b'"}',
)


def requests() -> Iterator[tuple[str, str, bytes]]:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            holes = re.findall(r"{\w+}", path)
            plain = re.sub(r"{\w+}", "1", path)
            for value in PATHS if holes else ():
                yield method, re.sub(r"{\w+}", value, path), b""
            names = [one["name"] for one in operation["parameters"] if one["in"] == "query"]
            for value in VALUES if names else ():
                from urllib.parse import urlencode

                yield method, f"{plain}?{urlencode(dict.fromkeys(names, value))}", b""
                for name in names:
                    yield method, f"{plain}?{urlencode({name: value})}", b""
            for body in BODIES if "requestBody" in operation else ():
                yield method, plain, body


@pytest.mark.strict_database
@pytest.mark.parametrize("role", ["administrator", "owner"])
def test_nothing_breaks_it(world: World, role: str) -> None:
    company = world.sides["own"].company.pk
    secret = new_token(world.cast[role])
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
    broke, asked = [], 0
    for method, address, body in requests():
        address = address.replace("/companies/1", f"/companies/{company}", 1)
        answer = client.generic(method.upper(), address, body, "application/json")
        asked += 1
        if answer.status_code >= 500 or (
            answer.status_code >= 400 and answer["Content-Type"] != "application/problem+json"
        ):
            broke.append(f"{method} {address[:90]} {body[:60]!r}: {answer.status_code} {answer.content[:200]!r}")
    assert asked > 500
    assert not broke, "\n".join(broke[:20])


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Bearer \x00"},
        {"Authorization": "Bearer ñandú"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": ""},
    ],
)
def test_what_is_no_token(db: None, headers: dict[str, str]) -> None:
    answer = Client().get("/api/v1/companies", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize("key", ["x" * 300, "a\x00b"])
def test_what_is_no_key(world: World, key: str) -> None:
    secret = new_token(world.cast["executive"])
    client = Client(headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": key})
    path = f"/api/v1/companies/{world.sides['own'].company.pk}/entries"
    answer = client.post(path, b'{"kind": "note", "text": "x"}', content_type="application/json")
    assert answer.status_code == 422
