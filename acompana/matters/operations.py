"""The one place where a matter's state is written. `progress.operations` calls it; nothing else does."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from acompana.companies.models import Company
from acompana.companies.operations import relate_company
from acompana.kernel.lifecycle import Lifecycle, Transition
from acompana.kernel.refusals import Stale
from acompana.kernel.search.keeping import index_rows
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter, NumberSeries, Step
from acompana.matters.queries import what_happened_meanwhile
from acompana.people.actors import Actor
from acompana.people.models import Office, Person


@verb
def next_number(*, prefix: str, year: int) -> str:
    """The next number of a series, "ING-2026-000123"; two callers at once never get the same one.

    The increment locks the row until the transaction ends, so that a rolled back matter gives its number back.
    """
    series = NumberSeries.objects.filter(prefix=prefix, year=year)
    if not series.update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(prefix=prefix, year=year)
        series.update(last=F("last") + 1)
    return f"{prefix}-{year}-{series.get().last:06d}"


@verb
def open_row(
    *,
    lifecycle: Lifecycle,
    office: Office,
    actor: Actor,
    now: datetime,
    company: Company | None,
    person: Person | None,
    owner: Person | None,
    parent: Matter | None,
    channel: str,
    is_demonstration: bool = False,
) -> tuple[Matter, Step]:
    """A matter in the initial state of its lifecycle, with its number (year of the office's zone) and first step.
    Whose it is has a relation with the agency from then on (DEF-7)."""
    if company is not None:
        relate_company(company=company, actor=actor, now=now, channel=channel)
    initial = lifecycle.state(lifecycle.initial)
    matter = Matter.objects.create(
        kind=lifecycle.kind,
        number=next_number(prefix=lifecycle.prefix, year=now.astimezone(ZoneInfo(office.time_zone)).year),
        lifecycle_version=lifecycle.version,
        state=initial.slug,
        state_since=now,
        turn=initial.turn,
        company=company,
        person=person,
        office=office,
        owner=owner,
        parent=parent,
        opened_at=now,
        opened_by=actor.person,
        is_demonstration=is_demonstration,
    )
    index_rows("matter", [matter.pk])
    return matter, _write_step(matter, lifecycle.opening.name, "", initial.slug, actor, now, channel, "")


@verb
def move_row(
    *,
    matter: Matter,
    lifecycle: Lifecycle,
    transition: Transition,
    actor: Actor,
    now: datetime,
    channel: str,
    reason: str = "",
    recorded_at: datetime | None = None,
) -> Step:
    """Move a matter along a transition, if it still stands where this copy of it says.

    `recorded_at`: the clock, where `now` is an earlier moment that is told.
    Raises `Stale`, naming who moved it and where, when somebody was first: the update asks for the state and the
    instant at which it was entered, so that one of two people at once always loses, and loses nothing else.
    """
    target = lifecycle.state(transition.target)
    from_state = matter.state
    values = {
        "state": target.slug,
        "state_since": now,
        "turn": target.turn,
        "timer_at": None,
        "timer": "",
        "closed_at": now if target.final else None,
    }
    here = Matter.objects.filter(pk=matter.pk, state=matter.state, state_since=matter.state_since)
    if not here.update(**values):
        raise Stale(what_happened_meanwhile(matter=matter), rule="INT-25")
    for name, value in values.items():
        setattr(matter, name, value)
    return _write_step(
        matter, transition.name, from_state, target.slug, actor, now, channel, reason, recorded_at=recorded_at
    )


def hold_matter(matter: Matter) -> None:
    """Keep others from moving a matter until the end of this transaction, before anything hangs on it.

    Without it, two people who write entries on one matter and then move it wait for each other, and PostgreSQL stops
    one of them. Raises `Stale` when it stands no longer where this copy of it says.
    """
    here = Matter.objects.filter(pk=matter.pk, state=matter.state, state_since=matter.state_since)
    if not list(here.select_for_update().values_list("pk", flat=True)):
        raise Stale(what_happened_meanwhile(matter=matter), rule="INT-25")


def set_timer(*, matter: Matter, transition: str, due_at: datetime | None) -> None:
    """When the matter moves by itself, and along which transition; None: it does not.

    Raises `Stale` when it stands no longer where this copy of it says.
    """
    matter.timer_at, matter.timer = due_at, transition if due_at else ""
    here = Matter.objects.filter(pk=matter.pk, state=matter.state, state_since=matter.state_since)
    if not here.update(timer_at=matter.timer_at, timer=matter.timer):
        raise Stale(what_happened_meanwhile(matter=matter), rule="INT-25")


def erase_reason(*, matter: Matter, taken_at: datetime) -> int:
    """Empty the reason of the steps taken at an instant, by law (LAW-4); the database lets nothing else be changed."""
    return Step.objects.filter(matter=matter, taken_at=taken_at).exclude(reason="").update(reason="")


@verb
def assign_owner(*, matter: Matter, owner: Person | None) -> None:
    """Who answers for the matter from now on. The caller logs it and moves what is owed."""
    matter.owner = owner
    Matter.objects.filter(pk=matter.pk).update(owner=owner)


def settle_company(*, matter: Matter, company: Company) -> None:
    """Of which company a matter is that came in without one. The caller logs it."""
    matter.company = company
    Matter.objects.filter(pk=matter.pk, company=None).update(company=company)


def assign_owners(*, matters: QuerySet[Matter], owner: Person | None) -> int:
    """`assign_owner` for a set; how many. The caller logs it and moves what is owed."""
    return matters.update(owner=owner)


def move_offices(*, matters: QuerySet[Matter], office: Office) -> int:
    """`move_office` for a set, which nobody answers for until somebody takes it; how many."""
    return matters.update(office=office, owner=None)


@verb
def move_office(*, matter: Matter, office: Office) -> None:
    """The office that attends the matter from now on. The caller logs it and moves what is owed."""
    matter.office = office
    Matter.objects.filter(pk=matter.pk).update(office=office)


def _write_step(
    matter: Matter,
    name: str,
    source: str,
    target: str,
    actor: Actor,
    now: datetime,
    channel: str,
    reason: str,
    recorded_at: datetime | None = None,
) -> Step:
    return Step.objects.create(
        matter=matter,
        transition=name,
        from_state=source,
        to_state=target,
        taken_at=now,
        recorded_at=recorded_at,
        taken_by=actor.person,
        channel=channel,
        reason=reason[:500],
    )
