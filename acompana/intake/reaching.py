"""What whoever is about to write to a company has to know: that its letter will not arrive (CHA-5, FUP-8)."""

from __future__ import annotations

from dataclasses import dataclass

from acompana.companies.models import Company
from acompana.intake.mail import TO_WHO_WALKS, who_walks
from acompana.kernel.phones import shown_phone
from acompana.matters.models import Matter
from acompana.messages.composing import file_text
from acompana.messages.reaching import against_words, kept_from, why_kept_from


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter to the company that an act of the desk writes (its template), and what is said of it once done."""

    template: str
    told: str = ""


def why_unreached(company: Company, template: str, matter: Matter | None = None) -> str:
    """That a letter of the intake will not reach the company's contact, why, and how to tell them; empty when it will.

    One query; more only where it will not arrive, and who is on the route of `matter` may get one of their own.
    """
    category = file_text(f"intake/{template}").category
    contacts = company.contacts.filter(ended_on=None).order_by("-is_main", "id")
    speaking = list(contacts.annotate(against=kept_from(category)))
    written_to = next((contact for contact in speaking if contact.email), None)
    if written_to is not None and not written_to.against:
        return ""
    phone = written_to.phone if written_to else ""
    phone = phone or next((contact.phone for contact in speaking if contact.phone), "")
    call = f"Avísale por teléfono: {shown_phone(phone)}." if phone else "Avísale de otra forma."
    if written_to is None:
        why = "No le llega correo: la empresa no tiene un correo de contacto."
    else:
        why = f"A {written_to.name} no le llega correo: {against_words(written_to.against, category)}."
    walker = who_walks(matter, beside=written_to) if matter and template in TO_WHO_WALKS else None
    if walker is not None and not why_kept_from(walker.email or "", category):
        return f"{why} Sí le llega a {walker.full_name}, que hizo su ingreso."
    return f"{why} {call}"
