"""What an officer may do with a company just registered from a card (INT-2): invite, derive, or decide later. And
where a card is kept of a company that is known already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from acompana.companies.models import Company
from acompana.companies.next_steps import NextStep, register_card_keeper, register_next_step
from acompana.companies.operations import add_contact
from acompana.companies.permissions import may_change
from acompana.companies.rules import phone_digits
from acompana.intake import operations
from acompana.kernel.phones import shown_phone
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor
from acompana.people.models import Channel
from acompana.shell.words import before_full_stop

CARD_WORDS = {
    "name": "Empresa", "contact_name": "Persona", "phone": "Teléfono", "email": "Correo", "met_at": "Dónde se conoció",
}  # fmt: skip


def keep(company: Company, actor: Actor, now: datetime) -> str:
    operations.register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    return "Queda en tus cuentas potenciales."


def invite(company: Company, actor: Actor, now: datetime) -> str:
    operations.invite_from_registry(company=company, account=None, actor=actor, now=now)
    return "Le enviamos un enlace personal para completar su ficha."


def derive(company: Company, actor: Actor, now: datetime) -> str:
    matter = operations.register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    operations.derive_to_director(matter=matter, actor=actor, now=now)
    return "Quedó en la bandeja de la dirección regional."


def keep_on_record(company: Company, card: Mapping[str, str], actor: Actor, now: datetime) -> str:
    """A note with all that the card says; its person becomes a contact, unless one is reached so already or whoever
    registers it may not change the record."""
    said = {**card, "phone": shown_phone(card["phone"])}
    channel = Channel.EVENT if card["met_at"] else Channel.SYSTEM
    record_entry(
        kind=Entry.Kind.NOTE, fact="Tarjeta recibida", company=company, channel=channel, actor=actor, now=now,
        text="\n".join(f"{word}: {said[name]}" for name, word in CARD_WORDS.items() if said[name]),
    )  # fmt: skip
    noted = f"La tarjeta quedó en la bitácora de {before_full_stop(company)}."
    name = card["contact_name"] or card["email"] or said["phone"]
    if not name or not may_change(actor, company) or _is_reached_so(company, card):
        return noted
    add_contact(
        company=company, name=name, email=card["email"], phone=card["phone"], channel=channel, actor=actor, now=now
    )
    return f"{noted} {name} quedó entre sus contactos."


def _is_reached_so(company: Company, card: Mapping[str, str]) -> bool:
    """Whether one of its contacts has that e-mail or telephone; without either, that name."""
    contacts = company.contacts.filter(ended_on=None)
    ways = {"email": card["email"].strip().lower(), "phone_digits": phone_digits(card["phone"])}
    if not any(ways.values()):
        return contacts.filter(name__iexact=card["contact_name"].strip()).exists()
    return any(contacts.filter(**{field: value}).exists() for field, value in ways.items() if value)


def register_steps() -> None:
    """Offers them where the card is registered."""
    register_card_keeper(keep_on_record)
    for order, slug, label, hint, take in (
        (10, "invite", "Invitarla por correo", "Recibe un enlace personal a su ficha.", invite),
        (20, "derive", "Derivarla a la dirección regional", "Ella decide si se la invita.", derive),
        (30, "keep", "Decidir después", "Queda en tus cuentas potenciales.", keep),
    ):
        register_next_step(NextStep(slug, label, hint, take=take, order=order))
