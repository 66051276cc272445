"""Who leaves the agency leaves nothing without owner: what they owe passes on, and their companies wait for somebody
(POR-9, POR-10)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.models import Commitment, CommitmentQuerySet
from acompana.commitments.operations import transfer
from acompana.companies.models import Company
from acompana.companies.operations import release_companies
from acompana.companies.queries import known_companies
from acompana.desk.queries import owed_by
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owners
from acompana.people.actors import Actor
from acompana.people.listeners import Carried
from acompana.people.models import Office, Person, StaffMember
from acompana.people.queries import central_office, who_holds, working_on
from acompana.shell.words import count_of


def carried(member: StaffMember) -> list[Carried]:
    """What somebody owes and the companies in their charge, each with its list. Two queries."""
    owed = owed_by(member.person).count()
    companies = known_companies().filter(executive=member.person_id).count()
    found = []
    if owed:
        words = f"debe {count_of(owed, 'compromiso', 'compromisos')}"
        found.append(Carried(words, reverse("desk:member", args=[member.pk])))
    if companies:
        words = f"lleva {count_of(companies, 'empresa', 'empresas')}"
        found.append(Carried(words, f"{reverse('companies:list')}?ejecutivo={member.person_id}"))
    return found


@verb
def pass_on(member: StaffMember, actor: Actor, now: datetime) -> str:
    """What somebody who left owes is owed by who receives it, by whom stands in for them today, or by the office that
    it is of; what is under way too. Their companies enter «Por asignar». What was done, in sentences."""
    person, receiver = member.person, _receiver(member, now)
    reason = f"{person} deja la agencia el {member.until_on:%d-%m-%Y}"
    owed = Commitment.objects.open().filter(owner=person)
    moved = owed_by(person).count()  # what companies owe to somebody goes along, and is not theirs
    if receiver:
        _give(owed, receiver, reason, actor, now)
    else:
        _leave_to_offices(owed, reason, actor, now)
    assign_owners(matters=Matter.objects.filter(owner=person, closed_at=None), owner=receiver)
    released = release_companies(executive=person, title=f"{reason}: queda por asignar", actor=actor, now=now)
    to = f"a {receiver}" if receiver else "a la oficina, sin tomar"
    return " ".join(
        sentence
        for sentence in (
            f"{count_of(moved, 'compromiso pasó', 'compromisos pasaron')} {to}." if moved else "",
            f"{count_of(released, 'empresa queda', 'empresas quedan')} por asignar." if released else "",
        )
        if sentence
    )


def still_carrying(day: date) -> QuerySet[StaffMember]:
    """Who left before a day and still owes something, has a matter or is in charge of a company."""
    hers = {"owner": OuterRef("person")}
    carrying = (
        Q(Exists(Commitment.objects.open().filter(**hers)))
        | Q(Exists(Company.objects.filter(executive=OuterRef("person"))))
        | Q(Exists(Matter.objects.filter(**hers, closed_at=None)))
    )
    return StaffMember.objects.filter(carrying, until_on__lt=day).select_related("person", "office")


def _receiver(member: StaffMember, now: datetime) -> Person | None:
    """Who was chosen, if they work here today."""
    if member.receiver_id is None:
        return None
    chosen = working_on(timezone.localdate(now)).filter(pk=member.receiver_id).first()
    return chosen.person if chosen else None


def _give(owed: CommitmentQuerySet, receiver: Person, reason: str, actor: Actor, now: datetime) -> None:
    holder, absence = who_holds(receiver, timezone.localdate(now))
    if absence:
        reason = f"{reason} ({receiver} está ausente hasta el {absence.until_on:%d-%m-%Y})"
    transfer(commitments=owed, to_owner=holder, reason=reason, actor=actor, now=now, absence=absence)


def _leave_to_offices(owed: CommitmentQuerySet, reason: str, actor: Actor, now: datetime) -> None:
    """Each office owes what is its own; the central one, what was of an office that closed."""
    for office in Office.objects.filter(pk__in=owed.order_by().values("office")):
        to = office if office.retired_on is None else central_office()
        transfer(commitments=owed.filter(office=office), to_office=to, reason=reason, actor=actor, now=now)
