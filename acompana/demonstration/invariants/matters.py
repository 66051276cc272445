"""Matters: their steps form a path of their lifecycle, and where they stand is where the path ends."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef

from acompana.cases.models import HelpRequest
from acompana.commitments.models import Commitment
from acompana.demonstration.invariants.violation import Check
from acompana.intake.models import Intake, Interview, PotentialAccount, Review
from acompana.intake.queries import OPEN_STATES
from acompana.kernel.lifecycle import Lifecycle, get_lifecycle
from acompana.logbook.models import Entry
from acompana.matters.models import Matter, NumberSeries, Step

REGISTERED_WITHIN = timedelta(days=2)
# What each kind adds to its matter.
ROOMS = {
    "intake": Intake,
    "potential_account": PotentialAccount,
    "review": Review,
    "help_request": HelpRequest,
    "enquiry": HelpRequest,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as stored."""

    transition: str
    source: str
    target: str
    at: datetime


@dataclass(slots=True)
class Replay:
    """A path taken again over its table: what is wrong, where it ends, what it promised and left open."""

    faults: list[str] = field(default_factory=list)
    state: str = ""
    since: datetime | None = None
    promised: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)


@cache
def lifecycle_of(kind: str, version: int) -> Lifecycle | None:
    try:
        return get_lifecycle(kind, version)
    except LookupError:
        return None


def steps_by_matter() -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = defaultdict(list)
    rows = Step.objects.order_by("taken_at", "id").values_list(
        "matter_id", "transition", "from_state", "to_state", "taken_at"
    )
    for matter_id, transition, source, target, at in rows.iterator(chunk_size=5000):
        found[matter_id].append(Taken(transition, source, target, at))
    return found


def replay(lifecycle: Lifecycle, steps: list[Taken]) -> Replay:
    """Takes the steps again, one by one."""
    done = Replay()
    rows = {row.name: row for row in (*lifecycle.transitions, lifecycle.opening)}
    finals = {state.slug for state in lifecycle.states if state.final}
    for number, step in enumerate(steps):
        row = rows.get(step.transition)
        if row is None:
            done.faults.append(f"step {step.transition!r} is no transition of {lifecycle.kind} v{lifecycle.version}")
        elif number == 0 and (not row.is_opening or step.source):
            done.faults.append(f"its first step is {step.transition!r} and not the opening")
        elif number and step.source != done.state:
            done.faults.append(f"step {step.transition!r} leaves {step.source!r} when it stood in {done.state!r}")
        elif (number and step.source not in row.source) or step.target != row.target:
            done.faults.append(f"step {step.transition!r} may not lead from {step.source!r} to {step.target!r}")
        done.state, done.since = step.target, step.at
        if row is None:
            continue
        for rule in (*row.fulfils, *row.cancels):
            done.open.pop(rule, None)
        if step.target in finals:
            done.open.clear()
        for owes in row.starts:
            done.open[owes.rule] += 1
            if number:  # what an opening owes may be left out (histories brought in from elsewhere)
                done.promised[owes.rule] += 1
    return done


def paths(now: datetime) -> Iterator[str]:
    steps = steps_by_matter()
    for matter in Matter.objects.iterator(chunk_size=2000):
        lifecycle = lifecycle_of(matter.kind, matter.lifecycle_version)
        if lifecycle is None:
            yield f"{matter.number}: no lifecycle {matter.kind} v{matter.lifecycle_version} is registered."
            continue
        done = replay(lifecycle, steps.get(matter.pk, []))
        if not done.state:
            yield f"{matter.number} has no step, not even its opening."
            continue
        yield from (f"{matter.number}: {fault}." for fault in done.faults)
        yield from _standing(matter, lifecycle, done)


def _standing(matter: Matter, lifecycle: Lifecycle, done: Replay) -> Iterator[str]:
    if matter.state != done.state:
        yield f"{matter.number} stands in {matter.state!r}, but its last step led to {done.state!r}."
        return
    if matter.state_since != done.since:
        yield f"{matter.number} says that it stands there since {matter.state_since}, its last step was {done.since}."
    state = lifecycle.state(matter.state)
    if matter.turn != state.turn:
        yield f"{matter.number} says that it is the turn of {matter.turn}, in {matter.state!r} it is of {state.turn}."
    if state.final and matter.closed_at is None:
        yield f"{matter.number} stands in the final state {matter.state!r} and is not closed."
    if not state.final and matter.closed_at is not None:
        yield f"{matter.number} is closed, but {matter.state!r} is not final."


