"""Answers to questionnaires: a few dozen ways to answer each instrument, computed once and dealt out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from acompana.companies.models import Company
from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.rows import Rows
from acompana.demonstration.catalogue import answers_to
from acompana.matters.models import Matter
from acompana.people.models import Person
from acompana.questionnaires.definition import Definition, Question, read_definition
from acompana.questionnaires.models import Answer, Response, Version
from acompana.questionnaires.queries import current_version
from acompana.questionnaires.rules import clean_answer, maximum_of, points_of, score, visible_questions

WAYS = 40  # different ways of answering an instrument, per level
LEVELS = {"high": (0.8, 1.0), "medium": (0.4, 0.6), "low": (0.0, 0.25)}
BLANK = 0.6  # of the open questions that may be left so


@dataclass(frozen=True, slots=True)
class Way:
    """One way of answering a whole instrument, with its result."""

    answers: tuple[tuple[str, Any], ...]
    points: Decimal
    band: str


class Answers:
    """Deals out finished responses."""

    def __init__(self, rows: Rows, chance: Chance) -> None:
        self.rows, self.chance = rows, chance
        self._versions: dict[str, Version] = {}
        self._ways: dict[tuple[str, str], list[Way]] = {}

    def respond(
        self,
        *,
        instrument: str,
        level: str,
        company: Company,
        matter: Matter,
        by: Person,
        started_at: datetime,
        finished_at: datetime,
    ) -> Response:
        """A finished response whose band is the level (high, medium, low), or accepted for declarations."""
        way = self.chance.pick(self._ways_of(instrument, level))
        response = self.rows.add(
            Response(
                version=self._version(instrument),
                company=company,
                matter=matter,
                started_at=started_at,
                started_by=by,
                finished_at=finished_at,
                finished_by=by,
                points=way.points,
                band=way.band,
            )
        )
        for slug, value in way.answers:
            self.rows.add(Answer(response=response, question=slug, value=value, answered_at=finished_at))
        return response

    def _version(self, instrument: str) -> Version:
        if instrument not in self._versions:
            self._versions[instrument] = current_version(instrument)
        return self._versions[instrument]

    def _ways_of(self, instrument: str, level: str) -> list[Way]:
        if (instrument, level) not in self._ways:
            definition = read_definition(self._version(instrument).definition)
            if level == "accepted":
                self._ways[instrument, level] = [self._way(definition, 1.0, 1.0) for _ in range(WAYS)]
            else:
                found = [self._way(definition, *LEVELS[level]) for _ in range(WAYS)]
                kept = [way for way in found if way.band == level]
                self._ways[instrument, level] = kept or [self._steady(definition, level)]
        return self._ways[instrument, level]

    def _steady(self, definition: Definition, level: str) -> Way:
        """Where chance gave none of the level: the answers nearest to one share, tried share by share."""
        for hundredths in range(0, 101, 5):
            way = self._way(definition, hundredths / 100, hundredths / 100)
            if way.band == level:
                return way
        raise ValueError(f"{definition.title}: no answers give the band {level!r}")

    def _way(self, definition: Definition, low: float, high: float) -> Way:
        answers: dict[str, Any] = {}
        asked: set[str] = set()
        before = -1
        while before != len(asked):
            before = len(asked)
            for question in visible_questions(definition, answers):
                if question.slug not in asked:
                    asked.add(question.slug)
                    wanted = float(maximum_of(question)) * self.chance.random.uniform(low, high)
                    value = clean_answer(question, self._answer(question, wanted))
                    if value is not None:
                        answers[question.slug] = value
        visible = {question.slug for question in visible_questions(definition, answers)}
        answers = {slug: value for slug, value in answers.items() if slug in visible}
        result = score(definition, answers)
        return Way(tuple(answers.items()), result.points, result.band)

    def _answer(self, question: Question, wanted: float) -> object:
        if question.options:
            best = min(
                (option for option in question.options if option.counts),
                key=lambda option: abs(float(points_of(question, option.value) or 0) - wanted),
            )
            return [best.value] if question.kind == "multiple" else best.value
        if question.kind == "text":
            return self._words(question)
        steps = sorted(question.steps, key=lambda step: abs(float(step.points) - wanted))
        low = question.minimum if question.minimum is not None else 0
        return str(int(steps[0].at_least)) if steps else str(int(low))

    def _words(self, question: Question) -> str:
        """What whoever answers it would write there; nothing in most of those that may be left blank."""
        if not question.required and self.chance.happens(BLANK):
            return ""
        return self.chance.pick(answers_to(question.slug))
