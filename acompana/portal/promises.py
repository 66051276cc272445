"""What the agency owes a company, in its words: «La oficina de Valparaíso te contactará a más tardar el …»."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, Mandate
from acompana.intake.queries import access_terms
from acompana.matters.models import Matter

CONTACT = _("La {office} te contactará a más tardar el")
WORDS = {
    "DL-1": CONTACT,
    "DL-3": CONTACT,
    "DL-4": CONTACT,
    "DL-2": _("La entrevista o visita será a más tardar el"),
    "PD-1": _("Te diremos si quedó validada, o por qué no, a más tardar el"),
    "PD-2": _("Resolveremos tu preadmisibilidad a más tardar el"),
    "PD-5": _("Te preguntaremos cómo te fue con la derivación a más tardar el"),
    "DL-5": _("Te responderemos lo que escribiste a más tardar el"),
    "DL-26": _("Gestión de clientes responderá tu solicitud de ayuda a más tardar el"),
    "DL-27": _("Una persona responderá la revisión de tu resultado a más tardar el"),
}
LATE = {
    "DL-1": _("La {office} debía contactarte el"),
    "DL-3": _("La {office} debía contactarte el"),
    "DL-4": _("La {office} debía contactarte el"),
    "DL-2": _("La entrevista o visita debía ser el"),
    "PD-1": _("Debíamos decirte si quedó validada el"),
    "PD-2": _("Debíamos resolver tu preadmisibilidad el"),
    "PD-5": _("Debíamos preguntarte cómo te fue con la derivación el"),
    "DL-5": _("Debíamos responder lo que escribiste el"),
    "DL-26": _("Gestión de clientes debía responder tu solicitud de ayuda el"),
    "DL-27": _("Debíamos responder la revisión de tu resultado el"),
}


# Without the office's name: who only asks for a company does not learn where it is (INT-24).
OF_COMPANY = "Lo decide quien representa a la empresa; también puede hacerlo la agencia. A más tardar el"
LATE_OF_COMPANY = "Quien representa a la empresa debía decidirlo el"
OF_OFFICE = "La agencia decide si te da acceso, a más tardar el"
LATE_OF_OFFICE = "La agencia debía decidirlo el"
OF_BOTH = "Lo decide la agencia; también puede hacerlo quien representa a la empresa. A más tardar el"


@dataclass(frozen=True, slots=True)
class Promise:
    """Something owed to the company, with the words that come before its date."""

    commitment: Commitment
    words: str
    is_late: bool


def promises_to(company: Company, now: datetime, *, about: Matter | None = None) -> list[Promise]:
    """What is open and owed to the company by the protocol, soonest first: what is owed on the matter that the page is
    `about`, or on one that came of it (a review), before what was asked apart. One query, however many."""
    owed: QuerySet[Commitment] = (
        Commitment.objects.filter(company=company, rule__in=WORDS, fulfilled_at=None, cancelled_at=None)
        .exclude(debtor=Commitment.Debtor.COMPANY)
        .select_related("office", "matter")
        .order_by("due_at", "id")
    )

    def apart(commitment: Commitment) -> bool:
        matter = commitment.matter
        return about is None or matter is None or about.pk not in (matter.pk, matter.parent_id)

    return [promise_of(commitment, now) for commitment in sorted(owed, key=apart)]


def promise_of(commitment: Commitment, now: datetime) -> Promise:
    """One commitment in words."""
    late = commitment.due_at < now
    words = (LATE if late else WORDS).get(commitment.rule, _("A más tardar el"))
    office = commitment.office.name
    return Promise(commitment, str(words).format(office=office[:1].lower() + office[1:]), late)


def promises_about(mandates: Iterable[Mandate], now: datetime) -> dict[int, Promise]:
    """By when each of these requests for access is decided, by whom, in words for who asked (INT-24). Two queries."""
    of_company = {one.pk: one.company_id for one in mandates}
    terms = access_terms(of_company)
    active = Mandate.objects.filter(company__in=[of_company[pk] for pk in terms], state=Mandate.State.ACTIVE)
    represented = set(active.values_list("company_id", flat=True)) if terms else set()
    return {pk: _about_access(term, of_company[pk] in represented, now) for pk, term in terms.items()}


def _about_access(commitment: Commitment, is_represented: bool, now: datetime) -> Promise:
    """`is_represented`: somebody of the company may decide too, though the letter may not reach them."""
    late, of_company = commitment.due_at < now, commitment.debtor == Commitment.Debtor.COMPANY
    words = {
        (False, False): OF_BOTH if is_represented else OF_OFFICE,
        (False, True): LATE_OF_OFFICE,
        (True, False): OF_COMPANY,
        (True, True): LATE_OF_COMPANY,
    }[of_company, late]
    return Promise(commitment, words, late)
