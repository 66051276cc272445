"""Letters about who may act for a company: somebody asks, a verified contact may confirm, it was decided (INT-24)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from acompana.companies.models import Company, Mandate
from acompana.companies.operations import make_confirmation_token, verified_contacts
from acompana.intake.mail import portal_page
from acompana.kernel.rut import format_rut
from acompana.messages.operations import write_message

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def announce_claim(*, mandate: Mandate, now: datetime) -> None:
    """Tells who decides that somebody asks to act for a company: its representatives, else the office (INT-24).

    For the first claim on a known RUT, the contacts whose mailbox the agency had verified get a link that confirms it.
    """
    company = mandate.company
    _tell_representatives(mandate, now)
    if mandate.state == Mandate.State.LIMITED:
        _send_confirmation_links(mandate, now)
    if company.office and company.office.mailbox:
        write_message(
            template="intake/access_asked_office",
            to_address=company.office.mailbox,
            to_name=company.office.name,
            context={
                "company": company.name,
                "who": mandate.person.full_name,
                "page": f"{settings.SITE_ADDRESS}/escritorio/empresas/{company.pk}/",
            },
            key=f"access_asked_office:{mandate.pk}",
            now=now,
            company=company,
            office=company.office,
        )


def _tell_representatives(mandate: Mandate, now: datetime) -> None:
    company = mandate.company
    representatives = Mandate.objects.filter(company=company, state="active").select_related("person")
    for holder in representatives.exclude(person__email=None):
        write_message(
            template="intake/access_asked",
            to_address=holder.person.email or "",
            to_name=holder.person.full_name,
            language=holder.person.language,
            context={
                "company": company.name,
                "who": mandate.person.full_name,
                "page": f"{settings.SITE_ADDRESS}/mi-empresa/{company.pk}/accesos/",
            },
            key=f"access_asked:{mandate.pk}:{holder.pk}",
            now=now,
            company=company,
            person=holder.person,
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
                "who": mandate.person.full_name,
                "link": f"{settings.SITE_ADDRESS}/confirmar-acceso/{token}/",
            },
            key=f"access_confirm:{mandate.pk}:{contact.pk}",
            now=now,
            company=company,
            contact=contact,
            office=company.office,
        )


def announce_decision(mandate: Mandate, now: datetime) -> None:
    """Tells the person who asked how it was decided; a refusal or an end carries its reason (CHA-6)."""
    if not mandate.person.email or mandate.decided_by_id == mandate.person_id:
        return
    granted = mandate.state == Mandate.State.ACTIVE
    write_message(
        template="intake/access_granted" if granted else "intake/access_refused",
        to_address=mandate.person.email,
        to_name=mandate.person.full_name,
        language=mandate.person.language,
        context={
            "company": mandate.company.name if granted else company_words(mandate.company),
            "ended": mandate.state == Mandate.State.ENDED,
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


def company_words(company: Company) -> StrOrPromise:
    """A company for somebody who may not know more of it than what they gave: its RUT."""
    if not company.rut:
        return gettext_lazy("la empresa")
    return format_lazy(gettext_lazy("la empresa de RUT {rut}"), rut=format_rut(company.rut))
