"""Handing over what is owed, in bulk and with its history; nothing is ever without owner (POR-10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, F, OuterRef, Subquery, Value, When
from django.db.models.query import QuerySet
from django.utils import timezone

from acompana.commitments.models import Commitment, Transfer
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Absence, Office, Person
from acompana.people.queries import substitute_of
from acompana.shell.words import count_of

BATCH = 500


@verb
def transfer(
    *,
    commitments: QuerySet[Commitment],
    to_owner: Person | None = None,
    to_office: Office | None = None,
    reason: str,
    actor: Actor,
    now: datetime,
    absence: Absence | None = None,
) -> int:
    """Hand over those of the commitments that are open; how many changed hands. Their dates stay as promised.

    To an office without a person: what a person owed is owed by the office. Refused without destination or reason,
    or to somebody who left or an office that closed.
    """
    _check_destination(to_owner, to_office, reason)
    rows = list(
        Commitment.objects.filter(pk__in=commitments.order_by().values("pk"), fulfilled_at=None, cancelled_at=None)
        .select_for_update()
        .values_list("pk", "owner_id", "office_id")
    )
    moved = [row for row in rows if _changes(row, to_owner, to_office)]
    Transfer.objects.bulk_create(
        [
            Transfer(
                commitment_id=pk,
                from_owner_id=owner_id,
                to_owner=to_owner,
                from_office_id=office_id,
                to_office_id=to_office.pk if to_office else office_id,
                transferred_at=now,
                transferred_by=actor.person,
                reason=reason.strip()[:200],
                absence=absence,
            )
            for pk, owner_id, office_id in moved
        ],
        batch_size=BATCH,
    )
    changes: dict[str, Any] = {"owner": to_owner}
    if to_office is not None:
        changes["office"] = to_office
    if to_owner is None:
        person = When(debtor=Commitment.Debtor.PERSON, then=Value(Commitment.Debtor.OFFICE.value))
        changes["debtor"] = Case(person, default=F("debtor"))
    for first in range(0, len(moved), BATCH):
        Commitment.objects.filter(pk__in=[row[0] for row in moved[first : first + BATCH]]).update(**changes)
    return len(moved)


@verb
def cover_absence(*, absence: Absence, actor: Actor, now: datetime) -> int:
    """Give what an absent person owes to the substitute (POR-10); again does nothing. How many changed hands."""
    absent = absence.staff_member.person
    substitute = substitute_of(absent, max(absence.from_on, timezone.localdate(now))) or absence.substitute
    return transfer(
        commitments=Commitment.objects.open().filter(owner=absent),
        to_owner=substitute.person,
        reason=f"{absent} está ausente hasta el {absence.until_on:%d-%m-%Y}",
        actor=actor,
        now=now,
        absence=absence,
    )


def cover_if_begun(absence: Absence, actor: Actor, now: datetime) -> str:
    """The same for an absence that is noted, if it is under way; its page says what others hold."""
    if absence.from_on <= timezone.localdate(now):
        cover_absence(absence=absence, actor=actor, now=now)
    return ""


@verb
def return_from_absence(*, absence: Absence, actor: Actor, now: datetime) -> int:
    """Give back what is still held because of an absence, and nobody has handed on since; how much.

    Also what the substitute, absent in turn, left with another. What who is back held for somebody still absent, they
    hold for them again: it goes to its owner when those are back.
    """
    absent = absence.staff_member.person
    got = Transfer.objects.filter(commitment=OuterRef("pk"), to_owner=absent).order_by("-transferred_at", "-id")
    held = Commitment.objects.held_because_of(absence).annotate(held_for=Subquery(got.values("absence")[:1]))
    others = Absence.objects.in_bulk(set(held.exclude(held_for=None).values_list("held_for", flat=True)))
    back = {None: held.filter(held_for=None)} | {other: held.filter(held_for=other.pk) for other in others.values()}
    return sum(
        transfer(commitments=rows, to_owner=absent, reason=f"{absent} volvió", actor=actor, now=now, absence=other)
        for other, rows in back.items()
    )


def give_back_and_say(absence: Absence, actor: Actor, now: datetime) -> str:
    """What comes back with who is back, said on their page: as many as it listed (what companies owe goes along)."""
    who, many = absence.staff_member, Commitment.objects.held_because_of(absence).of_the_agency().count()
    return_from_absence(absence=absence, actor=actor, now=now)
    return f"{count_of(many, 'compromiso vuelve', 'compromisos vuelven')} a {who}." if many else ""


def _changes(row: tuple[int, int | None, int], to_owner: Person | None, to_office: Office | None) -> bool:
    _, owner_id, office_id = row
    return owner_id != (to_owner.pk if to_owner else None) or (to_office is not None and to_office.pk != office_id)


def _check_destination(to_owner: Person | None, to_office: Office | None, reason: str) -> None:
    if to_owner is None and to_office is None:
        raise Refused("Elige a quién pasan los compromisos: no pueden quedar sin responsable.", "POR-10")
    if to_owner is not None and not to_owner.is_active:
        raise Refused(f"{to_owner} ya no puede entrar al sistema: elige a otra persona.", "POR-10")
    if to_office is not None and to_office.retired_on is not None:
        raise Refused(f"La oficina {to_office} está cerrada: elige otra.", "POR-10")
    if not reason.strip():
        raise Refused("Escribe por qué cambian de manos.", "POR-10")
