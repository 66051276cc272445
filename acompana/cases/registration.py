"""Mending a registration that failed: the company is registered for who asked, or its RUT is corrected (INT-6)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from acompana.cases.models import HelpRequest
from acompana.companies.models import Company, Mandate
from acompana.companies.next_steps import next_step
from acompana.companies.operations import (
    correct_rut,
    decide_mandate,
    register_company,
    register_potential_account,
)
from acompana.kernel.refusals import Refused
from acompana.logbook.operations import record_entry
from acompana.matters.operations import settle_company
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.reference.models import Region

CHANNEL = "phone"


def check_can_mend(*, request: HelpRequest, actor: Actor) -> None:
    if not actor.has_role("client-management"):
        raise Refused("Lo hace Gestión de clientes.", "ROL-8")


@transaction.atomic
def register_for_asker(
    *, request: HelpRequest, rut: str, legal_name: str, region: Region, seen: str, actor: Actor, now: datetime
) -> str:
    """Registers the company of who could not; gives a sentence with what they can do now.

    Who has an account gets the mandate: in force, since Client management saw (`seen`) that they represent it, unless
    somebody represents the company already: then it is asked for, and they or its office decide. Who has none gets a
    personal link by mail. Refused: not Client management, a RUT with a wrong check digit, a RUT that the agency knows
    for who has no account, without saying what was seen.
    """
    check_can_mend(request=request, actor=actor)
    if not seen.strip():
        raise Refused("Escribe cómo comprobaste que la representa.", "INT-6")
    if request.matter.company_id is not None:
        raise Refused("Esta solicitud ya es de una empresa registrada.", "INT-6")
    person = request.matter.person
    if person is not None:
        company, told = _for_person(
            person, rut=rut, legal_name=legal_name, region=region, seen=seen, actor=actor, now=now
        )
    else:
        company, told = _by_invitation(request, rut=rut, legal_name=legal_name, region=region, actor=actor, now=now)
    settle_company(matter=request.matter, company=company)
    _log(request, company, "Gestión de clientes registró la empresa por quien pidió ayuda", seen, actor, now)
    return told


def _for_person(
    person: Person, *, rut: str, legal_name: str, region: Region, seen: str, actor: Actor, now: datetime
) -> tuple[Company, str]:
    mandate = register_company(
        rut=rut, legal_name=legal_name, region=region, person=person, actor=actor, now=now, channel=CHANNEL
    )
    if mandate.state == Mandate.State.LIMITED:
        mandate = decide_mandate(mandate=mandate, granted=True, reason=seen, actor=actor, now=now, channel=CHANNEL)
    if mandate.state == Mandate.State.REQUESTED:
        return mandate.company, (
            "Ese RUT ya tiene quien lo representa: quedó pedido el acceso, y lo decide esa persona o su oficina."
        )
    return mandate.company, f"Empresa registrada. {person} ya la ve en su portal y puede seguir con su ficha."


def _by_invitation(
    request: HelpRequest, *, rut: str, legal_name: str, region: Region, actor: Actor, now: datetime
) -> tuple[Company, str]:
    company = register_potential_account(
        actor=actor,
        now=now,
        channel=CHANNEL,
        legal_name=legal_name,
        rut=rut,
        contact_name=request.asker_name,
        email=request.asker_email,
        phone=request.asker_phone,
        region=region,
    )
    invite = next_step("invite")
    assert invite is not None
    invite.take(company, actor, now)
    return company, f"Empresa registrada. Le enviamos a {request.asker_email} un enlace para seguir con su ficha."


@transaction.atomic
def correct_registration(*, request: HelpRequest, rut: str, reason: str, actor: Actor, now: datetime) -> str:
    """The company was registered with a RUT that is not its own. Refused as `correct_rut`."""
    check_can_mend(request=request, actor=actor)
    company = request.matter.company
    if company is None:
        raise Refused("Esta solicitud no es de una empresa registrada.", "INT-6")
    corrected = correct_rut(company=company, rut=rut, reason=reason, actor=actor, now=now)
    _log(request, corrected, "Gestión de clientes corrigió el RUT de la empresa", reason, actor, now)
    return "RUT corregido. Quedó en el historial de la empresa."


def _log(request: HelpRequest, company: Company, fact: str, text: str, actor: Actor, now: datetime) -> None:
    record_entry(
        kind="change",
        fact=fact,
        company=company,
        matter=request.matter,
        channel="system",
        visibility="company",
        text=text.strip(),
        actor=actor,
        now=now,
    )
