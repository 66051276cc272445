"""Rooms above the logbook that want to know of an entry as it is written, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acompana.logbook.models import Entry
from acompana.people.actors import Actor

Listener = Callable[[Entry, Actor, datetime], object]
_listeners: dict[str, Listener] = {}


def listen(name: str, listener: Listener) -> None:
    """Call `listener(entry, actor, now)` after every entry; a room registers once, when it starts."""
    _listeners[name] = listener


def tell(entry: Entry, actor: Actor, now: datetime) -> None:
    """Say that an entry was written, to whoever listens."""
    for listener in _listeners.values():
        listener(entry, actor, now)
