"""Rooms above that want to know that somebody is back from an absence, in the same transaction (POR-10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acompana.people.actors import Actor
from acompana.people.models import Absence

Listener = Callable[[Absence, Actor, datetime], str]
_listeners: dict[str, Listener] = {}


def listen_to_returns(name: str, listener: Listener) -> None:
    """Call `listener(absence, actor, now)` when an absence is ended by hand; a room registers once, when it starts.
    It gives a sentence for who ended it, or nothing."""
    _listeners[name] = listener


def tell_of_return(absence: Absence, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody is back, to whoever listens; what they did, in sentences."""
    return [said for listener in _listeners.values() if (said := listener(absence, actor, now))]
