"""What an officer may do with a company just registered from a card (INT-2): invite, derive, or decide later."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.models import Company
from acompana.companies.next_steps import NextStep, register_next_step
from acompana.intake import operations
from acompana.people.actors import Actor


def keep(company: Company, actor: Actor, now: datetime) -> str:
    operations.register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    return "Queda en tus cuentas potenciales."


def invite(company: Company, actor: Actor, now: datetime) -> str:
    matter = operations.register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    operations.invite_company(matter=matter, actor=actor, now=now)
    return "Le enviamos un enlace personal para completar su ficha."


def derive(company: Company, actor: Actor, now: datetime) -> str:
    matter = operations.register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    operations.derive_to_director(matter=matter, actor=actor, now=now)
    return "Quedó en la bandeja de la dirección regional."


def register_steps() -> None:
    """Offers them where the card is registered."""
    for order, slug, label, hint, take in (
        (10, "invite", "Invitarla por correo", "Recibe un enlace personal a su ficha.", invite),
        (20, "derive", "Derivarla a la dirección regional", "Ella decide si se la invita.", derive),
        (30, "keep", "Decidir después", "Queda en tus cuentas potenciales.", keep),
    ):
        register_next_step(NextStep(slug, label, hint, take=take, order=order))
