"""Who may read a file: nobody, unless a room that attached it says so.

A room registers its predicate in `AppConfig.ready`:

    register_reader("logbook", lambda actor, stored: may_read_attachment(actor, stored))

This floor knows no people: the actor is whatever `request.actor` is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from acompana.files.models import StoredFile

Reader = Callable[[Any, StoredFile], bool]
_readers: dict[str, Reader] = {}


def register_reader(room: str, may_read: Reader) -> None:
    """Add a room's predicate; the same room again replaces it, so that `ready` may run twice."""
    _readers[room] = may_read


def may_read(actor: Any, stored: StoredFile) -> bool:
    """Whether some room lets the actor read the file. Without a room that says yes, no."""
    return any(reader(actor, stored) for reader in _readers.values())
