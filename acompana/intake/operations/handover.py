"""Who attends a company changes: what is under way and what is owed go along (POR-9, POR-10, EXP-5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from acompana.commitments.models import UNDONE, Commitment, Transfer
from acompana.commitments.operations import transfer
from acompana.commitments.permissions import owes
from acompana.companies import operations as companies
from acompana.companies.models import Assignment, BulkAction, Company
from acompana.companies.operations import AssignmentResult, check_places
from acompana.intake import mail
from acompana.intake.models import Rise
from acompana.intake.operations.passing import follow_duties
from acompana.intake.operations.rises import settle_passings
from acompana.intake.queries import ATTENDED_STATES
from acompana.intake.rules import ACCESS_RULE, OUTCOME_RULE
from acompana.intake.states import ROAD_RULES
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import ASSIGNED, UNASSIGNED, note_in_charge
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owners, move_offices
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.people.queries import executives_of, who_holds

KINDS = ("intake", "review")
ENQUIRY = Q(kind="enquiry", turn="agency")  # what the company wrote to its executive and waits (CHA-4)
CHANGE = "Cambio de ejecutivo o ejecutiva a cargo"


def _under_way(chosen: QuerySet[Company]) -> QuerySet[Matter]:
    return _open_of(chosen).filter(kind__in=KINDS)


def _of_executive(chosen: QuerySet[Company]) -> QuerySet[Matter]:
    """What goes along with who is in charge: what is under way, and the questions that wait for an answer."""
    return _open_of(chosen).filter(Q(kind__in=KINDS) | ENQUIRY)


def _open_of(chosen: QuerySet[Company]) -> QuerySet[Matter]:
    return Matter.objects.filter(company__in=chosen.order_by().values("pk"), closed_at=None)


def _owed(matters: QuerySet[Matter]) -> QuerySet[Commitment]:
    owed = Commitment.objects.filter(matter__in=matters.order_by().values("pk"))
    return owed.exclude(debtor=Commitment.Debtor.COMPANY)


@verb
def hand_roads_over(
    *, chosen: QuerySet[Company], executive: Person, actor: Actor, now: datetime, reason: str = CHANGE
) -> int:
    """What is under way and owed on the roads of companies that have a new executive; how many debts changed hands.

    Also the contact that nobody had taken, and what was left to the office by who left or with another office; the
    answer to what the company wrote to its executive (CHA-4), but not what was answered; and an interview to come of
    somebody who left. By sets, however many companies.
    """
    holder, absence = who_holds(executive, timezone.localdate(now))
    why = f"{reason} ({executive} está ausente hasta el {absence.until_on:%d-%m-%Y})" if absence else reason
    matters = _of_executive(chosen)
    taken = Q(owner__isnull=False) | Q(rule__in=ROAD_RULES)
    outcomes = Commitment.objects.filter(company__in=chosen.order_by().values("pk"), rule=OUTCOME_RULE)
    moved = sum(
        transfer(commitments=owed, to_owner=holder, reason=why, actor=actor, now=now, absence=absence)
        for owed in (_owed(matters).filter(taken), outcomes)
    )
    assign_owners(matters=matters.filter(Q(owner__isnull=False) | Q(state__in=ATTENDED_STATES)), owner=executive)
    follow_duties(matters=matters, reason=reason, actor=actor, now=now)
    return moved


@verb
def hand_roads_back(
    *, chosen: QuerySet[Company], executive: Person, reason: str, since: datetime, actor: Actor, now: datetime
) -> int:
    """Undoes `hand_roads_over` after an assignment was undone: what still is where it was put goes back to whom it
    came from, and matters to the executive that the company has again, or to nobody. How many debts went back.
    """
    matters = _of_executive(chosen)
    latest = Transfer.objects.filter(commitment=OuterRef("pk")).order_by("-transferred_at", "-id").values("pk")[:1]
    owed = Commitment.objects.open().filter(company__in=chosen.order_by().values("pk"))
    put = Transfer.objects.filter(
        pk__in=owed.annotate(latest=Subquery(latest)).values("latest"),
        reason__startswith=reason[:160],
        transferred_at__gte=since,
    )
    origins = list(put.order_by().values_list("from_owner", "from_office").distinct())
    back = {origin: list(put.filter(from_owner=origin[0], from_office=origin[1]).values_list("commitment", flat=True))
            for origin in origins}  # fmt: skip
    people = Person.objects.in_bulk([owner for owner, _ in origins if owner])
    offices = Office.objects.in_bulk([office for _, office in origins])
    for (owner, office), ids in back.items():
        transfer(
            commitments=Commitment.objects.filter(pk__in=ids),
            to_owner=people.get(owner),
            to_office=None if owner else offices[office],
            reason=f"{UNDONE}{reason}",
            actor=actor,
            now=now,
        )
    had = Person.objects.filter(pk__in=chosen.exclude(executive=None).order_by().values("executive"))
    theirs = matters.filter(owner=executive)
    for person in had.exclude(pk=executive.pk):
        assign_owners(matters=theirs.filter(company__executive=person), owner=person)
    assign_owners(matters=theirs.filter(company__executive=None), owner=None)
    names = {person.pk: f"Queda otra vez a cargo de {person}." for person in had}
    again = {
        pk: names.get(back_to, "Queda sin ejecutivo o ejecutiva.")
        for pk, back_to in chosen.order_by("pk").values_list("pk", "executive")
    }
    note_in_charge(again, fact=UNASSIGNED, actor=actor, now=now)
    return sum(map(len, back.values()))


@verb
def take_roads_back(*, chosen: QuerySet[Company], executive: Person, others: Collection[int]) -> int:
    """Companies are again with an executive who had left them: so is what is under way there and nobody, or one of
    the `others` (ids) who received it meanwhile, answers for. How many matters; what is owed is the caller's."""
    matters = _of_executive(chosen).filter(Q(owner__in=others) | Q(owner=None, state__in=ATTENDED_STATES))
    return assign_owners(matters=matters, owner=executive)


