"""Who is in charge of which company, one or many at a time (POR-9, EXP-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet

from acompana.companies.models import Assignment, Company
from acompana.companies.operations.facts import date_relations
from acompana.companies.operations.keeping import day_of, open_set, person_id
from acompana.companies.permissions import assignable_by, may_take
from acompana.companies.queries import portfolio_load
from acompana.companies.search import index_companies
from acompana.kernel.changes import describe_change, snapshot
from acompana.kernel.models import Change, ChangeSet
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Person, StaffMember
from acompana.people.queries import working_on
from acompana.shell.words import count_of

CHUNK = 500
ASSIGNED_FIELDS = ("executive", "office", "related_on")


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """How many changed hands, a warning to show when it is more than the person's places, and what undoes it."""

    count: int
    warning: str
    change_set: ChangeSet | None


class BeyondPlaces(Refused):
    """The executive would have more companies than places, which was not said to be meant. `load`: how many."""

    def __init__(self, warning: str, load: int) -> None:
        super().__init__(f"{warning} Marca la casilla si aun así quieres asignarlas.", "POR-9")
        self.load = load


def capacity_warning(executive: Person, more: int, now: datetime) -> str:
    """A sentence if the executive would have more companies than places; empty if not."""
    return _beyond_places(executive, more)[0]


def _beyond_places(executive: Person, more: int) -> tuple[str, int]:
    """The sentence and how many companies it would be; empty and 0 within the places."""
    staff = StaffMember.objects.filter(person=executive).first()
    if staff is None or staff.capacity is None:
        return "", 0
    load = portfolio_load(executive.pk) + more
    if load <= staff.capacity:
        return "", 0
    places = count_of(staff.capacity, "cupo", "cupos")
    return f"{executive} queda con {count_of(load, 'empresa', 'empresas')} y tiene {places}.", load


def check_places(executive: Person, more: int, *, meant: int) -> None:
    """Raises `BeyondPlaces` if the executive would have more companies than places, and more than is said to be meant
    (ROL-2)."""
    warning, load = _beyond_places(executive, more)
    if load > meant:
        raise BeyondPlaces(warning, load)


def check_can_assign(executive: Person, now: datetime) -> StaffMember:
    """Their post. Refused for who does not work at the agency today, or leaves it today."""
    staff = _check_works(executive, now)
    if staff.until_on == day_of(now):
        raise Refused(f"Hoy es el último día de {executive} en la agencia. Elige a otra persona.", "POR-9")
    return staff


def _check_works(executive: Person, now: datetime) -> StaffMember:
    staff = working_on(day_of(now)).filter(person=executive).first()
    if staff is None:
        raise Refused(f"{executive} no trabaja hoy en la agencia.", "POR-9")
    return staff


def assign_executive(
    *, company: Company, executive: Person, actor: Actor, now: datetime, reason: str = "", channel: str = "system"
) -> AssignmentResult:
    """Gives one company an executive; the history keeps who had it before."""
    return assign_executives(
        companies=Company.objects.filter(pk=company.pk),
        executive=executive,
        actor=actor,
        now=now,
        reason=reason,
        channel=channel,
    )


@verb
def assign_executives(
    *,
    companies: QuerySet[Company],
    executive: Person,
    actor: Actor,
    now: datetime,
    reason: str = "",
    channel: str = "system",
    by_duty: bool = False,
) -> AssignmentResult:
    """Gives companies an executive, as one change set that can be undone. All or none.

    Refused if the person does not work at the agency today or leaves it today, or if any company is not the actor's
    to assign, unless it is owed of them by name (`by_duty`, which the caller looked up: POR-10). Going beyond the
    person's places is warned, not refused. A company without office goes to that of its executive.
    """
    staff = check_can_assign(executive, now)
    chosen = companies.filter(merged_into=None).order_by("pk")
    theirs = Company.objects.filter(assignable_by(actor)).values("pk")
    outside = 0 if by_duty else chosen.exclude(pk__in=theirs).count()
    if outside:
        raise Refused(
            "No puedes asignar esta empresa: es de otra oficina."
            if chosen.count() == 1
            else f"No puedes asignar {outside} de estas empresas: son de otra oficina.",
            "ROL-16",
        )
    pending = chosen.exclude(executive=executive)
    count = pending.count()
    if not count:
        return AssignmentResult(0, "", None)
    warning = capacity_warning(executive, count, now)
    title = f"Asignación a {executive}" + (f": {count} empresas" if count > 1 else "")
    change_set = open_set(
        kind="bulk" if count > 1 else "assignment", title=title, actor=actor, now=now, channel=channel
    )
    done = 0
    for batch in _batches(pending):
        done += len(batch)
        assign_batch(batch, staff, change_set, actor=actor, now=now, reason=reason)
    return AssignmentResult(done, warning, change_set)


