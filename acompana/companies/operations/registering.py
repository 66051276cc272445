"""How a company comes into the registry by somebody's hand (INT-1, INT-3, INT-24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from acompana.companies.models import Company, Mandate
from acompana.companies.operations.abroad import check_abroad, check_at_home
from acompana.companies.operations.contacts import add_contact, keep_representative
from acompana.companies.operations.facts import relate_company
from acompana.companies.operations.keeping import (
    HISTORY_OF_COMPANY,
    day_of,
    lock_company,
    note_changed,
    open_set,
    person_id,
    save_company,
    set_match_keys,
)
from acompana.companies.operations.news import note_access, tell_change
from acompana.companies.permissions import may_assign, may_register_potential
from acompana.companies.queries import find_by_rut
from acompana.companies.search import index_companies
from acompana.kernel.changes import record_change, snapshot
from acompana.kernel.one_line import one_line
from acompana.kernel.phones import normal_phone, shown_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import check_rut
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.people.queries import regional_office_of
from acompana.reference.models import Country, Region
from acompana.shell.words import before_full_stop

OPEN = (Mandate.State.REQUESTED, Mandate.State.LIMITED, Mandate.State.ACTIVE)


def _checked(rut: str) -> str:
    try:
        return check_rut(rut)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), "IDN-3", "rut") from error


def _create(*, actor: Actor, now: datetime, channel: str, source: str, **fields: Any) -> Company:
    fields.setdefault("country", None)
    fields["country"] = fields["country"] or Country.objects.get(alpha2="CL")
    region: Region | None = fields.get("region")
    if region is not None and not fields.get("office"):
        fields["office"] = regional_office_of(region)
    company = Company(
        related_on=day_of(now),
        created_at=now,
        created_by_id=person_id(actor),
        **{k: v or "" if k in _TEXT else v for k, v in fields.items()},
    )
    set_match_keys(company)
    company.save(force_insert=True)
    change_set = open_set(kind="registration", title=f"Registro de {company}", actor=actor, now=now, channel=channel)
    record_change(company, change_set=change_set, source=source)
    index_companies([company.pk])
    note_changed([company.pk], now=now)
    return company


_TEXT = frozenset({"legal_name", "trade_name", "origin_detail", "address"})


@verb
def register_company(
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
    origin: str = Company.Origin.DIRECT,
    reason: str = "",
) -> Mandate:
    """A person registers the company that they act for, and gets a mandate whose state says what they may do (INT-24).

    ACTIVE for a company new to the agency (also one known from a public register alone); LIMITED for the first who
    claims a RUT with which the agency has a relation: they see only what they type until the office or a verified
    contact confirms; REQUESTED when somebody represents it already. Doing it twice gives the same mandate.
    Refused: a RUT with a wrong check digit, a name missing, a company of another country, which the agency registers.
    """
    value = _checked(rut)
    if kind != Company.Kind.NATIONAL and not (actor.is_staff or actor.person is None):
        raise Refused("Las empresas de otro país y las instituciones las registra la agencia.", "INT-3", "kind")
    legal_name, trade_name = one_line(legal_name), one_line(trade_name)
    if not legal_name:
        raise Refused("Escribe la razón social de la empresa.", "INT-8", "legal_name")
    company = find_by_rut(value)
    if company is None:
        try:
            with transaction.atomic():
                company = _create(
                    actor=actor,
                    now=now,
                    channel=channel,
                    source=channel,
                    rut=value,
                    legal_name=legal_name,
                    trade_name=trade_name,
                    region=region,
                    kind=kind,
                    origin=origin,
                )
            return _found(company, person=person, actor=actor, now=now)
        except IntegrityError:
            # Somebody registered the same RUT in this very moment: go on as the second.
            company = find_by_rut(value)
            if company is None:
                raise
    return _claim(
        company,
        person=person,
        actor=actor,
        now=now,
        channel=channel,
        legal_name=legal_name,
        trade_name=trade_name,
        region=region,
        reason=reason,
    )


def _found(company: Company, *, person: Person, actor: Actor, now: datetime) -> Mandate:
    mandate = Mandate.objects.create(
        company=company,
        person=person,
        state=Mandate.State.ACTIVE,
        basis=Mandate.Basis.FOUNDER,
        requested_at=now,
        decided_at=now,
    )
    keep_representative(company=company, person=person, actor=actor, now=now, channel="portal")
    return mandate


def _claim(
    company: Company,
    *,
    person: Person,
    actor: Actor,
    now: datetime,
    channel: str,
    legal_name: str,
    trade_name: str,
    region: Region | None,
    reason: str,
) -> Mandate:
    company = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    mandates = list(Mandate.objects.filter(company=company, state__in=OPEN))
    for mandate in mandates:
        if mandate.person_id == person.pk:
            return mandate
    if any(mandate.state != Mandate.State.REQUESTED for mandate in mandates):
        mandate = Mandate.objects.create(
            company=company, person=person, state=Mandate.State.REQUESTED, requested_at=now, reason=reason
        )
        tell_change(mandate, now)
        note_access(mandate, actor, now, channel)
        return mandate
    if company.related_on is None:
        company = relate_company(company=company, actor=actor, now=now, channel=channel, region=region)
        return _found(company, person=person, actor=actor, now=now)
    names = {"legal_name": legal_name, "trade_name": trade_name}
    typed = {name: text for name, text in names.items() if text}
    before = _entered_before(company, person)
    mandate = Mandate.objects.create(
        company=company,
        person=person,
        state=Mandate.State.LIMITED,
        requested_at=now,
        reason=reason,
        entered={**before, "values": {**before.get("values", {}), **typed}},
    )
    tell_change(mandate, now)
    note_access(mandate, actor, now, channel)
    return mandate


def _entered_before(company: Company, person: Person) -> dict[str, Any]:
    """What this same person typed under their last claim, which was refused or which they took back: it is theirs,
    and they go on from it (INT-24)."""
    earlier = Mandate.objects.filter(company=company, person=person).exclude(entered={})
    return earlier.order_by("-requested_at", "-id").values_list("entered", flat=True).first() or {}


@verb
def register_potential_account(
    *,
    actor: Actor,
    now: datetime,
    channel: str,
    name: str = "",
    legal_name: str = "",
    rut: str = "",
    contact_name: str = "",
    position: str = "",
    email: str = "",
    phone: str = "",
    met_at: str = "",
    region: Region | None = None,
    country: Country | None = None,
    kind: str = Company.Kind.NATIONAL,
) -> Company:
    """An officer registers a company from partial data, as a business card gives them (INT-1, DEF-1).

    A company known from a public register alone becomes related. Without a region a national company has that of the
    officer's office. Refused: no name at all, nobody to reach and no RUT,
    a RUT with which the agency has a relation already, a foreign company that is said to be in Chile,
    a national one that is said to be in another country.
    """
    if not may_register_potential(actor):
        raise Refused("Solo quienes trabajan en la agencia registran cuentas potenciales.", "INT-1")
    name, legal_name, contact_name = one_line(name), one_line(legal_name), one_line(contact_name)
    if not (name or legal_name):
        raise Refused("Escribe el nombre de la empresa.", "INT-1", "legal_name")
    if not (email.strip() or phone.strip() or rut.strip()):
        raise Refused("Anota un teléfono, un correo o el RUT: sin eso no hay cómo encontrarla después.", "INT-1")
    check_at_home(kind, country)
    check_abroad(kind, country=country, region=region)
    value = _checked(rut) if rut.strip() else None
    known = find_by_rut(value) if value else None
    if region is None and country is None and kind == Company.Kind.NATIONAL:
        region = (known.region if known else None) or _region_of(actor)
    if known is not None and known.related_on is not None:
        raise Refused(f"La agencia ya conoce ese RUT: es {before_full_stop(known.name)}.", "INT-24", "rut")
    if known is not None:
        company = relate_company(
            company=known,
            actor=actor,
            now=now,
            channel=channel,
            office=_office_for(actor, region),
            region=region,
        )
    else:
        company = _create(
            actor=actor,
            now=now,
            channel=channel,
            source="tarjeta",
            rut=value,
            trade_name=name,
            legal_name=legal_name,
            region=region,
            country=country,
            kind=kind,
            office=_office_for(actor, region),
            origin=Company.Origin.OFFICER,
            origin_detail=one_line(met_at)[:200],
        )
    if company.registered_by_officer_on is None:
        company.registered_by_officer_on = day_of(now)
        company.save(update_fields=["registered_by_officer_on"])
    if contact_name or email.strip() or phone.strip():
        add_contact(
            company=company,
            name=contact_name or email.strip() or shown_phone(normal_phone(phone)),
            position=position,
            email=email,
            phone=phone,
            is_main=not company.contacts.filter(is_main=True, ended_on=None).exists(),
            actor=actor,
            now=now,
            channel=channel,
        )
    return company


def _region_of(actor: Actor) -> Region | None:
    """The region that the officer's office attends; the central office and those abroad attend none."""
    return actor.staff_member.office.region if actor.staff_member else None


