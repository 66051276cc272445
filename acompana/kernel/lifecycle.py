"""A lifecycle is one table of transitions: it runs a matter, draws its diagram, lists its buttons and feeds its tests.

Pure: nothing here reads the database or the clock. A table is checked whole when it is registered, so that a
mistake in it stops the start of the application and not a person half way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

TURNS = ("company", "agency", "nobody")
MODES = ("hand", "computed", "timed")
VISIBILITIES = ("staff", "responsible", "company")
DEBTORS = ("office", "owner", "head", "company")
SYSTEM = "system"
INPUTS = {"reason": "Escribe el motivo.", "note": "Escribe una nota sobre este paso."}
SLUG = re.compile(r"[a-z][a-z0-9_-]*")


class LifecycleError(Exception):
    """The table cannot be a lifecycle; says every fault found."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a guard may look at: the instant, and what the room of the matter gathered about it."""

    now: datetime
    known: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.known[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.known.get(name, default)


Guard = Callable[[Facts], str | None]


@dataclass(frozen=True, slots=True)
class State:
    """Where a matter can stand. `station` names its stop on the route that people see; `advice` says what to do."""

    slug: str
    label: str
    turn: str = "agency"
    station: str = ""
    final: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Owes:
    """A commitment that a step starts: the rule of the rulebook, which also says what is owed, and who owes it.

    `debtor`: "company"; "owner", who has the matter, else its office; "office"; "head", who heads that office.
    """

    rule: str
    debtor: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    `who`: "company", "staff", "system" or slugs of roles. `source`: empty for the opening, of which a table has one at
    most. `mode`: by hand, a button; computed, never a button: with a guard or a fact that it needs it is taken by
    itself as soon as they agree, without either it is chosen by the operation that computes a result; timed, taken by
    itself when the term of the rule `after` has run since the state was entered, if its guard agrees.
    `guard` answers None, or the sentence to show. `needs`: "reason" and "note" are given with the step; any other
    name is a fact that must hold, whose words stand in the lifecycle. `fact`: the sentence for the logbook, without
    personal data; empty means the label. `page`: name of the address, with the matter's number, where this step has a
    form of its own; empty means a plain button. `skips`: what its source asked for is left undone, and the route says
    so. `when`: what the operation goes by that chooses it, and its code.
    """

    name: str
    label: str
    source: tuple[str, ...]
    target: str
    who: tuple[str, ...] = ()
    mode: str = "hand"
    guard: Guard | None = None
    needs: tuple[str, ...] = ()
    starts: tuple[Owes, ...] = ()
    fulfils: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    fact: str = ""
    visibility: str = "staff"
    after: str = ""
    page: str = ""
    skips: bool = False
    when: str = ""

    @property
    def is_opening(self) -> bool:
        return not self.source

    @property
    def settles_itself(self) -> bool:
        """Computed from facts alone, with nobody asking for it."""
        return self.mode == "computed" and bool(self.guard or self.needs)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The whole table of a kind of matter, in one version; a matter keeps the version that it started under.

    `before`: stations that lie behind when a matter opens. `words`: what each fact in `needs` is called, as it
    follows «Falta». `summary`: one sentence for the page of the process.
    """

    kind: str
    version: int
    title: str
    prefix: str
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    before: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    def state(self, slug: str) -> State:
        """The state of that slug; LookupError where the table has none."""
        for state in self.states:
            if state.slug == slug:
                return state
        raise LookupError(f"{self.kind} v{self.version} has no state {slug!r}")

    def transition(self, name: str) -> Transition:
        """The transition of that name; LookupError where the table has none."""
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise LookupError(f"{self.kind} v{self.version} has no transition {name!r}")

    def ways_out(self, slug: str, mode: str | None = None) -> list[Transition]:
        """The transitions that leave a state, in the order of the table."""
        return [t for t in self.transitions if slug in t.source and mode in (None, t.mode)]

    @property
    def opening(self) -> Transition:
        """How a matter opens: the row without source, or a plain one that says so and is seen by the company."""
        plain = Transition("open", "Abrir", (), self.initial, ("system",), fact="Se abrió", visibility="company")
        return next((transition for transition in self.transitions if transition.is_opening), plain)

    def rules(self) -> list[str]:
        """Every rule whose commitments the table may start, once each."""
        return list(dict.fromkeys(owes.rule for transition in self.transitions for owes in transition.starts))


def why_not(
    lifecycle: Lifecycle, transition: Transition, state: str, facts: Facts, given: Collection[str] = tuple(INPUTS)
) -> str | None:
    """The sentence that refuses a transition from a state, or None. Who may take it is not looked at here.

    `given` are the inputs that come with the step (INPUTS); by default all, to ask whether the step is open at all.
    """
    if state not in transition.source:
        where = lifecycle.state(state).label
        return f"No se puede «{transition.label}» porque el asunto está en «{where}»."
    if transition.guard and (sentence := transition.guard(facts)):
        return sentence
    for need in transition.needs:
        if need in INPUTS:
            if need not in given:
                return INPUTS[need]
        elif not facts.get(need):
            return f"Falta {lifecycle.words[need]}."
    return None


def next_computed(lifecycle: Lifecycle, state: str, facts: Facts) -> Transition | None:
    """The first transition that the facts take by themselves, in the order of the table."""
    ways = (way for way in lifecycle.ways_out(state, "computed") if way.settles_itself)
    return next((way for way in ways if why_not(lifecycle, way, state, facts, ()) is None), None)


def stations_of(lifecycle: Lifecycle) -> list[str]:
    """The names of the stations of its route, in order."""
    return list(dict.fromkeys([*lifecycle.before, *(state.station for state in lifecycle.states if state.station)]))


def stations(lifecycle: Lifecycle, visited: Iterable[str], current: str) -> list[dict[str, str]]:
    """The route: each station once with `label` and `state` (done, here, ahead, skipped), for the route component.

    `visited` are the states that the matter has been in. A final state completes its station, unless it came before
    that station was entered; what it left out is not ahead any more. One where nobody has a turn rests there: its
    station is done, and what the matter has not reached does not come by itself.
    """
    labels = stations_of(lifecycle)
    place = lifecycle.state(current)
    entered = {state.station for state in lifecycle.states if not state.final}
    been = [*(lifecycle.state(slug) for slug in visited), place]
    reached = {s.station for s in been if not (s.final and s.station in entered)} | set(lifecycle.before)
    last = max((i for i, label in enumerate(labels) if label in reached), default=-1)
    rests = place.final or place.turn == "nobody"
    here = labels.index(place.station) if place.station and not rests else None

    def standing(index: int, label: str) -> str:
        if index == here:
            return "here"
        if here is not None and index > here:
            return "ahead"
        if label in reached:
            return "done"
        return "skipped" if index < last or rests else "ahead"

    return [{"label": label, "state": standing(i, label)} for i, label in enumerate(labels)]


# --- checks ------------------------------------------------------------------------------------------------------


def faults_of(lifecycle: Lifecycle) -> list[str]:
    """Everything wrong with a table, in plain sentences; empty when it can run."""
    found = [*_faults_of_head(lifecycle), *_faults_of_states(lifecycle)]
    known = {state.slug for state in lifecycle.states}
    for transition in lifecycle.transitions:
        found += [f"transition {transition.name!r}: {fault}" for fault in _faults_of_row(lifecycle, transition, known)]
    found += [f"two transitions are called {name!r}" for name in _repeated(t.name for t in lifecycle.transitions)]
    return found or _faults_of_graph(lifecycle)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _faults_of_head(lifecycle: Lifecycle) -> Iterable[str]:
    if not SLUG.fullmatch(lifecycle.kind):
        yield f"kind {lifecycle.kind!r} is not a slug"
    if lifecycle.version < 1:
        yield "versions count from 1"
    if not re.fullmatch(r"[A-Z]{2,6}", lifecycle.prefix):
        yield f"prefix {lifecycle.prefix!r} is not 2 to 6 capital letters"
    openings = [transition for transition in lifecycle.transitions if transition.is_opening]
    if len(openings) > 1:
        yield "it opens in more than one way: " + ", ".join(repr(transition.name) for transition in openings)
    for transition in openings:
        if transition.target != lifecycle.initial:
            yield f"{transition.name!r} opens elsewhere than in the initial state"


def _faults_of_states(lifecycle: Lifecycle) -> Iterable[str]:
    yield from (f"two states are called {slug!r}" for slug in _repeated(s.slug for s in lifecycle.states))
    for state in lifecycle.states:
        if not SLUG.fullmatch(state.slug):
            yield f"state {state.slug!r} is not a slug"
        if state.turn not in TURNS:
            yield f"state {state.slug!r}: unknown turn {state.turn!r}"
        if state.final and state.turn != "nobody":
            yield f"state {state.slug!r} is final: it is nobody's turn"
    if lifecycle.initial not in {state.slug for state in lifecycle.states}:
        yield f"unknown initial state {lifecycle.initial!r}"
    elif lifecycle.state(lifecycle.initial).final:
        yield "the initial state is final"


def _faults_of_owed(owed: Iterable[Owes]) -> Iterable[str]:
    for owes in owed:
        if owes.debtor not in DEBTORS:
            yield f"unknown debtor {owes.debtor!r} of {owes.rule}"


def _faults_of_row(lifecycle: Lifecycle, row: Transition, known: set[str]) -> Iterable[str]:
    if not SLUG.fullmatch(row.name):
        yield "its name is not a slug"
    yield from (f"unknown state {slug!r}" for slug in (*row.source, row.target) if slug not in known)
    yield from (f"unknown need {need!r}" for need in row.needs if need not in INPUTS and need not in lifecycle.words)
    yield from _faults_of_owed(row.starts)
    if _repeated(row.source):
        yield "it names a source twice"
    if row.visibility not in VISIBILITIES:
        yield f"unknown visibility {row.visibility!r}"
    yield from _faults_of_mode(row)


def _faults_of_mode(row: Transition) -> Iterable[str]:
    if row.mode not in MODES:
        yield f"unknown mode {row.mode!r}"
    if row.mode == "hand" and not row.who:
        yield "nobody may take it by hand"
    if row.mode == "timed" and set(row.who) - {SYSTEM}:
        yield "it is timed: only the system takes it"
    if row.mode == "timed" and row.is_opening:
        yield "it is timed but has no state to wait in"
    if row.mode != "hand" and any(need in INPUTS for need in row.needs):
        yield f"it is {row.mode}: nobody is there to give {', '.join(row.needs)}"
    if row.settles_itself and row.target in row.source:
        yield "it settles itself and leads back to where it starts"
    if row.page and row.mode != "hand":
        yield f"it is {row.mode}: it has no page"
    if (row.mode == "timed") != bool(row.after):
        yield "a timed transition, and no other, names the rule after which it is taken"


def _reach(start: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        slug = waiting.pop()
        if slug not in seen:
            seen.add(slug)
            waiting += edges.get(slug, set())
    return seen


def _faults_of_graph(lifecycle: Lifecycle) -> list[str]:
    onward: dict[str, set[str]] = {}
    backward: dict[str, set[str]] = {}
    for transition in lifecycle.transitions:
        for slug in transition.source:
            onward.setdefault(slug, set()).add(transition.target)
            backward.setdefault(transition.target, set()).add(slug)
    reached = _reach([lifecycle.initial], onward)
    ending = _reach([s.slug for s in lifecycle.states if s.final], backward)
    found = []
    for state in lifecycle.states:
        if state.slug not in reached:
            found.append(f"state {state.slug!r} cannot be reached")
        if state.final and state.slug in onward:
            found.append(f"state {state.slug!r} is final but has a way out")
        if not state.final and state.slug not in onward:
            found.append(f"state {state.slug!r} is a dead end but not final")
        elif not state.final and state.slug not in ending:
            found.append(f"from state {state.slug!r} no end can be reached")
    return found


# --- registry ----------------------------------------------------------------------------------------------------

Gather = Callable[[Any], Mapping[str, Any]]
_lifecycles: dict[tuple[str, int], Lifecycle] = {}
_gatherers: dict[tuple[str, int], Gather] = {}


def register(lifecycle: Lifecycle, gather: Gather | None = None) -> Lifecycle:
    """Check a table and make it known by kind and version; LifecycleError says everything wrong with it.

    `gather(subject)` reads the facts that its guards and needs look at. Registering the same table again does
    nothing; another table under the same kind and version is an error: a change is a new version.
    """
    faults = faults_of(lifecycle)
    key = (lifecycle.kind, lifecycle.version)
    if _lifecycles.get(key, lifecycle) != lifecycle:
        faults.append("this kind and version is registered with another table; a change is a new version")
    for other in _lifecycles.values():
        if other.prefix == lifecycle.prefix and other.kind != lifecycle.kind:
            faults.append(f"prefix {lifecycle.prefix} belongs to {other.kind}")
    if faults:
        raise LifecycleError(f"{lifecycle.kind} v{lifecycle.version}: " + "; ".join(dict.fromkeys(faults)))
    _lifecycles[key] = lifecycle
    if gather is not None:
        _gatherers[key] = gather
    return lifecycle


def next_version(table: Lifecycle, *added: Transition, **changed: Mapping[str, Any]) -> Lifecycle:
    """The table after this one, known beside it: its rows, with what changes in some of them, and those added last."""
    rows = tuple(replace(row, **changed.get(row.name, {})) for row in table.transitions)
    return register(replace(table, version=table.version + 1, transitions=(*rows, *added)))


def forget(kind: str) -> None:
    """Take a kind out of the registry: for tests that register their own."""
    for key in [key for key in _lifecycles if key[0] == kind]:
        _lifecycles.pop(key)
        _gatherers.pop(key, None)


def get_lifecycle(kind: str, version: int | None = None) -> Lifecycle:
    """The table of a kind: a version, or the newest; LookupError where there is none."""
    found = next((table for table in versions_of(kind) if version in (None, table.version)), None)
    if found is None:
        raise LookupError(f"no lifecycle {kind!r} version {version}")
    return found


def all_lifecycles() -> list[Lifecycle]:
    """The newest table of every kind, by title."""
    return sorted((get_lifecycle(kind) for kind in {k for k, _ in _lifecycles}), key=lambda table: table.title)


def versions_of(kind: str) -> list[Lifecycle]:
    """Every table of a kind, the newest first; matters stay under the one that they started under."""
    return sorted((t for (known, _), t in _lifecycles.items() if known == kind), key=lambda table: -table.version)


def gather_facts(lifecycle: Lifecycle, subject: Any, now: datetime) -> Facts:
    """The facts about a subject, read by the gatherer that the room registered."""
    gather = _gatherers.get((lifecycle.kind, lifecycle.version))
    return Facts(now=now, known=gather(subject) if gather else {})
