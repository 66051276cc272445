"""Answered questionnaires as flat rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet

from acompana.api.permissions import reads_as_staff
from acompana.companies.models import Mandate
from acompana.people.actors import Actor
from acompana.questionnaires.content import gap_instrument
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import result_of
from acompana.questionnaires.rules import two_places

OF_THE_COMPANY = ("export-test-goods", "export-test-services", "preadmissibility")  # not the interview: INT-16
COLUMNS = ("id", "version__instrument", "version__number", "company_id", "matter__number", "started_at",
           "finished_at", "points", "band")  # fmt: skip


def visible_responses(actor: Actor) -> QuerySet[Response]:
    """The agency, all; a company's people, what the company answers itself."""
    if reads_as_staff(actor):
        return Response.objects.all()
    if actor.person is None:
        return Response.objects.none()
    mine = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE).values("company")
    return Response.objects.filter(company__in=mine, version__instrument__in=OF_THE_COMPANY)


def finished_by_instrument(actor: Actor) -> dict[str, int]:
    """How many of each questionnaire were finished, of those that the actor may read; one statement."""
    finished = visible_responses(actor).filter(finished_at__isnull=False).order_by()
    return dict(finished.values_list("version__instrument").annotate(Count("pk")))


def response_rows(responses: QuerySet[Response]) -> list[dict[str, Any]]:
    rows = []
    for values in responses.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        row["instrument"], row["version"] = row.pop("version__instrument"), row.pop("version__number")
        row["matter"] = row.pop("matter__number")
        row["points"] = float(row["points"]) if row["points"] is not None else None
        rows.append(row)
    return rows


def result_told(response: Response) -> dict[str, Any]:
    """The points per theme and the gaps of a finished response, as its page shows them (INT-22); before it is finished
    nobody is told them."""
    if response.finished_at is None:
        return {"themes": None, "gaps": None}
    result = result_of(response)
    return {
        "themes": [
            {
                "dimension": theme.slug,
                "name": theme.label,
                "points": float(theme.points),
                "maximum": float(theme.maximum),
                "share": float(theme.share),
            }
            for theme in result.dimensions
        ],
        "gaps": [
            {
                "question": gap.question,
                "dimension": gap.dimension,
                "text": gap.text,
                "missing": float(gap.missing),
                "lost": float(two_places(gap.lost)),
                "closes": [gap_instrument(slug).name for slug in gap.closes],
            }
            for gap in result.gaps
        ],
    }


OF_THE_SCORE = frozenset({"points", "weight", "bands", "gap"})


def without_points(told: Any) -> Any:
    """A definition as whoever answers sees it: the questions, without what the answers are worth."""
    if isinstance(told, dict):
        return {name: without_points(value) for name, value in told.items() if name not in OF_THE_SCORE}
    return [without_points(one) for one in told] if isinstance(told, list) else told
