"""Commitments as flat rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from acompana.api.permissions import reads_as_staff
from acompana.api.signing import name_of
from acompana.commitments.models import Commitment
from acompana.companies.models import Mandate
from acompana.people.actors import Actor
from acompana.portal.promises import WORDS

COLUMNS = (
    "id", "rule", "what", "debtor", "company_id", "matter__number", "office__code", "owner_id",
    "owner__given_names", "owner__family_names", "starts_at", "due_at", "explanation", "breached_at",
    "fulfilled_at", "fulfilled_because", "cancelled_at", "cancelled_because",
)  # fmt: skip


def visible_commitments(actor: Actor) -> QuerySet[Commitment]:
    """Everybody of the agency reads them (ROL-16); a company's people, what it owes, and what the protocol promises it
    while that is open, as the portal shows it: what the agency did of it, and why, is in the history."""
    if reads_as_staff(actor):
        return Commitment.objects.all()
    if actor.person is None:
        return Commitment.objects.none()
    mine = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE).values("company")
    promised = Q(rule__in=list(WORDS), fulfilled_at=None, cancelled_at=None)
    told = Q(debtor=Commitment.Debtor.COMPANY) | promised
    return Commitment.objects.filter(told, company__in=mine)


def commitment_rows(commitments: QuerySet[Commitment]) -> list[dict[str, Any]]:
    """Ready to leave as JSON; one statement, and one more if some were kept."""
    rows = []
    for values in commitments.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        row["matter"], row["office"] = row.pop("matter__number"), row.pop("office__code")
        row["owner"] = named(row.pop("owner_id"), row.pop("owner__given_names"), row.pop("owner__family_names"))
        rows.append(row)
    kept = _who_kept([row["id"] for row in rows if row["fulfilled_at"] is not None])
    for row in rows:
        row["fulfilled_by"], row["fulfilled_by_system"] = kept.get(row["id"], (None, None))
    return rows


def _who_kept(ids: list[int]) -> dict[int, tuple[dict[str, Any] | None, str | None]]:
    """The person and the system that kept some commitments; one statement, none for those that are open."""
    if not ids:
        return {}
    names = ("pk", "fulfilled_by_id", "fulfilled_by__given_names", "fulfilled_by__family_names")
    system = name_of("commitments.commitment")
    rows = Commitment.objects.filter(pk__in=ids).order_by().values_list(*names, system)
    return {pk: (named(person, given, family), system) for pk, person, given, family, system in rows}


def named(pk: int | None, given: str | None, family: str | None) -> dict[str, Any] | None:
    """A person as {id, name}."""
    return None if pk is None else {"id": pk, "name": f"{given or ''} {family or ''}".strip()}
