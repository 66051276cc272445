"""Companies as flat rows, for lists and for one record. Who may see which is part of the statement (ROL-16, EXP-3)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from acompana.api.permissions import reads_as_staff
from acompana.api.queries.codes import id_of
from acompana.companies import rules
from acompana.companies.models import Company, Contact, Mandate
from acompana.companies.permissions import search_scope
from acompana.companies.queries import is_complete, known_companies, of_status
from acompana.kernel import sets
from acompana.kernel.search.engine import COUNT_CAP, SearchScope, matching_companies
from acompana.people.actors import Actor

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
COLUMNS = (*PLAIN, *(column for pair in NESTED.values() for column in pair), *EXECUTIVE)
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
    found = visible_companies(actor)
    for name in ("region", "commune", "sector", "office", "country"):
        if code := asked.get(name):
            found = found.filter(**{f"{name}_id": id_of(name, code)})
    if executive := asked.get("executive"):
        found = found.filter(executive=None) if executive == "none" else found.filter(executive_id=int(executive))
    if kind := asked.get("kind"):
        found = found.filter(kind=kind)
    if status := asked.get("status"):
        found = of_status(found, status, today)
    relation = asked.get("relation", "all")
    if relation == "related":
        found = found.filter(related_on__isnull=False)
    elif relation == "registry":
        found = found.filter(related_on=None)
    if text := (asked.get("q") or "").strip():
        scope = scope_of(actor, with_registry=relation != "related")
        found = found.filter(pk__in=matching_companies(text, scope=scope, kinds=("company", "contact")) or [])
    return found


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
    return reads_as_staff(actor) and not asked.get("q") and not asked.get("status")


def flat_rows(
    companies: QuerySet[Company], today: date, extra: tuple[str, ...] = (), *, plain: bool = False
) -> list[dict[str, Any]]:
    """Rows ready to leave as JSON, with their status today; one statement, and one more where somebody registered
    a company from partial data, whose completeness decides its status. `plain`: see `is_plain`."""
    columns = (*COLUMNS, *extra)
    with sets.joins_as_written() if plain else nullcontext():
        rows = [dict(zip(columns, values, strict=True)) for values in companies.values_list(*columns)]
    in_doubt = [row["id"] for row in rows if _status_needs_completeness(row)]
    complete: set[int] = set()
    if in_doubt:
        complete = set(Company.objects.filter(is_complete(today), pk__in=in_doubt).values_list("pk", flat=True))
    for row in rows:
        _shape(row, today, row["id"] in complete)
    return rows


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


def contact_rows(contacts: QuerySet[Contact]) -> list[dict[str, Any]]:
    """Contacts ready to leave as JSON."""
    return list(contacts.values(*CONTACT))


def contacts_in_service(company_id: int) -> QuerySet[Contact]:
    """Who is still at a company, the main one first."""
    return Contact.objects.filter(company_id=company_id, ended_on=None).order_by("-is_main", "name", "id")
