"""What the desk writes by itself: an agreement with its line in the logbook."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from acompana.commitments.models import Commitment
from acompana.commitments.operations import promise_by_hand
from acompana.companies.models import Company
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor
from acompana.people.models import Office


@transaction.atomic
def agree_commitment(
    *, company: Company, what: str, due_at: datetime, debtor: str, office: Office, actor: Actor, now: datetime
) -> Commitment:
    """Something agreed with a company, owed by the actor ("person") or by the company, and logged (POR-15, INT-25).

    Errors: Refused for a past date or without saying what.
    """
    commitment = promise_by_hand(
        what=what,
        due_at=due_at,
        debtor=debtor,
        office=office,
        company=company,
        owner=actor.person if debtor == Commitment.Debtor.PERSON else None,
        actor=actor,
        now=now,
    )
    who = "La agencia" if debtor == Commitment.Debtor.PERSON else "La empresa"
    record_entry(
        kind="commitment",
        fact=f"{who} se comprometió para el {due_at:%d-%m-%Y}",
        text=what,
        company=company,
        office=office,
        channel="system",
        actor=actor,
        now=now,
    )
    return commitment
