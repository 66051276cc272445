"""Who may act for a company: by when a request is decided, and the letters about it (INT-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from acompana.commitments.models import Commitment
from acompana.commitments.operations import cancel, fulfil, promise
from acompana.companies.models import Company, Contact, Mandate
from acompana.companies.operations import make_confirmation_token, verified_contacts
from acompana.intake.mail import language_of, main_contact, portal_page, record_page
from acompana.intake.models import AccessTerm
from acompana.intake.queries import access_terms
from acompana.intake.rules import ACCESS_RULE
from acompana.kernel.rut import format_rut
from acompana.messages.operations import write_message
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.people.queries import central_office
from acompana.shell.words import later_date

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


WAITING = (Mandate.State.REQUESTED, Mandate.State.LIMITED)


def keep_term(mandate: Mandate, now: datetime) -> None:
    """What is owed on a request follows its life: promised when it is asked for, kept when it is decided, called off
    when it ends otherwise. Where who represented the company leaves, its office owes what waits; so it does where
    nobody who represents it can be written to.

    Part of the transaction that changes the mandate.
    """
    if mandate.state in WAITING:
        _promise_decision(mandate, now)
        return
    who = Actor(person=mandate.decided_by)
    for commitment in _open_terms(Q(access__mandate=mandate)):
        if mandate.state == Mandate.State.ENDED:
            cancel(commitment=commitment, because="Ya no se pide el acceso", actor=who, now=now)
        else:
            fulfil(commitment=commitment, actor=who, now=now)
    if mandate.state == Mandate.State.ENDED and not _told(mandate):
        waiting = Q(access__mandate__company=mandate.company_id, debtor=Commitment.Debtor.COMPANY)
        for commitment in _open_terms(waiting & Q(access__mandate__state__in=WAITING)):
            because = "Ya nadie de la empresa recibe el aviso: lo decide su oficina"
            cancel(commitment=commitment, because=because, actor=who, now=now)
            _promise_decision(commitment.access.mandate, now)


def _open_terms(condition: Q) -> list[Commitment]:
    return list(Commitment.objects.open().filter(condition).select_related("access__mandate__company__office"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Where a representative is written to: at their own address, or at that of a contact of the company."""

    person: Person
    contact: Contact | None

    @property
    def address(self) -> str:
        return self.contact.email if self.contact else self.person.email or ""


def _readers(mandate: Mandate) -> list[Reader]:
    """Those who represent the company and get the letter when somebody asks for access. Who confirmed no address of
    their own is written to where the company's letters reach them: as its contact, else its main one. No letter goes
    to who asks, and none twice to one address."""
    company, asks = mandate.company, mandate.person
    others = Mandate.objects.filter(company=company, state=Mandate.State.ACTIVE).exclude(person=asks)
    readers: dict[str, Reader] = {}
    for holder in others.select_related("person").order_by("id"):
        contact = None if holder.person.email else _contact_of(holder.person, company)
        reader = Reader(holder.person, contact)
        to_asker = contact is not None and contact.person_id == asks.pk
        if reader.address and not to_asker and reader.address.lower() != (asks.email or "").lower():
            readers.setdefault(reader.address.lower(), reader)
    return list(readers.values())


def _contact_of(person: Person, company: Company) -> Contact | None:
    own = Contact.objects.filter(company=company, person=person, ended_on=None).exclude(email="")
    return own.order_by("-is_main", "id").first() or main_contact(company)


def _told(mandate: Mandate) -> bool:
    """Whether somebody else who represents the company gets the letter: they decide then, as its office may. One
    who cannot be written to may decide too, when they enter, and nobody can wait for that."""
    return bool(_readers(mandate))


def _deciding_office(company: Company) -> Office:
    """The office that decides who acts for a company: the central one while it has none."""
    return company.office or central_office()


def _promise_decision(mandate: Mandate, now: datetime) -> None:
    commitment = promise(
        rule=ACCESS_RULE,
        debtor=Commitment.Debtor.COMPANY if _told(mandate) else Commitment.Debtor.OFFICE,
        office=_deciding_office(mandate.company),
        starts_at=now,
        now=now,
        actor=Actor(person=mandate.person),
        company=mandate.company,
    )
    AccessTerm.objects.create(mandate=mandate, commitment=commitment)


def due_of(mandate: Mandate) -> str:
    """By when it is decided, in words; empty where it is not owed any more."""
    commitment = access_terms([mandate.pk]).get(mandate.pk)
    return later_date(commitment.due_at.astimezone(ZoneInfo(commitment.office.time_zone)).date()) if commitment else ""


def who_asks(mandate: Mandate) -> dict[str, str]:
    """Who asks for access, for a letter: the name, the RUN that ClaveÚnica proved, the e-mail if it is confirmed, and
    what they say of themselves. Nobody decides on a name alone."""
    person = mandate.person
    return {
        "who": person.full_name,
        "run": format_rut(person.rut) if person.rut else "",
        "email": (person.email or "") if person.email_verified_at else "",
        "says": mandate.reason,
    }


