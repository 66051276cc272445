"""Which questions are asked, what an answer is worth, and the result. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from acompana.kernel.refusals import Refused
from acompana.questionnaires.definition import Band, Condition, Definition, Question

Answers = Mapping[str, object]
ZERO, HUNDRED = Decimal(0), Decimal(100)
TEXT_LIMIT = 2000
# Units are written in the plural; of one they are said so: «1 año».
ONE_OF = {"años": "año", "meses": "mes", "días": "día", "horas": "hora", "personas": "persona", "países": "país"}


@dataclass(frozen=True, slots=True)
class Gap:
    """What an answer shows to be missing (brecha), and the slugs or names of what closes it (INT-22)."""

    question: str
    dimension: str
    text: str
    closes: tuple[str, ...]
    lost: Decimal  # points of 100 that the total would gain if this answer were the best one
    missing: Decimal  # the same in points of its dimension


@dataclass(frozen=True, slots=True)
class DimensionResult:
    slug: str
    label: str
    explanation: str
    points: Decimal
    maximum: Decimal  # reachable: of the questions that were asked
    share: Decimal  # 0–100, points over maximum
    weight: Decimal  # 0–100, part of the total that this dimension decides
    contribution: Decimal  # points of 100 that it adds to the total
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """`points` is the total from 0 to `maximum` (100; 0 when nothing is scored)."""

    points: Decimal
    maximum: Decimal
    band: str
    band_label: str
    band_meaning: str
    dimensions: tuple[DimensionResult, ...]
    gaps: tuple[Gap, ...]  # the heaviest first
    missing: tuple[str, ...]  # required questions without an answer


# --- what is asked ----------------------------------------------------------------------------------------------


def visible_questions(definition: Definition, answers: Answers) -> tuple[Question, ...]:
    """The questions that are asked, in order, given the answers so far. Answers to hidden questions do not count."""
    visible: list[Question] = []
    asked: dict[str, object] = {}
    for question in definition.questions:
        if all(_holds(condition, asked) for condition in question.show_if):
            visible.append(question)
            if question.slug in answers:
                asked[question.slug] = answers[question.slug]
    return tuple(visible)


def most_questions(definition: Definition, answers: Answers) -> int:
    """How many questions may be asked in all, given the answers so far: what is asked, and what answers still to come
    may add. With everything answered it is how many are asked."""
    shown = {question.slug for question in visible_questions(definition, answers)}
    given = {slug: answers[slug] for slug in shown if not is_blank(answers.get(slug))}
    possible: set[str] = set()
    for question in definition.questions:
        if all(
            _holds(condition, given) if condition.question in given else condition.question in possible
            for condition in question.show_if
        ):
            possible.add(question.slug)
    return len(possible)


def _holds(condition: Condition, answers: Answers) -> bool:
    value = answers.get(condition.question)
    if is_blank(value):
        return False
    if condition.equals:
        values = value if isinstance(value, list | tuple) else [value]
        return any(str(one) in condition.equals for one in values)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    above = condition.at_least is None or number >= condition.at_least
    return above and (condition.at_most is None or number <= condition.at_most)


def missing_questions(definition: Definition, answers: Answers) -> tuple[Question, ...]:
    """Required questions that are asked and have no answer."""
    return tuple(
        question
        for question in visible_questions(definition, answers)
        if question.required and is_blank(answers.get(question.slug))
    )


def is_blank(value: object) -> bool:
    return value is None or value == "" or value == []


# --- one answer -------------------------------------------------------------------------------------------------


def clean_answer(question: Question, raw: object) -> object:
    """The answer as it is stored: text, list of values or number; None for none. Refuses what cannot be one."""
    if is_blank(raw) or (isinstance(raw, str) and not raw.strip()):
        return None
    if question.kind in ("single", "yes_no"):
        if question.option(str(raw)) is None:
            raise Refused("Elige una de las opciones.")
        return str(raw)
    if question.kind == "multiple":
        return _clean_multiple(question, raw)
    if question.kind == "text":
        text = str(raw).strip()
        if len(text) > TEXT_LIMIT:
            raise Refused(f"Escribe hasta {TEXT_LIMIT} caracteres; llevas {len(text)}.")
        return text
    return _clean_number(question, raw)


def _clean_multiple(question: Question, raw: object) -> list[str]:
    chosen = {str(one) for one in raw} if isinstance(raw, list | tuple | set) else {str(raw)}
    if any(question.option(value) is None for value in chosen):
        raise Refused("Elige entre las opciones.")
    alone = [option for option in question.options if option.exclusive and option.value in chosen]
    if alone and len(chosen) > 1:
        raise Refused(f"Elegiste «{alone[0].label}» junto con otra opción. Deja una de las dos.")
    return [option.value for option in question.options if option.value in chosen]


def _clean_number(question: Question, raw: object) -> int | float:
    text = str(raw).strip().replace(" ", "")
    if "," in text:  # as Chile writes it: 1.234,5
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Refused("Escribe un número, por ejemplo 12.") from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise Refused("Escribe un número más cercano a la realidad.")
    low, high = question.minimum, question.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise Refused(_limits(low, high))
    if question.kind == "scale" and number != number.to_integral_value():
        raise Refused("Elige un valor de la escala.")
    return int(number) if number == number.to_integral_value() else float(number)


def _limits(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"Escribe un número entre {low:f} y {high:f}."
    return f"Escribe un número desde {low:f}." if low is not None else f"Escribe un número hasta {high:f}."


def describe_answer(question: Question, value: object) -> str:
    """The answer as people read it; empty when there is none."""
    if is_blank(value):
        return ""
    if question.kind in ("single", "yes_no", "multiple"):
        values = value if isinstance(value, list | tuple) else [value]
        options = [question.option(str(one)) for one in values]
        return "; ".join(option.label if option else str(one) for option, one in zip(options, values, strict=True))
    text = f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)
    if question.kind == "scale":
        return f"{text} de {question.maximum:f}"
    return f"{text} {ONE_OF.get(question.unit, question.unit) if value == 1 else question.unit}".strip()


# --- marks ------------------------------------------------------------------------------------------------------


def maximum_of(question: Question) -> Decimal:
    """The points of the best answer."""
    if question.kind == "multiple":
        together = sum((option.points for option in question.options if not option.exclusive), ZERO)
        best = max([together, *(option.points for option in question.options if option.exclusive)])
        return best if question.cap is None else min(best, question.cap)
    points = [option.points for option in question.options] + [step.points for step in question.steps]
    return max(points, default=ZERO)


def points_of(question: Question, value: object) -> Decimal | None:
    """The points that an answer earns; None when the answer takes the question out of the sum."""
    if is_blank(value):
        return ZERO
    if question.options:
        values = value if isinstance(value, list | tuple) else [value]
        options = [option for one in values if (option := question.option(str(one)))]
        if options and all(not option.counts for option in options):
            return None
        total = sum((option.points for option in options), ZERO)
        return total if question.cap is None else min(total, question.cap)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ZERO
    reached = [step.points for step in question.steps if number >= step.at_least]
    return reached[-1] if reached else ZERO


def band_of(bands: Sequence[Band], points: Decimal) -> Band | None:
    """The band in which a total lies; cut-offs are included in the band that they open."""
    return next((band for band in sorted(bands, key=lambda b: -b.from_points) if points >= band.from_points), None)


def two_places(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.01"), ROUND_HALF_UP)


def score(definition: Definition, answers: Answers) -> Result:
    """The result of the answers so far (INT-9, INT-22).

    Each dimension is its points over the reachable maximum: hidden questions, and answers that do not count, are left
    out of both. The total is the weighted mean of the dimensions, from 0 to 100; a dimension in which nothing could be
    earned leaves its weight to the others. The total has one decimal, and its band is decided after rounding: what is
    shown is what decides.
    """
    questions = visible_questions(definition, answers)
    marks = {q.slug: points_of(q, answers.get(q.slug)) for q in questions if q.is_scored}
    counted = [q for q in questions if marks.get(q.slug) is not None]
    maxima = {
        d.slug: sum((maximum_of(q) for q in counted if q.dimension == d.slug), ZERO) for d in definition.dimensions
    }
    whole = sum((d.weight for d in definition.dimensions if maxima[d.slug]), ZERO)
    results = []
    total = ZERO
    for dimension in definition.dimensions:
        maximum = maxima[dimension.slug]
        if not maximum:
            continue
        mine = [q for q in counted if q.dimension == dimension.slug]
        points = sum((marks[q.slug] or ZERO for q in mine), ZERO)
        weight = dimension.weight / whole * HUNDRED
        total += points / maximum * weight
        worth = weight / maximum
        results.append(
            DimensionResult(
                slug=dimension.slug,
                label=dimension.label,
                explanation=dimension.explanation,
                points=points,
                maximum=maximum,
                share=two_places(points / maximum * HUNDRED),
                weight=two_places(weight),
                contribution=two_places(points / maximum * weight),
                gaps=tuple(gap for q in mine if (gap := _gap(q, answers, marks[q.slug] or ZERO, worth))),
            )
        )
    points = total.quantize(Decimal("0.1"), ROUND_HALF_UP)
    band = band_of(definition.bands, points) if results else None
    gaps = sorted((gap for result in results for gap in result.gaps), key=lambda gap: -gap.lost)
    return Result(
        points=points,
        maximum=HUNDRED if results else ZERO,
        band=band.slug if band else "",
        band_label=band.label if band else "",
        band_meaning=band.meaning if band else "",
        dimensions=tuple(results),
        gaps=tuple(gaps),
        missing=tuple(q.slug for q in questions if q.required and is_blank(answers.get(q.slug))),
    )


def _gap(question: Question, answers: Answers, points: Decimal, worth: Decimal) -> Gap | None:
    """An unanswered question reveals nothing."""
    rule = question.gap
    if rule is None or is_blank(answers.get(question.slug)) or points >= rule.below:
        return None
    lost = two_places((maximum_of(question) - points) * worth)
    return Gap(question.slug, question.dimension, rule.text, rule.closes, lost, maximum_of(question) - points)


# --- two definitions ----------------------------------------------------------------------------------------------


def differences(before: Definition, after: Definition) -> tuple[str, ...]:
    """What changes from one version to another, one Spanish sentence each; empty when nothing does."""
    found = []
    for name, label in (("title", "el título"), ("introduction", "la introducción"), ("notice", "la advertencia")):
        if getattr(before, name) != getattr(after, name):
            found.append(f"Cambia {label}.")
    found += _band_differences(before.bands, after.bands)
    found += [f"Puntaje final. {sentence}" for sentence in _band_differences(before.final, after.final)]
    weights = {dimension.slug: dimension for dimension in before.dimensions}
    for dimension in after.dimensions:
        old = weights.get(dimension.slug)
        if old is None:
            found.append(f"Nueva dimensión: «{dimension.label}».")
        elif old.weight != dimension.weight:
            found.append(f"El peso de «{dimension.label}» pasa de {old.weight:f} a {dimension.weight:f}.")
    return tuple(found + _question_differences(before, after))


def _band_differences(before: Sequence[Band], after: Sequence[Band]) -> list[str]:
    found = []
    old_bands = {band.slug: band for band in before}
    for band in after:
        old = old_bands.get(band.slug)
        if old is None:
            found.append(f"Nuevo tramo: «{band.label}», desde {band.from_points:f}.")
        elif old.from_points != band.from_points:
            found.append(f"«{band.label}» parte en {band.from_points:f} puntos y no en {old.from_points:f}.")
    kept = {band.slug for band in after}
    return found + [f"Sale el tramo «{band.label}»." for band in before if band.slug not in kept]


def _question_differences(before: Definition, after: Definition) -> list[str]:
    found = []
    for question in after.questions:
        old = before.question(question.slug)
        if old is None:
            found.append(f"Nueva pregunta: «{question.text}».")
            continue
        if old.text != question.text:
            found.append(f"La pregunta «{old.text}» pasa a decir «{question.text}».")
        if old.help != question.help:
            found.append(f"«{question.text}»: cambia la ayuda.")
        found += _mark_differences(old, question)
    return found + [f"Sale la pregunta «{q.text}»." for q in before.questions if after.question(q.slug) is None]


def _mark_differences(old: Question, new: Question) -> list[str]:
    found = []
    for option in new.options:
        earlier = old.option(option.value)
        if earlier is None:
            found.append(f"«{new.text}»: nueva opción «{option.label}».")
        elif earlier.points != option.points:
            found.append(f"«{new.text}»: «{option.label}» da {option.points:f} puntos y no {earlier.points:f}.")
        elif earlier.label != option.label:
            found.append(f"«{new.text}»: la opción «{earlier.label}» pasa a decir «{option.label}».")
    if old.steps != new.steps:
        found.append(f"«{new.text}»: cambian los puntos por tramo.")
    if old.gap != new.gap:
        found.append(f"«{new.text}»: cambia la brecha.")
    if old.show_if != new.show_if:
        found.append(f"«{new.text}»: cambia cuándo se pregunta.")
    return found
