"""What the pages of processes and matters show, worked out for their templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from acompana.kernel.diagram import Box, Drawing, draw
from acompana.kernel.lifecycle import INPUTS, Lifecycle, State, Transition, stations_of, versions_of
from acompana.kernel.rulebook import name_of_rule
from acompana.matters.models import Matter, Step
from acompana.matters.queries import lifecycle_of, steps_of
from acompana.people.models import Channel, Role

TURN_WORDS = {"company": "Le toca a la empresa", "agency": "Le toca a la agencia", "nobody": "No le toca a nadie"}
MODE_WORDS = {"hand": "A mano", "computed": "Por cálculo", "timed": "Por plazo"}
WHO_WORDS = {"company": "La empresa", "staff": "Cualquier persona de la agencia", "system": "El sistema"}
DEBTOR_WORDS = {
    "office": "la oficina",
    "owner": "quien lleva el asunto",
    "head": "la dirección de la oficina",
    "company": "la empresa",
}
INPUT_WORDS = {"reason": "motivo", "note": "nota"}


def matters_address(kind: str, state: str = "", version: int | None = None) -> str:
    """The list of open matters of a kind, in a state or in all; of one version, where there are several."""
    query: dict[str, str | int] = {"tipo": kind, **({"estado": state} if state else {})}
    if version is not None and len(versions_of(kind)) > 1:
        query["version"] = version
    return f"{reverse('progress:matters')}?{urlencode(query)}"


def step_address(page: str, matter: Matter) -> str:
    """Where a step with a page of its own is taken; empty without one, or while its room has no such page."""
    try:
        return reverse(page, args=[matter.number]) if page else ""
    except NoReverseMatch:
        return ""


def stations_before(lifecycle: Lifecycle, state: State) -> list[str]:
    """Of a state: its station; of an end, or where nobody has a turn, the stations that lead to it, in order."""
    if not (state.final or state.turn == "nobody"):
        return [state.station] if state.station else []
    sources = {slug for row in lifecycle.transitions if row.target == state.slug for slug in row.source}
    from_ = {lifecycle.state(slug).station for slug in sources if lifecycle.state(slug).turn != "nobody"}
    return [label for label in stations_of(lifecycle) if label in from_]


@dataclass(frozen=True, slots=True)
class StateRow:
    state: State
    turn: str
    stations: list[str]
    count: int
    href: str


def state_rows(lifecycle: Lifecycle, counts: dict[str, int]) -> list[StateRow]:
    """The states of a lifecycle with how many open matters stand in each; ends have none."""
    return [
        StateRow(
            state,
            "Fin" if state.final else TURN_WORDS[state.turn],
            stations_before(lifecycle, state),
            counts.get(state.slug, 0),
            matters_address(lifecycle.kind, state.slug, lifecycle.version),
        )
        for state in lifecycle.states
    ]


def off_the_road(lifecycle: Lifecycle, counts: dict[str, int]) -> list[tuple[str, int, str]]:
    """Of the open matters those where nobody has a turn: the state's label, how many, and their list (INT-19)."""
    return [
        (row.state.label, row.count, row.href)
        for row in state_rows(lifecycle, counts)
        if row.state.turn == "nobody" and not row.state.final and row.count
    ]


@dataclass(frozen=True, slots=True)
class TransitionRow:
    """A row of the table that is the picture's text: everything in words."""

    transition: Transition
    sources: tuple[str, ...]
    target: str
    who: tuple[str, ...]
    mode: str
    asks: tuple[str, ...]
    starts: tuple[str, ...]
    fulfils: tuple[str, ...]
    cancels: tuple[str, ...]


def transition_rows(lifecycle: Lifecycle) -> list[TransitionRow]:
    """Every row of a lifecycle's table. One query, for the names of roles."""
    names = who_names()
    return [_transition_row(lifecycle, row, names) for row in lifecycle.transitions]


def who_names() -> dict[str, str]:
    """What those are called who may take a step, by their slug in the table. One query, for the names of roles."""
    return dict(Role.objects.values_list("slug", "name")) | WHO_WORDS