def announce_claim(*, mandate: Mandate, now: datetime) -> None:
    """Tells who decides that somebody asks to act for a company: its representatives, and the office (INT-24).

    For the first claim on a known RUT, the contacts whose mailbox the agency had verified get a link that confirms it.
    """
    company, due = mandate.company, due_of(mandate)
    office = _deciding_office(company)
    _tell_representatives(mandate, due, now)
    if mandate.state == Mandate.State.LIMITED:
        _send_confirmation_links(mandate, now)
    if office.mailbox:
        write_message(
            template="intake/access_asked_office",
            to_address=office.mailbox,
            to_name=office.name,
            context={
                "company": company.name,
                **who_asks(mandate),
                "due": due,
                "page": f"{settings.SITE_ADDRESS}/escritorio/empresas/accesos/{mandate.pk}/",
            },
            key=f"access_asked_office:{mandate.pk}",
            now=now,
            company=company,
            office=office,
        )


def _tell_representatives(mandate: Mandate, due: str, now: datetime) -> None:
    company = mandate.company
    for reader in _readers(mandate):
        person, contact = reader.person, reader.contact
        write_message(
            template="intake/access_asked",
            to_address=reader.address,
            to_name=contact.name if contact else person.full_name,
            language=contact.language if contact else language_of(person, company),
            context={
                "company": company.name,
                **who_asks(mandate),
                "due": due,
                "page": f"{settings.SITE_ADDRESS}/mi-empresa/{company.pk}/accesos/",
            },
            key=f"access_asked:{mandate.pk}:{f'contact-{contact.pk}' if contact else person.pk}",
            now=now,
            company=company,
            contact=contact,
            person=None if contact else person,
            office=company.office,
        )


def _send_confirmation_links(mandate: Mandate, now: datetime) -> None:
    company = mandate.company
    for contact in verified_contacts(company):
        token = make_confirmation_token(mandate=mandate, contact=contact, now=now)
        write_message(
            template="intake/access_confirm",
            to_address=contact.email,
            to_name=contact.name,
            language=contact.language,
            context={
                "company": company.name,
                **who_asks(mandate),
                "link": f"{settings.SITE_ADDRESS}/confirmar-acceso/{token}/",
            },
            key=f"access_confirm:{mandate.pk}:{contact.pk}",
            now=now,
            company=company,
            contact=contact,
            office=company.office,
        )


def announce_decision(mandate: Mandate, now: datetime) -> None:
    """Tells the person who asked how it was decided; a refusal or an end carries its reason (CHA-6). The office is
    told when who represents a company takes the access of another away."""
    _tell_office_of_end(mandate, now)
    if not mandate.person.email or mandate.decided_by_id == mandate.person_id:
        return
    granted = mandate.state == Mandate.State.ACTIVE
    write_message(
        template="intake/access_granted" if granted else "intake/access_refused",
        to_address=mandate.person.email,
        to_name=mandate.person.full_name,
        language=language_of(mandate.person, mandate.company),
        context={
            "company": mandate.company.name if granted else company_words(mandate.company),
            "ended": mandate.state == Mandate.State.ENDED,
            "wrote": mandate.took_over,
            "because": mandate.reason or gettext_lazy("No se indicó un motivo."),
            "portal": portal_page("access_granted", mandate.company),
            "help": f"{settings.SITE_ADDRESS}/ayuda/solicitud/",
        },
        key=f"access_decided:{mandate.pk}:{mandate.state}",
        now=now,
        company=mandate.company,
        person=mandate.person,
        office=mandate.company.office,
    )


def _tell_office_of_end(mandate: Mandate, now: datetime) -> None:
    """Representatives decide who acts for their company, also about who registered it; its office learns of it, for
    nobody else would (INT-24)."""
    if mandate.state != Mandate.State.ENDED or not mandate.was_given or mandate.decided_by_id == mandate.person_id:
        return
    others = Mandate.objects.filter(company=mandate.company, state=Mandate.State.ACTIVE)
    office = _deciding_office(mandate.company)
    if not others.filter(person=mandate.decided_by_id).exists() or not office.mailbox:
        return
    write_message(
        template="intake/access_ended_office",
        to_address=office.mailbox,
        to_name=office.name,
        context={
            "company": mandate.company.name,
            "who": mandate.person.full_name,
            "decider": str(mandate.decided_by),
            "founder": mandate.basis == Mandate.Basis.FOUNDER,
            "reason": mandate.reason,
            "page": record_page(mandate.company),
        },
        key=f"access_ended_office:{mandate.pk}",
        now=now,
        company=mandate.company,
        office=office,
    )


def company_words(company: Company) -> StrOrPromise:
    """A company for somebody who may not know more of it than what they gave: its RUT."""
    if not company.rut:
        return gettext_lazy("la empresa")
    return format_lazy(gettext_lazy("la empresa de RUT {rut}"), rut=format_rut(company.rut))
