"""Matters and their steps as flat rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from acompana.api.permissions import reads_as_staff
from acompana.api.queries.commitments import named
from acompana.companies.models import Mandate
from acompana.kernel.lifecycle import get_lifecycle
from acompana.matters.models import Matter, Step
from acompana.people.actors import Actor

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


def matter_rows(matters: QuerySet[Matter]) -> list[dict[str, Any]]:
    rows = []
    for values in matters.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        lifecycle = get_lifecycle(row["kind"], row.pop("lifecycle_version"))
        row["state"] = {"code": row["state"], "name": lifecycle.state(row["state"]).label}
        row["office"] = row.pop("office__code")
        row["owner"] = named(row.pop("owner_id"), row.pop("owner__given_names"), row.pop("owner__family_names"))
        rows.append(row)
    return rows


def step_rows(matter_id: int) -> list[dict[str, Any]]:
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
