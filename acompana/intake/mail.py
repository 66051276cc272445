"""The letters of the intake: who gets which, with what. Texts are files under `templates/intake/mail/`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop

from acompana.companies.models import Company, Contact, Mandate
from acompana.intake.models import Intake, Review
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.messages.operations import Enclosure, write_message
from acompana.people.models import Person
from acompana.shell.words import long_date, within_sentence


def moment_words(instant: datetime, zone: str) -> str:
    """An instant as people say it there: «jueves 24 de septiembre a las 10:30»."""
    local = instant.astimezone(ZoneInfo(zone))
    return gettext("%(day)s a las %(time)s") % {"day": long_date(local.date()), "time": f"{local:%H:%M}"}


later_office = lazy(lambda office: office.spoken_name, str)
later_note = lazy(lambda referral: referral.contact_note, str)
later_moment = lazy(moment_words, str)  # for a letter: in the language of who reads it

# A potential inside a sentence of a letter: «potencial medio».
POTENTIALS = {"high": gettext_noop("alto"), "medium": gettext_noop("medio"), "low": gettext_noop("bajo")}
later_potential = lazy(lambda potential: gettext(POTENTIALS[potential]), str)


def both_potentials(automatic: str, decided: str) -> dict[str, object]:
    """For the letter of a review: what the test gave and what a person decided, in the language of who reads it."""
    return {
        "old_potential": later_potential(automatic),
        "potential": later_potential(decided),
        "changed": decided != automatic,
    }


# What the shipped bodies are for (INT-19), for the catalogue; one that the agency adds is told as it was written.
PURPOSES = (
    gettext_noop("Fondos y asesoría para que micro y pequeñas empresas crezcan en Chile"),
    gettext_noop("Asesoría gratuita y permanente para ordenar y hacer crecer un negocio pequeño"),
    gettext_noop("Cofinanciamiento para innovar, producir más y certificarse"),
    gettext_noop("Apoyo para empezar un negocio a personas y familias que lo necesitan"),
    gettext_noop("Redes y servicios para empresas de la zona"),
)


# Where the button of a letter to a company leads: to the step that it speaks of, else to the company's route.
STEPS = {
    "preadmissibility_open": "/mi-empresa/{company}/preadmisibilidad/",
    "preadmissibility_returned": "/mi-empresa/{company}/preadmisibilidad/",
    "interview": "/mi-empresa/{company}/entrevista/cambiar/",
    "result_low": "/mi-empresa/{company}/resultado/",
    "review_decided": "/mi-empresa/{company}/resultado/",
    "review_received": "/mi-empresa/{company}/resultado/revision/",
    "access_granted": "/mi-empresa/{company}/ficha/",
    "declined": "/ayuda/solicitud/?empresa={company}",
    "not_preadmitted": "/ayuda/solicitud/?empresa={company}",
}


# What goes to who is on the route too: what answers what they sent and says what follows, and the interview's date.
TO_WHO_WALKS = (
    "exporter_company",
    "result_attended",
    "result_low",
    "interview",
    "interview_cancelled",
    "interview_held",
)


def portal_page(template: str, company: Company) -> str:
    """The address, in the portal, of what a letter asks for or tells."""
    return settings.SITE_ADDRESS + STEPS.get(template, "/mi-empresa/{company}/").format(company=company.pk)


def record_page(company: Company) -> str:
    """The address, at the desk, of the record of a company."""
    return f"{settings.SITE_ADDRESS}/escritorio/empresas/{company.pk}/"


def materials_page() -> str:
    """The address of what a company may read to prepare (INT-11)."""
    return f"{settings.SITE_ADDRESS}/material/"


def main_contact(company: Company) -> Contact | None:
    """The contact to whom letters go: the main one with an e-mail, else any with an e-mail."""
    return _with_mail(company.contacts.all()).first()


def main_contacts(companies: Collection[int]) -> dict[int, Contact]:
    """The `main_contact` of each of these companies (ids) that has one. One query."""
    found: dict[int, Contact] = {}
    for contact in _with_mail(Contact.objects.filter(company__in=companies)):
        found.setdefault(contact.company_id, contact)
    return found


def _with_mail(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    return contacts.filter(ended_on=None).exclude(email="").order_by("-is_main", "id")


def language_of(person: Person, company: Company) -> str:
    """In which one writes to a person about a company: what they declare as its contact, else that of their pages
    (CHA-5)."""
    own = Contact.objects.filter(company=company, person=person, ended_on=None).order_by("-is_main", "pk")
    return own.values_list("language", flat=True).first() or person.language


def last_step(matter: Matter) -> str:
    """What caused a letter when nothing else is named: the newest step of its matter. Part of the letter's key."""
    return f"step-{matter.steps.order_by('-id').values_list('id', flat=True).first()}"


