"""Where things stand: matters with their steps, and the intake of a company."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem
from acompana.api.queries.codes import id_of
from acompana.api.queries.commitments import commitment_rows, named, visible_commitments
from acompana.api.queries.found import company_or_problem
from acompana.companies.models import Mandate
from acompana.intake.queries import latest_intake_of
from acompana.kernel.lifecycle import get_lifecycle
from acompana.matters.models import Matter, Step
from acompana.people.actors import Actor

router = Router()
COLUMNS = ("id", "number", "kind", "lifecycle_version", "state", "turn", "company_id", "office__code", "owner_id",
           "owner__given_names", "owner__family_names", "opened_at", "state_since", "closed_at")  # fmt: skip


def visible_matters(actor: Actor) -> QuerySet[Matter]:
    """`progress.permissions.may_see_matter` for lists: the agency, all; others, their own and their companies'."""
    if reads_as_staff(actor):
        return Matter.objects.all()
    if actor.person is None:
        return Matter.objects.none()
    mine = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE).values("company")
    return Matter.objects.filter(Q(person=actor.person) | Q(company__in=mine))


def _rows(matters: QuerySet[Matter]) -> list[dict[str, Any]]:
    rows = []
    for values in matters.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        lifecycle = get_lifecycle(row["kind"], row.pop("lifecycle_version"))
        row["state"] = {"code": row["state"], "name": lifecycle.state(row["state"]).label}
        row["office"] = row.pop("office__code")
        row["owner"] = named(row.pop("owner_id"), row.pop("owner__given_names"), row.pop("owner__family_names"))
        rows.append(row)
    return rows


@endpoint(
    router, "GET", "/matters", scope="matters:read", answer=schemas.MatterPage,
    summary="Asuntos, lo más nuevo primero", refuses=("bad-cursor",),
)  # fmt: skip
def list_matters(request: ApiRequest, filters: Query[schemas.MatterFilters]) -> Any:
    """Ingresos, cuentas potenciales, revisiones, solicitudes de ayuda: `kind` y `state` por su código."""
    found = visible_matters(request.actor)
    for name in ("kind", "state", "company_id"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
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
        flat=_rows,
        key=("opened_at", "id"),
    )
    for row in page["items"]:
        del row["id"]
    return page


def _steps(matter_id: int) -> list[dict[str, Any]]:
    columns = ("transition", "from_state", "to_state", "taken_at", "channel", "taken_by_id",
               "taken_by__given_names", "taken_by__family_names")  # fmt: skip
    steps = []
    for values in Step.objects.filter(matter_id=matter_id).order_by("taken_at", "id").values_list(*columns):
        step = dict(zip(columns, values, strict=True))
        step["by"] = named(
            step.pop("taken_by_id"), step.pop("taken_by__given_names"), step.pop("taken_by__family_names")
        )
        steps.append(step)
    return steps


def _matter(request: ApiRequest, **which: Any) -> dict[str, Any]:
    rows = _rows(visible_matters(request.actor).filter(**which))
    if not rows:
        raise Problem("not-found")
    row = rows[0]
    row["steps"] = _steps(row.pop("id"))
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
    summary="Dónde está el ingreso de una empresa", refuses=("not-found",),
)  # fmt: skip
def get_intake(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """El más nuevo, con su estado, resultado, clasificación y lo que se le debe (INT-5)."""
    company = company_or_problem(request.actor, company_id)
    intake = latest_intake_of(company)
    if intake is None:
        raise Problem("not-found")
    row = _matter(request, pk=intake.matter_id)
    standing = company.standings.first()
    due = visible_commitments(request.actor).filter(matter_id=intake.matter_id, fulfilled_at=None, cancelled_at=None)
    return {
        **row,
        "way_in": intake.way_in,
        "is_exporter": intake.is_exporter,
        "potential": intake.potential,
        "final_score": float(intake.final_score) if intake.final_score is not None else None,
        "routing_rule": intake.routing_rule,
        "routing_reason": intake.routing_reason,
        "standing": None
        if standing is None or not reads_as_staff(request.actor)
        else {"segment": standing.segment, "colour": standing.colour, "since_at": standing.since_at},
        "due": commitment_rows(due.order_by("due_at", "id")),
    }
