"""Pages by cursor: where the last row stood, sealed, so that what is added meanwhile moves nothing."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from acompana.api.problems import Problem

SEAL = 9  # bytes


@cache
def _key() -> bytes:
    return hashlib.sha256(b"acompana.api.cursor" + settings.SECRET_KEY.encode()).digest()


def _seal(payload: bytes, about: str) -> bytes:
    return hmac.digest(_key(), about.encode() + b"\0" + payload, "sha256")[:SEAL]


def list_of(request: HttpRequest) -> str:
    """The list that a cursor belongs to: the address with its filters, whatever their order."""
    asked = sorted((name, value) for name, values in request.GET.lists() for value in values)
    return f"{request.path}?{[pair for pair in asked if pair[0] not in ('cursor', 'limit', 'count')]}"


def seal_cursor(values: Sequence[Any], about: str) -> str:
    """Opaque to who gets it."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    payload = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_seal(payload, about) + payload).decode().rstrip("=")


def open_cursor(text: str, about: str) -> list[Any]:
    """The values of a cursor that was sealed for this list. Raises Problem for anything else."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError, binascii.Error) as error:
        raise Problem("bad-cursor") from error
    seal, payload = raw[:SEAL], raw[SEAL:]
    if not payload or not hmac.compare_digest(seal, _seal(payload, about)):
        raise Problem("bad-cursor")
    values: list[Any] = json.loads(payload)
    return values


def cut(
    rows: QuerySet[Any],
    *,
    request: HttpRequest,
    limit: int,
    cursor: str,
    order: Sequence[str],
    flat: Callable[[QuerySet[Any]], list[dict[str, Any]]],
    key: Sequence[str],
) -> dict[str, Any]:
    """A page of rows in the order of their own columns («-happened_at», «-id»: all in one direction), by keyset.

    `key` names the same values in what `flat` gives; `next` is None on the last page.
    """

    def read(after: list[Any]) -> list[dict[str, Any]]:
        further = rows.filter(beyond(rows.model, order, after)) if after else rows
        return flat(further.order_by(*order)[: limit + 1])

    return cut_read(read, request=request, limit=limit, cursor=cursor, order=order, key=key)


def beyond(model: type[Model], order: Sequence[str], after: Sequence[Any]) -> RawSQL:
    """The rows that come after these values in an order."""
    table, down = model._meta.db_table, order[0].startswith("-")
    columns = ", ".join(f'"{table}"."{name.lstrip("-")}"' for name in order)
    marks = ", ".join(["%s"] * len(after))
    # Compared as one, so that the index that orders the list finds the place.
    return RawSQL(f"({columns}) {'<' if down else '>'} ({marks})", after, BooleanField())


def cut_read(
    read: Callable[[list[Any]], list[dict[str, Any]]],
    *,
    request: HttpRequest,
    limit: int,
    cursor: str,
    order: Sequence[str],
    key: Sequence[str],
) -> dict[str, Any]:
    """`cut`, for who reads the rows itself: one more than the limit, after the values that it is given, if any."""
    about = list_of(request)
    after = (
        [_stored(name, value) for name, value in zip(order, open_cursor(cursor, about), strict=True)] if cursor else []
    )
    found = read(after)
    more, found = len(found) > limit, found[:limit]
    last = found[-1] if more else None
    return {"items": found, "next": seal_cursor([last[name] for name in key], about) if last else None}


def _stored(name: str, value: Any) -> Any:
    """An instant as the database compares it; anything else as it is."""
    if not name.endswith("_at") or not isinstance(value, str):
        return value
    return connection.ops.adapt_datetimefield_value(datetime.fromisoformat(value))
