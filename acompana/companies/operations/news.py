"""Who is told of a mandate's life: that it was decided, by letter; each change, whoever keeps what is owed on it, and
who writes down what happened.

Letters and terms belong to higher floors, which bring who minds them at start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acompana.companies.models import Mandate
from acompana.people.actors import Actor

Teller = Callable[[Mandate, datetime], None]
Noter = Callable[[Mandate, Actor, datetime, str], object]
_tellers: dict[str, Teller] = {}
_keepers: dict[str, Teller] = {}
_noters: dict[str, Noter] = {}


def register_teller(name: str, teller: Teller) -> None:
    """Called once by the room that writes to people; `name` so that doing it twice changes nothing."""
    _tellers[name] = teller


def tell_decision(mandate: Mandate, now: datetime) -> None:
    """Tells everybody who wants to know, in the transaction of the decision."""
    for teller in _tellers.values():
        teller(mandate, now)
    tell_change(mandate, now)


def register_keeper(name: str, keeper: Teller) -> None:
    """Called once by the room that keeps until when a request is decided (INT-24)."""
    _keepers[name] = keeper


def tell_change(mandate: Mandate, now: datetime) -> None:
    """A mandate was asked for, decided or ended: what is owed on it follows, in the same transaction."""
    for keeper in _keepers.values():
        keeper(mandate, now)


def register_noter(name: str, noter: Noter) -> None:
    """Called once by the room that writes down what happened (INT-25)."""
    _noters[name] = noter


def note_access(mandate: Mandate, actor: Actor, now: datetime, channel: str) -> None:
    """A mandate stands differently: who made it so, when, by which channel, in the same transaction."""
    for noter in _noters.values():
        noter(mandate, actor, now, channel)
