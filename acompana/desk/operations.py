"""What the desk writes by itself: an agreement with its line in the logbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q

from acompana.commitments.models import Commitment, CommitmentQuerySet, Transfer
from acompana.commitments.operations import promise_by_hand, transfer
from acompana.companies.consent_rules import consent_text
from acompana.companies.models import Company, Consent, Contact
from acompana.companies.operations import record_consent
from acompana.files.models import StoredFile
from acompana.intake.operations import follow_duties
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Office, Person


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
def hand_over(
    *,
    chosen: Collection[int],
    owed: CommitmentQuerySet,
    office: Office | None,
    to_owner: Person,
    reason: str,
    actor: Actor,
    now: datetime,
) -> tuple[int, list[str]]:
    """Those of the chosen that are still among what is `owed` pass to another person; how many, and what became of
    each of the others meanwhile, in words (EXP-13). What was never the office's (None: any) is left out. An interview
    to come of somebody who left goes along with what is owed on it.

    Refused as `transfer`.
    """
    rows = Commitment.objects.filter(pk__in=chosen).exclude(debtor=Commitment.Debtor.COMPANY)
    if office is not None:
        was_here = Transfer.objects.filter(from_office=office).values("commitment")
        rows = rows.filter(Q(office=office) | Q(pk__in=was_here))
    held = list(rows.select_related("company", "owner", "office").order_by("pk").select_for_update(of=("self",)))
    still = set(owed.filter(pk__in=[row.pk for row in held]).values_list("pk", flat=True))
    theirs = [row for row in held if row.pk in still]
    left = [_became_words(row, office) for row in held if row not in theirs]
    if not theirs:
        return 0, left
    passing = Commitment.objects.filter(pk__in=[row.pk for row in theirs])
    passed = transfer(commitments=passing, to_owner=to_owner, reason=reason, actor=actor, now=now)
    matters = Matter.objects.filter(pk__in=[row.matter_id for row in theirs if row.matter_id])
    follow_duties(matters=matters, reason=reason, actor=actor, now=now)
    return passed, left


def _became_words(row: Commitment, office: Office | None) -> str:
    """What a commitment is and what became of it, in words."""
    what = f"«{row.what}, {row.company.name}»" if row.company else f"«{row.what}»"
    if row.fulfilled_at:
        return f"{what} ya se cumplió"
    if row.cancelled_at:
        return f"{what} ya no hace falta"
    if row.owner is None and (office is None or row.office_id == office.pk):
        return f"{what} quedó sin responsable"
    return f"{what} ya pasó a {row.owner or row.office}"


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
