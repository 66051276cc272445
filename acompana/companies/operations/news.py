"""Who is told that a mandate was decided. Letters are written on a higher floor, which brings the writer at start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from acompana.companies.models import Mandate

Teller = Callable[[Mandate, datetime], None]
_tellers: dict[str, Teller] = {}


def register_teller(name: str, teller: Teller) -> None:
    """Called once by the room that writes to people; `name` so that doing it twice changes nothing."""
    _tellers[name] = teller


def tell_decision(mandate: Mandate, now: datetime) -> None:
    """Tells everybody who wants to know, in the transaction of the decision."""
    for teller in _tellers.values():
        teller(mandate, now)
