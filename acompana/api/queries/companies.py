"""Companies as flat rows, for lists and for one record. Who may see which is part of the statement (ROL-16, EXP-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, QuerySet

from acompana.api.paging import beyond
from acompana.api.permissions import reads_as_staff
from acompana.api.queries.codes import id_of
from acompana.companies import rules
from acompana.companies.models import Company, Contact, DeclaredExport, Mandate
from acompana.companies.permissions import search_scope
from acompana.companies.queries import Required, has_all_of, known_companies, of_status, required_of_each_kind
from acompana.kernel import sets
from acompana.kernel.search.engine import COUNT_CAP, SearchScope, matching_companies
from acompana.kernel.statements import AmongIds, Given, Statement, given_id
from acompana.people.actors import Actor, Manner, manner_of, who_and_where

STAFF_SCOPE = frozenset({"all", "staff"})
PLAIN = (
    "id", "kind", "rut", "foreign_tax_id", "legal_name", "trade_name", "address", "started_on", "closed_on",
    "related_on", "last_worked_on", "user_until", "former_from", "validated_on", "potential",
    "registered_by_officer_on", "version", "created_at", "merged_into_id",
)  # fmt: skip
NESTED = {
    "country": ("country__alpha2", "country__name"),
    "region": ("region__iso", "region__short_name"),
    "commune": ("commune__code", "commune__name"),
    "sector": ("sector__slug", "sector__name"),
    "office": ("office__code", "office__name"),
}
EXECUTIVE = ("executive_id", "executive__given_names", "executive__family_names")
DETAIL = (
    "tax_category", "workers", "commercial_year", "offer", "exported_recently", "women_role", "certifications",
    "website", "sells_online", "programme_interest", "origin", "origin_detail",
)  # fmt: skip
PLACES = ("region", "commune", "sector", "office", "country")
KEPT = 256  # statements, of each kind
COLUMNS = (*PLAIN, *(column for pair in NESTED.values() for column in pair), *EXECUTIVE)
BY_NAME = ("sort_name", "id")
LISTED = (*COLUMNS, "sort_name")
RECORD = (*COLUMNS, *DETAIL, "sales_bracket__number")
HIDDEN = ("registered_by_officer_on", "merged_into_id", *EXECUTIVE)


def scope_of(actor: Actor, *, with_registry: bool) -> SearchScope:
    """`search_scope`; a system finds what staff finds."""
    if actor.is_staff or not reads_as_staff(actor):
        return search_scope(actor, with_registry=with_registry)
    return SearchScope(STAFF_SCOPE, None, with_registry)


def visible_companies(actor: Actor) -> QuerySet[Company]:
    """Companies that stand for themselves and that the actor may read: all of them, or those with a mandate in
    force. A limited mandate, which shows only what its person typed, shows nothing here (INT-24)."""
    companies = known_companies()
    if reads_as_staff(actor):
        return companies
    if actor.person is None:
        return companies.none()
    mine = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE)
    return companies.filter(pk__in=mine.values("company"))


def filtered(actor: Actor, asked: Mapping[str, Any], today: date) -> QuerySet[Company]:
    """The companies that filters ask for: q, region, commune, sector, office, executive, status, relation, kind."""
    found = visible_companies(actor).filter(**_values(asked), **_conditions(asked))
    if status := asked.get("status"):
        found = of_status(found, status, today)
    if text := (asked.get("q") or "").strip():
        scope = scope_of(actor, with_registry=asked.get("relation") != "related")
        found = found.filter(pk__in=matching_companies(text, scope=scope, kinds=("company", "contact")) or [])
    return found


def _values(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the filters ask of a company's own columns."""
    values: dict[str, Any] = {f"{name}_id": id_of(name, code) for name in PLACES if (code := asked.get(name))}
    if (executive := asked.get("executive")) and executive != "none":
        id_of("executive", int(executive))
        values["executive_id"] = int(executive)
    if kind := asked.get("kind"):
        values["kind"] = str(kind)
    return values


def _conditions(asked: Mapping[str, Any]) -> dict[str, bool]:
    """What they ask without a value."""
    conditions = {"executive__isnull": True} if asked.get("executive") == "none" else {}
    if (relation := asked.get("relation", "all")) != "all":
        conditions["related_on__isnull"] = relation == "registry"
    return conditions


