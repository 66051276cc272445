"""What may be found of the registry: companies by name and RUT, contacts by name, e-mail and phone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Lower

from acompana.companies.models import Company, Contact
from acompana.companies.queries import known_companies
from acompana.companies.rules import record_address
from acompana.kernel.models import SearchRow
from acompana.kernel.phones import shown_phone
from acompana.kernel.rut import format_rut
from acompana.kernel.search.engine import MOST, Joined, Presented, SearchSource, register
from acompana.kernel.search.keeping import index_rows
from acompana.kernel.search.ranking import Nearness
from acompana.kernel.search.text import normalise
from acompana.kernel.statements import AmongIds, Statement
from acompana.people.actors import Actor
from acompana.reference.rules import brief_region_name

SPACE = Value(" ")


def _of_those_merged_into_it(names: Concat | Case) -> Coalesce:
    """The names of the companies that were merged into one: whoever knew one of them finds the one that stayed."""
    gone = Company.objects.filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    return Coalesce(Subquery(gone.annotate(joined=Joined(names)).values("joined")), Value(""))


def company_rows() -> QuerySet[Company]:
    """Of a company that was merged into another, its RUT alone: it leads to the one that stayed (EXP-1)."""
    names = Concat("trade_name", SPACE, "legal_name", output_field=CharField())
    gone = Q(merged_into__isnull=False)
    return Company.objects.exclude(gone, rut=None).annotate(
        row_tier=Case(
            When(gone, then=Value(int(SearchRow.Tier.RELATED))),
            When(related_on=None, then=Value(int(SearchRow.Tier.REGISTRY))),
            default=Value(int(SearchRow.Tier.RELATED)),
        ),
        row_audience=Value("all", output_field=CharField()),
        row_company=Coalesce("merged_into", "id"),
        row_text=Case(
            When(gone, then=Value("")),
            default=Concat(
                "trade_name", SPACE, "legal_name", SPACE, _of_those_merged_into_it(names), output_field=CharField()
            ),
            output_field=CharField(),
        ),
        row_code=Coalesce(Lower("rut"), Value(""), output_field=CharField()),
    )


def contact_rows() -> QuerySet[Contact]:
    return Contact.objects.filter(ended_on=None, company__merged_into=None).annotate(
        row_tier=Value(int(SearchRow.Tier.OTHER)),
        row_audience=Value("all", output_field=CharField()),
        row_company=F("company_id"),
        row_text=Concat("name", SPACE, "email", output_field=CharField()),
        row_code=F("phone_digits"),
    )


OWN_AT_MOST = 500


def nearness_of(actor: Actor) -> Nearness | None:
    """Of what answers alike in a search: first the companies in the actor's charge, then those of their office.

    One query now, and one for what was found.
    """
    if actor.person is None:
        return None
    own = known_companies().filter(executive=actor.person).values_list("pk", flat=True)[:OWN_AT_MOST]

    def of(ids: Collection[int]) -> dict[int, int]:
        rows = Company.objects.filter(pk__in=ids).values_list("pk", "executive", "office")
        person, office = actor.person, actor.office_id
        return {
            pk: 0 if person is not None and executive == person.pk else 1
            for pk, executive, of_office in rows
            if (person is not None and executive == person.pk) or (office is not None and of_office == office)
        }

    return Nearness(frozenset(own), of)


def _companies() -> QuerySet[Company, Any]:
    name = Case(When(trade_name="", then="legal_name"), default="trade_name", output_field=CharField())
    found = Company.objects.filter(pk__in=AmongIds("companies", MOST))
    return found.annotate(former=_of_those_merged_into_it(name)).values_list(
        "pk",
        "legal_name",
        "trade_name",
        "rut",
        "related_on",
        "region__short_name",
        "country__name",
        "merged_into",
        "former",
    )


def _contacts() -> QuerySet[Contact, Any]:
    found = Contact.objects.filter(pk__in=AmongIds("contacts", MOST)).order_by()
    return found.values_list(
        "pk", "name", "position", "phone", "company_id", "company__trade_name", "company__legal_name"
    )


_COMPANIES = Statement(_companies, planned_once=True)
_CONTACTS = Statement(_contacts, planned_once=True)


def _filled(ids: Sequence[int]) -> list[int]:
    """As many as the statement has places for: what is not needed repeats the last one."""
    return list(ids) + [ids[-1]] * (MOST - len(ids))


def present_companies(ids: Sequence[int]) -> Mapping[int, Presented]:
    """At most as many as a search gives. One that was merged into another is shown as the one that stayed."""
    shown = {}
    gone = {}
    for pk, legal, trade, rut, related_on, region, country, into, former in _COMPANIES.rows(companies=_filled(ids)):
        if into is not None:
            gone[pk] = into, rut
            continue
        name = trade or legal
        facts = [format_rut(rut) if rut else "", brief_region_name(region) if region else country]
        if trade and legal and trade != legal:
            facts.insert(0, legal)
        if related_on is None:
            facts.append("solo registro")
        if former and normalise(former) != normalise(name):
            facts.append(f"también {former}")
        shown[pk] = Presented(name, " · ".join(fact for fact in facts if fact), record_address(pk))
    if gone:
        stayed = present_companies([into for into, _ in gone.values()])
        for pk, (into, rut) in gone.items():
            told = f"{format_rut(rut)} se fusionó con esta ficha"
            shown[pk] = replace(stayed[into], detail=f"{stayed[into].detail} · {told}")
    return shown


def present_contacts(ids: Sequence[int]) -> Mapping[int, Presented]:
    """At most as many as a search gives."""
    shown = {}
    for pk, name, position, phone, company, trade, legal in _CONTACTS.rows(contacts=_filled(ids)):
        facts = (position, trade or legal, shown_phone(phone))
        shown[pk] = Presented(name, " · ".join(fact for fact in facts if fact), record_address(company))
    return shown


def register_sources() -> None:
    register(SearchSource("company", "Empresas", company_rows, present_companies, order=10))
    register(SearchSource("contact", "Contactos", contact_rows, present_contacts, order=20, by_phone=True))


def index_companies(company_ids: Iterable[int]) -> None:
    index_rows("company", company_ids)


def index_contacts(contact_ids: Iterable[int]) -> None:
    index_rows("contact", contact_ids)
