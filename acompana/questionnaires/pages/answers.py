"""Answers as people read them, by dimension."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from acompana.questionnaires.definition import Definition
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import (
    AnswerRow,
    answer_rows,
    definition_of,
)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A row of the shell's summary list."""

    label: str
    value: str
    missing: str
    href: str
    action: str
    note: str = ""


def groups_of(
    definition: Definition,
    rows: Sequence[AnswerRow],
    address: Callable[[str], str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Answers by dimension, as the summary list of the shell takes them. `notes`: what is said at some of them."""
    groups = []
    for dimension in definition.dimensions:
        mine = [row for row in rows if row.dimension == dimension.slug]
        if mine:
            shown = [
                ShownAnswer(
                    label=row.text,
                    value=row.answer or ("" if row.required else "Sin respuesta"),
                    missing="" if row.answer or not row.required else "Falta responder",
                    href=address(row.slug) if address else "",
                    action="Cambiar" if row.answer else "Responder",
                    note=(notes or {}).get(row.slug, ""),
                )
                for row in mine
            ]
            groups.append({"dimension": dimension, "rows": shown})
    return groups


def answers_context(response: Response) -> dict[str, Any]:
    """For `questionnaires/parts/answers.html`: the answers of a response, by dimension, to read."""
    definition = definition_of(response)
    return {"response": response, "definition": definition, "groups": groups_of(definition, answer_rows(response))}


def already_sent(request: HttpRequest, leave: str) -> HttpResponse:
    messages.info(request, "Estas respuestas ya fueron enviadas y no se pueden cambiar.")
    return HttpResponseRedirect(leave)
