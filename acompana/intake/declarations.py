"""What a company declares at the last station of its route, and what stands in the way when it says no (INT-27)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import answers_of, definition_of, result_of
from acompana.questionnaires.rules import visible_questions


@dataclass(frozen=True, slots=True)
class Declarations:
    """`declined`: slug and text of each declaration that was not accepted; `reason`: what the company wrote of its own
    accord; `reason_at`: the question where it writes that, empty if this version has none."""

    declined: tuple[tuple[str, str], ...]
    reason: str
    reason_at: str


def read_declarations(response: Response) -> Declarations:
    """What was answered so far. A declaration is declined when its answer reveals a gap."""
    definition, answers = definition_of(response), answers_of(response)
    asked = visible_questions(definition, answers)
    gaps = {gap.question for gap in result_of(response).gaps}
    free = [question.slug for question in asked if question.kind == "text"]
    return Declarations(
        declined=tuple((question.slug, question.text) for question in asked if question.slug in gaps),
        reason="\n".join(text for slug in free if (text := str(answers.get(slug) or "").strip())),
        reason_at=free[-1] if free else "",
    )


def questions_of(response: Response) -> list[tuple[str, str]]:
    """Slug and text of what was asked, in order: what the company may be asked to correct."""
    asked = visible_questions(definition_of(response), answers_of(response))
    return [(question.slug, question.text) for question in asked]


def marked_among(response: Response | None, to_correct: Collection[str]) -> list[str]:
    """The text of each declaration that the company was asked to correct, in order. No query while there is none."""
    return [text for slug, text in questions_of(response) if slug in to_correct] if response and to_correct else []


def left_to_correct(draft: Response, to_correct: Collection[str]) -> set[str]:
    """Of the questions that the company was asked to correct, those not yet answered again in its draft."""
    return set(to_correct) - answered_again(draft)


def answered_again(draft: Response) -> set[str]:
    """The questions answered in a draft itself, and not brought along from what was sent before."""
    return {one.question for one in draft.answers.all() if one.answered_at >= draft.started_at}


def old_reason_at(draft: Response) -> str:
    """The question whose text was written before the answers became what they are, now that none is a No: it may
    explain one that is not there any more. Empty if there is none."""
    said, at = read_declarations(draft), {one.question: one.answered_at for one in draft.answers.all()}
    is_old = bool(said.reason) and not said.declined and at[said.reason_at] < max(at.values())
    return said.reason_at if is_old else ""


def check_declarations(said: Declarations) -> str | None:
    """None if they may be sent; else the sentence: who declines something says why (INT-27, CHA-6)."""
    if not said.declined or said.reason or not said.reason_at:
        return None
    return "Respondiste No a una declaración: cuéntanos por qué, o cámbiala."
