"""Promising something by a date, keeping it, and calling it off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F

from acompana.commitments.dates import compute_again
from acompana.commitments.keeping import check_kept_by_hand
from acompana.commitments.models import Commitment, Pause, Transfer
from acompana.commitments.rules import warning_instant
from acompana.companies.models import Company
from acompana.companies.operations import relate_company
from acompana.kernel.deadlines import compute_due
from acompana.kernel.hands import note_hand
from acompana.kernel.one_line import one_line
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import UnknownRule, get_rule, term_of
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.calendars import calendar_of
from acompana.people.models import Office, Person
from acompana.people.queries import who_holds

BY_HAND = "Fecha acordada a mano."
LONGEST_WHAT = 200


@verb
def promise(
    *,
    rule: str,
    debtor: str,
    office: Office,
    starts_at: datetime,
    now: datetime,
    actor: Actor,
    company: Company | None = None,
    matter: Matter | None = None,
    owner: Person | None = None,
    what: str = "",
) -> Commitment:
    """Owe something by the date that a rule of the protocol gives, on the calendar of the office.

    For a term counted backwards `starts_at` is the event ahead (the visit of DL-13). What is owed is called as the
    rule is, unless `what` says more. An owner who is absent today gives it to their substitute (POR-10). Raises
    UnknownRule, or Refused.
    """
    _check_debtor(debtor, company, owner)
    in_force = get_rule(rule, starts_at.astimezone(ZoneInfo(office.time_zone)).date())
    term = term_of(in_force)
    if term is None:
        raise UnknownRule(f"{rule} has no amount")
    calendar = calendar_of(office)
    due = compute_due(term=term, start=starts_at, calendar=calendar)
    # What counts backwards starts when it is promised, at the latest when it is due.
    start = min(now, due.due_at) if term.counts_back else starts_at
    commitment = Commitment(
        rule=rule,
        rule_version=in_force.version,
        what=(what or in_force.label)[:LONGEST_WHAT],
        company=company,
        matter=matter,
        debtor=debtor,
        office=office,
        owner=owner,
        event_at=starts_at if term.counts_back else None,
        starts_at=start,
        due_at=due.due_at,
        explanation=list(due.explanation),
        warn_at=warning_instant(start=start, due_at=due.due_at, calendar=calendar),
        created_by=actor.person,
    )
    return _save_with_substitute(commitment, actor, now)


@verb
def promise_by_hand(
    *,
    what: str,
    due_at: datetime,
    debtor: str,
    office: Office,
    now: datetime,
    actor: Actor,
    company: Company | None = None,
    matter: Matter | None = None,
    owner: Person | None = None,
) -> Commitment:
    """Owe something by a date that people agreed: an act with the company (DEF-7). Refused for a past date or without
    saying what."""
    _check_debtor(debtor, company, owner)
    if not what.strip():
        raise Refused("Escribe a qué se compromete.")
    if due_at <= now:
        raise Refused("La fecha del compromiso tiene que ser futura.")
    if company is not None:
        relate_company(company=company, actor=actor, now=now, channel="system")
    commitment = Commitment(
        what=what.strip()[:LONGEST_WHAT],
        company=company,
        matter=matter,
        debtor=debtor,
        office=office,
        owner=owner,
        starts_at=now,
        due_at=due_at,
        explanation=[BY_HAND],
        warn_at=warning_instant(start=now, due_at=due_at, calendar=calendar_of(office)),
        created_by=actor.person,
    )
    return _save_with_substitute(commitment, actor, now)


@verb
def fulfil(
    *, commitment: Commitment, actor: Actor, now: datetime, because: str = "", done_at: datetime | None = None
) -> Commitment:
    """It was done, now or at an earlier moment, `done_at`, that is noted now (INT-7).

    A clock that stood still is resumed first, so that the date is the true one. Refused if closed, or done ahead.
    """
    if done_at is not None and done_at > now:
        raise Refused("Lo que todavía no pasa no se puede dar por cumplido: corrige la fecha y la hora.", "INT-25")
    done = done_at or now
    locked = lock_open(commitment)
    standing = locked.pauses.filter(resumed_at=None)
    if done < now:  # a clock that was stopped after it was done stopped for nothing
        standing.filter(paused_at__gt=done).update(resumed_at=F("paused_at"), resumed_by=actor.person)
    resumed = standing.update(resumed_at=done, resumed_by=actor.person)
    if resumed and (due := compute_again(locked)):
        locked.due_at, locked.explanation = due.due_at, list(due.explanation)
    locked.fulfilled_at, locked.fulfilled_by, locked.fulfilled_because = done, actor.person, because[:LONGEST_WHAT]
    locked.save(update_fields=["fulfilled_at", "fulfilled_by", "fulfilled_because", "due_at", "explanation"])
    if actor.person is None:
        note_hand(locked)
    return locked


@verb
def fulfil_by_hand(*, commitment: Commitment, because: str, actor: Actor, now: datetime) -> Commitment:
    """Somebody says that it was done. Refused if closed, and where a step of its matter keeps it: the step does."""
    locked = lock_open(commitment)
    check_kept_by_hand(locked)
    return fulfil(commitment=locked, actor=actor, now=now, because=one_line(because))


@verb
def cancel(*, commitment: Commitment, because: str, actor: Actor, now: datetime) -> Commitment:
    """It is no longer owed. Says why; refused if closed."""
    if not because.strip():
        raise Refused("Escribe por qué ya no corresponde el compromiso.")
    locked = lock_open(commitment)
    Pause.objects.filter(commitment=locked, resumed_at=None).update(resumed_at=now, resumed_by=actor.person)
    locked.cancelled_at, locked.cancelled_because = now, because.strip()[:LONGEST_WHAT]
    locked.save(update_fields=["cancelled_at", "cancelled_because"])
    return locked


@verb
def fulfil_open(
    *, matter: Matter, rules: Iterable[str], actor: Actor, now: datetime, done_at: datetime | None = None
) -> int:
    """Keep what is open on a matter under some rules; how many there were. `done_at`: as `fulfil`."""
    found = list(Commitment.objects.open().filter(matter=matter, rule__in=list(rules)))
    for commitment in found:
        fulfil(commitment=commitment, actor=actor, now=now, done_at=done_at)
    return len(found)


@verb
def cancel_open(*, matter: Matter, rules: Iterable[str], because: str, actor: Actor, now: datetime) -> int:
    """Call off what is open on a matter under some rules; how many there were."""
    found = list(Commitment.objects.open().filter(matter=matter, rule__in=list(rules)))
    for commitment in found:
        cancel(commitment=commitment, because=because, actor=actor, now=now)
    return len(found)


def _check_debtor(debtor: str, company: Company | None, owner: Person | None) -> None:
    if debtor not in Commitment.Debtor.values:
        raise ValueError(f"unknown debtor {debtor!r}")
    if debtor == Commitment.Debtor.PERSON and owner is None:
        raise Refused("Di quién se compromete: un compromiso no queda sin responsable.", "POR-10")
    if debtor == Commitment.Debtor.COMPANY and company is None:
        raise Refused("Di qué empresa se compromete.")


def _save_with_substitute(commitment: Commitment, actor: Actor, now: datetime) -> Commitment:
    """Save it; where its owner is absent today, the substitute owes it, and the history says so and because of which
    absence: with its end it goes to its owner (POR-10)."""
    absent, absence = commitment.owner, None
    if absent is not None:
        today = now.astimezone(ZoneInfo(commitment.office.time_zone)).date()
        commitment.owner, absence = who_holds(absent, today)
    commitment.save()
    if absent is not None and commitment.owner != absent:
        Transfer.objects.create(
            commitment=commitment,
            from_owner=absent,
            to_owner=commitment.owner,
            from_office=commitment.office,
            to_office=commitment.office,
            transferred_at=now,
            transferred_by=actor.person,
            reason=f"{absent} está ausente",
            absence=absence,
        )
    return commitment


def lock_open(commitment: Commitment) -> Commitment:
    """The commitment, locked until the transaction ends. Refused, and why, if it is closed."""
    locked = Commitment.objects.select_for_update(of=("self",)).select_related("office").get(pk=commitment.pk)
    if locked.fulfilled_at is not None:
        raise Refused("Este compromiso ya se cumplió.")
    if locked.cancelled_at is not None:
        raise Refused("Este compromiso ya se anuló.")
    return locked