def capped_count(rows: QuerySet[Any]) -> dict[str, Any]:
    """How many, counted no further than a thousand."""
    try:
        sql, params = rows.order_by().values("pk")[: COUNT_CAP + 1].query.sql_with_params()
    except EmptyResultSet:  # nothing can match, as for who may see nothing
        return {"value": 0, "capped": False}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS counted", params)
        count: int = cursor.fetchone()[0]
    return {"value": min(count, COUNT_CAP), "capped": count > COUNT_CAP}


def is_plain(actor: Actor, asked: Mapping[str, Any]) -> bool:
    """Whether what is asked for is in the companies' own table: nothing is looked for, and all may be seen."""
    return reads_as_staff(actor) and not (asked.get("q") or "").strip() and not asked.get("status")


@dataclass(frozen=True, slots=True)
class PlainList:
    """A list for which `is_plain` holds. Its statements are written once for all that ask by the same columns."""

    values: Mapping[str, Any]
    conditions: tuple[tuple[str, bool], ...]

    @classmethod
    def asked(cls, asked: Mapping[str, Any]) -> PlainList:
        return cls(_values(asked), tuple(_conditions(asked).items()))

    def page(self, after: Sequence[Any], limit: int, today: date) -> list[dict[str, Any]]:
        """One row more than the limit, in the order of `BY_NAME`; as `flat_rows`."""
        places = {f"after{n}": value for n, value in enumerate(after)}
        with sets.joins_as_written():
            found = _page(tuple(self.values), self.conditions, limit, bool(after)).rows(**self.values, **places)
        return _with_status([dict(zip(LISTED, values, strict=True)) for values in found], today)

    def count(self) -> dict[str, Any]:
        """As `capped_count`."""
        count = _counted(tuple(self.values), self.conditions).count(**self.values)
        return {"value": min(count, COUNT_CAP), "capped": count > COUNT_CAP}


def _plain(columns: tuple[str, ...], conditions: tuple[tuple[str, bool], ...]) -> QuerySet[Company]:
    given = {name: Given(name, CharField()) if name == "kind" else given_id(name) for name in columns}
    return known_companies().filter(**given, **dict(conditions))


@lru_cache(maxsize=KEPT)
def _page(columns: tuple[str, ...], conditions: tuple[tuple[str, bool], ...], limit: int, further: bool) -> Statement:
    after = [Given("after0", CharField()), given_id("after1")]

    def write() -> QuerySet[Company, Any]:
        rows = _plain(columns, conditions)
        rows = rows.filter(beyond(Company, BY_NAME, after)) if further else rows
        return rows.order_by(*BY_NAME).values_list(*LISTED)[: limit + 1]

    return Statement(write)


@lru_cache(maxsize=KEPT)
def _counted(columns: tuple[str, ...], conditions: tuple[tuple[str, bool], ...]) -> Statement:
    return Statement(lambda: _plain(columns, conditions).order_by().values_list("pk")[: COUNT_CAP + 1])


