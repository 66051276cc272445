"""What the desk writes by itself: an agreement with its line in the logbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from acompana.commitments.models import Commitment
from acompana.commitments.operations import promise_by_hand
from acompana.companies.consent_rules import consent_text
from acompana.companies.models import Company, Consent, Contact
from acompana.companies.operations import record_consent
from acompana.files.models import StoredFile
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor
from acompana.people.models import Office


@verb
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


@verb
def note_consent(
    *,
    contact: Contact,
    purpose: str,
    given: bool,
    channel: str,
    evidence: str,
    actor: Actor,
    now: datetime,
    files: Iterable[StoredFile] = (),
) -> Consent:
    """A consent that a contact gave or withdrew by telephone, at the counter or on paper, with what shows it (LAW-4).

    The consent is append-only; the evidence is in the logbook, where the company reads it too and where words can be
    erased by law. Errors: Refused without evidence, for a purpose that is not asked, for somebody who left, or when
    nothing changes.
    """
    text = consent_text(purpose)
    if text is None:
        raise Refused("Ese permiso ya no se pide.", "LAW-4")
    if contact.ended_on is not None:
        raise Refused(f"{contact} ya no está en la empresa.", "LAW-4")
    if not evidence.strip():
        raise Refused("Cuenta cómo lo dijo, con sus palabras si puedes: es lo que prueba el permiso.", "LAW-4")
    consent = record_consent(contact=contact, purpose=purpose, given=given, channel=channel, actor=actor, now=now)
    if consent.recorded_at != now:
        raise Refused(
            f"Ese permiso ya figura como {'dado' if given else 'no dado'}: no hay nada que cambiar.", "LAW-4"
        )
    record_entry(
        kind="change",
        fact=f"Permiso {'dado' if given else 'retirado'}: {text.label} (texto {text.version})",
        text=evidence.strip(),
        company=contact.company,
        contact=contact,
        channel=channel,
        direction="in",
        visibility="company",
        files=files,
        actor=actor,
        now=now,
    )
    return consent