def note_assigned(
    *, chosen: QuerySet[Company], executive: Person, actor: Actor, now: datetime, reason: str = ""
) -> None:
    """The log of those of the companies that were given to the executive at `now` says so: who has them, who had them,
    and why, if it was told (POR-9, INT-25). Part of a caller's transaction."""
    theirs = Assignment.objects.filter(company__in=chosen.order_by().values("pk"))
    before = {row.company_id: row.executive for row in theirs.filter(until_at=now).select_related("executive")}
    why = f" Motivo: {reason.strip()}" if reason.strip() else ""
    words = {
        pk: f"Queda a cargo de {executive}" + (f"; antes, de {before[pk]}." if pk in before else ".") + why
        for pk in theirs.filter(executive=executive, since_at=now, until_at=None)
        .order_by("company")
        .values_list("company", flat=True)
    }
    note_in_charge(words, fact=ASSIGNED, actor=actor, now=now)


@verb
def assign_companies(
    *,
    chosen: QuerySet[Company],
    executive: Person,
    actor: Actor,
    now: datetime,
    reason: str = "",
    by_duty: bool = False,
    act: str = "",
) -> AssignmentResult:
    """Gives companies an executive with their matters and what is owed on them; the dates stay as promised (POR-9).

    The contact that the office owed them is the executive's too (INT-10); of who is absent, the substitute's (POR-10).

    `act`: what it is called, for one that can be undone: by it is found what was handed over. Refused as
    `companies.operations.assign_executives`, `by_duty` as there.
    """
    result = companies.assign_executives(
        companies=chosen,
        executive=executive,
        reason=reason,
        actor=actor,
        now=now,
        by_duty=by_duty,
    )
    if result.count:
        note_assigned(chosen=chosen, executive=executive, actor=actor, now=now, reason=reason)
    why = ". ".join(filter(None, (act, reason))) or CHANGE
    hand_roads_over(chosen=chosen, executive=executive, actor=actor, now=now, reason=why)
    settle_passings(companies=chosen.select_related("executive"), executive=executive, actor=actor, now=now)
    return result


@dataclass(frozen=True, slots=True)
class Given:
    """What came of giving companies that waited. `taken`: those that somebody had meanwhile, by whom; `action`: what
    undoes it, if any was given."""

    result: AssignmentResult
    taken: list[Assignment]
    action: BulkAction | None = None


