"""What rooms above do, in the same transaction, when somebody is absent, back or leaves (POR-10), or a day is off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from acompana.people.actors import Actor
from acompana.people.models import Absence, ExtraHoliday, StaffMember


@dataclass(frozen=True, slots=True)
class Carried:
    """Something that a person has in hand, to follow a verb ("debe 5 compromisos"), and its list."""

    words: str
    href: str


# --- who is absent ----------------------------------------------------------------------------------------------

Listener = Callable[[Absence, Actor, datetime], str]
_listeners: dict[str, Listener] = {}
_noted: dict[str, Listener] = {}
_held: dict[str, Callable[[Absence], list[Carried]]] = {}


def listen_to_absences(name: str, listener: Listener) -> None:
    """Call `listener(absence, actor, now)` when an absence is noted, under way or to come; a room registers once. It
    gives a sentence for who noted it, or nothing."""
    _noted[name] = listener


def tell_of_absence(absence: Absence, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody is away, or will be, to whoever listens; what they did, in sentences."""
    return [said for listener in _noted.values() if (said := listener(absence, actor, now))]


def tell_what_is_held(name: str, held: Callable[[Absence], list[Carried]]) -> None:
    """A room says what others have in hand because of an absence."""
    _held[name] = held


def held_because_of(absence: Absence) -> list[Carried]:
    """What others have in hand because of an absence, by whoever listens; nothing for an empty hand."""
    return [found for held in _held.values() for found in held(absence)]


def listen_to_returns(name: str, listener: Listener) -> None:
    """Call `listener(absence, actor, now)` when an absence is ended by hand; a room registers once, when it starts.
    It gives a sentence for who ended it, or nothing."""
    _listeners[name] = listener


def tell_of_return(absence: Absence, actor: Actor, now: datetime) -> list[str]:
    """Say that somebody is back, to whoever listens; what they did, in sentences."""
    return [said for listener in _listeners.values() if (said := listener(absence, actor, now))]


# --- who leaves -------------------------------------------------------------------------------------------------


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


# --- a day without business -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MovedTerm:
    """A term that ends on another day because of a day that is added or taken away; days of its office. `why`: which
    of both, and when, where it has been done."""

    words: str
    of: str
    office: str
    href: str
    was: date
    becomes: date
    why: str = ""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Something agreed for a day that would be off: at what hour of its office, with which company, by whom."""

    at: str
    of: str
    office: str
    who: str
    href: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many terms a day would move, and the first of them, what is due first; and what is agreed for that day."""

    count: int
    first: list[MovedTerm]
    agreed: list[Agreed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Recounting:
    """What a room does for a day that is added to the calendars (not saved yet) or taken away (saved, standing).

    `foresee(day, now)`: which terms it would move, and what is agreed for it. `recount(day, actor, now)`: moves them,
    and says so in a sentence. `moved(days)`: of each by its id, the list of what it moved.
    """

    foresee: Callable[[ExtraHoliday, datetime], Foreseen]
    recount: Callable[[ExtraHoliday, Actor, datetime], str]
    moved: Callable[[list[ExtraHoliday]], dict[int, Carried]]


_recountings: dict[str, Recounting] = {}


def listen_to_days(name: str, recounting: Recounting) -> None:
    """Ask this room too, when a day is added or taken away; it registers once, when it starts."""
    _recountings[name] = recounting


def foresee_day(day: ExtraHoliday, now: datetime) -> Foreseen:
    """What a day would move, by whoever listens."""
    found = [room.foresee(day, now) for room in _recountings.values()]
    return Foreseen(
        sum(one.count for one in found),
        [row for one in found for row in one.first],
        [row for one in found for row in one.agreed],
    )


def tell_of_day(day: ExtraHoliday, actor: Actor, now: datetime) -> list[str]:
    """Say that a day was added or taken away, to whoever listens; what they did, in sentences."""
    return [said for room in _recountings.values() if (said := room.recount(day, actor, now))]


def moved_by(days: list[ExtraHoliday]) -> dict[int, list[Carried]]:
    """What each of some days moved, by its id, with its list."""
    found: dict[int, list[Carried]] = {}
    for room in _recountings.values():
        for pk, list_of in room.moved(days).items():
            found.setdefault(pk, []).append(list_of)
    return found
