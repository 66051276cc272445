"""Whoever lost their access to a company while its pages were open is told so, with what they had typed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from acompana.companies.models import Company, Mandate
from acompana.kernel.rut import format_rut
from acompana.people.access import ActorRequest
from acompana.people.interrupted import typed_now
from acompana.people.page_words import PageWords, rows_of
from acompana.portal.steps import build_form, step_of
from acompana.portal.views.visit import AccessEnded
from acompana.shell.typed import Typed, typed_rows

ENDED = "Ya no tienes acceso a esta empresa"
REFUSED = "No se aprobó tu acceso a esta empresa"


class AccessEndedMiddleware:
    """Turns `AccessEnded` into a page, or into a sentence for the script that keeps a draft (INT-24)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: ActorRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, AccessEnded):
            return None
        mandate = exception.mandate
        headline = REFUSED if mandate.state == Mandate.State.REFUSED else ENDED
        if request.headers.get("X-Autosave"):
            why = mandate.reason.rstrip(".")
            told = f"{headline}: {why}. Lo que escribiste sigue aquí, para copiarlo."
            return JsonResponse({"reason": told}, status=403)
        context = {
            "headline": headline,
            "reason": mandate.reason,
            "rut": format_rut(mandate.company.rut or ""),
            "typed": _typed(request),
        }
        return render(request, "portal/access_ended.html", context, status=403)


def _typed(request: ActorRequest) -> list[Typed]:
    """What was sent, in the words of the step of the form, or the texts alone: nothing of the registry is read."""
    sent = typed_now(request) if request.method == "POST" else None
    if sent is None:
        return []
    match = request.resolver_match
    current = step_of(match.kwargs.get("step", "")) if match else None
    if current is None:
        return rows_of(PageWords(), sent.values)
    return typed_rows(build_form(current, company=Company(), now=request.now, data=request.POST, entered={}))
