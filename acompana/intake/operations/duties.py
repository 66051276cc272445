"""Whom the head of region names to contact companies with a result, or that export (INT-10, INT-12, INT-13)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.commitments.operations import transfer
from acompana.intake import mail
from acompana.intake.contacting import choice_of, contacting
from acompana.intake.models import ContactDuty
from acompana.intake.permissions import may_name_contact
from acompana.intake.states import CONTACT_RULES, EXECUTIVES
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owner, assign_owners
from acompana.people.actors import Actor
from acompana.people.models import Office, Person, StaffMember
from acompana.people.queries import staff_with_role, who_holds
from acompana.reference.models import Sector


def check_can_name(*, office: Office, actor: Actor) -> None:
    if not may_name_contact(actor, office):
        raise Refused("Lo decide la dirección de esa oficina regional.", "ROL-2")


@verb
def name_contact_person(
    *, office: Office, sector: Sector | None, member: StaffMember, actor: Actor, now: datetime, reason: str = ""
) -> ContactDuty:
    """From now on this person contacts the companies of the office with a result: those of a sector, or the rest.

    So are the contacts that the office owed already and that nobody had taken; what somebody owes by name stays with
    them, and who was named before stays in the history. Refused: not the head of that office, somebody of another
    office or who does not attend companies, who is named already.
    """
    check_can_name(office=office, actor=actor)
    able = staff_with_role(*EXECUTIVES, on=timezone.localdate(now), office=office)
    if not able.filter(pk=member.pk).exists():
        raise Refused(f"{member} no atiende empresas en esta oficina.", "INT-10")
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    current = ContactDuty.objects.filter(office=office, sector=sector, until_at=None).first()
    if current is not None:
        if current.member_id == member.pk:
            raise Refused(f"{member} ya es quien contacta.", "INT-10")
        _end(current, actor, now)
    assert actor.person is not None
    duty = ContactDuty.objects.create(
        office=office,
        sector=sector,
        member=member,
        reason=reason.strip()[:200],
        since_at=now,
        named_by=actor.person,
    )
    _hand_what_nobody_took(duty, actor, now)
    return duty


def _hand_what_nobody_took(duty: ContactDuty, actor: Actor, now: datetime) -> None:
    """The contacts of the office that fall to who was named now; of who is absent, to the substitute (POR-10)."""
    open_ones = Commitment.objects.open().filter(office=duty.office, owner=None, rule__in=CONTACT_RULES)
    rows = [row for row in open_ones.select_related("matter", "company") if row.matter is not None]
    theirs = [pk for pk, found in contacting(rows, now).items() if found.choice.member == duty.member]
    person = duty.member.person
    holder, absence = who_holds(person, timezone.localdate(now))
    why = f"La dirección de la oficina nombró a {person} para contactar"
    if absence:
        why = f"{why} ({person} está ausente hasta el {absence.until_on:%d-%m-%Y})"
    owed = Commitment.objects.filter(pk__in=theirs)
    transfer(commitments=owed, to_owner=holder, reason=why, actor=actor, now=now, absence=absence)
    assign_owners(matters=Matter.objects.filter(owner=None, commitments__in=theirs), owner=person)


@verb
def end_contact_duty(*, duty: ContactDuty, actor: Actor, now: datetime) -> ContactDuty:
    """Nobody is named for this any more: the general rule of the office holds again."""
    check_can_name(office=duty.office, actor=actor)
    locked = ContactDuty.objects.select_for_update(of=("self",)).select_related("office").get(pk=duty.pk)
    if locked.until_at is not None:
        raise Refused("Ya no estaba a cargo.", "INT-10")
    _end(locked, actor, now)
    return locked


def _end(duty: ContactDuty, actor: Actor, now: datetime) -> None:
    duty.until_at, duty.ended_by = now, actor.person
    duty.save(update_fields=["until_at", "ended_by"])


def hand_to_contact_person(*, matter: Matter, now: datetime) -> None:
    """Before a contact is owed: who owes it, if somebody is named; else the office does. Part of a caller's
    transaction."""
    if matter.owner_id is None and (member := choice_of(matter, now).member) is not None:
        assign_owner(matter=matter, owner=member.person)


def contact_owner(matter: Matter) -> Person | None:
    """Who owes the contact of a company by name; None where the office does, or nobody."""
    open_ones = matter.commitments.filter(rule__in=CONTACT_RULES, fulfilled_at=None, cancelled_at=None)
    owed = open_ones.select_related("owner").first()
    return owed.owner if owed else None


def tell_contact_person(*, matter: Matter, now: datetime, due: str, why: str) -> None:
    """Who owes the contact is written to as well as the office's mailbox; the substitute of who is absent (POR-10)."""
    if (owner := contact_owner(matter)) is not None:
        mail.write_to_person("contact_yours", person=owner, matter=matter, now=now, context={"due": due, "why": why})
