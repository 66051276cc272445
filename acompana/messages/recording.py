"""What became of a letter, in the logbook: that it went, or that it did not and why (FUP-8)."""

from __future__ import annotations

from datetime import datetime

from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.messages.models import Message
from acompana.messages.rules import categories
from acompana.people.actors import NOBODY
from acompana.people.models import Channel

SENT = "Correo automático enviado"
NOT_SENT = "Correo automático que no llegó"


def record_fate(message: Message, *, state: str, now: datetime) -> None:
    """What the system sent can be read in the record of the company, the matter or the person; and so can, by the
    staff alone, a letter to them that was declined, refused or given up: nobody believes that they were told."""
    if not (message.company or message.matter or message.person):
        return
    if state == Message.State.SENT:
        visibility = Entry.Visibility.STAFF if message.category == "office" else Entry.Visibility.COMPANY
        _record(message, SENT, message.subject, Entry.Direction.OUT, visibility, now)
    elif message.category != "office" and (why := _why_not(message, state)):
        words = f"«{message.subject}»: {why}."
        _record(message, NOT_SENT, words, Entry.Direction.NONE, Entry.Visibility.STAFF, now)


def _why_not(message: Message, state: str) -> str:
    """Why a letter did not arrive; empty while it still may."""
    match state:
        case Message.State.DECLINED:
            return f"la persona no quiere recibir «{categories()[message.category].label}»"
        case Message.State.REFUSED:
            return "el servidor de correo de la persona lo rechazó"
        case Message.State.FAILED:
            return "no se pudo enviar después de varios intentos"
    return ""


def _record(message: Message, fact: str, text: str, direction: str, visibility: str, now: datetime) -> None:
    company, contact = message.company, message.contact
    record_entry(
        kind=Entry.Kind.MESSAGE,
        fact=fact,
        actor=NOBODY,
        now=now,
        company=company,
        contact=contact if contact and company and contact.company_id == company.pk else None,
        person=message.person,
        matter=message.matter,
        office=message.office,
        channel=Channel.EMAIL,
        direction=direction,
        visibility=visibility,
        text=text,
    )
