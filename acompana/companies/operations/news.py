"""Who is told of a mandate's life: that it was decided, by letter; each change, whoever keeps what is owed on it, and
who writes down what happened. And who is told what a form says of exports, wherever it was saved.

Letters and terms belong to higher floors, which bring who minds them at start.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acompana.companies.models import Company, Mandate
from acompana.people.actors import Actor

Teller = Callable[[Mandate, datetime], None]
Noter = Callable[[Mandate, Actor, datetime, str], object]
Heeder = Callable[[Company, bool, Actor, datetime, str], str]
_tellers: dict[str, Teller] = {}
_keepers: dict[str, Teller] = {}
_noters: dict[str, Noter] = {}
_heeders: dict[str, Heeder] = {}


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


def register_heeder(name: str, heeder: Heeder) -> None:
    """Called once by the room whose road depends on what a company exports (INT-4): `heeder(company, told_before,
    actor, now, channel)` gives a sentence for who saved the form, or nothing."""
    _heeders[name] = heeder


def heed_exports(company: Company, *, told_before: bool, actor: Actor, now: datetime, channel: str) -> tuple[str, ...]:
    """Its form was saved with what it says of its exports; `told_before`: whether it said that it exports already.
    What came of it, in sentences, in the same transaction."""
    said = (heeder(company, told_before, actor, now, channel) for heeder in _heeders.values())
    return tuple(sentence for sentence in said if sentence)
