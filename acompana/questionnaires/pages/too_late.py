"""The page for whom was second: what they answered beside what is kept, where nothing more can be kept (EXP-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from acompana.people.access import ActorRequest
from acompana.questionnaires.definition import Definition
from acompana.questionnaires.forms import AnswersForm
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import answers_of, definition_of
from acompana.questionnaires.rules import describe_answer
from acompana.shell.typed import typed_rows

FRAME = "shell/desk.html"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with the answer that is kept and the one that was typed, as people read them."""

    label: str
    stored: str
    typed: str

    @property
    def differs(self) -> bool:
        return self.stored != self.typed


def pairs_of(definition: Definition, stored: Mapping[str, object], form: AnswersForm) -> list[Pair]:
    """The questions to which one of both says something, in order; what was typed wrong as it was typed."""
    form.is_valid()
    pairs = []
    for question in definition.questions:
        typed: Any = form.cleaned_data.get(question.slug, form[question.slug].value())
        kept = describe_answer(question, stored.get(question.slug))
        mine = describe_answer(question, typed)
        if kept or mine:
            pairs.append(Pair(question.text, kept, mine))
    return pairs


def _pairs_with(typed: forms.Form, stored: Mapping[str, str]) -> list[Pair]:
    return [Pair(row.label, stored.get(row.name, ""), row.value) for row in typed_rows(typed)]


def sent_words(response: Response) -> str:
    """That a response was sent, by whom and when."""
    who = f" Las envió {response.finished_by.full_name}" if response.finished_by else " Se enviaron"
    at = timezone.localtime(response.finished_at)
    when = f"{who} el {at:%d-%m-%Y} a las {at:%H:%M}." if response.finished_at else ""
    return f"Estas respuestas ya fueron enviadas y no se pueden cambiar.{when}"


def too_late_page(
    request: ActorRequest,
    *,
    response: Response,
    why: str,
    leave: str,
    title: str = "",
    frame: str = FRAME,
    beside_form: forms.Form | None = None,
    beside_stored: Mapping[str, str] | None = None,
    onward: tuple[str, str] | None = None,
) -> HttpResponse:
    """What was sent to a response that takes no answers now, beside what it holds; 422, and nothing is written.

    `response` may be one that was never saved. `beside_form`: what the caller asked besides, bound, with what is kept
    of it by the names of its fields in `beside_stored`. `onward`: address and words of what can be done with it.
    Who is still typing is told `why` alone.
    """
    if request.headers.get("X-Autosave"):
        return JsonResponse({"reason": why}, status=409)
    definition = definition_of(response)
    stored = answers_of(response) if response.pk else {}
    form = AnswersForm(definition, definition.questions, stored, request.POST, partial=True)
    beside = _pairs_with(beside_form, beside_stored or {}) if beside_form else []
    context = {
        "frame": frame,
        "title": title or definition.title,
        "company": response.company,
        "why": why,
        "pairs": [*beside, *pairs_of(definition, stored, form)],
        "leave": leave,
        "onward": onward,
    }
    return render(request, "questionnaires/pages/too_late.html", context, status=422)
