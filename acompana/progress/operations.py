"""The one way for processes: open a matter, take a step. Each is one transaction over the homes (INT-25)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial

from django.db import transaction
from django.utils.timezone import localdate

from acompana.commitments import operations as commitments
from acompana.commitments.permissions import rules_owed
from acompana.companies.models import Company
from acompana.files.models import StoredFile
from acompana.kernel.lifecycle import (
    INPUTS,
    Facts,
    Lifecycle,
    Transition,
    gather_facts,
    get_lifecycle,
    next_computed,
    why_not,
)
from acompana.kernel.refusals import Refused, reason_against
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters import operations as matters
from acompana.matters.models import Matter, Step
from acompana.matters.presence import note_done
from acompana.matters.queries import lifecycle_of
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Office, Person
from acompana.people.queries import directors_of
from acompana.progress.moments import moment_of, why_not_then
from acompana.progress.permissions import why_not_theirs
from acompana.progress.timers import timers_of

ASK_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StepOption:
    """A step that leaves the state where a matter stands, with the reason why not now, or not by this person."""

    name: str
    label: str
    allowed: bool
    why_not: str
    needs: tuple[str, ...] = ()
    page: str = ""
    advances: bool = True


@verb
def open_matter(
    *,
    kind: str,
    office: Office,
    actor: Actor,
    now: datetime,
    company: Company | None = None,
    person: Person | None = None,
    owner: Person | None = None,
    parent: Matter | None = None,
    channel: str = "portal",
    starts: bool = True,
    from_outside: bool = False,
    is_demonstration: bool = False,
    fact: str = "",
    note: str = "",
    files: Iterable[StoredFile] = (),
) -> Matter:
    """Open a matter of a kind in the newest version of its lifecycle: number, first step, logbook, what is owed.

    `starts=False` leaves out what the opening would owe (histories brought in from elsewhere); `note` and `files` go
    with its entry in the logbook, and `fact` says there how it came about, where the table's own words do not.
    Refused: neither a company nor a person, unless it comes `from_outside`, from somebody without an account (INT-6).
    """
    if company is None and person is None and not from_outside:
        raise Refused("Un asunto es de una empresa o de una persona: indica de quién es.")
    lifecycle = get_lifecycle(kind)
    matter, _ = matters.open_row(
        lifecycle=lifecycle,
        office=office,
        actor=actor,
        now=now,
        company=company,
        person=person,
        owner=owner,
        parent=parent,
        channel=channel,
        is_demonstration=is_demonstration,
    )
    opening = lifecycle.opening
    opened = f"{fact or opening.fact or opening.label}: {lifecycle.title} {matter.number}"
    _log(matter, opening, actor, now, channel, opened, note, files=files)
    if starts:
        _promise(matter, opening, actor, now)
    _arrive(matter, lifecycle, now)
    return matter


@verb
def take_step(
    *,
    matter: Matter,
    transition: str,
    actor: Actor,
    now: datetime,
    channel: str = "system",
    reason: str = "",
    note: str = "",
    happened_at: datetime | None = None,
    fact: str = "",
) -> Step:
    """Move a matter: step, logbook, and what it fulfils, cancels and starts, all or nothing.

    `fact` says in the logbook how it came about, where the table's own words do not.

    `happened_at`: when it was, where it is registered later. What it fulfils is met then, and what it starts runs from
    then (INT-7, INT-10). Refused in the future, and before the state began.

    Refused, with the sentence for the person: the step does not leave this state, is not theirs to take, its guard or
    needs say no. `Stale` when somebody moved the matter first. A final state cancels what the lifecycle still owed.
    States whose way out is computed from facts are then left by themselves (`settle`).
    """
    lifecycle = lifecycle_of(matter)
    row = _row(lifecycle, transition)
    given = [name for name, value in (("reason", reason), ("note", note)) if value.strip()]
    check_can_take_step(matter=matter, row=row, actor=actor, now=now, given=given)
    if happened_at is not None and (sentence := why_not_then(matter=matter, told=happened_at, now=now)):
        raise Refused(sentence, rule="INT-25")
    at = moment_of(matter=matter, told=happened_at, now=now)
    step = matters.move_row(
        matter=matter,
        lifecycle=lifecycle,
        transition=row,
        actor=actor,
        now=at,
        channel=channel,
        reason=reason,
        recorded_at=now if at != now else None,
    )
    _log(matter, row, actor, now, channel, fact or row.fact or row.label, note or reason, at=at)
    _settle_debts(matter, lifecycle, row, actor, now, at)
    _promise(matter, row, actor, now, at)
    _arrive(matter, lifecycle, now)
    transaction.on_commit(partial(note_done, matter), robust=True)  # afterwards: no step waits for a page that tells
    return step


def check_can_take_step(
    *, matter: Matter, row: Transition, actor: Actor, now: datetime, given: list[str] | None = None
) -> None:
    """Raises `Refused` with the sentence why this actor cannot take this step now."""
    if sentence := why_not_theirs(actor, matter, row):
        raise Refused(sentence, rule="ROL-16")
    lifecycle = lifecycle_of(matter)
    facts = gather_facts(lifecycle, matter, now)
    if sentence := why_not(lifecycle, row, matter.state, facts, tuple(INPUTS) if given is None else given):
        raise Refused(sentence)


def why_no_step(*, matter: Matter, transition: str, actor: Actor, now: datetime) -> str:
    """The sentence with which `take_step` would refuse this step now, whatever comes with it; empty: it would not."""
    row = _row(lifecycle_of(matter), transition)
    return reason_against(lambda: check_can_take_step(matter=matter, row=row, actor=actor, now=now))


def available_steps(*, matter: Matter, actor: Actor, now: datetime) -> list[StepOption]:
    """The steps by hand that leave the matter's state, in the order of its table, each allowed or with its reason."""
    lifecycle = lifecycle_of(matter)
    rows = lifecycle.ways_out(matter.state, "hand")
    facts = gather_facts(lifecycle, matter, now) if rows else Facts(now=now)
    order = {state.slug: index for index, state in enumerate(lifecycle.states)}
    owed = cache(partial(rules_owed, actor, matter))  # asked once, and only where the role does not say it

    def option(row: Transition) -> StepOption:
        sentence = why_not_theirs(actor, matter, row, owed) or why_not(lifecycle, row, matter.state, facts)
        onward = order[row.target] > order[matter.state] and not _ends_elsewhere(lifecycle, row)
        needs = tuple(need for need in row.needs if need in INPUTS)
        return StepOption(row.name, row.label, sentence is None, sentence or "", needs, row.page, onward)

    return [option(row) for row in rows]


