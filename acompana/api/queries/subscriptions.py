"""How subscriptions stand: what was not delivered, and how many changes wait behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from acompana.api.feed import NOT_ALL, READABLE
from acompana.api.models import Delivery, Subscription
from acompana.api.operations.webhooks import RECEIVER
from acompana.kernel import feed
from acompana.kernel.feed import TABLE
from acompana.shell.words import number

LOOKED_AT = 20_000  # rows of the feed, for each subscription
COUNTED_TO = 1_000
ON_ITS_WAY = Q(deliveries__state__in=(Delivery.State.WAITING, Delivery.State.SENDING))
RETRIED = Q(deliveries__state=Delivery.State.WAITING, deliveries__attempts__gt=0, deliveries__last_answer__gt="")


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription as its lists show it: `state` in words, with its tone; `waiting`, the changes not delivered."""

    subscription: Subscription
    batches: int
    state: str
    tone: str
    waiting: str


def standings(subscriptions: QuerySet[Subscription]) -> list[Standing]:
    """How each stands. Statements: three, however many there are."""
    rows = list(
        subscriptions.annotate(
            batches=Count("deliveries"),
            failed=Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED)),
            retried=Count("deliveries", filter=RETRIED),
            carried=Sum("deliveries__changes", filter=ON_ITS_WAY, default=0),
        )
    )
    newest, behind = feed.newest(), _changes_behind([row.pk for row in rows if row.ended_at is None])
    found = []
    for row in rows:
        waiting = row.carried + behind.get(row.pk, 0)
        state, tone = _state(row, waiting)
        is_more = row.ended_at is None and newest - row.position > LOOKED_AT
        found.append(Standing(row, row.batches, state, tone, _words(waiting, is_more)))
    return found


def _state(row: Subscription, waiting: int) -> tuple[str, str]:
    if row.ended_at is not None:
        return "Terminada", "plain"
    if row.retried:  # type: ignore[attr-defined]
        return "No responde: se reintenta", "late"
    if row.failed:  # type: ignore[attr-defined]
        return "Con envíos sin entregar", "late"
    return ("Por enviar", "blue") if waiting else ("Al día", "good")


def _words(waiting: int, is_more: bool) -> str:
    if waiting > COUNTED_TO:
        return f"más de {number(COUNTED_TO)}"
    return f"{number(waiting)} o más" if is_more else number(waiting)


def _changes_behind(ids: Collection[int]) -> Mapping[int, int]:
    """Of some subscriptions, how many changes are in the feed, after what was made a batch, that will be in one: of
    its kinds, and such as its receiver may know of, as `changes_after` leaves out the others. Looks no further than
    some thousand rows of it."""
    if not ids:
        return {}
    column, marks = feed.place(), ", ".join(["%s"] * len(ids))
    ahead = (
        f"SELECT f.kind, f.object_id, f.action FROM {TABLE} f WHERE f.{column} > s.position "
        f"ORDER BY f.{column} LIMIT {LOOKED_AT}"
    )
    of_its_kinds = "' ' || s.kinds || ' ' LIKE '%% ' || ahead.kind || ' %%'"
    told, params = _told_to_receivers()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id, (SELECT COUNT(*) FROM ({ahead}) AS ahead WHERE {of_its_kinds} AND {told}) "
            f"FROM {Subscription._meta.db_table} s WHERE s.id IN ({marks})",
            [*params, *ids],
        )
        return dict(cursor.fetchall())


def _told_to_receivers() -> tuple[str, list[Any]]:
    """The condition of a row of the feed, called `ahead`, to be told; with its parameters."""
    alternatives = [f"ahead.kind NOT IN ({', '.join(repr(kind) for kind in NOT_ALL)})", "ahead.action = 'deleted'"]
    given: list[Any] = []
    for kind in NOT_ALL:
        readable = READABLE[kind](RECEIVER).filter(pk=RawSQL("ahead.object_id", [])).order_by()
        sql, params = readable.values("pk").query.sql_with_params()
        alternatives.append(f"(ahead.kind = '{kind}' AND EXISTS ({sql}))")
        given += params
    return f"({' OR '.join(alternatives)})", given
