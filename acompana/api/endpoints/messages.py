"""What the system wrote by mail, and what became of it. To read: writing is caused by what people do."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import is_system, reads_as_staff
from acompana.api.problems import Problem, Said
from acompana.api.queries.found import company_asked
from acompana.messages.models import Message
from acompana.messages.views.desk import KEEPERS
from acompana.people.actors import Actor

router = Router()
OF_KEEPERS = Said(
    "La bandeja entera la lee quien la cuida; di de qué empresa con «company_id».",
    "Those who look after the outbox read all of it; say of which company with “company_id”.",
)
COLUMNS = ("id", "template", "category", "language", "to_address", "subject", "state", "company_id",
           "matter__number", "attempts", "last_answer", "written_at", "settled_at")  # fmt: skip


def _keeps(actor: Actor) -> bool:
    """Whether the actor reads the whole outbox, as on the desk."""
    return is_system(actor) or actor.has_role(*KEEPERS)


def _rows(messages: QuerySet[Message]) -> list[dict[str, Any]]:
    rows = []
    for values in messages.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        row["matter"] = row.pop("matter__number")
        rows.append(row)
    return rows


@endpoint(
    router, "GET", "/messages", scope="messages:read", answer=schemas.MessagePage,
    summary="Correos que escribió el sistema, lo más nuevo primero", refuses=("not-allowed", "bad-cursor", "moved"),
)  # fmt: skip
def list_messages(request: ApiRequest, filters: Query[schemas.MessageFilters]) -> Any:
    """Todo el personal, los de una empresa (`company_id`); la bandeja entera, quienes la cuidan."""
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    if not filters.company_id and not _keeps(request.actor):
        raise Problem("not-allowed", OF_KEEPERS)
    found = Message.objects.all()
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
        flat=_rows,
        key=("written_at", "id"),
    )


@endpoint(
    router, "GET", "/messages/{int:message_id}", scope="messages:read", answer=schemas.MessageOut,
    summary="Un correo con su texto", refuses=("not-found", "not-allowed"),
)  # fmt: skip
def get_message(request: ApiRequest, message_id: Path[schemas.Id]) -> Any:
    """El texto lo leen quienes cuidan la bandeja."""
    if not _keeps(request.actor):
        raise Problem("not-allowed")
    found = Message.objects.filter(pk=message_id)
    rows = _rows(found)
    if not rows:
        raise Problem("not-found")
    return {**rows[0], "body": found.values_list("body", flat=True).get()}
