"""What the other party does while a clock stands still for them lets it run again (EXP-8)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from acompana.commitments.models import Commitment
from acompana.commitments.operations.pauses import resume
from acompana.commitments.rules import is_answer
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.people.actors import Actor


@verb
def resume_answered(entry: Entry, actor: Actor, now: datetime) -> int:
    """Resume what the agency had paused to wait for this; how many.

    An entry of a matter answers what is owed on it and what is owed to the company apart from any matter; one of a
    company alone, all that is owed to it. What the company owes waits for the agency, and its own words end nothing.
    """
    incoming = entry.direction == Entry.Direction.IN
    by_the_company = actor.person is not None and not actor.is_staff
    if not is_answer(kind=entry.kind, incoming=incoming, by_the_company=by_the_company):
        return 0
    about = Q(matter=entry.matter) if entry.matter_id else Q(company=entry.company)
    if entry.matter_id and entry.company_id:
        about |= Q(company=entry.company, matter=None)
    if not (entry.matter_id or entry.company_id):
        return 0
    waiting = (
        Commitment.objects.open()
        .exclude(debtor=Commitment.Debtor.COMPANY)
        .filter(about, pauses__resumed_at=None, pauses__paused_at__lte=entry.happened_at)
        .order_by("pk")
    )
    found = list(waiting)
    for commitment in found:
        resume(commitment=commitment, actor=actor, now=now, answer=entry)
    return len(found)
