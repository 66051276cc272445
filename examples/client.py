"""A small client of the API, with the standard library alone. Copy it and change what you need."""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

ATTEMPTS = 5


class Problem(Exception):
    """The API said no: `status`, and the document of RFC 9457 in `told`."""

    def __init__(self, status: int, told: dict[str, Any]) -> None:
        values = [f"  {error['where']}: {error['message']}" for error in told.get("errors", ())]
        super().__init__("\n".join([f"{status} {told.get('title', '')}: {told.get('detail', '')}", *values]))
        self.status, self.told = status, told


class Unreachable(Exception):
    """Nobody answers there, or who answers is not this API."""


class Misused(Exception):
    """What was given as a site or a token can be none."""


class _SameSite(urllib.request.HTTPRedirectHandler):
    """Follows where a company that was merged leads, and nowhere else: the token is for this site alone."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if urllib.parse.urlsplit(newurl)[:2] != urllib.parse.urlsplit(req.full_url)[:2]:
            raise Unreachable(f"{req.full_url} answers {code} and leads to {newurl}: is that the site to give?")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Client:
    """One site, one token."""

    def __init__(self, site: str, token: str, patience: float = 1) -> None:
        """`patience`: seconds before the second attempt where nobody answers; the later ones wait longer."""
        self.site, self.token, self.patience = site.rstrip("/"), token.strip(), patience
        self.opener = urllib.request.build_opener(_SameSite)
        if not re.match(r"https?://[^/\s]", self.site):
            raise Misused(f"{site} is no site: give it with http:// or https://")
        if not re.fullmatch(r"[!-~]*", self.token):
            raise Misused("The token has a space, a line break or a letter that no token has: copy it again")

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **query: Any
    ) -> Any:
        """One request. Waits when the API says to; a write carries a key, so that repeating it does it once."""
        asked = urllib.parse.urlencode({name: value for name, value in query.items() if value not in (None, "")})
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", **(headers or {})}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        if method != "GET":
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        address = f"{self.site}/api/v1{path}" + (f"?{asked}" if asked else "")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                request = urllib.request.Request(address, data, sent, method=method)
                with self.opener.open(request, timeout=30) as answer:
                    return _read(answer, address)
            except urllib.error.HTTPError as error:
                told = _read(error, address)
                if error.code not in (429, 503) or attempt == ATTEMPTS:
                    raise Problem(error.code, told) from error
                time.sleep(float(error.headers.get("Retry-After", 1)))
            except (ValueError, http.client.InvalidURL):
                raise Misused(f"{address} is no address that can be asked") from None  # it may quote the token
            except (OSError, http.client.HTTPException) as error:
                if attempt == ATTEMPTS:
                    raise Unreachable(_why_not(address, getattr(error, "reason", error), data)) from error
                time.sleep(attempt * self.patience)
        raise AssertionError("unreachable")

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page after page."""
        cursor = ""
        while True:
            page = self.call("GET", path, cursor=cursor, **query)
            yield from page["items"]
            if not page["next"]:
                return
            cursor = page["next"]

    def changes(self, cursor: str = "") -> tuple[list[dict[str, Any]], str]:
        """What changed since a cursor, and the cursor to come back with. Keep it: it is all that you need to keep."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", "/changes", cursor=cursor)
            found += page["items"]
            cursor = page["next"]
            if not page["more"]:
                return found, cursor

    def read(self, change: dict[str, Any]) -> Any:
        """What a change of the feed is about, as it is now; None of what is gone or has no address. Of a company that
        was merged it is the one that stayed."""
        if not change["href"]:
            return None
        try:
            return self.call("GET", change["href"].removeprefix("/api/v1"))
        except Problem as problem:
            if problem.status != 404:
                raise
            return None

    def update_company(self, company_id: int, **values: Any) -> Any:
        """Read, change, and say which version was read; again from the start when somebody was first. Of a company
        that was merged the problem says into which: `told["company_id"]`."""
        for attempt in range(1, ATTEMPTS + 1):
            version = self.call("GET", f"/companies/{company_id}")["version"]
            try:
                return self.call("PATCH", f"/companies/{company_id}", {**values, "version": version})
            except Problem as problem:
                if attempt == ATTEMPTS or not str(problem.told.get("type")).endswith("#stale"):
                    raise
        raise AssertionError("unreachable")


def _where_to(row: dict[str, Any]) -> str:
    """Of a company that was merged, the one that stayed: whoever keeps its id keeps that one instead."""
    return f" into {row['merged_into']}" if row["merged_into"] else ""


def _why_not(address: str, reason: Any, data: bytes | None) -> str:
    if data and isinstance(reason, BrokenPipeError | ConnectionResetError | ConnectionAbortedError):
        return f"{address} closed the connection while {len(data)} bytes were sent: they may be too many for it"
    return f"{address} does not answer: {reason}"


def _read(answer: Any, address: str) -> Any:
    try:
        return json.loads(answer.read() or b"{}")
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{address} answers {answer.status} and breaks off: {error}") from error
    except ValueError as error:
        raise Unreachable(f"{address} answers {answer.status} with something that is not JSON") from error


def is_genuine(secret: str, signature: str, body: bytes, now: float | None = None, tolerance: float = 300) -> bool:
    """Whether a webhook comes from who has the secret, and lately: `signature` is its header Webhook-Signature."""
    parts = dict(part.split("=", 1) for part in signature.split(",") if "=" in part)
    try:
        timestamp = int(parts["t"])
        is_recent = abs((time.time() if now is None else now) - timestamp) <= tolerance
    except (KeyError, ValueError, OverflowError):
        return False
    wanted = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), parts.get("v1", "").encode(errors="replace")) and is_recent


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", help="http://localhost:8000")
    verbs = parser.add_subparsers(dest="verb", required=True)
    companies = verbs.add_parser("companies", help="list companies")
    companies.add_argument("--q", default="")
    companies.add_argument("--region", default="")
    companies.add_argument("--limit", type=int, default=20)
    note = verbs.add_parser("note", help="write a note on a company")
    note.add_argument("company", type=int)
    note.add_argument("text")
    changes = verbs.add_parser("changes", help="what changed")
    changes.add_argument("--cursor", default="")
    given = parser.parse_args(arguments)
    try:
        client = Client(given.site, os.environ.get("ACOMPANA_TOKEN", ""))
        if given.verb == "companies":
            page = client.call("GET", "/companies", q=given.q, region=given.region, limit=given.limit)
            rows = [f"{row['id']:>8}  {row['name']}  {row['status']['name']}" for row in page["items"]]
        elif given.verb == "note":
            body = {"kind": "note", "text": given.text}
            rows = [f"entry {client.call('POST', f'/companies/{given.company}/entries', body)['id']}"]
        else:
            found, cursor = client.changes(given.cursor)
            rows = [f"{row['action']:>8}  {row['kind']} {row['id']}{_where_to(row)}" for row in found]
            rows.append(f"cursor {cursor}")
    except (Problem, Unreachable, Misused) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