@verb
def settle(*, matter: Matter, now: datetime) -> list[Step]:
    """Take the computed transitions that the facts open, one after the other; the steps taken, often none.

    Rooms call it after writing a fact that a guard looks at. A circle of computed transitions is a fault of the table
    and stops after as many steps as there are states.
    """
    lifecycle = lifecycle_of(matter)
    taken: list[Step] = []
    for _ in lifecycle.states:
        if not any(row.settles_itself for row in lifecycle.ways_out(matter.state, "computed")):
            return taken
        row = next_computed(lifecycle, matter.state, gather_facts(lifecycle, matter, now))
        if row is None:
            return taken
        step = matters.move_row(
            matter=matter, lifecycle=lifecycle, transition=row, actor=SYSTEM, now=now, channel="system"
        )
        _log(matter, row, SYSTEM, now, "system", row.fact or row.label)
        _settle_debts(matter, lifecycle, row, SYSTEM, now)
        _promise(matter, row, SYSTEM, now)
        _set_timer(matter, lifecycle)
        taken.append(step)
    raise RuntimeError(f"{lifecycle.kind} v{lifecycle.version}: computed transitions go round from {matter.state!r}")


@verb
def take_due_step(*, matter: Matter, now: datetime) -> Step | None:
    """Take the first timed transition whose term has run and whose guard agrees; None if none does.

    What a guard holds back is asked again at the next timer, at the latest after a day. Raises `Stale` when somebody
    moved the matter since it was read.
    """
    lifecycle = lifecycle_of(matter)
    timers = timers_of(matter=matter, lifecycle=lifecycle)
    facts = gather_facts(lifecycle, matter, now)
    for due_at, row in timers:
        if due_at <= now and why_not(lifecycle, row, matter.state, facts, ()) is None:
            return take_step(matter=matter, transition=row.name, actor=SYSTEM, now=now)
    again = [(due_at, row) for due_at, row in timers if due_at > now]
    tomorrow = now + ASK_AGAIN
    if timers:
        due_at, row = min([*again, (tomorrow, timers[0][1])], key=lambda pair: pair[0])
        matters.set_timer(matter=matter, transition=row.name, due_at=due_at)
    return None


