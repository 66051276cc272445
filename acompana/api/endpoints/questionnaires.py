"""Instruments, and the answers given to them."""

from __future__ import annotations

from typing import Any

from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem
from acompana.api.queries.asked import known_instrument
from acompana.api.queries.found import company_asked
from acompana.api.queries.responses import (
    OF_THE_COMPANY,
    finished_by_instrument,
    response_rows,
    result_told,
    visible_responses,
    without_points,
)
from acompana.questionnaires.models import Version
from acompana.questionnaires.queries import answer_rows, instrument_rows

router = Router()


@endpoint(
    router, "GET", "/questionnaires", scope="questionnaires:read", answer=schemas.InstrumentsOut,
    summary="Cuestionarios",
)  # fmt: skip
def list_questionnaires(request: ApiRequest) -> Any:
    """Todos los que tienen una versión en vigor, o solo los que responde una empresa, según quién pregunta.
    `finished`: cuántas veces se terminó, de lo que puedes leer."""
    staff = reads_as_staff(request.actor)
    own = {} if staff else finished_by_instrument(request.actor)
    return {
        "items": [
            {
                "slug": row.slug,
                "title": row.title,
                "version": row.in_force.number if row.in_force else None,
                "versions": row.versions,
                "finished": row.finished if staff else own.get(row.slug, 0),
            }
            for row in instrument_rows()
            if staff or row.slug in OF_THE_COMPANY
        ]
    }


@endpoint(
    router, "GET", "/questionnaires/{instrument}", scope="questionnaires:read", answer=schemas.InstrumentOut,
    summary="Un cuestionario: sus preguntas, puntos y tramos", refuses=("not-found",),
)  # fmt: skip
def get_questionnaire(request: ApiRequest, instrument: Path[str]) -> Any:
    """La versión en vigor. Los puntos de cada respuesta, el peso de cada parte y los tramos los lee la agencia: a
    quien lo responde no se le muestran antes."""
    version = Version.objects.filter(instrument=instrument[:60], published_at__isnull=False, retired_at=None).first()
    staff = reads_as_staff(request.actor)
    if version is None or not (staff or version.instrument in OF_THE_COMPANY):
        raise Problem("not-found")
    return {
        "slug": version.instrument,
        "title": version.title,
        "version": version.number,
        "published_at": version.published_at,
        "definition": version.definition if staff else without_points(version.definition),
    }


@endpoint(
    router, "GET", "/responses", scope="questionnaires:read", answer=schemas.ResponsePage,
    summary="Cuestionarios respondidos, lo más nuevo primero", refuses=("bad-cursor", "moved"),
)  # fmt: skip
def list_responses(request: ApiRequest, filters: Query[schemas.ResponseFilters]) -> Any:
    """De una empresa con `company_id`; los sin terminar también, si no se dice `finished`."""
    found = visible_responses(request.actor)
    if filters.company_id:
        found = found.filter(company_id=company_asked(request, filters.company_id))
    if filters.instrument:
        found = found.filter(version__instrument=known_instrument(filters.instrument, request.actor))
    if filters.finished is not None:
        found = found.filter(finished_at__isnull=not filters.finished)
    return cut(
        found,
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("-started_at", "-id"),
        flat=response_rows,
        key=("started_at", "id"),
    )


@endpoint(
    router, "GET", "/responses/{int:response_id}", scope="questionnaires:read", answer=schemas.ResponseOut,
    summary="Un cuestionario respondido, pregunta por pregunta", refuses=("not-found",),
)  # fmt: skip
def get_response(request: ApiRequest, response_id: Path[schemas.Id]) -> Any:
    """Las preguntas que se mostraron, con lo respondido en palabras. Ya terminado, también los puntos por tema y las
    brechas, con lo que cierra cada una."""
    found = visible_responses(request.actor).filter(pk=response_id)
    rows = response_rows(found)
    if not rows:
        raise Problem("not-found")
    response = found.select_related("version").prefetch_related("answers").get()
    answers = [
        {"question": row.slug, "dimension": row.dimension, "text": row.text, "answer": row.answer}
        for row in answer_rows(response)
    ]
    return {**rows[0], "answers": answers, **result_told(response)}
