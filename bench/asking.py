"""What is measured over HTTP, each with the bare statement beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from acompana.kernel.clock import read_clock
from acompana.people.models import StaffMember
from bench import bare
from bench.asked import Asked
from bench.loading import stored
from bench.timing import Asker, HttpAsker, Spread, WrongAnswer, checked, rate, statements_of, timed

API = "/api/v1"


def measure_reads(askers: Sequence[tuple[int, Asker]], asked: Asked) -> dict[str, Any]:
    """p50 and p95 of each question over HTTP and of its bare statement, with what they read in memory for both.
    `askers`: executives with their tokens."""
    asker = askers[0][1]
    today = timezone.localdate(read_clock())

    def get(path: Callable[[Any], str]) -> Callable[[Any], Any]:
        return lambda item: checked(asker, path(item))

    search = get(lambda term: f"{API}/companies/search?q={quote(term)}")
    plan: tuple[tuple[str, Sequence[Any], Callable[[Any], Any], Callable[[Any], Any]], ...] = (
        ("search, common terms", asked.common, search, bare.search),
        ("search, rare terms", asked.rare, search, bare.search),
        ("search, terms of nobody", asked.none, search, bare.search),
        ("list of region and sector", asked.places, get(_list), bare.page),
        ("company with 50 entries", asked.companies, get(lambda pk: f"{API}/companies/{pk}"), bare.company),
        ("region × status", range(10), get(lambda _: f"{API}/figures/region-status"),
         lambda _: bare.region_status(today)),
        ("queue of an executive", [*askers] * 10,
         lambda own: checked(own[1], f"{API}/commitments?mine=true&limit=50"), lambda own: bare.queue(own[0])),
    )  # fmt: skip
    found = {}
    for name, over, ask, plain in plan:
        if over:
            for item in {repr(one): one for one in over}.values():
                plain(item)  # not counted: both find in memory what each of them reads
            found[name] = {
                "http": asdict(Spread.of(timed(ask, over))),
                "bare": asdict(Spread.of(timed(plain, over))),
                "statements": statements_of(lambda plain=plain, over=over: plain(over[0])),  # type: ignore[misc]
            }
    return found


def _list(place: tuple[str, str, int, int]) -> str:
    return f"{API}/companies?region={place[0]}&sector={place[1]}&limit=50"


def measure_pages(asker: Asker, asked: Asked) -> dict[str, Any]:
    """The same as pages for people."""
    plan = (
        ("search", asked.terms[::5], lambda term: f"/escritorio/buscar/?q={quote(term)}"),
        ("company record", asked.companies[:50], lambda pk: f"/escritorio/empresas/{pk}/"),
        ("company's logbook", asked.companies[:50], lambda pk: f"/escritorio/empresas/{pk}/bitacora/"),
        ("list of companies", asked.places[:50], lambda place: f"/escritorio/empresas/?region={place[2]}"),
        ("an executive's day", range(20), lambda _: "/escritorio/"),
    )
    found = {}
    for name, over, path in plan:
        spread = Spread.of(timed(lambda item, path=path: checked(asker, path(item)), over, warm=2))  # type: ignore[misc]
        found[name] = asdict(spread)
    return found


def measure_writes(port: int, token: str, asked: Asked, person: int, many: int) -> dict[str, Any]:
    """Entries of the logbook a second, by one client and by eight; over HTTP and as bare inserts."""

    def make() -> Callable[[int], None]:
        asker = HttpAsker(port, {"Authorization": f"Bearer {token}"})

        def write(number: int) -> None:
            company = asked.companies[number % len(asked.companies)]
            body = {"kind": "call", "outcome": "not_reached", "text": "Acordamos vernos el jueves."}
            status, answer = asker.post(f"{API}/companies/{company}/entries", body)
            if status != 201:
                raise WrongAnswer(f"{status} {json.loads(answer)}")

        return write

    office = StaffMember.objects.values_list("office_id", flat=True).get(person=person)
    plain = bare.writer(asked.companies, person, office, stored(read_clock()))
    statements = statements_of(lambda: plain()(0))
    return {
        f"{clients} client{'s' * (clients > 1)}": {
            "http": rate(make, clients, many // clients),
            "bare": rate(plain, clients, many // clients),
            "statements": statements,
        }
        for clients in (1, 8)
    }