def logged(now: datetime) -> Iterator[str]:
    written = Counter(
        Entry.objects.filter(kind=Entry.Kind.STEP, matter__isnull=False).values_list("matter_id", "happened_at")
    )
    taken = Counter(Step.objects.values_list("matter_id", "taken_at"))
    missing = {key: count - written[key] for key, count in taken.items() if written[key] < count}
    numbers = dict(Matter.objects.filter(pk__in={key[0] for key in missing}).values_list("pk", "number"))
    for matter_id, at in sorted(missing):
        yield f"{numbers[matter_id]}: the step of {at:%Y-%m-%d %H:%M:%S} has no entry in the logbook."


def settled(now: datetime) -> Iterator[str]:
    """What a matter's table fulfilled or cancelled is not open, and what it started was promised."""
    steps = steps_by_matter()
    promised: dict[int, Counter[str]] = defaultdict(Counter)
    still_open: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Commitment.objects.exclude(rule="").filter(matter__isnull=False)
    for matter_id, rule, fulfilled_at, cancelled_at in rows.values_list(
        "matter_id", "rule", "fulfilled_at", "cancelled_at"
    ):
        promised[matter_id][rule] += 1
        still_open[matter_id][rule] += fulfilled_at is None and cancelled_at is None
    for pk, number, kind, version in Matter.objects.values_list("pk", "number", "kind", "lifecycle_version"):
        lifecycle = lifecycle_of(kind, version)
        if lifecycle is None:
            continue
        done = replay(lifecycle, steps.get(pk, []))
        for rule in lifecycle.rules():
            if still_open[pk][rule] > done.open[rule]:
                yield f"{number}: {rule} is still open, but its steps settled it."
            if promised[pk][rule] < done.promised[rule]:
                yield f"{number}: a step should have started {rule}, and nothing was promised."


def numbered(now: datetime) -> Iterator[str]:
    last = {(row.prefix, row.year): row.last for row in NumberSeries.objects.all()}
    for matter in Matter.objects.select_related("office").iterator(chunk_size=2000):
        parts = re.fullmatch(r"([A-Z]+)-(\d{4})-(\d{6,})", matter.number)
        if parts is None:
            yield f"Matter {matter.pk} has the number {matter.number!r}, which is not PREFIX-YEAR-NUMBER."
            continue
        prefix, year, number = parts[1], int(parts[2]), int(parts[3])
        opened = matter.opened_at.astimezone(ZoneInfo(matter.office.time_zone)).year
        if year != opened:
            yield f"{matter.number} was opened in {opened} at its office."
        if number > last.get((prefix, year), 0):
            yield f"{matter.number} is beyond the last number given, {last.get((prefix, year), 0)}."


def one_open_intake(now: datetime) -> Iterator[str]:
    open_now = Matter.objects.filter(kind="intake", state__in=OPEN_STATES, company__isnull=False)
    for company_id, count in (
        open_now.values_list("company").annotate(count=Count("pk")).filter(count__gt=1).order_by("company")
    ):
        yield f"Company {company_id} has {count} open intakes; it may have one."


def complete(now: datetime) -> Iterator[str]:
    for kind, model in ROOMS.items():
        having = model._default_manager.values("pk")
        for number in Matter.objects.filter(kind=kind).exclude(pk__in=having).values_list("number", flat=True):
            yield f"{number} has no {model._meta.model_name} of its own."


def interviewed(now: datetime) -> Iterator[str]:
    """An interview that was agreed does not lie there: when its hour came it is registered, or owed late (DL-2)."""
    late = Commitment.objects.open().filter(matter=OuterRef("matter"), rule="DL-2", due_at__lt=now)
    agreed = (
        Interview.objects.filter(held_at=None, cancelled_at=None).select_related("matter").annotate(late=Exists(late))
    )
    for interview in agreed.order_by("pk"):
        when = f"{interview.matter.number}: the interview agreed for {_day(interview.starts_at)}"
        if interview.matter.state != "to_interview":
            yield f"{when} was neither held nor called off, and the matter stands in {interview.matter.state!r}."
        elif interview.starts_at < now - REGISTERED_WITHIN and not interview.late:
            yield f"{when} passed, and nobody is late to register it."


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"


CHECKS = (
    Check("interviewed", "An interview that was agreed is still to come, or is owed late", interviewed),
    Check("paths", "A matter's steps are a path of its lifecycle that ends where it stands", paths),
    Check("logged", "Each step has its entry in the logbook", logged),
    Check("settled", "What steps fulfil or cancel is not open; what they start was promised", settled),
    Check("numbered", "Numbers are of the year of opening, and within their series", numbered),
    Check("one-open-intake", "A company has one open intake at most", one_open_intake),
    Check("complete-matters", "Each matter has the row of its room", complete),
)