@verb
def assign_waiting(
    *, chosen: QuerySet[Company], executive: Person, actor: Actor, now: datetime, reason: str = "", meant: int = 0
) -> Given:
    """`assign_companies` for those of the chosen that still nobody has; and, of the others, who has them and by whom:
    a page looked at for a while takes nothing back from anybody (EXP-13). The companies are held meanwhile.

    Refused as there, and with `BeyondPlaces` to give an executive more companies than their places, unless so many
    are `meant` (ROL-2).
    """
    held = Company.objects.filter(pk__in=chosen.order_by().values("pk")).order_by("pk").select_for_update()
    rows = dict(held.values_list("pk", "executive"))
    taken = Assignment.objects.filter(company__in=[pk for pk in rows if rows[pk] is not None], until_at=None)
    others = list(taken.select_related("executive", "assigned_by").order_by("company"))
    waiting = [pk for pk in rows if rows[pk] is None]
    if rows and not waiting:
        return Given(AssignmentResult(0, "", None), others)
    check_places(executive, len(waiting), meant=meant)
    act = f"Asignación a {executive}"
    result = assign_companies(
        chosen=Company.objects.filter(pk__in=waiting),
        executive=executive,
        actor=actor,
        now=now,
        reason=reason,
        act=act,
    )
    return Given(result, others, _undone_by(result, act, executive, waiting, actor=actor, now=now))


def _undone_by(
    result: AssignmentResult, act: str, executive: Person, ids: list[int], *, actor: Actor, now: datetime
) -> BulkAction | None:
    """The act as one on many companies that is done, whose page undoes it (EXP-5)."""
    if not result.count or actor.person is None:
        return None
    return BulkAction.objects.create(
        verb="assign",
        value=str(executive.pk),
        title=act,
        company_ids=ids,
        position=len(ids),
        count=result.count,
        state=BulkAction.State.DONE,
        change_set=result.change_set,
        made_by=actor.person,
        made_at=now,
    )


@verb
def pass_on(*, rise: Rise, executive: Person, actor: Actor, now: datetime) -> AssignmentResult:
    """A company that came to green leaves the programme for a regional executive of its office (INT-20).

    Who owes it by name may, also for the head of the office who is absent (POR-10). Refused: who else may not assign
    it, somebody who is not a regional executive there, when it was passed on meanwhile.
    """
    held = Rise.objects.select_for_update(of=("self",)).select_related("company__office", "commitment")
    rise = held.get(pk=rise.pk)
    if rise.passed_at or rise.dropped_at or rise.programme_executive_id is None:
        raise Refused("Esta empresa ya no espera pasar: alguien la pasó, o dejó de estar en verde.", "INT-20")
    office = rise.company.office
    if office is None or not executives_of(office, timezone.localdate(now)).filter(person=executive).exists():
        raise Refused(f"Elige a un ejecutivo o ejecutiva regional de la {office or 'oficina'}.", "INT-20")
    return assign_companies(
        chosen=Company.objects.filter(pk=rise.company_id),
        executive=executive,
        actor=actor,
        now=now,
        reason="Llegó a verde: pasa del programa a la atención regional",
        by_duty=rise.commitment is not None and owes(actor, rise.commitment),
    )


@verb
def move_company(*, company: Company, office: Office, reason: str, actor: Actor, now: datetime) -> Company:
    """Another regional office attends the company: matters and debts go along, and its mailbox is told (INT-10).

    Refused: not the head of its office (ROL-2), the same office, without reason.
    """
    if not reason.strip():
        raise Refused("Escribe por qué cambia de oficina.", "ROL-2")
    if company.office_id == office.pk:
        raise Refused(f"Ya la atiende la {office.name}.", "ROL-2")
    moved = companies.move_to_office(company=company, office=office, actor=actor, now=now)
    matters = _under_way(Company.objects.filter(pk=company.pk))
    transfer(commitments=_owed(matters), to_office=office, reason=reason, actor=actor, now=now)
    apart = Commitment.objects.filter(company=company, rule__in=(ACCESS_RULE, OUTCOME_RULE), office=company.office_id)
    apart = apart.exclude(debtor=Commitment.Debtor.COMPANY)
    transfer(commitments=apart, to_office=office, reason=reason, actor=actor, now=now)
    move_offices(matters=matters, office=office)
    for matter in matters.filter(kind="intake").select_related("office", "company"):
        mail.write_to_office(
            "moved_here",
            company=moved,
            matter=matter,
            now=now,
            context={"reason": reason},
            cause=f"office-{office.pk}-{now:%Y%m%d%H%M}",
        )
    return moved
