"""The command box: any company, contact, number, person of the agency, office or action, from anywhere on the desk."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from acompana.companies.permissions import search_scope
from acompana.companies.search import nearness_of
from acompana.desk.finding import actions, is_ambiguous, near, place_of_request, record_verbs
from acompana.kernel.search.engine import SearchResults, find
from acompana.kernel.search.text import words_of
from acompana.people.access import ActorRequest, staff

# From so many letters on, what one can do stands before what is called so: «nueva» begins many a company's name.
ACTIONS_FIRST_FROM = 3


@staff
@require_GET
def search(request: ActorRequest) -> HttpResponse:
    """A page; only its results when htmx or the box asks; JSON for who accepts nothing else.

    « registro=1 » also looks among companies that are registry only (DEF-7); « en » is the page that one is on. Of
    what answers alike, the actor's own companies come first, then those of their office.
    """
    text = request.GET.get("q", "").strip()[:100]
    with_registry = request.GET.get("registro") == "1"
    found = find(
        text, scope=search_scope(request.actor, with_registry=with_registry), nearness=nearness_of(request.actor)
    )
    if request.headers.get("Accept", "") == "application/json":
        response: HttpResponse = JsonResponse(_as_json(found))
    else:
        piece = request.htmx or request.GET.get("parte") == "1"
        template = "desk/parts/search_results.html" if piece else "desk/search.html"
        typed = words_of(text)
        here = record_verbs(request, place_of_request(request), typed, request.now)
        places, nearby = actions(request, typed), near(request, text, typed)
        first = len(text) >= ACTIONS_FIRST_FROM or not text
        context = {
            "text": text,
            "found": found,
            "nearby": nearby,
            "with_registry": with_registry,
            "before": [*here, *places, *nearby] if first else [],
            "after": [] if first else [*here, *places],
            "is_ambiguous": is_ambiguous(text, named=[*here, *places], nearby=nearby, found=found),
        }
        response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


def _as_json(found: SearchResults) -> dict[str, object]:
    results = [
        {"kind": result.kind, "title": result.title, "detail": result.detail, "href": result.href}
        for result in found.results
    ]
    return {"count": found.count, "more": found.is_capped, "count_text": found.count_text, "results": results}