def write_to_company(
    template: str,
    *,
    company: Company,
    matter: Matter,
    now: datetime,
    context: Mapping[str, object] | None = None,
    cause: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> Message | None:
    """A letter to the company's main contact; None when nobody there has an e-mail (the desk shows it). Those
    of `TO_WHO_WALKS` go to who is on the route too, at another address."""
    contact = main_contact(company)
    told = {
        "company": company.name,
        "office": later_office(matter.office),
        "office_mailbox": matter.office.mailbox or settings.DEFAULT_FROM_EMAIL,
        "portal": portal_page(template, company),
        **(context or {}),
    }
    about: dict[str, Any] = {"now": now, "company": company, "matter": matter, "office": matter.office}
    about |= {"template": f"intake/{template}", "enclosures": enclosures}
    key = f"{template}:{matter.pk}:{{}}:{cause or last_step(matter)}"
    walker = who_walks(matter, beside=contact) if template in TO_WHO_WALKS else None
    if walker is not None:
        write_message(
            to_address=walker.email or "",
            to_name=walker.full_name,
            language=language_of(walker, company),
            context={"name": walker.full_name, **told},
            key=key.format(f"person-{walker.pk}"),
            person=walker,
            **about,
        )
    if contact is None:
        return None
    return write_message(
        to_address=contact.email,
        to_name=contact.name,
        language=contact.language,
        context={"name": contact.name, **told},
        key=key.format(contact.pk),
        contact=contact,
        **about,
    )


def who_walks(matter: Matter, *, beside: Contact | None) -> Person | None:
    """Who of the company began a route, acts for it still and has an address that is not that of the contact who is
    written to: who comes back after years is often not who came first (INT-13)."""
    person = matter.person
    if (
        person is None
        or not person.email
        or (beside is not None and beside.email.strip().lower() == person.email.strip().lower())
    ):
        return None
    mandates = Mandate.objects.filter(person=person, company=matter.company_id, state=Mandate.State.ACTIVE)
    return person if mandates.exists() else None


def write_to_office(
    template: str,
    *,
    company: Company,
    matter: Matter,
    now: datetime,
    context: Mapping[str, object] | None = None,
    cause: str = "",
) -> Message | None:
    """A notice to the regional office's generic mailbox (OFF-1, INT-10, INT-12)."""
    if not matter.office.mailbox:
        return None
    return write_message(
        template=f"intake/{template}",
        to_address=matter.office.mailbox,
        to_name=matter.office.name,
        context={
            "company": company.name,
            "office": matter.office.name,
            "record": record_page(company),
            "number": matter.number,
            **(context or {}),
        },
        key=f"{template}:{matter.pk}:office:{cause or last_step(matter)}",
        now=now,
        company=company,
        matter=matter,
        office=matter.office,
    )


def coming_back(intake: Intake) -> dict[str, object]:
    """For a notice on a company: of a former user, when it worked with the agency before (INT-13)."""
    last = intake.matter.company.last_worked_on if intake.matter.company else None
    former = intake.way_in == Intake.WayIn.FORMER and last is not None
    return {"back": long_date(last) if former and last else ""}


def tell_office_of_potential(
    intake: Intake, *, due: str, now: datetime, review: Review | None = None
) -> Message | None:
    """The mailbox of the office learns that a company with Medium or High potential is to be contacted (INT-10);
    `review`: a person said so of its result, not the test, and both say why (INT-29)."""
    company = intake.matter.company
    assert company is not None
    told = {"due": due, "potential": within_sentence(intake.get_potential_display()), "reviewed": review is not None}
    if review is not None:
        told |= {"because": review.asked_because, "reason": review.decided_because}
    told |= coming_back(intake)
    return write_to_office("result_office", company=company, matter=intake.matter, now=now, context=told)


def write_to_person(
    template: str,
    *,
    person: Person,
    matter: Matter,
    now: datetime,
    context: Mapping[str, object] | None = None,
    cause: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> Message | None:
    """A notice to somebody of the agency, about a company of theirs."""
    company = matter.company
    assert company is not None
    return write_message(
        template=f"intake/{template}",
        to_address=person.email or "",
        to_name=person.full_name,
        context={
            "company": company.name,
            "record": record_page(company),
            "number": matter.number,
            **(context or {}),
        },
        key=f"{template}:{matter.pk}:{person.pk}:{cause or last_step(matter)}",
        now=now,
        company=company,
        matter=matter,
        person=person,
        office=matter.office,
        enclosures=enclosures,
    )
