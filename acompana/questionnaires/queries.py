"""Reads: the version in force, answers, results, the newest response, and the curve of repeated measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet

from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.matters.models import Matter
from acompana.questionnaires.definition import Definition, read_definition
from acompana.questionnaires.models import Response, Version
from acompana.questionnaires.rules import Result, describe_answer, most_questions, score, visible_questions


def current_version(instrument: str) -> Version:
    """The version in force of an instrument; refuses if there is none."""
    version = Version.objects.filter(instrument=instrument, published_at__isnull=False, retired_at=None).first()
    if version is None:
        raise Refused("Este cuestionario no está disponible por ahora. Escríbenos y te ayudamos.", "INT-9")
    return version


def most_questions_of(*instruments: str) -> int:
    """How many questions the versions in force of these instruments may ask, at most; 0 if none is in force."""
    found = Version.objects.filter(instrument__in=instruments, published_at__isnull=False, retired_at=None)
    return max((most_questions(read_definition(version.definition), {}) for version in found), default=0)


def definition_of(response: Response) -> Definition:
    """The definition that the response was given to."""
    return read_definition(response.version.definition)


def answers_of(response: Response) -> dict[str, object]:
    """The stored answers by question; uses prefetched `answers` where there are any."""
    return {answer.question: answer.value for answer in response.answers.all()}


def result_of(response: Response) -> Result:
    """The result with its dimensions and gaps, computed from the answers and the version they were given to."""
    return score(definition_of(response), answers_of(response))


def latest_response(*, company: Company, instrument: str) -> Response | None:
    """The newest finished response of a company to the instruments that start so: «export-test» finds both tests."""
    return (
        Response.objects.filter(company=company, version__instrument__startswith=instrument)
        .exclude(finished_at=None)
        .select_related("version")
        .order_by("-finished_at", "-id")
        .first()
    )


def draft_of(
    *, instrument: str, company: Company | None = None, matter: Matter | None = None, exact: bool = False
) -> Response | None:
    """The unfinished response of a matter (or, without one, of a company) to the instruments that start so.

    `exact` takes the instrument's whole name alone.
    """
    drafts = Response.objects.filter(finished_at=None)
    how = "version__instrument" if exact else "version__instrument__startswith"
    drafts = drafts.filter(**{how: instrument})
    drafts = drafts.filter(matter=matter) if matter is not None else drafts.filter(company=company, matter=None)
    return drafts.select_related("version").order_by("-started_at", "-id").first()


def responses_of(*, company: Company, instrument: str = "") -> list[Response]:
    """The finished responses of a company, oldest first, with what `compare` needs."""
    return list(
        Response.objects.filter(company=company, version__instrument__startswith=instrument)
        .exclude(finished_at=None)
        .select_related("version", "finished_by", "replaces")
        .prefetch_related("answers")
        .order_by("finished_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """One point of the curve (EXP-19). `change` is against the one before, empty for the first."""

    response: Response
    at: datetime
    points: Decimal
    band: str
    band_label: str
    shares: dict[str, Decimal]  # per dimension, 0–100
    change: Decimal | None
    same_version: bool  # as the one before: otherwise the points are not strictly comparable


def compare(responses: Iterable[Response]) -> list[Measure]:
    """Finished responses as a series in time; drafts are left out."""
    measures: list[Measure] = []
    finished = [(response.finished_at, response) for response in responses if response.finished_at is not None]
    for at, response in sorted(finished, key=lambda pair: (pair[0], pair[1].pk)):
        result = result_of(response)
        before = measures[-1] if measures else None
        measures.append(
            Measure(
                response=response,
                at=at,
                points=result.points,
                band=result.band,
                band_label=result.band_label,
                shares={dimension.slug: dimension.share for dimension in result.dimensions},
                change=result.points - before.points if before else None,
                same_version=before is None or before.response.version_id == response.version_id,
            )
        )
    return measures


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A question and its answer, as people read them."""

    slug: str
    dimension: str
    text: str
    answer: str
    required: bool


def answer_rows(response: Response) -> list[AnswerRow]:
    """What was asked and answered, in order; hidden questions are left out."""
    definition, answers = definition_of(response), answers_of(response)
    return [
        AnswerRow(q.slug, q.dimension, q.text, describe_answer(q, answers.get(q.slug)), q.required)
        for q in visible_questions(definition, answers)
    ]


@dataclass(frozen=True, slots=True)
class AnswerChange:
    text: str
    before: str
    after: str


def changes_between(before: Response, after: Response) -> list[AnswerChange]:
    """What a replacement changed (INT-15): questions whose answer differs, with both answers as people read them."""
    old = {row.slug: row for row in answer_rows(before)}
    new = {row.slug: row for row in answer_rows(after)}
    return [
        AnswerChange(
            text=(new.get(slug) or old[slug]).text,
            before=old[slug].answer if slug in old else "",
            after=new[slug].answer if slug in new else "",
        )
        for slug in dict.fromkeys([*old, *new])
        if (old[slug].answer if slug in old else "") != (new[slug].answer if slug in new else "")
    ]


# --- instruments and their versions -------------------------------------------------------------------------------

SIMULATED = 400


@dataclass(frozen=True, slots=True)
class InstrumentRow:
    """An instrument in the list: its version in force, its draft, how many were finished in all."""

    slug: str
    title: str
    in_force: Version | None
    draft: Version | None
    versions: int
    finished: int


def instrument_rows() -> list[InstrumentRow]:
    """All instruments, by title. One query."""
    by_slug: dict[str, list[Version]] = {}
    versions_with_counts = Version.objects.defer("definition").annotate(finished=Count("responses__finished_at"))
    for version in versions_with_counts.order_by("instrument", "-number"):
        by_slug.setdefault(version.instrument, []).append(version)
    rows = [
        InstrumentRow(
            slug=slug,
            title=versions[0].title,
            in_force=next((v for v in versions if v.is_in_force), None),
            draft=next((v for v in versions if v.is_draft), None),
            versions=len(versions),
            finished=sum(v.finished for v in versions),  # type: ignore[attr-defined]
        )
        for slug, versions in by_slug.items()
    ]
    return sorted(rows, key=lambda row: row.title)


def versions_of(instrument: str) -> QuerySet[Version]:
    """The versions of an instrument, newest first, with their people and the number of finished responses."""
    return (
        Version.objects.filter(instrument=instrument)
        .select_related("published_by", "drafted_by", "retired_by", "based_on")
        .annotate(finished=Count("responses__finished_at"))
        .order_by("-number")
    )


@dataclass(frozen=True, slots=True)
class SimulatedBand:
    slug: str
    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """Past responses marked anew: how many would lie in each band, and how many would change of band."""

    count: int
    limited: bool
    changed: int
    bands: tuple[SimulatedBand, ...]


def simulate(instrument: str, definition: Definition) -> Simulation:
    """The newest finished responses of an instrument, 400 at most, under another definition. Two queries."""
    responses = list(
        Response.objects.filter(version__instrument=instrument)
        .exclude(finished_at=None)
        .only("band", "version_id", "finished_at")
        .prefetch_related("answers")
        .order_by("-finished_at")[: SIMULATED + 1]
    )
    limited = len(responses) > SIMULATED
    pairs = [(r.band, score(definition, answers_of(r)).band) for r in responses[:SIMULATED]]
    return Simulation(
        count=len(pairs),
        limited=limited,
        changed=sum(before != after for before, after in pairs),
        bands=tuple(
            SimulatedBand(
                band.slug, band.label, sum(b == band.slug for b, _ in pairs), sum(a == band.slug for _, a in pairs)
            )
            for band in definition.bands
        ),
    )
