"""How good the registry's data is: counts over what has a relation with the agency (DEF-7), each with its list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from acompana.companies.models import Company, Consent, Contact
from acompana.companies.queries import is_complete, known_companies
from acompana.companies.row_filters import contacts_that_agree
from acompana.people.models import Office


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """Of one office's companies, how many forms have nothing missing, how many nobody has in charge, and how many
    have no contact; `code` is what the list's filter takes."""

    code: str
    name: str
    companies: int
    complete: int
    unowned: int
    without_contact: int

    @property
    def missing(self) -> int:
        return self.companies - self.complete

    @property
    def share(self) -> int:
        """Whole per cents, rounded down: a hundred means all."""
        return 100 * self.complete // self.companies if self.companies else 0


def related_companies() -> QuerySet[Company]:
    return known_companies().filter(related_on__isnull=False)


def quality_by_office(today: date) -> list[OfficeRow]:
    """The offices that have companies, in the order of every list of offices; what no office has comes last. Two
    queries."""
    contacts = Contact.objects.filter(company=OuterRef("pk"), ended_on=None)
    counted = (
        related_companies()
        .order_by()
        .values_list("office__code", "office__name")
        .annotate(
            many=Count("pk"),
            complete=Count("pk", filter=is_complete(today)),
            unowned=Count("pk", filter=Q(executive=None)),
            without_contact=Count("pk", filter=~Exists(contacts)),
        )
    )
    rows = [OfficeRow(code or "ninguna", name or "Sin oficina", *figures) for code, name, *figures in counted]
    places = {code: number for number, code in enumerate(Office.objects.values_list("code", flat=True))}
    return sorted(rows, key=lambda row: places.get(row.code, len(places)))


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
    ).order_by("company__sort_name", "company_id", "id")
