"""A company registered by its own people, and what follows of it (INT-3, INT-24)."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.models import Company, Mandate
from acompana.companies.operations import register_company
from acompana.intake.operations.access import announce_claim
from acompana.intake.operations.route import open_intake
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.reference.models import Region


@verb
def register_own_company(
    *,
    rut: str,
    legal_name: str,
    person: Person,
    actor: Actor,
    now: datetime,
    channel: str,
    trade_name: str = "",
    region: Region | None = None,
    kind: str = Company.Kind.NATIONAL,
    reason: str = "",
) -> Mandate:
    """As `register_company`, whose mandate comes back; with one in force the intake of the company opens, and with one
    that somebody has to decide those who decide are told. All or nothing of it. Refused as `register_company` and
    `open_intake`.
    """
    mandate = register_company(
        rut=rut,
        legal_name=legal_name,
        trade_name=trade_name,
        region=region,
        kind=kind,
        reason=reason,
        person=person,
        actor=actor,
        now=now,
        channel=channel,
    )
    if mandate.state == Mandate.State.ACTIVE:
        open_intake(company=mandate.company, actor=actor, now=now)
    else:
        announce_claim(mandate=mandate, now=now)
    return mandate
