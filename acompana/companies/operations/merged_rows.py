"""What a merge does with the rows that hang on the company that goes: most move; some meet their like there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from acompana.companies.merge_contacts import who_meet
from acompana.companies.merge_relations import MergeRelation
from acompana.companies.models import Assignment, Company, Contact, Mandate, Validation
from acompana.companies.operations.keeping import day_of
from acompana.companies.queries import terms_of_mandates
from acompana.kernel.changes import describe_change, snapshot
from acompana.kernel.models import Change, ChangeSet
from acompana.people.actors import Actor

OPEN_MANDATES = (Mandate.State.ACTIVE, Mandate.State.LIMITED, Mandate.State.REQUESTED)  # the strongest first
FILLED = ("position", "phone", "phone_digits", "email", "preferred_channel", "gender", "person")
BATCH = 500
# The database lets a row that this ended be open again, for the undoing of the merge (migration 0005).
BY_MERGE = "Fusión de dos fichas de la empresa"


@dataclass(frozen=True, slots=True)
class Move:
    """One merge under way."""

    kept: Company
    gone: Company
    change_set: ChangeSet
    actor: Actor
    now: datetime
    twins: dict[int, Contact] = field(default_factory=dict)  # contacts known on both sides, by the id that goes


def change_rows(
    move: Move, rows: Iterable[models.Model], change: Callable[[Any], None], fields: Sequence[str]
) -> None:
    """Changes rows and keeps what they were. Each change is under its own row: a company's history is not flooded
    with a line for each of its letters."""
    changed: list[models.Model] = []
    kept: list[Change | None] = []
    for row in rows:
        before = snapshot(row, fields)
        change(row)
        kept.append(describe_change(row, change_set=move.change_set, before=before, after=snapshot(row, fields)))
        changed.append(row)
    if changed:
        type(changed[0])._base_manager.bulk_update(changed, list(fields), batch_size=BATCH)
        Change.objects.bulk_create([change for change in kept if change is not None], batch_size=1000)


def clashing(relation: MergeRelation, *, kept_id: int, gone_id: int) -> list[int]:
    """The rows of the company that goes whose like the other has already; they stay behind."""
    if not relation.clash and relation.clash_among is None:
        return []
    table: Any = relation.table._base_manager
    rows = table.filter(relation.clash_among) if relation.clash_among is not None else table.all()
    theirs = rows.filter(**{relation.field: kept_id}).values_list("pk", *relation.clash)
    there = {tuple(values) for _, *values in theirs}
    mine = rows.filter(**{relation.field: gone_id}).values_list("pk", *relation.clash)
    return [pk for pk, *values in mine if tuple(values) in there]


def move_rows(move: Move, relation: MergeRelation) -> None:
    """Points the rows of one table to the company that stays, but for those that would stand there twice; to the
    contact that stays, where a human was known on both sides."""
    column: Any = relation.table._meta.get_field(relation.field)
    rows: Any = relation.table._base_manager
    if column.related_model is Contact:
        about = rows.filter(**{f"{relation.field}__in": list(move.twins)}).order_by("pk")
        change_rows(
            move, about, lambda row: setattr(row, column.attname, _twin_of(move, row, column)), (relation.field,)
        )
        return
    rows = rows.filter(**{relation.field: move.gone.pk})
    behind = clashing(relation, kept_id=move.kept.pk, gone_id=move.gone.pk)
    chosen = rows.exclude(pk__in=behind) if behind else rows
    ids = list(chosen.order_by("pk").values_list("pk", flat=True))
    change_rows(
        move,
        relation.table._base_manager.filter(pk__in=ids).order_by("pk"),
        lambda row: setattr(row, column.attname, move.kept.pk),
        (relation.field,),
    )
    if relation.in_step is not None and ids:
        relation.in_step(ids)


def _twin_of(move: Move, row: models.Model, column: Any) -> int:
    return move.twins[getattr(row, column.attname)].pk


def merge_own_rows(move: Move, *, executive_of_gone: bool) -> None:
    """What the registry knows how to merge row by row."""
    _flatten(move)
    _assignments(move, executive_of_gone)
    _validations(move)
    _mandates(move)
    _contacts(move)


def _flatten(move: Move) -> None:
    """Who was merged into the one that goes is merged into the one that stays: there are no chains."""
    before = Company.objects.filter(merged_into=move.gone).order_by("pk")
    change_rows(move, before, lambda row: setattr(row, "merged_into_id", move.kept.pk), ("merged_into",))


def _assignments(move: Move, executive_of_gone: bool) -> None:
    """One executive at a time: the assignment in force of the other side ends today."""
    ending = move.kept if executive_of_gone else move.gone

    def end(row: Assignment) -> None:
        row.until_at = move.now

    change_rows(move, Assignment.objects.filter(company=ending, until_at=None), end, ("until_at",))

    def pass_on(row: Assignment) -> None:
        row.company = move.kept

    change_rows(move, Assignment.objects.filter(company=move.gone).order_by("pk"), pass_on, ("company",))


def _validations(move: Move) -> None:
    """One validation in force: that of the company that stays, if it has one."""
    rows = Validation.objects.filter(company=move.gone).order_by("pk")
    if Validation.objects.filter(company=move.kept, withdrawn_at=None).exists():

        def withdraw(row: Validation) -> None:
            row.withdrawn_at, row.withdrawn_by, row.reason = (
                move.now,
                move.actor.person,
                BY_MERGE,
            )

        change_rows(move, rows.filter(withdrawn_at=None), withdraw, ("withdrawn_at", "withdrawn_by", "reason"))

    def pass_on(row: Validation) -> None:
        row.company = move.kept

    change_rows(move, rows, pass_on, ("company",))


def _mandates(move: Move) -> None:
    """Who acts for one acts for both. Who had asked for both keeps the stronger of the two."""
    fields = ("company", "state", "decided_at", "reason")
    strength: dict[str, int] = {state: place for place, state in enumerate(reversed(OPEN_MANDATES))}
    there = {row.person_id: row for row in Mandate.objects.filter(company=move.kept, state__in=OPEN_MANDATES)}
    weaker: list[Mandate] = []
    mine = list(Mandate.objects.filter(company=move.gone).order_by("pk"))
    for row in mine:
        twin = there.get(row.person_id) if row.state in OPEN_MANDATES else None
        if twin is not None:
            weaker.append(row if strength[row.state] <= strength[twin.state] else twin)

    def end(row: Mandate) -> None:
        row.state, row.decided_at, row.reason = Mandate.State.ENDED, move.now, BY_MERGE

    change_rows(move, weaker, end, fields)

    def pass_on(row: Mandate) -> None:
        row.company = move.kept

    change_rows(move, Mandate.objects.filter(company=move.gone).order_by("pk"), pass_on, fields)

    def call_off(term: Any) -> None:
        term.cancelled_at, term.cancelled_because = move.now, BY_MERGE

    terms = terms_of_mandates(row.pk for row in weaker)
    change_rows(move, terms.values(), call_off, ("cancelled_at", "cancelled_because"))


# --- contacts ---------------------------------------------------------------------------------------------------


def _contacts(move: Move) -> None:
    """Contacts move. A human known on both sides is written to once: the row of the one that goes keeps its history
    and points to the other, which takes from it what it lacks. Who would lose an e-mail or a phone by that stays a
    contact of its own."""
    fields = ("company", "is_main", "ended_on", "same_as")
    mine = list(Contact.objects.filter(company=move.gone).order_by("pk"))
    theirs = list(Contact.objects.filter(company=move.kept, ended_on=None).order_by("pk"))
    met = who_meet([contact for contact in mine if contact.ended_on is None], theirs)
    twins = {meeting.gone.pk: meeting.kept for meeting in met if meeting.joined}
    has_main = any(contact.is_main for contact in theirs)
    main = next((contact for contact in mine if contact.is_main and contact.pk not in twins), None)

    def pass_on(row: Contact) -> None:
        row.company = move.kept
        row.is_main = row.is_main and not has_main and row is main
        if row.pk in twins:
            row.same_as, row.ended_on = twins[row.pk], day_of(move.now)

    move.twins.update(twins)
    by_id = {contact.pk: contact for contact in mine}
    fill = [(by_id[pk], twin) for pk, twin in twins.items()]
    change_rows(move, mine, pass_on, fields)
    for gone, kept in fill:

        def complete(row: Contact, gone: Contact = gone) -> None:
            for name in FILLED:
                column: Any = Contact._meta.get_field(name)
                if getattr(row, column.attname) in (None, ""):
                    setattr(row, column.attname, getattr(gone, column.attname))
            if row.verified_at is None and row.email and row.email == gone.email:
                row.verified_at = gone.verified_at

        change_rows(move, [kept], complete, (*FILLED, "verified_at"))
    already = Contact.objects.filter(same_as__in=list(twins))

    def follow(row: Contact) -> None:
        assert row.same_as_id is not None
        row.same_as = twins[row.same_as_id]

    change_rows(move, already.order_by("pk"), follow, ("same_as",))
