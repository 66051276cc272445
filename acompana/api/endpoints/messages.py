"""What the system wrote by mail, and what became of it. To read: writing is caused by what people do."""

from __future__ import annotations

from typing import Any

from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem, Said
from acompana.api.queries.found import company_asked
from acompana.api.queries.outbox import keeps_outbox, message_rows, visible_messages

router = Router()
OF_KEEPERS = Said(
    "La bandeja entera la lee quien la cuida; di de qué empresa con «company_id».",
    "Those who look after the outbox read all of it; say of which company with “company_id”.",
)


@endpoint(
    router, "GET", "/messages", scope="messages:read", answer=schemas.MessagePage,
    summary="Correos que escribió el sistema, lo más nuevo primero", refuses=("not-allowed", "bad-cursor", "moved"),
)  # fmt: skip
def list_messages(request: ApiRequest, filters: Query[schemas.MessageFilters]) -> Any:
    """Todo el personal, los de una empresa (`company_id`); la bandeja entera, quienes la cuidan."""
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    if not filters.company_id and not keeps_outbox(request.actor):
        raise Problem("not-allowed", OF_KEEPERS)
    found = visible_messages(request.actor)
    if filters.company_id:
        found = found.filter(company_id=company_asked(request, filters.company_id))
    if filters.state:
        found = found.filter(state=filters.state)
    return cut(
        found,
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("-written_at", "-id"),
        flat=message_rows,
        key=("written_at", "id"),
    )


@endpoint(
    router, "GET", "/messages/{int:message_id}", scope="messages:read", answer=schemas.MessageOut,
    summary="Un correo con su texto", refuses=("not-found", "not-allowed"),
)  # fmt: skip
def get_message(request: ApiRequest, message_id: Path[schemas.Id]) -> Any:
    """Lo lee quien lee los de su empresa, o cuida la bandeja; el texto, solo quien la cuida: para los demás, nulo."""
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    found = visible_messages(request.actor).filter(pk=message_id)
    rows = message_rows(found)
    if not rows:
        raise Problem("not-found")
    keeps = keeps_outbox(request.actor)
    return {**rows[0], "body": found.values_list("body", flat=True).get() if keeps else None}