@verb
def take_company(*, company: Company, actor: Actor, now: datetime, reason: str = "") -> AssignmentResult:
    """An executive takes a company of their own office that nobody has: who attends it first keeps it (POR-9).

    Refused: not an executive of that office. A company that has an executive already stays with them.
    """
    stored = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if stored.executive_id is not None:
        return AssignmentResult(0, "", None)
    if actor.person is None or not may_take(actor, stored):
        raise Refused("La toma un ejecutivo o ejecutiva de su oficina regional.", "ROL-1")
    staff = _check_works(actor.person, now)
    warning = capacity_warning(actor.person, 1, now)
    title = f"{actor.person} toma la empresa"
    change_set = open_set(kind="edit", title=title, actor=actor, now=now, channel="system")
    assign_batch([stored], staff, change_set, actor=actor, now=now, reason=reason)
    company.refresh_from_db(fields=[*ASSIGNED_FIELDS, "version"])
    return AssignmentResult(1, warning, change_set)


@verb
def release_companies(*, executive: Person, title: str, actor: Actor, now: datetime) -> int:
    """Nobody is in charge any more of the companies of an executive who left: each waits for its office to give it to
    somebody. How many. `title`: why, in the history of each."""
    theirs = Company.objects.filter(executive=executive).order_by("pk")
    if not theirs.exists():
        return 0
    change_set = open_set(kind="bulk", title=title, actor=actor, now=now, channel="system")
    done = 0
    for batch in _batches(theirs):
        changes = end_assignments(batch, change_set, now=now)
        for company in batch:
            before = snapshot(company, ("executive",))
            company.executive = None
            changes.append(
                describe_change(company, change_set=change_set, before=before, after=snapshot(company, ("executive",)))
            )
        Company.objects.bulk_update(batch, ["executive"])
        Company.objects.filter(pk__in=[company.pk for company in batch]).update(version=F("version") + 1)
        Change.objects.bulk_create([change for change in changes if change is not None])
        done += len(batch)
    return done


def _batches(companies: QuerySet[Company]) -> Iterator[list[Company]]:
    last = 0
    while batch := list(companies.filter(pk__gt=last).select_for_update(of=("self",))[:CHUNK]):
        last = batch[-1].pk
        yield batch


def end_assignments(batch: list[Company], change_set: ChangeSet, *, now: datetime) -> list[Change | None]:
    """Ends the assignments of locked companies; gives the changes, for the caller to save with its own."""
    changes: list[Change | None] = []
    ending = list(Assignment.objects.filter(company__in=batch, until_at=None).select_related("company"))
    for assignment in ending:
        before = snapshot(assignment, ("until_at",))
        assignment.until_at = now
        after = snapshot(assignment, ("until_at",))
        changes.append(describe_change(assignment, change_set=change_set, before=before, after=after))
    Assignment.objects.bulk_update(ending, ["until_at"])
    return changes


def assign_batch(
    batch: list[Company], staff: StaffMember, change_set: ChangeSet, *, actor: Actor, now: datetime, reason: str
) -> None:
    """Gives locked companies an executive, within a change set of the caller's: an act with each of them (DEF-7)."""
    changes = end_assignments(batch, change_set, now=now)
    made = Assignment.objects.bulk_create(
        Assignment(
            company=company,
            executive=staff.person,
            assigned_by_id=person_id(actor),
            since_at=now,
            reason=reason[:200],
        )
        for company in batch
    )
    changes += [describe_change(assignment, change_set=change_set) for assignment in made]
    stood = {company.pk: snapshot(company, ASSIGNED_FIELDS) for company in batch}
    first = date_relations(batch, now)
    for company in batch:
        company.executive = staff.person
        company.office_id = company.office_id or staff.office_id
        after = snapshot(company, ASSIGNED_FIELDS)
        changes.append(describe_change(company, change_set=change_set, before=stood[company.pk], after=after))
    Company.objects.bulk_update(batch, ASSIGNED_FIELDS)
    Company.objects.filter(pk__in=[company.pk for company in batch]).update(version=F("version") + 1)
    Change.objects.bulk_create([change for change in changes if change is not None])
    index_companies(first)
