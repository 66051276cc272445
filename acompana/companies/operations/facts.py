"""The dated facts that status is computed from: relation, validation, potential, counting actions (DEF-1 to DEF-4)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from acompana.companies import rules
from acompana.companies.models import Assignment, Company, CountingAction, Validation
from acompana.companies.operations.keeping import (
    HISTORY_OF_COMPANY,
    day_of,
    lock_company,
    open_set,
    save_company,
)
from acompana.companies.permissions import may_assign, may_validate
from acompana.companies.portfolio import portfolio_facts
from acompana.kernel.changes import snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import get_rule
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Office
from acompana.people.queries import offices_of_regions, regional_office_of
from acompana.reference.models import Region

# DEF-3: an action counts when one of these registered it.
COUNTING_ROLES = ("regional-executive", "commercial-executive")


@verb
def relate_company(
    *,
    company: Company,
    actor: Actor,
    now: datetime,
    channel: str,
    office: Office | None = None,
    region: Region | None = None,
) -> Company:
    """Somebody acts with a company: known from a public register alone, it is registry only no longer (DEF-7).

    For every verb that is such an act; one that changes data, `relate_by_edit`. `region` is the word of who acts now:
    it stands over the register's, and says the office (ROL-2); `office` is for one of whose region nothing is known.
    Asks nothing of the database for a company that says that it has a relation; the company as stored, otherwise. A
    change set of its own: who undoes the act afterwards has worked with the company all the same.
    """
    if company.related_on is not None:
        return company
    stored = lock_company(company)
    if stored.related_on is not None:
        return stored
    before = snapshot(stored, HISTORY_OF_COMPANY)
    stored.related_on = day_of(now)
    if region is not None and region != stored.region:
        stored.region, stored.office = region, regional_office_of(region)
        if stored.commune is not None and stored.commune.region_id != region.pk:
            stored.commune = None  # the register's, of the other region
    stored.office = stored.office or (regional_office_of(stored.region) if stored.region else office)
    change_set = open_set(
        kind="relation", title=f"Primera relación con {stored}", actor=actor, now=now, channel=channel
    )
    save_company(stored, before, snapshot(stored, HISTORY_OF_COMPANY), change_set)
    return stored


def relate_by_edit(*, company: Company, actor: Actor, now: datetime, channel: str) -> Company:
    """As `relate_company`, where somebody of the agency put its data right. What a program writes of them says as
    little of a relation as the file of a register. Part of a caller's transaction."""
    return relate_company(company=company, actor=actor, now=now, channel=channel) if actor.is_staff else company


def date_relations(batch: Iterable[Company], now: datetime) -> list[int]:
    """As `relate_company`, for an act with many locked companies at once: gives those (ids) that had no relation, for
    the caller to save with what else it changes, and to bring up to date in the search."""
    first = [company for company in batch if company.related_on is None]
    regions = {company.region_id for company in first if company.office_id is None and company.region_id is not None}
    offices = offices_of_regions(regions) if regions else {}
    for company in first:
        company.related_on = day_of(now)
        company.office_id = company.office_id or offices.get(company.region_id or 0)
    return [company.pk for company in first]


# --- validation (DEF-2) -----------------------------------------------------------------------------------------


def check_can_validate(company: Company, actor: Actor, now: datetime) -> None:
    """Raises Refused with everything that is missing for the act of DEF-2."""
    if not may_validate(actor, company, day_of(now)):
        raise Refused("La valida su ejecutivo o ejecutiva regional, o la dirección de su oficina.", "DEF-2")
    if company.validated_on is not None:
        raise Refused(f"Ya está validada desde el {rules.spell_day(company.validated_on)}.", "DEF-2")
    decision = rules.may_be_validated(portfolio_facts(company, day_of(now)))
    if not decision.yes:
        raise Refused("Todavía no se puede validar. " + " ".join(decision.reasons), "DEF-2")


@verb
def validate_company(*, company: Company, actor: Actor, now: datetime, channel: str = "system") -> Validation:
    """The executive's act that makes a portfolio company, once its conditions hold (DEF-2)."""
    stored = lock_company(company)
    check_can_validate(stored, actor, now)
    assert actor.person is not None
    stored = relate_company(company=stored, actor=actor, now=now, channel=channel)
    validation = Validation.objects.create(company=stored, validated_at=now, validated_by=actor.person)
    _date_validation(stored, day_of(now), f"Validación de {stored}", actor, now, channel)
    return validation


@verb
def withdraw_validation(
    *, company: Company, reason: str, actor: Actor, now: datetime, channel: str = "system"
) -> Validation:
    """The validation no longer holds; its row stays, with who withdrew it and why."""
    stored = lock_company(company)
    if not may_validate(actor, stored, day_of(now)):
        raise Refused("La retira su ejecutivo o ejecutiva regional, o la dirección de su oficina.", "DEF-2")
    if not reason.strip():
        raise Refused("Escribe por qué se retira la validación.", "CHA-6")
    validation = Validation.objects.select_for_update().filter(company=stored, withdrawn_at=None).first()
    if validation is None:
        raise Refused("La empresa no está validada.", "DEF-2")
    validation.withdrawn_at, validation.withdrawn_by, validation.reason = now, actor.person, reason.strip()[:300]
    validation.save()
    _date_validation(stored, None, f"Retiro de la validación de {stored}", actor, now, channel)
    return validation


