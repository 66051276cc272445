"""The example client where something is wrong: a sentence that says what, never a traceback and never the token."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

sys.path.insert(0, str(Path(settings.ROOT) / "examples"))

import client as example

SECRET = "aco_secreta"


class Site(BaseHTTPRequestHandler):
    """Answers as the path says: a status, where it leads, or nothing of a body that is too large."""

    def do_GET(self) -> None:
        told = self.path.removeprefix("/api/v1/").split("/")[0]
        self.send_response(int(told))
        if told == "302":
            self.send_header("Location", "http://127.0.0.1:1/otra")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")

    def do_POST(self) -> None:
        self.connection.close()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("given", "secret"),
    [
        ("nada", SECRET),
        ("http://", SECRET),
        ("http://[", SECRET),
        ("http://a b", SECRET),
        ("http://127.0.0.1:1", f"{SECRET}\nX: y"),
        ("http://127.0.0.1:1", f"{SECRET}ñ"),
    ],
)
def test_what_can_be_no_site_or_token_is_said(capsys: Any, monkeypatch: Any, given: str, secret: str) -> None:
    monkeypatch.setenv("ACOMPANA_TOKEN", secret)
    assert example.main([given, "companies"]) == 1
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert SECRET not in told


def test_a_token_read_from_a_file_may_end_its_line() -> None:
    assert example.Client("http://localhost", f"{SECRET}\n").token == SECRET


@pytest.mark.parametrize(("status", "told"), [("500", "answers 500"), ("302", "answers 302 and leads to http://127")])
def test_who_answered_is_not_said_to_be_silent(site: str, status: str, told: str) -> None:
    with pytest.raises(example.Unreachable, match=told) as raised:
        example.Client(site, SECRET, patience=0).call("GET", f"/{status}")
    assert "does not answer" not in str(raised.value)


def test_a_body_that_is_cut_short_may_be_too_large(site: str) -> None:
    with pytest.raises(example.Unreachable, match="may be too many"):
        example.Client(site, SECRET, patience=0).call("POST", "/companies", {"legal_name": "x" * 20_000_000})


@pytest.mark.parametrize("signature", ["t=1,v1=ñ", "t=1,v1=\udcff", "t=" + "9" * 400 + ",v1=a", "t=x,v1=a", "", "t=1"])
def test_no_signature_breaks_the_check(signature: str) -> None:
    assert not example.is_genuine("s", signature, b"{}")
    assert not example.is_genuine("s", signature, b"{}", now=1)