def _office_for(actor: Actor, region: Region | None) -> Office | None:
    """The office of the region; without one, that of the officer, who knows the company."""
    if region is not None:
        return regional_office_of(region)
    return actor.staff_member.office if actor.staff_member else None


@verb
def correct_rut(*, company: Company, rut: str, reason: str, actor: Actor, now: datetime) -> Company:
    """A company was registered with a RUT that is not its own (INT-6); the history keeps the earlier one.

    Refused: not the head of its office nor a role above, a wrong check digit, the RUT of another company, no reason.
    """
    if not may_assign(actor, company):
        raise Refused("El RUT lo corrige Gestión de clientes o la dirección de su oficina regional.", "ROL-16")
    value = _checked(rut)
    if not reason.strip():
        raise Refused("Escribe qué pasó y cómo lo comprobaste.", "INT-6")
    stored = lock_company(company)
    if stored.rut == value:
        raise Refused("Ese es el RUT que ya tiene.", "IDN-3")
    other = find_by_rut(value)
    if other is not None:
        raise Refused(
            f"Ese RUT ya es de {before_full_stop(other.name)}. Pide acceso a ella, o une las dos fichas.", "INT-24"
        )
    before = snapshot(stored, HISTORY_OF_COMPANY)
    stored.rut = value
    title = f"RUT corregido: {reason.strip()}"[:200]
    change_set = open_set(kind="edit", title=title, actor=actor, now=now, channel="system")
    save_company(stored, before, snapshot(stored, HISTORY_OF_COMPANY), change_set)
    return relate_company(company=stored, actor=actor, now=now, channel="system")
