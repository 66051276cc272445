"""What an instrument asks and how it is marked: frozen dataclasses, read from the JSON of a version.

`read_definition` refuses a definition that could not be answered or marked, naming everything that is wrong at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from acompana.kernel.refusals import Refused

KINDS = ("single", "multiple", "number", "text", "yes_no", "scale")
CHOOSING = ("single", "multiple", "yes_no")
MEASURING = ("number", "scale")
TONES = ("good", "blue", "soon", "late", "plain")


class DefinitionError(Refused):
    """The definition cannot be used. `problems` has one Spanish sentence per fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `counts=False` takes the question out of the sum («No aplica»)."""

    value: str
    label: str
    points: Decimal = Decimal(0)
    counts: bool = True
    exclusive: bool = False  # in a multiple choice, it stands alone («Ninguna»)


@dataclass(frozen=True, slots=True)
class Step:
    """A number of at least this much earns these points; the highest step reached holds."""

    at_least: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """True when the earlier question was asked and its answer is one of `equals`, or lies between the limits."""

    question: str
    equals: tuple[str, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GapRule:
    """The gap (brecha) that an answer with fewer points than `below` reveals, and what closes it (INT-22)."""

    below: Decimal
    text: str
    closes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    slug: str
    dimension: str
    text: str
    kind: str
    help: str = ""
    required: bool = True
    options: tuple[Option, ...] = ()
    steps: tuple[Step, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    low_label: str = ""
    high_label: str = ""
    unit: str = ""
    cap: Decimal | None = None
    show_if: tuple[Condition, ...] = ()
    gap: GapRule | None = None

    @property
    def is_scored(self) -> bool:
        return any(option.points for option in self.options) or any(step.points for step in self.steps)

    def option(self, value: str) -> Option | None:
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True)
class Dimension:
    slug: str
    label: str
    explanation: str = ""
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the total, from `from_points` (of 100) up to the next band."""

    slug: str
    label: str
    from_points: Decimal
    meaning: str = ""
    tone: str = "plain"


FINAL_TOP = 200  # two instruments of 100 points, added


@dataclass(frozen=True, slots=True)
class Definition:
    """`final`: bands of the points of this instrument and of another one added, from 0 to 200 (INT-16)."""

    instrument: str
    title: str
    dimensions: tuple[Dimension, ...]
    questions: tuple[Question, ...]
    bands: tuple[Band, ...] = ()
    introduction: str = ""
    notice: str = ""
    group: str = ""
    once: bool = False
    final: tuple[Band, ...] = ()

    def question(self, slug: str) -> Question | None:
        return next((question for question in self.questions if question.slug == slug), None)

    def dimension(self, slug: str) -> Dimension:
        return next(dimension for dimension in self.dimensions if dimension.slug == slug)

    def band(self, slug: str) -> Band | None:
        return next((band for band in self.bands if band.slug == slug), None)

    def questions_of(self, dimension: str) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.dimension == dimension)

    @property
    def is_scored(self) -> bool:
        return any(question.is_scored for question in self.questions)


def read_definition(data: Mapping[str, Any]) -> Definition:
    """The definition that a version's JSON (or a content file) holds; raises DefinitionError with every fault."""
    try:
        definition = _read(data)
    except KeyError as error:
        raise DefinitionError([f"A la definición le falta «{error.args[0]}»."]) from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise DefinitionError([f"La definición tiene un dato de otro tipo: {error}."]) from error
    if problems := _faults(definition):
        raise DefinitionError(problems)
    return definition


def _number(value: object) -> Decimal:
    return Decimal(str(value))


def _maybe(value: object) -> Decimal | None:
    return None if value is None else _number(value)


def _read(data: Mapping[str, Any]) -> Definition:
    return Definition(
        instrument=data["instrument"],
        title=data["title"],
        introduction=data.get("introduction", ""),
        notice=data.get("notice", ""),
        group=data.get("group", data["instrument"]),
        once=bool(data.get("once", False)),
        dimensions=tuple(
            Dimension(row["slug"], row["label"], row.get("explanation", ""), _number(row.get("weight", 1)))
            for row in data["dimensions"]
        ),
        questions=tuple(_read_question(row) for row in data["questions"]),
        bands=_read_bands(data.get("bands", ())),
        final=_read_bands(data.get("final", ())),
    )


def _read_bands(rows: Iterable[Mapping[str, Any]]) -> tuple[Band, ...]:
    """The highest first."""
    bands = [
        Band(row["slug"], row["label"], _number(row["from"]), row.get("meaning", ""), row.get("tone", "plain"))
        for row in rows
    ]
    return tuple(sorted(bands, key=lambda band: -band.from_points))


def _read_question(row: Mapping[str, Any]) -> Question:
    gap = row.get("gap")
    return Question(
        slug=row["slug"],
        dimension=row["dimension"],
        text=row["text"],
        kind=row["kind"],
        help=row.get("help", ""),
        required=bool(row.get("required", True)),
        options=tuple(_read_option(option) for option in _options_of(row)),
        steps=tuple(
            sorted(
                (Step(_number(step["at_least"]), _number(step["points"])) for step in row.get("steps", ())),
                key=lambda step: step.at_least,
            )
        ),
        minimum=_maybe(row.get("minimum", 1 if row["kind"] == "scale" else None)),
        maximum=_maybe(row.get("maximum", 10 if row["kind"] == "scale" else None)),
        low_label=row.get("low_label", ""),
        high_label=row.get("high_label", ""),
        unit=row.get("unit", ""),
        cap=_maybe(row.get("cap")),
        show_if=tuple(_read_condition(condition) for condition in row.get("show_if", ())),
        gap=GapRule(_number(gap["below"]), gap["text"], tuple(gap.get("closes", ()))) if gap else None,
    )


