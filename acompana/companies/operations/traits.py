"""Reading what companies are known by, in sets: columns and contacts, two queries for any number of companies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, QuerySet

from acompana.companies.matching import Sharers, Sizes, Traits, make_traits
from acompana.companies.models import Company, Contact

CHUNK = 4000
COLUMNS = (
    "pk",
    "legal_name",
    "trade_name",
    "rut",
    "foreign_tax_id",
    "country_id",
    "kind",
    "related_on",
    "region_id",
    "commune_id",
    "office_id",
    "address",
    "website",
)


def traits_of(ids: Iterable[int]) -> dict[int, Traits]:
    """The traits of some companies that stand for themselves."""
    wanted = list(ids)
    companies = Company.objects.filter(pk__in=wanted, merged_into=None)
    return {traits.pk: traits for traits in _made(companies, Contact.objects.filter(company__in=wanted))}


def all_traits() -> Iterator[list[Traits]]:
    """The traits of the whole registry in the order of their ids, some thousands at a time; memory stays flat."""
    last = 0
    while True:
        companies = Company.objects.filter(pk__gt=last, merged_into=None).order_by("pk")[:CHUNK]
        ids = list(companies.values_list("pk", flat=True))
        if not ids:
            return
        here = Company.objects.filter(pk__gte=ids[0], pk__lte=ids[-1], merged_into=None)
        contacts = Contact.objects.filter(company_id__gte=ids[0], company_id__lte=ids[-1])
        yield _made(here, contacts)
        last = ids[-1]


def _made(companies: QuerySet[Company], contacts: QuerySet[Contact]) -> list[Traits]:
    reached: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    rows = contacts.filter(ended_on=None).order_by().values_list("company_id", "email", "phone_digits", "verified_at")
    for company_id, email, phone, verified_at in rows:
        reached[company_id].append((email, phone, verified_at is not None))
    return [_one(row, reached.get(row[0], [])) for row in companies.order_by("pk").values_list(*COLUMNS)]


def _one(row: tuple[Any, ...], reached: list[tuple[str, str, bool]]) -> Traits:
    pk, legal, trade, rut, tax_id, country, kind, related_on, region, commune, office, address, website = row
    return make_traits(
        pk=pk,
        legal_name=legal,
        trade_name=trade,
        rut=rut,
        tax_id=tax_id,
        country=country,
        national=kind != Company.Kind.FOREIGN,
        related=related_on is not None,
        region=region,
        commune=commune,
        office=office,
        address=address,
        website=website,
        emails=tuple((email, verified) for email, _, verified in reached if email),
        phones=tuple(phone for _, phone, _ in reached if phone),
    )


def sizes_of(pairs: Iterable[tuple[Traits, Traits]]) -> Sharers:
    """How many companies have each e-mail and phone that the pairs share: two queries."""
    emails: set[str] = set()
    phones: set[str] = set()
    for one, other in pairs:
        emails |= one.emails & other.emails
        phones |= one.phones & other.phones
    counted: dict[tuple[str, str], int] = {}
    active = Contact.objects.filter(ended_on=None, company__merged_into=None).order_by()
    for kind, column, values in (("email", "email", emails), ("phone", "phone_digits", phones)):
        if values:
            rows = active.filter(**{f"{column}__in": values}).values_list(column)
            counted |= {(kind, value): count for value, count in rows.annotate(Count("company", distinct=True))}
    return Sizes(counted)
