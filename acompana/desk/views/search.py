"""The command box: finds any company, contact, person of a matter or number, from anywhere on the desk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from acompana.companies.permissions import search_scope
from acompana.kernel.search.engine import SearchResults, find
from acompana.kernel.search.text import words_of
from acompana.people.access import ActorRequest, staff
from acompana.shell.navigation import entries_for

# What people ask for by other words than those of the menu.
ACTIONS = (
    ("Registrar una empresa", "companies:new", "nueva tarjeta crear cuenta potencial"),
    ("Pedir ayuda por alguien", "cases:new_help", "nueva solicitud gestion de clientes"),
    ("Cuentas potenciales", "intake:accounts", "invitar derivadas tarjetas"),
    ("Accesos por resolver", "companies:mandates", "mandatos permisos representantes"),
    ("Calcular un plazo", "commitments:calculator", "fecha dias habiles"),
)
# From so many letters on, what one can do stands before what is called so: «nueva» begins many a company's name.
ACTIONS_FIRST_FROM = 3


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    href: str


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
        context = {
            "text": text,
            "found": found,
            "with_registry": with_registry,
            "actions": actions(request, text),
            "actions_first": len(text) >= ACTIONS_FIRST_FROM,
        }
        response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request", "Accept"])
    return response


def actions(request: ActorRequest, text: str) -> list[Action]:
    """Places and verbs whose words begin with what was typed; all of them while nothing is."""
    places = [(entry.label, entry.href, "") for entry in entries_for(request, "rail")]
    known = [*places, *((label, reverse(name), more) for label, name, more in ACTIONS)]
    typed = words_of(text)

    def fits(label: str, more: str) -> bool:
        words = words_of(f"{label} {more}")
        return all(any(word.startswith(piece) for word in words) for piece in typed)

    return [Action(label, href) for label, href, more in known if fits(label, more)]


def _as_json(found: SearchResults) -> dict[str, object]:
    results = [
        {"kind": result.kind, "title": result.title, "detail": result.detail, "href": result.href}
        for result in found.results
    ]
    return {"count": found.count, "more": found.is_capped, "count_text": found.count_text, "results": results}