def _options_of(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A yes/no question may leave its options out: then it earns nothing."""
    if row["kind"] == "yes_no" and "options" not in row:
        return [{"value": "yes", "label": "Sí"}, {"value": "no", "label": "No"}]
    return list(row.get("options", ()))


def _read_option(row: Mapping[str, Any]) -> Option:
    return Option(
        value=str(row["value"]),
        label=row["label"],
        points=_number(row.get("points", 0)),
        counts=bool(row.get("counts", True)),
        exclusive=bool(row.get("exclusive", False)),
    )


def _read_condition(row: Mapping[str, Any]) -> Condition:
    return Condition(
        question=row["question"],
        equals=tuple(str(value) for value in row.get("equals", ())),
        at_least=_maybe(row.get("at_least")),
        at_most=_maybe(row.get("at_most")),
    )


def _faults(definition: Definition) -> list[str]:
    problems = [f"«{slug}» está repetida." for slug in _repeated([q.slug for q in definition.questions])]
    problems += [
        f"La dimensión «{slug}» está repetida." for slug in _repeated([d.slug for d in definition.dimensions])
    ]
    if not definition.questions:
        problems.append("No tiene preguntas.")
    known = {dimension.slug for dimension in definition.dimensions}
    earlier: dict[str, Question] = {}
    for question in definition.questions:
        if question.dimension not in known:
            problems.append(f"«{question.slug}» nombra la dimensión «{question.dimension}», que no existe.")
        problems += [f"«{question.slug}»: {fault}" for fault in _question_faults(question)]
        problems += [f"«{question.slug}»: {fault}" for fault in _condition_faults(question, earlier)]
        earlier[question.slug] = question
    for dimension in definition.dimensions:
        if not definition.questions_of(dimension.slug):
            problems.append(f"La dimensión «{dimension.slug}» no tiene preguntas.")
        if dimension.weight <= 0:
            problems.append(f"El peso de la dimensión «{dimension.slug}» debe ser mayor que cero.")
    problems += _band_faults(definition.bands, 100)
    problems += _band_faults(definition.final, FINAL_TOP)
    if (definition.bands or definition.final) and not definition.is_scored:
        problems.append("Tiene tramos, pero ninguna pregunta con puntos.")
    return problems


def _question_faults(question: Question) -> list[str]:
    faults = []
    if question.kind not in KINDS:
        return [f"el tipo «{question.kind}» no existe; use uno de {', '.join(KINDS)}."]
    if not question.text.strip():
        faults.append("no tiene texto.")
    if question.kind in CHOOSING and len(question.options) < 2:
        faults.append("necesita dos opciones o más.")
    if question.kind not in CHOOSING and question.options:
        faults.append("su tipo no lleva opciones.")
    if question.kind not in MEASURING and question.steps:
        faults.append("su tipo no lleva tramos de puntos.")
    if question.kind == "yes_no" and [option.value for option in question.options] != ["yes", "no"]:
        faults.append("una pregunta de sí o no lleva las opciones «yes» y «no», en ese orden.")
    if question.minimum is not None and question.maximum is not None and question.minimum >= question.maximum:
        faults.append("el mínimo debe ser menor que el máximo.")
    faults += [f"la opción «{value}» está repetida." for value in _repeated([o.value for o in question.options])]
    if any(option.points < 0 for option in question.options) or any(step.points < 0 for step in question.steps):
        faults.append("los puntos no pueden ser negativos.")
    if any(not option.counts and option.points for option in question.options):
        faults.append("una opción que no cuenta no lleva puntos.")
    if question.gap and not question.is_scored:
        faults.append("muestra una brecha, pero no tiene puntos.")
    return faults


def _condition_faults(question: Question, earlier: Mapping[str, Question]) -> list[str]:
    faults = []
    for condition in question.show_if:
        asked = earlier.get(condition.question)
        if asked is None:
            faults.append(f"depende de «{condition.question}», que no viene antes.")
            continue
        unknown = [value for value in condition.equals if asked.options and not asked.option(value)]
        faults += [f"depende de la respuesta «{value}» de «{asked.slug}», que no existe." for value in unknown]
        if not condition.equals and condition.at_least is None and condition.at_most is None:
            faults.append(f"depende de «{asked.slug}» sin decir de qué respuesta.")
    return faults


def _band_faults(bands: Sequence[Band], top: int) -> list[str]:
    if not bands:
        return []
    problems = [f"El tramo «{slug}» está repetido." for slug in _repeated([band.slug for band in bands])]
    if bands[-1].from_points != 0:
        problems.append("El tramo más bajo debe partir en 0.")
    if bands[0].from_points > top:
        problems.append(f"Ningún tramo puede partir sobre {top}.")
    if len({band.from_points for band in bands}) != len(bands):
        problems.append("Dos tramos parten en el mismo puntaje.")
    if any(band.tone not in TONES for band in bands):
        problems.append(f"El tono de un tramo es uno de {', '.join(TONES)}.")
    return problems


def _repeated(values: list[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})
