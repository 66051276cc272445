"""The command box: any company, contact, number, person of the agency, office, rule or action, from anywhere on the
desk."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from acompana.companies.permissions import search_scope
from acompana.companies.search import nearness_of
from acompana.desk.finding import (
    NOTES,
    actions,
    each_record_once,
    found_rules,
    is_ambiguous,
    near,
    notes_anywhere,
    noting_on,
    place_of_request,
    record_verbs,
    to_note_on,
)
from acompana.kernel.search.engine import SearchResults, find
from acompana.kernel.search.text import words_of
from acompana.people.access import ActorRequest, staff

# From so many letters on, what one can do stands before what is called so: «nueva» begins many a company's name.
ACTIONS_FIRST_FROM = 3
OF_COMPANY = ("company", "contact")
TO_NOTE = {kind: label for kind, label, _ in NOTES}


@staff
@require_GET
def search(request: ActorRequest) -> HttpResponse:
    """A page; only its results when htmx or the box asks; JSON for who accepts nothing else.

    « registro=1 » also looks among companies that are registry only (DEF-7); « en » is the page that one is on. Of
    what answers alike, the actor's own companies come first, then those of their office. « anotar » is what is to be
    written down: then the company is chosen here, and its record opens with that note begun. So it is where both were
    typed, « llamada alto roble », and nothing is called so.
    """
    text = request.GET.get("q", "").strip()[:100]
    with_registry = request.GET.get("registro") == "1"
    noting = request.GET.get("anotar", "")
    noting = noting if noting in TO_NOTE else ""
    scope, nearness = search_scope(request.actor, with_registry=with_registry), nearness_of(request.actor)
    found = find(text, scope=scope, kinds=OF_COMPANY if noting else None, nearness=nearness)
    to_note, sought = ("", "") if noting or found.results else noting_on(words_of(text))
    if to_note:
        found = find(sought, scope=scope, kinds=OF_COMPANY, nearness=nearness)
    if request.headers.get("Accept", "") == "application/json":
        response: HttpResponse = JsonResponse(_as_json(found))
    else:
        piece = request.htmx or request.GET.get("parte") == "1"
        template = "desk/parts/search_results.html" if piece else "desk/search.html"
        context = {
            "text": text,
            "sought": sought or text,
            "found": found,
            "groups": found.grouped(),
            "with_registry": with_registry,
            "noting": noting,
            "title": TO_NOTE.get(noting, "Buscar"),
            "then": f"?anotar={noting}#anotar" if noting else "",
            **({} if noting else _besides(request, text, found)),
            **(_to_note(to_note, sought, found) if to_note and found.results else {}),
        }
        response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


def _besides(request: ActorRequest, text: str, found: SearchResults) -> dict[str, object]:
    """What the registry does not have: verbs and places, rules, people of the agency and offices."""
    typed = words_of(text)
    here = record_verbs(request, place_of_request(request), typed, request.now)
    rules = found_rules(typed)
    named = [*here, *rules, *actions(request, typed)]
    if not here:
        named += notes_anywhere(typed)
    nearby = near(request, text, typed)
    first = len(text) >= ACTIONS_FIRST_FROM or not text
    return {
        "is_answered": bool(rules or nearby),
        "before": [*named, *nearby] if first else [],
        "after": [] if first else named,
        "is_ambiguous": is_ambiguous(text, named=named, nearby=nearby, found=found),
    }


def _to_note(kind: str, sought: str, found: SearchResults) -> dict[str, object]:
    """A note begun on a company that was named with it, in the place of what is called so: nothing is. Each company
    comes once, with the note; below, what was found besides."""
    records = replace(found, results=tuple(each_record_once(found.results)))
    before = to_note_on(kind, records.results)
    offered = {result.href for result in records.results[: len(before)]}
    besides = replace(found, results=tuple(one for one in found.results if one.href not in offered))
    return {
        "before": before,
        "after": [],
        "groups": besides.grouped(),
        "is_ambiguous": is_ambiguous(sought, named=[], nearby=[], found=records),
    }


def _as_json(found: SearchResults) -> dict[str, object]:
    results = [
        {"kind": result.kind, "title": result.title, "detail": result.detail, "href": result.href}
        for result in found.results
    ]
    return {"count": found.count, "more": found.is_capped, "count_text": found.count_text, "results": results}
