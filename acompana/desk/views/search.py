"""The command box: finds any company, contact, person of a matter or number, from anywhere on the desk."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from acompana.companies.permissions import search_scope
from acompana.kernel.search.engine import SearchResults, find
from acompana.people.access import ActorRequest, staff


@staff
@require_GET
def search(request: ActorRequest) -> HttpResponse:
    """A page; only its results when htmx or the box asks; JSON for who accepts nothing else.

    « registro=1 » also looks among companies that are registry only (DEF-7).
    """
    text = request.GET.get("q", "").strip()[:100]
    with_registry = request.GET.get("registro") == "1"
    found = find(text, scope=search_scope(request.actor, with_registry=with_registry))
    if request.headers.get("Accept", "") == "application/json":
        response: HttpResponse = JsonResponse(_as_json(found))
    else:
        piece = request.htmx or request.GET.get("parte") == "1"
        template = "desk/parts/search_results.html" if piece else "desk/search.html"
        context = {"text": text, "found": found, "with_registry": with_registry}
        response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


def _as_json(found: SearchResults) -> dict[str, object]:
    results = [
        {"kind": result.kind, "title": result.title, "detail": result.detail, "href": result.href}
        for result in found.results
    ]
    return {"count": found.count, "more": found.is_capped, "count_text": found.count_text, "results": results}