def _row(lifecycle: Lifecycle, name: str) -> Transition:
    row = lifecycle.transition(name)
    if row.is_opening:
        raise Refused("Ese paso abre un asunto nuevo: no se puede dar en uno que ya existe.")
    return row


def _ends_elsewhere(lifecycle: Lifecycle, row: Transition) -> bool:
    """Whether a row that may be taken from many states leads out of the road (to give up, to dismiss)."""
    return lifecycle.state(row.target).final and len(row.source) > 1


def _log(
    matter: Matter,
    row: Transition,
    actor: Actor,
    now: datetime,
    channel: str,
    fact: str,
    text: str = "",
    at: datetime | None = None,
    files: Iterable[StoredFile] = (),
) -> Entry:
    return record_entry(
        kind=Entry.Kind.STEP,
        fact=fact,
        actor=actor,
        now=now,
        matter=matter,
        channel=channel,
        visibility=row.visibility,
        text=text,
        happened_at=at,
        files=files,
    )


def _settle_debts(
    matter: Matter, lifecycle: Lifecycle, row: Transition, actor: Actor, now: datetime, at: datetime | None = None
) -> None:
    target = lifecycle.state(row.target)
    if row.fulfils:
        commitments.fulfil_open(matter=matter, rules=row.fulfils, actor=actor, now=now, done_at=at)
    if row.cancels:
        commitments.cancel_open(matter=matter, rules=row.cancels, because=row.label, actor=actor, now=now)
    if target.final:
        because = f"El asunto terminó: {target.label}"
        commitments.cancel_open(matter=matter, rules=lifecycle.rules(), because=because, actor=actor, now=now)


def _promise(matter: Matter, row: Transition, actor: Actor, now: datetime, at: datetime | None = None) -> None:
    for owes in row.starts:
        debtor, owner = owes.debtor, matter.owner
        if debtor == "head":
            head = directors_of(matter.office, localdate(now)).first()
            owner = head.person if head else None
        if debtor in ("owner", "head"):
            debtor = "person" if owner else "office"
        commitments.promise(
            rule=owes.rule,
            debtor=debtor,
            office=matter.office,
            starts_at=at or now,
            now=now,
            actor=actor,
            company=matter.company,
            matter=matter,
            owner=owner if debtor != "company" else None,
        )


def _set_timer(matter: Matter, lifecycle: Lifecycle) -> None:
    timers = timers_of(matter=matter, lifecycle=lifecycle)
    if timers:
        due_at, row = timers[0]
        matters.set_timer(matter=matter, transition=row.name, due_at=due_at)


def _arrive(matter: Matter, lifecycle: Lifecycle, now: datetime) -> None:
    """What follows from standing in a new state: its timer, and the computed ways out."""
    _set_timer(matter, lifecycle)
    settle(matter=matter, now=now)
