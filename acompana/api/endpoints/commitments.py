"""What is owed: lists in the order in which it falls due, and keeping it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import is_system, reads_as_staff
from acompana.api.problems import Problem, Said
from acompana.api.queries.asked import known_rule
from acompana.api.queries.codes import id_of
from acompana.api.queries.commitments import commitment_rows, visible_commitments
from acompana.api.queries.found import company_asked
from acompana.commitments.models import Commitment
from acompana.commitments.operations import fulfil_by_hand
from acompana.commitments.permissions import may_settle
from acompana.commitments.queries import open_for
from acompana.people.actors import Actor

router = Router()
OF_WHO_OWES_IT = Said(
    "Quien lo debe en la agencia, o su oficina, puede darlo por cumplido.",
    "Who owes it at the agency, or their office, may mark it as fulfilled.",
)


@endpoint(
    router, "GET", "/commitments", scope="commitments:read", answer=schemas.CommitmentPage,
    summary="Compromisos, lo que vence antes primero", refuses=("bad-cursor", "moved"),
)  # fmt: skip
def list_commitments(request: ApiRequest, filters: Query[schemas.CommitmentFilters]) -> Any:
    """Los abiertos, si no se dice otra cosa. `mine` da lo que debe quien tiene la clave: su cola de trabajo; a
    quien representa a una empresa, lo que debe ella."""
    found = visible_commitments(request.actor)
    if filters.mine:
        found = found.filter(_owed_by(request.actor))
    found = _in_state(found, filters.state)
    if filters.company_id:
        found = found.filter(company_id=company_asked(request, filters.company_id))
    if filters.office:
        found = found.filter(office_id=id_of("office", filters.office))
    if filters.rule:
        found = found.filter(rule=known_rule(filters.rule, request.now))
    if filters.overdue:
        found = found.filter(due_at__lt=request.now, fulfilled_at=None, cancelled_at=None)
    return cut(
        found,
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("due_at", "id"),
        flat=commitment_rows,
        key=("due_at", "id"),
    )


def _owed_by(actor: Actor) -> Q:
    """Of the agency what a person owes; of others what their companies do, of those that they may read."""
    if reads_as_staff(actor):
        return Q(pk__in=open_for(actor).order_by().values("pk"))
    return Q(debtor=Commitment.Debtor.COMPANY)


def _in_state(found: QuerySet[Commitment], state: str) -> QuerySet[Commitment]:
    conditions = {
        "open": Q(fulfilled_at=None, cancelled_at=None),
        "fulfilled": Q(fulfilled_at__isnull=False),
        "cancelled": Q(cancelled_at__isnull=False),
    }
    return found.filter(conditions[state]) if state in conditions else found


@endpoint(
    router, "GET", "/commitments/{int:commitment_id}", scope="commitments:read", answer=schemas.CommitmentOut,
    summary="Un compromiso, con la explicación de su fecha", refuses=("not-found",),
)  # fmt: skip
def get_commitment(request: ApiRequest, commitment_id: Path[schemas.Id]) -> Any:
    """`explanation` dice por qué vence entonces (EXP-9)."""
    return _one(request, commitment_id)


def _one(request: ApiRequest, commitment_id: int) -> dict[str, Any]:
    rows = commitment_rows(visible_commitments(request.actor).filter(pk=commitment_id))
    if not rows:
        raise Problem("not-found")
    return rows[0]


@endpoint(
    router, "POST", "/commitments/{int:commitment_id}/fulfilment", scope="commitments:write",
    answer=schemas.CommitmentOut, summary="Dar un compromiso por cumplido",
    refuses=("not-found", "not-allowed", "refused"), body_example={"because": "Se envió el material."},
)  # fmt: skip
def fulfil_commitment(request: ApiRequest, commitment_id: Path[schemas.Id], data: schemas.Fulfilment) -> Any:
    """Lo cumple, en la agencia, quien lo debe o su oficina; un sistema, los que su permiso alcanza. Se rechaza lo que
    cumple un paso de su asunto u otro acto: el primer contacto (DL-1), al anotarlo quien lo debe en la bitácora."""
    _one(request, commitment_id)
    commitment = Commitment.objects.select_related("office").get(pk=commitment_id)
    if not (is_system(request.actor) or may_settle(request.actor, commitment)):
        raise Problem("not-allowed", OF_WHO_OWES_IT)
    fulfil_by_hand(commitment=commitment, because=data.because, actor=request.actor, now=request.now)
    return _one(request, commitment_id)
