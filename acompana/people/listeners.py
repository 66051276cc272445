"""What rooms above do, in the same transaction, when somebody is back from an absence or leaves (POR-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from acompana.people.actors import Actor
from acompana.people.models import Absence, StaffMember

Listener = Callable[[Absence, Actor, datetime], str]
_listeners: dict[str, Listener] = {}


def listen_to_returns(name: str, listener: Listener) -> None:
    """Call `listener(absence, actor, now)` when an absence is ended by hand; a room registers once, when it starts.
    It gives a sentence for who ended it, or nothing."""
    _listeners[name] = listener


def tell_of_return(absence: Absence, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody is back, to whoever listens; what they did, in sentences."""
    return [said for listener in _listeners.values() if (said := listener(absence, actor, now))]


# --- who leaves -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Carried:
    """Something that a person has in hand, to follow a verb ("debe 5 compromisos"), and its list."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """A leaving that is undone: its last day, who was to receive what was owed, and when it was noted."""

    last_day: date
    receiver: StaffMember | None
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Departures:
    """What a room knows of somebody's load, how it passes it on once their last day is over, and how it brings back
    what nobody has touched since if they stay after all; the last two in a sentence."""

    carried: Callable[[StaffMember], list[Carried]]
    pass_on: Callable[[StaffMember, Actor, datetime], str]
    bring_back: Callable[[StaffMember, Leaving, Actor, datetime], str]


_departures: dict[str, Departures] = {}


def listen_to_departures(name: str, departures: Departures) -> None:
    """Ask this room too, when somebody leaves; it registers once, when it starts."""
    _departures[name] = departures


def carried_by(member: StaffMember) -> list[Carried]:
    """What somebody has in hand, by whoever listens; nothing for an empty hand."""
    return [found for room in _departures.values() for found in room.carried(member)]


def tell_of_departure(member: StaffMember, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody left, to whoever listens; what they did, in sentences."""
    return [said for room in _departures.values() if (said := room.pass_on(member, actor, now))]


def tell_of_staying(member: StaffMember, leaving: Leaving, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody stays after all, to whoever listens; what came back and what did not, in sentences."""
    return [said for room in _departures.values() if (said := room.bring_back(member, leaving, actor, now))]
