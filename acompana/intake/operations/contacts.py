"""Reaching a company: attempts, and the contact that ends one term and starts the next (INT-10)."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from acompana.companies import operations as companies
from acompana.companies.models import Company, Contact
from acompana.companies.permissions import may_take
from acompana.intake.operations.attention import check_can_attend, moment_told
from acompana.intake.permissions import may_attend, stands_in_for_owner
from acompana.intake.queries import open_intake_of
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.logbook.rules import kind_of
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owner
from acompana.people.actors import Actor
from acompana.progress.moments import why_not_then
from acompana.progress.operations import take_step

TAKEN_OVER = "Quedó a cargo de quien hizo el primer contacto: no tenía ejecutivo o ejecutiva"


@verb
def record_attempt(
    *,
    matter: Matter,
    contact: Contact | None,
    channel: str,
    text: str,
    actor: Actor,
    now: datetime,
    happened_at: datetime | None = None,
) -> Entry:
    """Somebody tried and did not reach the company: it is logged and the clock runs on (INT-10).

    `happened_at`: when, if it is noted later; as `record_contact`.
    """
    check_can_attend(actor=actor, matter=matter)
    at = moment_told(matter, happened_at, now)
    return record_entry(
        kind=kind_of(channel),
        fact="Intento de contacto sin respuesta",
        company=matter.company,
        contact=contact,
        matter=matter,
        channel=channel,
        direction="out",
        outcome="not_reached",
        text=text,
        happened_at=at,
        actor=actor,
        now=now,
    )


@verb
def record_contact(
    *,
    matter: Matter,
    contact: Contact | None,
    channel: str,
    text: str,
    actor: Actor,
    now: datetime,
    happened_at: datetime | None = None,
) -> Entry:
    """The company was reached: the term to contact ends and the term to interview starts (INT-10, DL-2).

    `happened_at`: when, if it is noted later; both terms go by it (INT-7). Refused in the future, and before the
    company waited for it.
    """
    check_can_attend(actor=actor, matter=matter)
    at = moment_told(matter, happened_at, now)
    entry = record_entry(
        kind=kind_of(channel),
        fact="Contacto con la empresa para acordar una entrevista",
        company=matter.company,
        contact=contact,
        matter=matter,
        channel=channel,
        direction="out",
        outcome="reached",
        text=text,
        happened_at=at,
        actor=actor,
        now=now,
    )
    _take_over(matter, actor=actor, now=now)
    take_step(matter=matter, transition="record_contact", actor=actor, now=now, channel=channel, happened_at=at)
    return entry


@verb
def count_as_contact(*, company: Company, entry: Entry, actor: Actor, now: datetime) -> bool:
    """Whether what was just noted is the contact that its intake waits for; if so the term to contact ends (INT-10).

    A note where the company was reached counts wherever it was written, when who wrote it attends the company; from
    when it happened, and not if that was before the company waited for it (INT-7).
    """
    if entry.outcome != Entry.Outcome.REACHED:
        return False
    matter = open_intake_of(company)
    if matter is None or matter.state != "to_contact" or not may_attend(actor, matter):
        return False
    happened_at = min(entry.happened_at, now)  # the log forgives a clock that is some minutes ahead
    if why_not_then(matter=matter, told=happened_at, now=now):
        return False
    _take_over(matter, actor=actor, now=now)
    take_step(
        matter=matter,
        transition="record_contact",
        actor=actor,
        now=now,
        channel=entry.channel,
        happened_at=happened_at,
    )
    return True


def why_not_the_contact(*, company: Company, entry: Entry, actor: Actor, now: datetime) -> str:
    """Why a note where the company was reached is not the contact that its intake still waits for, in a sentence;
    empty where it waits for none, or not from this actor."""
    matter = open_intake_of(company) if entry.outcome == Entry.Outcome.REACHED else None
    if matter is None or matter.state != "to_contact" or not may_attend(actor, matter):
        return ""
    return why_not_then(matter=matter, told=entry.happened_at, now=now)


def _take_over(matter: Matter, *, actor: Actor, now: datetime) -> None:
    """Who reaches the company answers for its road, and is its executive if it had none, which the log says; one that
    it had stays (INT-10, POR-9). Without one that takes it, it stays with who is absent and whose substitute
    reached it (POR-10). The page said so before: `intake.queries.who_keeps`."""
    company = matter.company
    assert company is not None
    if may_take(actor, company):
        taken = companies.take_company(company=company, actor=actor, now=now, reason="Primer contacto")
        if taken.count:
            record_entry(
                kind=Entry.Kind.CHANGE, fact=TAKEN_OVER, matter=matter, channel="system", visibility="company",
                actor=actor, now=now,
            )  # fmt: skip
    company.refresh_from_db(fields=["executive"])
    if matter.owner is not None and matter.owner == actor.person and actor.office_id != matter.office_id:
        return  # somebody of another office answers for it, who goes on doing so: else the step were not theirs
    # Who was named to contact it stops answering for it here: from now on it is its executive's, or who reached it.
    if company.executive is not None or not stands_in_for_owner(actor, matter, localdate(now)):
        assign_owner(matter=matter, owner=company.executive or actor.person)
