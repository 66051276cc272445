"""Which tables are in the feed of changes, and what of it a caller may see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from acompana.api.permissions import reads_as_staff
from acompana.api.queries.commitments import visible_commitments
from acompana.api.queries.companies import visible_companies, visible_contacts
from acompana.api.queries.entries import readable_entries
from acompana.api.queries.matters import visible_matters
from acompana.api.queries.outbox import visible_messages
from acompana.api.queries.responses import visible_responses
from acompana.kernel import feed
from acompana.kernel.feed import Watched
from acompana.kernel.models import FeedRow
from acompana.matters.models import Matter
from acompana.people.actors import Actor

WINDOW = 2_000  # rows of the feed that one request asks about, at most
REACH = 200_000  # and how many more of other kinds and companies the database passes over on the way
OF_ENTRY = "(SELECT e.company_id FROM logbook_entry e WHERE e.id = row.entry_id)"
INTO = "COALESCE(row.merged_into_id, row.id)"
WATCHED = (
    Watched("company", "companies_company", "id", only=("INSERT", "DELETE")),
    # Of one that was merged the company that it is about is the one that stayed.
    Watched("company", "companies_company", INTO, only=("UPDATE",), where_set=("merged", "merged_into_id")),
    Watched("company", "companies_company", "id", only=("UPDATE",), emptied=("split", "merged_into_id")),
    Watched("contact", "companies_contact", "company_id", where_set=("ended", "ended_on")),
    Watched("entry", "logbook_entry", "company_id", only=("INSERT",)),
    Watched("entry", "logbook_entrytext", OF_ENTRY, object_id="entry_id", only=("UPDATE",)),  # erased by law
    Watched("commitment", "commitments_commitment", "company_id"),
    Watched("matter", "matters_matter", "company_id"),
    Watched("response", "questionnaires_response", "company_id"),
    Watched("message", "outbox_message", "company_id"),
)
# The scope that lets each kind be read, and its address.
SCOPE_OF = {
    "company": "companies:read",
    "contact": "companies:read",
    "entry": "logbook:read",
    "commitment": "commitments:read",
    "matter": "matters:read",
    "response": "questionnaires:read",
    "message": "messages:read",
}
KINDS = {
    "company": "Empresas",
    "contact": "Contactos",
    "entry": "Bitácora",
    "commitment": "Compromisos",
    "matter": "Asuntos",
    "response": "Cuestionarios respondidos",
    "message": "Correos",
}
HREFS = {
    "company": "/api/v1/companies/{id}",
    "contact": "/api/v1/contacts/{id}",
    "entry": "/api/v1/entries/{id}",
    "commitment": "/api/v1/commitments/{id}",
    "matter": "/api/v1/matters/{id}",
    "response": "/api/v1/responses/{id}",
    "message": "/api/v1/messages/{id}",
}


def watch_tables(**kwargs: Any) -> None:
    """After each migrate: the triggers that are missing."""
    feed.watch(WATCHED)


def changes_after(
    position: int, *, actor: Actor, kinds: Collection[str], limit: int
) -> tuple[list[dict[str, Any]], int, bool]:
    """What changed after a position as far as the actor may know of it, the position to go on from, and whether there
    is more already.

    Looks at a window of the feed, so that what is not for the caller costs no more than what is: a page may be empty
    and the position still move on. Statements: at most one more for each kind found, and one for the numbers of
    matters, however many rows.
    """
    feed.settle()
    column, newest = feed.place(), feed.newest()
    names = (column, "kind", "object_id", "company_id", "action", "at")
    end = max(position, min(position + REACH, newest))
    ahead = _narrowed(feed.rows_after(position), actor, kinds).filter(**{f"{column}__lte": end})
    window = list(ahead[: WINDOW + 1].values_list(*names))
    if len(window) > WINDOW:
        window = window[:WINDOW]
        end = window[-1][0]
    visible = _visible(window, actor)
    found = [row for row in window if _asked_of(row) in visible.get(row[1], ()) or _gone(row, actor)]
    if len(found) > limit:
        found = found[:limit]
        end = found[-1][0]
    staff, numbers = reads_as_staff(actor), _numbers_of(found)
    return [_told(row, staff, numbers) for row in found], end, end < newest


def _narrowed(rows: QuerySet[FeedRow], actor: Actor, kinds: Collection[str]) -> QuerySet[FeedRow]:
    """Without what is not asked for; for who is not of the agency, without the companies that are not theirs."""
    if set(kinds) != KINDS.keys():
        rows = rows.filter(kind__in=sorted(kinds))
    if not reads_as_staff(actor):
        own = list(visible_companies(actor).order_by().values_list("pk", flat=True))
        rows = rows.filter(Q(company_id__in=own) | Q(company_id=None))
    return rows


def _asked_of(row: tuple[Any, ...]) -> int:
    """Whom to ask whether a change may be known: of a company that was merged, the one that stayed (EXP-1)."""
    asked: int = row[3] if row[4] == "merged" else row[2]
    return asked


def _gone(row: tuple[Any, ...], actor: Actor) -> bool:
    """What was deleted can be asked of no rule; the agency is told that it went."""
    return row[4] == "deleted" and reads_as_staff(actor)


def _visible(rows: list[tuple[Any, ...]], actor: Actor) -> dict[str, set[int]]:
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row[1], set()).add(_asked_of(row))
    staff = reads_as_staff(actor)
    kept: dict[str, set[int]] = {}
    for kind, some in ids.items():
        if staff and kind not in NOT_ALL:
            kept[kind] = some  # the agency reads all of these (ROL-16)
        elif kind in READABLE:
            kept[kind] = set(READABLE[kind](actor).filter(pk__in=some).order_by().values_list("pk", flat=True))
    return kept


READABLE: dict[str, Callable[[Actor], QuerySet[Any]]] = {
    "company": visible_companies,
    "contact": visible_contacts,
    "entry": readable_entries,
    "commitment": visible_commitments,
    "matter": visible_matters,
    "response": visible_responses,
    "message": visible_messages,
}
NOT_ALL = ("entry", "message")  # of which not everybody of the agency reads all


def _numbers_of(rows: list[tuple[Any, ...]]) -> dict[int, str]:
    """The numbers of the matters among some rows, by which their addresses go; one statement."""
    ids = {row[2] for row in rows if row[1] == "matter"}
    return dict(Matter.objects.filter(pk__in=ids).order_by().values_list("pk", "number")) if ids else {}


def _told(row: tuple[Any, ...], staff: bool, numbers: Mapping[int, str]) -> dict[str, Any]:
    """As it leaves. What is gone has no address; who left a company has one for the agency alone."""
    _, kind, object_id, company_id, action, at = row
    into = company_id if action == "merged" else None
    name = numbers.get(object_id) if kind == "matter" else into or object_id
    has_one = name is not None and action != "deleted" and (action != "ended" or staff)
    return {
        "kind": kind,
        "id": object_id,
        "action": action,
        "company_id": object_id if kind == "company" else company_id,
        "merged_into": into,
        "at": at,
        "href": HREFS[kind].format(id=name) if has_one else None,
    }
