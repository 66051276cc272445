"""How good the registry's data is: counts over what has a relation with the agency (DEF-7), each with its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from acompana.companies.filters import contacts_that_agree
from acompana.companies.models import Company, Consent, Contact
from acompana.companies.queries import is_complete, known_companies
from acompana.people.models import Office


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """Of one office's companies, how many forms have nothing missing; `code` is what the list's filter takes."""

    code: str
    name: str
    companies: int
    complete: int

    @property
    def missing(self) -> int:
        return self.companies - self.complete

    @property
    def share(self) -> int:
        """Whole per cents, rounded down: a hundred means all."""
        return 100 * self.complete // self.companies if self.companies else 0


def related_companies() -> QuerySet[Company]:
    return known_companies().filter(related_on__isnull=False)


def completeness_by_office(today: date) -> list[OfficeRow]:
    """The offices that have companies, the least complete first; what no office has comes last. Queries: two."""
    rows = related_companies().order_by().values_list("office")
    counted = {
        office: (many, complete)
        for office, many, complete in rows.annotate(many=Count("pk"), complete=Count("pk", filter=is_complete(today)))
    }
    found = [
        OfficeRow(office.code, office.name, *counted[office.pk])
        for office in Office.objects.all()
        if office.pk in counted
    ]
    found.sort(key=lambda row: (row.share, row.name))
    if None in counted:
        found.append(OfficeRow("ninguna", "Sin oficina", *counted[None]))
    return found


def contacts_without_consent() -> QuerySet[Contact]:
    """Contacts in service, of companies with a relation, who agree to nothing now (LAW-4).

    What a merge found to be one human counts as one, with what was agreed to on either row.
    """
    agreed_elsewhere: Any = Consent.objects.filter(contact__same_as=OuterRef("pk"), given=True)
    return Contact.objects.filter(
        ~Exists(contacts_that_agree()),
        ~Exists(agreed_elsewhere),
        ended_on=None,
        same_as=None,
        company__merged_into=None,
        company__related_on__isnull=False,
    ).order_by("company__legal_name", "company_id", "id")


def counts() -> dict[str, int]:
    """Companies without owner and without a contact; one query."""
    contacts = Contact.objects.filter(company=OuterRef("pk"), ended_on=None)
    return related_companies().aggregate(
        unowned=Count("pk", filter=Q(executive=None)), without_contact=Count("pk", filter=~Exists(contacts))
    )
