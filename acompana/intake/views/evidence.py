"""Updating the test or the interview of a company with what changed in it (INT-15, INT-20)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from acompana.intake import operations as intake
from acompana.intake.states import EXECUTIVES
from acompana.intake.views.attention import classification_words
from acompana.intake.views.step_pages import intake_or_404
from acompana.people.access import ActorRequest, staff_with
from acompana.questionnaires import pages
from acompana.questionnaires.models import Response


@staff_with(*EXECUTIVES)
@require_http_methods(["GET", "POST"])
def update_test(request: ActorRequest, number: str) -> HttpResponse:
    """What the company answered, to change what changed, with the reason."""
    return _update(request, number, "test", intake.update_test)


@staff_with(*EXECUTIVES)
@require_http_methods(["GET", "POST"])
def update_interview(request: ActorRequest, number: str) -> HttpResponse:
    """How the interview was scored, to change what new evidence shows, with the reason."""
    return _update(request, number, "interview_response", intake.update_interview)


def _update(request: ActorRequest, number: str, field: str, replace: Callable[..., Response]) -> HttpResponse:
    found = intake_or_404(request, number)
    assert found.matter.company is not None
    record = found.matter.company.get_absolute_url()
    response: Response | None = getattr(found, field)
    if response is None:
        messages.info(request, "Todavía no hay respuestas que actualizar.")
        return redirect(record)

    def done(new: Response) -> HttpResponse:
        found.refresh_from_db()
        messages.success(request, f"Se guardó la versión nueva. {classification_words(found)}".strip())
        return redirect(f"{record}resultados/")

    return pages.replace_page(request, response=response, done=done, leave=f"{record}resultados/", replace=replace)
