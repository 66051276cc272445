"""What the keys of systems did, where the name of a person would stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model, OuterRef, Subquery

from acompana.api.models import DoneByKey
from acompana.api.queries.tokens import Caller

_acting: ContextVar[int | None] = ContextVar("acting", default=None)


@contextmanager
def signed_by(caller: Caller) -> Iterator[None]:
    """What is written within is kept as this system's doing. Of a person's key nothing: the person's name stands."""
    mark = _acting.set(caller.token_id if caller.is_system else None)
    try:
        yield
    finally:
        _acting.reset(mark)


def keep(row: Model) -> None:
    """The row is the doing of the system that acts; nothing, if none does."""
    if (token := _acting.get()) is not None:
        DoneByKey.objects.get_or_create(model=row._meta.label_lower, object_id=row.pk, defaults={"token_id": token})


def name_of(label: str, key: str = "pk") -> Any:
    """The name of the system that did it, as an expression."""
    return Subquery(
        DoneByKey.objects.filter(model=label, object_id=OuterRef(key)).order_by().values("token__name")[:1]
    )