def _transition_row(lifecycle: Lifecycle, row: Transition, names: dict[str, str]) -> TransitionRow:
    who = row.who if row.mode == "hand" else row.who or ("system",)
    asks = [INPUT_WORDS.get(need) or lifecycle.words[need] for need in row.needs]
    if row.guard is not None:
        asks.insert(0, first_line(row.guard.__doc__) or "una condición")
    if row.when:
        asks.insert(0, row.when)
    mode = f"{MODE_WORDS[row.mode]} ({row.after})" if row.after else MODE_WORDS[row.mode]
    return TransitionRow(
        transition=row,
        sources=tuple(lifecycle.state(slug).label for slug in row.source),
        target=lifecycle.state(row.target).label,
        who=tuple(names.get(slug, slug) for slug in who),
        mode=mode,
        asks=tuple(asks),
        starts=tuple(f"{owes.rule}: {name_of_rule(owes.rule)} ({DEBTOR_WORDS[owes.debtor]})" for owes in row.starts),
        fulfils=row.fulfils,
        cancels=row.cancels,
    )


def first_line(text: str | None) -> str:
    """The first sentence of a guard's docstring, written in Spanish because people read it here."""
    return (text or "").strip().split("\n")[0].rstrip(".")


@dataclass(frozen=True, slots=True)
class ShownBox:
    """A state in the picture with what stands in it, and where its parts go."""

    box: Box
    turn: str
    count: int
    href: str
    shape: str

    @property
    def radius(self) -> int:
        return min(self.box.height // 2, 28) if self.shape == "company" else 2

    @property
    def text_x(self) -> int:
        return self.box.x + 38

    @property
    def first_line_y(self) -> int:
        rows = len(self.box.lines) + 1
        return self.box.y + (self.box.height - 17 * rows) // 2 + 14

    @property
    def name_lines(self) -> list[tuple[int, str]]:
        return [(self.first_line_y + 17 * index, line) for index, line in enumerate(self.box.lines)]

    @property
    def turn_y(self) -> int:
        return self.first_line_y + 17 * len(self.box.lines)

    @property
    def dot(self) -> tuple[int, int]:
        return self.box.x + 21, self.box.y + self.box.height // 2

    @property
    def count_x(self) -> int:
        return self.box.x + self.box.width - 14

    @property
    def count_left(self) -> int:
        return self.count_x - 10 - 8 * len(str(self.count))

    @property
    def count_width(self) -> int:
        return 20 + 8 * len(str(self.count))


@dataclass(frozen=True, slots=True)
class Picture:
    drawing: Drawing
    boxes: tuple[ShownBox, ...]


def picture(lifecycle: Lifecycle, counts: dict[str, int]) -> Picture:
    """The picture of a lifecycle, with the open matters of each state and the link to them."""
    drawing = draw(lifecycle)
    boxes = tuple(
        ShownBox(
            box,
            "Fin" if box.state.final else TURN_WORDS[box.state.turn],
            counts.get(box.state.slug, 0),
            matters_address(lifecycle.kind, box.state.slug, lifecycle.version),
            "final" if box.state.final else box.state.turn,
        )
        for box in drawing.boxes
    )
    return Picture(drawing, boxes)


@dataclass(frozen=True, slots=True)
class MatterRow:
    matter: Matter
    title: str
    state: str
    turn: str


def matter_row(matter: Matter) -> MatterRow:
    """A matter as a line of a list."""
    lifecycle = lifecycle_of(matter)
    return MatterRow(matter, lifecycle.title, lifecycle.state(matter.state).label, TURN_WORDS[matter.turn])


@dataclass(frozen=True, slots=True)
class StepTaken:
    label: str
    state: str
    taken_at: datetime
    who: str
    channel: str
    reason: str


def steps_taken(matter: Matter) -> list[StepTaken]:
    """The steps that a matter took, newest first, in the words of the table that it started under."""
    lifecycle = lifecycle_of(matter)
    return [_step_taken(lifecycle, step) for step in reversed(steps_of(matter))]


def _step_taken(lifecycle: Lifecycle, step: Step) -> StepTaken:
    try:
        row = lifecycle.opening if not step.from_state else lifecycle.transition(step.transition)
        label = row.label
    except LookupError:
        label = step.transition
    who = step.taken_by.full_name if step.taken_by else "El sistema"
    state = lifecycle.state(step.to_state).label
    channel = "" if step.channel == Channel.SYSTEM else step.get_channel_display()
    return StepTaken(label, state, step.taken_at, who, channel, step.reason)


def asks_for(needs: tuple[str, ...]) -> list[str]:
    return [need for need in INPUTS if need in needs]
