"""One piece of work on one database, in a process of its own; what it found goes to a file as JSON.

python -m bench.task ask OUT --port 8200
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

PEOPLE = "@executives.bench.example"
EXECUTIVES = 10  # whose queues are asked for


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=("make", "ask", "work", "matcher"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--companies", type=int, default=0)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tests", type=int, default=10_000)
    parser.add_argument("--writes", type=int, default=800)
    options = parser.parse_args()
    django.setup()
    found = {"make": make, "ask": ask, "work": work, "matcher": matcher}[options.task](options)
    options.out.write_text(json.dumps(found))
    sys.exit(0)


def make(options: argparse.Namespace) -> dict[str, Any]:
    from bench import country
    from bench.timing import took

    seconds, _ = took(lambda: country.make(options.companies))
    return {"seconds": seconds}


def ask(options: argparse.Namespace) -> dict[str, Any]:
    from acompana.people.models import Person
    from bench.asked import choose
    from bench.asking import measure_pages, measure_reads, measure_writes
    from bench.timing import HttpAsker

    people = list(Person.objects.filter(email__endswith=PEOPLE).order_by("pk")[:EXECUTIVES])
    secrets = [token_of(person) for person in people]
    askers = [
        (person.pk, HttpAsker(options.port, {"Authorization": f"Bearer {secret}"}))
        for person, secret in zip(people, secrets, strict=True)
    ]
    cookie, asked = session_of(people[0]), choose()
    return {
        "reads": measure_reads(askers, asked),
        "pages": measure_pages(HttpAsker(options.port, {"Cookie": cookie}), asked),
        "writes": measure_writes(options.port, secrets[0], asked, people[0].pk, options.writes),
        "database": database_words(),
        "country": country_words(asked),
    }


def country_words(asked: Any) -> str:
    """How much there is, and what was asked for."""
    from acompana.commitments.models import Commitment
    from acompana.logbook.models import Entry

    terms = f"{len(asked.common)} common, {len(asked.rare)} rare, {len(asked.none)} of nobody"
    return (
        f"{Entry.objects.count():,} entries of the logbook, {Commitment.objects.open().count():,} open commitments. "
        f"{len(asked.terms)} seeded terms: {terms}; {len(asked.places)} filters of region and sector"
    )


def token_of(person: Any) -> str:
    from acompana.api.operations import give_token
    from acompana.api.rules import SCOPES
    from acompana.kernel.clock import read_clock
    from acompana.people.actors import SYSTEM

    _, secret = give_token(
        name="bench", scopes=set(SCOPES), person=person, life=timedelta(days=1), rate=10_000_000, actor=SYSTEM,
        now=read_clock(),
    )  # fmt: skip
    return secret


def session_of(person: Any) -> str:
    """The cookie of somebody who entered."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def database_words() -> str:
    from acompana.kernel import sets

    if sets.is_postgres():
        told = {name: sets.value(f"SHOW {name}") for name in ("server_version", "fsync", "shared_buffers")}
        return f"PostgreSQL {told['server_version']}, fsync {told['fsync']}, shared_buffers {told['shared_buffers']}"
    return f"SQLite {sets.value('SELECT sqlite_version()')}, WAL, synchronous FULL"


def work(options: argparse.Namespace) -> dict[str, Any]:
    from bench import working
    from bench.routing import routing
    from bench.serving import own_peak_megabytes

    return {
        "duplicates": working.duplicates(),
        "deadlines": working.deadlines(),
        "sweep": working.sweep(),
        "routing": routing(options.tests),
        "megabytes": own_peak_megabytes(),
    }


def matcher(options: argparse.Namespace) -> dict[str, Any]:
    from acompana.demonstration.matching_quality import measure_matcher
    from acompana.kernel.clock import read_clock

    found = measure_matcher(companies=options.companies, seed=7, now=read_clock(), read_clock=read_clock)
    return {"precision": found.automatic_precision, "recall": found.recall, "list": found.list_precision,
            "records": found.records}  # fmt: skip


if __name__ == "__main__":
    main()
