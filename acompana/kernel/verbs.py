"""A verb is one transaction, also when another verb calls it.

    @verb
    def record_entry(*, actor, now, …): …

Called by another verb it is a part of that one's transaction and sets no savepoint: what it refuses, the whole act
refuses. That is two statements less for each verb inside a verb. Who means to go on after a refusal says so, with
`transaction.atomic()` around the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
MARK = "acompana_in_a_verb"


@contextmanager
def one_act() -> Iterator[None]:
    """The transaction of a verb, for who cannot be decorated."""
    if getattr(connection, MARK, None) is not None and connection.in_atomic_block:
        with transaction.atomic(savepoint=False):
            yield
        return
    setattr(connection, MARK, {})
    try:
        with transaction.atomic():
            yield
            if connection.needs_rollback:
                raise transaction.TransactionManagementError(
                    "A verb inside this one refused, and its refusal was swallowed: nothing of the act can stay. "
                    "Put transaction.atomic() around the call after which the act is meant to go on."
                )
    finally:
        setattr(connection, MARK, None)


def asked_once(key: str, ask: Callable[[], T]) -> T:
    """What a verb asks again and again and nobody changes meanwhile: once for the whole act; every time, outside one.

    Who does change it calls `forget`.
    """
    remembered: dict[str, Any] | None = getattr(connection, MARK, None)
    if remembered is None:
        return ask()
    if key not in remembered:
        remembered[key] = ask()
    found: T = remembered[key]
    return found


def forget(key: str) -> None:
    """Something that was asked once is different now."""
    (getattr(connection, MARK, None) or {}).pop(key, None)


def verb(operation: Callable[P, R]) -> Callable[P, R]:
    """Decorates an operation."""

    @wraps(operation)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        with one_act():
            return operation(*args, **kwargs)

    return act