def flat_rows(companies: QuerySet[Company], today: date, extra: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Rows ready to leave as JSON, with their status today; one statement, and one more where somebody registered
    a company from partial data, whose completeness decides its status."""
    columns = (*COLUMNS, *extra)
    return _with_status([dict(zip(columns, values, strict=True)) for values in companies.values_list(*columns)], today)


@lru_cache(maxsize=KEPT)
def _record(manner: Manner) -> Statement:
    return Statement(
        lambda: visible_companies(manner.stand_in()).filter(pk=given_id("company")).values_list(*RECORD),
        planned_once=True,
    )


def company_record(actor: Actor, company_id: int, today: date) -> dict[str, Any] | None:
    """One company with everything of it; None if there is none or the actor may not know of it. The statement is
    written once for all whose roles are the same."""
    found = _record(manner_of(actor)).rows(company=company_id, **who_and_where(actor))
    rows = [dict(zip(RECORD, values, strict=True)) for values in found]
    return next(iter(_with_status(rows, today)), None)


def _with_status(rows: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    in_doubt = [row["id"] for row in rows if _status_needs_completeness(row)]
    complete = _complete_among(in_doubt, today) if in_doubt else set()
    for row in rows:
        _shape(row, today, row["id"] in complete)
    return rows


@lru_cache(maxsize=KEPT)
def _complete(required: Required, places: int) -> Statement:
    among = AmongIds("companies", places)
    return Statement(lambda: Company.objects.filter(has_all_of(required), pk__in=among).values_list("pk"))


def _complete_among(companies: list[int], today: date) -> set[int]:
    """Those to which nothing is missing. The statement has places for 1, 10, 100… companies, the last one filling
    what is left: a statement for each number of them would be written again and again."""
    places = 10 ** len(str(len(companies) - 1)) if len(companies) > 1 else 1
    filled = [*companies, *companies[-1:] * (places - len(companies))]
    return set(_complete(required_of_each_kind(today), places).column(companies=filled))


def _status_needs_completeness(row: Mapping[str, Any]) -> bool:
    registered = row["related_on"] is not None and row["registered_by_officer_on"] is not None
    return registered and row["last_worked_on"] is None


def _shape(row: dict[str, Any], today: date, complete: bool) -> None:
    facts = rules.Standing(
        kind=row["kind"],
        registered_by_officer=row["registered_by_officer_on"] is not None,
        related_on=row["related_on"],
        started_on=row["started_on"],
        last_worked_on=row["last_worked_on"],
        user_until=row["user_until"],
        former_from=row["former_from"],
        complete=complete,
    )
    status = rules.status_on(facts, today)
    row["name"] = row["trade_name"] or row["legal_name"]
    row["status"] = {"code": status.code, "name": status.label}
    for name, (code, label) in NESTED.items():
        value, words = row.pop(code), row.pop(label)
        row[name] = None if value is None else {"code": value, "name": words}
    who = f"{row['executive__given_names'] or ''} {row['executive__family_names'] or ''}".strip()
    row["executive"] = None if row["executive_id"] is None else {"id": row["executive_id"], "name": who}
    for name in HIDDEN:
        del row[name]


CONTACT = ("id", "company_id", "name", "position", "email", "phone", "preferred_channel", "language", "is_main",
           "verified_at", "ended_on")  # fmt: skip


_IN_SERVICE = Statement(lambda: contacts_in_service(given_id("company")).values_list(*CONTACT), planned_once=True)


def contacts_of(company_id: int) -> list[dict[str, Any]]:
    """Who is still at a company, the main one first, ready to leave as JSON."""
    return [dict(zip(CONTACT, values, strict=True)) for values in _IN_SERVICE.rows(company=company_id)]


_DECLARED = Statement(
    lambda: (
        DeclaredExport.objects.filter(company=given_id("company"))
        .order_by("-year", "market__name")
        .values_list("year", "market__alpha2", "market__name", "amount_usd")
    ),
    planned_once=True,
)


def exports_of(company_id: int) -> list[dict[str, Any]]:
    """What a company declared of its exports, the newest first, ready to leave as JSON."""
    return [
        {"year": year, "market": {"code": code, "name": name}, "amount_usd": amount}
        for year, code, name, amount in _DECLARED.rows(company=company_id)
    ]


def contact_rows(contacts: QuerySet[Contact]) -> list[dict[str, Any]]:
    """Contacts ready to leave as JSON."""
    return list(contacts.values(*CONTACT))


def visible_contacts(actor: Actor) -> QuerySet[Contact]:
    """The contacts of the companies that the actor may read, those who left too."""
    return Contact.objects.filter(company__in=visible_companies(actor).values("pk"))


def readable_contacts(actor: Actor) -> QuerySet[Contact]:
    """Those with what they are: who left a company is in the agency's history, and shown to its people no longer."""
    found = visible_contacts(actor)
    return found if reads_as_staff(actor) else found.filter(ended_on=None)


def contacts_in_service(company_id: int | Given) -> QuerySet[Contact]:
    """Who is still at a company, the main one first."""
    return Contact.objects.filter(company_id=company_id, ended_on=None).order_by("-is_main", "name", "id")
