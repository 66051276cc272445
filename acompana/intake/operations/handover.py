"""Who attends a company changes: what is under way and what is owed go along (POR-9, POR-10, EXP-5)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.commitments.operations import transfer
from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.companies.operations import AssignmentResult
from acompana.intake import mail
from acompana.intake.models import Rise
from acompana.intake.operations.rises import settle_passings
from acompana.intake.rules import ACCESS_RULE, OUTCOME_RULE
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owners, move_offices
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.people.queries import executives_of

KINDS = ("intake", "review")


def _under_way(chosen: QuerySet[Company]) -> QuerySet[Matter]:
    return Matter.objects.filter(company__in=chosen.order_by().values("pk"), kind__in=KINDS, closed_at=None)


def _owed(matters: QuerySet[Matter]) -> QuerySet[Commitment]:
    owed = Commitment.objects.filter(matter__in=matters.order_by().values("pk"))
    return owed.exclude(debtor=Commitment.Debtor.COMPANY)


@verb
def assign_companies(
    *, chosen: QuerySet[Company], executive: Person, actor: Actor, now: datetime, reason: str = ""
) -> AssignmentResult:
    """Gives companies an executive with their matters and what is owed on them; the dates stay as promised (POR-9).

    Refused as `companies.operations.assign_executives`.
    """
    result = companies.assign_executives(
        companies=chosen, executive=executive, reason=reason, actor=actor, now=now, channel="portal"
    )
    matters = _under_way(chosen)
    transfer(
        commitments=_owed(matters).exclude(owner=None),
        to_owner=executive,
        reason=reason or "Cambio de ejecutivo o ejecutiva a cargo",
        actor=actor,
        now=now,
    )
    transfer(
        commitments=Commitment.objects.filter(company__in=chosen.order_by().values("pk"), rule=OUTCOME_RULE),
        to_owner=executive,
        reason=reason or "Cambio de ejecutivo o ejecutiva a cargo",
        actor=actor,
        now=now,
    )
    assign_owners(matters=matters.exclude(owner=None), owner=executive)
    settle_passings(companies=chosen.select_related("executive"), executive=executive, actor=actor, now=now)
    return result


@verb
def pass_on(*, rise: Rise, executive: Person, actor: Actor, now: datetime) -> AssignmentResult:
    """A company that came to green leaves the programme for a regional executive of its office (INT-20).

    Refused: who may not assign it, somebody who is not a regional executive there, when it was passed on meanwhile.
    """
    rise = Rise.objects.select_for_update(of=("self",)).select_related("company__office").get(pk=rise.pk)
    if rise.passed_at or rise.dropped_at or rise.programme_executive_id is None:
        raise Refused("Esta empresa ya no espera pasar: alguien la pasó, o dejó de estar en verde.", "INT-20")
    office = rise.company.office
    if office is None or not executives_of(office, timezone.localdate(now)).filter(person=executive).exists():
        raise Refused(f"Elige a un ejecutivo o ejecutiva regional de la {office or 'oficina'}.", "INT-20")
    return assign_companies(
        chosen=Company.objects.filter(pk=rise.company_id),
        executive=executive,
        actor=actor,
        now=now,
        reason="Llegó a verde: pasa del programa a la atención regional",
    )


@verb
def move_company(*, company: Company, office: Office, reason: str, actor: Actor, now: datetime) -> Company:
    """Another regional office attends the company: matters and debts go along, and its mailbox is told (INT-10).

    Refused: not the head of its office (ROL-2), the same office, without reason.
    """
    if not reason.strip():
        raise Refused("Escribe por qué cambia de oficina.", "ROL-2")
    if company.office_id == office.pk:
        raise Refused(f"Ya la atiende la {office.name}.", "ROL-2")
    moved = companies.move_to_office(company=company, office=office, actor=actor, now=now)
    matters = _under_way(Company.objects.filter(pk=company.pk))
    transfer(commitments=_owed(matters), to_office=office, reason=reason, actor=actor, now=now)
    apart = Commitment.objects.filter(company=company, rule__in=(ACCESS_RULE, OUTCOME_RULE), office=company.office_id)
    apart = apart.exclude(debtor=Commitment.Debtor.COMPANY)
    transfer(commitments=apart, to_office=office, reason=reason, actor=actor, now=now)
    move_offices(matters=matters, office=office)
    for matter in matters.filter(kind="intake").select_related("office", "company"):
        mail.write_to_office(
            "moved_here",
            company=moved,
            matter=matter,
            now=now,
            context={"reason": reason},
            cause=f"office-{office.pk}-{now:%Y%m%d%H%M}",
        )
    return moved
