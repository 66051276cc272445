"""A second pair of hands for an import on PostgreSQL: what does not wait for one another is done at the same time.

A process of the database works on one statement at a time. While one applies a stretch, another indexes the one
before; at the end one makes the indexes of companies, the other those of the search. Whatever the second did not get
done, or fell over, the first does afterwards. Inside a transaction, and on SQLite with its one writer, it is one after
the other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from acompana.kernel import sets

log = logging.getLogger(__name__)


def may_help() -> bool:
    """Whether another connection sees what this one commits."""
    return sets.is_postgres() and not connection.in_atomic_block


@contextmanager
def helped_by(step: Callable[[], bool]) -> Iterator[Callable[[], None]]:
    """`step` is done again and again beside what is inside, until it says that there is nothing to do; then it waits
    to be called. Gives the call; ends when what is inside ends, and the step that was begun."""
    if not may_help():
        yield lambda: None
        return
    called, over = threading.Event(), threading.Event()

    def help_along() -> None:
        try:
            while not over.is_set():
                called.wait()
                called.clear()
                while not over.is_set() and step():
                    pass
        except Exception:  # what it did not get done is done afterwards, and tells there what is wrong
            log.warning("the second pair of hands of an import stopped", exc_info=True)
        finally:
            connection.close()

    helper = threading.Thread(target=help_along, name="import-helper", daemon=True)
    helper.start()
    try:
        yield called.set
    finally:
        over.set()
        called.set()
        helper.join()


def both(one: Callable[[], Any], other: Callable[[], Any]) -> None:
    """Two things at the same time, or one after the other; what either raises is raised when both are over."""
    if not may_help():
        one()
        other()
        return
    raised: list[BaseException] = []

    def do_other() -> None:
        try:
            other()
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    helper = threading.Thread(target=do_other, name="import-helper", daemon=True)
    helper.start()
    try:
        one()
    finally:
        helper.join()
    if raised:
        raise raised[0]