def _date_validation(
    company: Company, day: date | None, title: str, actor: Actor, now: datetime, channel: str
) -> None:
    before = snapshot(company, HISTORY_OF_COMPANY)
    company.validated_on = day
    change_set = open_set(kind="validation", title=title, actor=actor, now=now, channel=channel)
    save_company(company, before, snapshot(company, HISTORY_OF_COMPANY), change_set)


@verb
def record_potential(
    *, company: Company, potential: str, actor: Actor, now: datetime, channel: str = "system"
) -> Company:
    """The potential that the self-test gave, or that a person corrected (INT-9): high, medium or low."""
    if potential not in Company.Potential.values:
        raise ValueError(f"not a potential: {potential}")
    stored = lock_company(company)
    before = snapshot(stored, HISTORY_OF_COMPANY)
    stored.potential, stored.potential_on = potential, day_of(now)
    change_set = open_set(kind="potential", title=f"Potencial de {stored}", actor=actor, now=now, channel=channel)
    save_company(stored, before, snapshot(stored, HISTORY_OF_COMPANY), change_set)
    return stored


@verb
def record_capacity(*, company: Company, actor: Actor, now: datetime) -> Company:
    """An interview saw that the company can export, whatever its test said (DEF-2, INT-16)."""
    stored = lock_company(company)
    if stored.capacity_seen_on is None:
        stored.capacity_seen_on = day_of(now)
        stored.save(update_fields=["capacity_seen_on"])
        company.capacity_seen_on = stored.capacity_seen_on
    return stored


@verb
def settle_office(*, company: Company, actor: Actor, now: datetime) -> Company:
    """The office of where the company is, once its form says where; one with an executive stays (INT-10)."""
    stored = lock_company(company)
    if stored.region is None or stored.executive_id is not None:
        return stored
    return _set_office(stored, regional_office_of(stored.region), actor=actor, now=now)


@verb
def move_to_office(*, company: Company, office: Office, actor: Actor, now: datetime) -> Company:
    """Another office attends the company from now on; its executive stays behind (ROL-2).

    Rooms above move what is under way along with it.
    """
    if not may_assign(actor, company):
        raise Refused("La traslada la dirección de su oficina regional.", "ROL-2")
    stored = relate_company(company=lock_company(company), actor=actor, now=now, channel="system")
    Assignment.objects.filter(company=stored, until_at=None).update(until_at=now)
    stored.executive = None
    return _set_office(stored, office, actor=actor, now=now)


def _set_office(stored: Company, office: Office, *, actor: Actor, now: datetime) -> Company:
    before = snapshot(Company.objects.get(pk=stored.pk), HISTORY_OF_COMPANY)
    stored.office = office
    change_set = open_set(kind="edit", title=f"Oficina de {stored}", actor=actor, now=now, channel="system")
    save_company(stored, before, snapshot(stored, HISTORY_OF_COMPANY), change_set)
    return stored


# --- actions that count (DEF-3, DEF-4) --------------------------------------------------------------------------


def does_count(kind: str, now: datetime) -> bool:
    """Whether an action of this kind counts today; what counts may be amended (DEF-3)."""
    return kind in get_rule("DEF-3", day_of(now)).value["types"]


def check_can_record_counting_action(*, kind: str, done_on: date, actor: Actor, now: datetime) -> None:
    """Raises Refused unless the kind counts, an executive registers it and it was done already."""
    if not does_count(kind, now):
        raise Refused("Ese tipo de acción no suma para ser empresa usuaria.", "DEF-3")
    if not actor.has_role(*COUNTING_ROLES):
        raise Refused("Solo suma lo que registra un ejecutivo o ejecutiva regional o comercial.", "DEF-3")
    if done_on > day_of(now):
        raise Refused("La acción suma cuando ya se hizo: su fecha está en el futuro.", "DEF-3")


@verb
def record_counting_action(
    *, company: Company, kind: str, done_on: date, actor: Actor, now: datetime, channel: str = "system"
) -> CountingAction:
    """An action that counts: the company is a user to the end of its year, and former some years after (DEF-3, DEF-4).

    `kind` is one of rule DEF-3. An older action never takes back what a later one gave.
    """
    check_can_record_counting_action(kind=kind, done_on=done_on, actor=actor, now=now)
    assert actor.person is not None
    stored = relate_company(company=company, actor=actor, now=now, channel=channel)
    stored = lock_company(stored)
    action = CountingAction.objects.create(
        company=stored, kind=kind, done_on=done_on, registered_by=actor.person, registered_at=now
    )
    if stored.last_worked_on is None or done_on > stored.last_worked_on:
        years = get_rule("DEF-4", day_of(now)).value["years"]
        stored.last_worked_on = done_on
        stored.former_from = rules.years_after(done_on, years)
        stored.user_until = date(done_on.year, 12, 31)
        stored.save(update_fields=["last_worked_on", "former_from", "user_until"])
    return action
