"""A company comes to green: it is kept, and who is with the programme passes to a regional executive (INT-20)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from acompana.commitments.operations import cancel, fulfil, promise
from acompana.companies.models import Company
from acompana.companies.queries import portfolio_load
from acompana.intake import mail
from acompana.intake.models import Colour, Rise, Standing
from acompana.intake.queries import programme_executive_of
from acompana.intake.rules import PASSING_RULE
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor
from acompana.people.models import Person, StaffMember
from acompana.people.queries import directors_of, staff_with_role, who_holds
from acompana.shell.words import count_of, later_date


@verb
def note_rise(*, standing: Standing, before: Standing | None, actor: Actor, now: datetime) -> Rise | None:
    """Keeps that a company came to green, with its evidence; with the programme, its passing on is owed by a date.

    A company that leaves green before it was passed stays where it is. None when nothing came of the new standing.
    """
    if standing.colour != Colour.GREEN:
        _drop_passing(standing.company, actor=actor, now=now)
        return None
    if before is not None and before.colour == Colour.GREEN:
        return None
    executive = programme_executive_of(standing.company, now)
    if before is None and executive is None:
        return None  # it begins in green and nobody has to hand it over
    rise = Rise(
        company=standing.company,
        standing=standing,
        from_colour=before.colour if before else "",
        risen_at=now,
        programme_executive=executive,
    )
    if executive is not None:
        office = standing.company.office or standing.matter.office
        head = directors_of(office, timezone.localdate(now)).first()
        rise.commitment = promise(
            rule=PASSING_RULE,
            debtor="person" if head else "office",
            office=office,
            owner=head.person if head else None,
            starts_at=now,
            now=now,
            actor=actor,
            company=standing.company,
            matter=standing.matter,
        )
    rise.save()
    return rise


def _waiting(company: Company) -> Rise | None:
    return (
        Rise.objects.select_for_update(of=("self",))
        .filter(company=company, programme_executive__isnull=False, passed_at=None, dropped_at=None)
        .select_related("commitment", "programme_executive", "standing__matter__office")
        .first()
    )


def _drop_passing(company: Company, *, actor: Actor, now: datetime) -> None:
    rise = _waiting(company)
    if rise is None:
        return
    rise.dropped_at = now
    rise.save(update_fields=["dropped_at"])
    if rise.commitment is not None and rise.commitment.fulfilled_at is None and rise.commitment.cancelled_at is None:
        cancel(commitment=rise.commitment, because="Dejó de estar en verde", actor=actor, now=now)


def settle_passings(*, companies: Iterable[Company], executive: Person, actor: Actor, now: datetime) -> None:
    """Who waited to be passed on and has now a regional executive was passed: the promise is kept, the company and the
    executive are told, the place of the programme is free. Part of the transaction that assigns them."""
    today = timezone.localdate(now)
    if not staff_with_role("regional-executive", on=today).filter(person=executive).exists():
        return
    for company in companies:
        rise = _waiting(company)
        if rise is not None and rise.programme_executive_id != executive.pk:
            _settle(rise, executive, actor=actor, now=now)


def _settle(rise: Rise, executive: Person, *, actor: Actor, now: datetime) -> None:
    rise.passed_at, rise.passed_to, rise.passed_by = now, executive, actor.person
    rise.save(update_fields=["passed_at", "passed_to", "passed_by"])
    if rise.commitment is not None and rise.commitment.fulfilled_at is None and rise.commitment.cancelled_at is None:
        fulfil(commitment=rise.commitment, actor=actor, now=now, because="Pasó a la atención regional")
    matter, company, before = rise.standing.matter, rise.company, rise.programme_executive
    assert before is not None
    record_entry(
        kind="change",
        fact="Llegó a verde: pasó del programa a la atención regional",
        company=company,
        matter=matter,
        channel="system",
        visibility="company",
        text=f"La atendía {before}; ahora la atiende {executive}.",
        actor=actor,
        now=now,
    )
    cause = f"rise-{rise.pk}"
    holder, absence = who_holds(executive, timezone.localdate(now))
    context = {
        "before": before.full_name,
        "executive": executive.full_name,
        "executive_email": executive.email or "",
        "instead": holder.full_name if absence else "",
        "until": later_date(absence.until_on) if absence else "",
    }
    mail.write_to_company("passed_on", company=company, matter=matter, now=now, context=context, cause=cause)
    mail.write_to_person(
        "passed_to_you", person=executive, matter=matter, now=now, context={"before": before.full_name}, cause=cause
    )


def places_words(person: Person) -> str:
    """How many places of an executive are taken: «Elena Vidal queda con 41 de 50 cupos»."""
    member = StaffMember.objects.filter(person=person).first()
    load = portfolio_load(person.pk)
    if member is None or member.capacity is None:
        return f"{person} queda con {count_of(load, 'empresa', 'empresas')}."
    return f"{person} queda con {load} de {count_of(member.capacity, 'cupo ocupado', 'cupos ocupados')}."
