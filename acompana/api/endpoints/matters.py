"""Where things stand: matters with their steps, and the intake of a company."""

from __future__ import annotations

from typing import Any

from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem
from acompana.api.queries.asked import known_kind, known_state
from acompana.api.queries.codes import id_of
from acompana.api.queries.commitments import commitment_rows, visible_commitments
from acompana.api.queries.found import company_asked, company_or_problem
from acompana.api.queries.matters import matter_rows, step_rows, visible_matters
from acompana.intake.queries import latest_intake_of

router = Router()


@endpoint(
    router, "GET", "/matters", scope="matters:read", answer=schemas.MatterPage,
    summary="Asuntos, lo más nuevo primero", refuses=("bad-cursor", "moved"),
)  # fmt: skip
def list_matters(request: ApiRequest, filters: Query[schemas.MatterFilters]) -> Any:
    """Ingresos, cuentas potenciales, revisiones, solicitudes de ayuda: `kind` y `state` por su código."""
    found = visible_matters(request.actor)
    if filters.kind:
        found = found.filter(kind=known_kind(filters.kind))
    if filters.state:
        found = found.filter(state=known_state(filters.state, filters.kind))
    if filters.company_id:
        found = found.filter(company_id=company_asked(request, filters.company_id))
    if filters.office:
        found = found.filter(office_id=id_of("office", filters.office))
    if filters.open is not None:
        found = found.filter(closed_at__isnull=filters.open)
    page = cut(
        found,
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("-opened_at", "-id"),
        flat=matter_rows,
        key=("opened_at", "id"),
    )
    for row in page["items"]:
        del row["id"]
    return page


def _matter(request: ApiRequest, **which: Any) -> dict[str, Any]:
    rows = matter_rows(visible_matters(request.actor).filter(**which))
    if not rows:
        raise Problem("not-found")
    row = rows[0]
    row["steps"] = step_rows(row.pop("id"))
    return row


@endpoint(
    router, "GET", "/matters/{number}", scope="matters:read", answer=schemas.MatterOut,
    summary="Un asunto y sus pasos", refuses=("not-found",),
)  # fmt: skip
def get_matter(request: ApiRequest, number: Path[str]) -> Any:
    """Por su número: ING-2026-000123."""
    return _matter(request, number=number[:40])


@endpoint(
    router, "GET", "/companies/{int:company_id}/intake", scope="matters:read", answer=schemas.IntakeOut,
    summary="Dónde está el ingreso de una empresa", refuses=("not-found", "moved"),
)  # fmt: skip
def get_intake(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """El más nuevo, con su estado, resultado, clasificación y lo que se le debe (INT-5). Sin el permiso
    `commitments:read`, `due` es nulo. `final_score` y `standing`, que cuentan la entrevista, son de la agencia:
    para una empresa, nulos."""
    staff = reads_as_staff(request.actor)
    company = company_or_problem(request, company_id)
    intake = latest_intake_of(company)
    if intake is None:
        raise Problem("not-found")
    row = _matter(request, pk=intake.matter_id)
    standing = company.standings.first()
    due = None
    if "commitments:read" in request.caller.scopes:
        owed = visible_commitments(request.actor).filter(matter_id=intake.matter_id)
        due = commitment_rows(owed.filter(fulfilled_at=None, cancelled_at=None).order_by("due_at", "id"))
    return {
        **row,
        "way_in": intake.way_in,
        "is_exporter": intake.is_exporter,
        "potential": intake.potential,
        "final_score": float(intake.final_score) if staff and intake.final_score is not None else None,
        "routing_rule": intake.routing_rule,
        "routing_reason": intake.routing_reason,
        "standing": None
        if standing is None or not staff
        else {"segment": standing.segment, "colour": standing.colour, "since_at": standing.since_at},
        "due": due,
    }
