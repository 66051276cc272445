"""Where each state and each line of a lifecycle's picture goes. Pure: places in pixels; the page draws them.

The main road runs straight down a first column; the other states stand in a second one. What does not follow the
road — passing a station by, going back, leaving it — runs through gutters beside it: one vertical lane for all the
transitions with the same sources and the same target, with a short line to each of them. Going back is on the left.
What leads to an end from nearly everywhere would only be a trunk that the other lines cross: it is drawn as an exit,
a short line with its name out of each of those states and one into the end.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from itertools import pairwise

from acompana.kernel.lifecycle import Lifecycle, State, Transition

BOX_WIDTH = 208
BOX_HEIGHT = 58
LABEL_ZONE = 180
LANE = 16
GAP = 34
LINE_HEIGHT = 15
LABEL_CHARACTERS = 28
NAME_CHARACTERS = 21
EXIT_SOURCES = 4  # from so many states on, what leads to an end is drawn as exits
EXIT_LENGTH = 22
MARGIN = 12


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text; (x, y) is the start of the first base line, or its end by `anchor`."""

    x: int
    y: int
    lines: tuple[str, ...]
    anchor: str = "start"


@dataclass(slots=True)
class Box:
    """A state. `side` is 0 on the main road, 1 beside it; `lines` is its name, folded."""

    state: State
    side: int
    x: int = 0
    y: int = 0
    width: int = BOX_WIDTH
    height: int = BOX_HEIGHT
    lines: tuple[str, ...] = ()

    @property
    def middle(self) -> int:
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the picture for the transitions that it stands for. `kind`: road, branch, back or exit.

    `exits`: the marks of an exit, each with its name, the one at the end last; none for the other kinds.
    """

    transitions: tuple[Transition, ...]
    kind: str
    paths: tuple[str, ...]
    arrow: str
    label: Label
    exits: tuple[tuple[int, int, Label], ...] = ()

    @property
    def mode(self) -> str:
        modes = {transition.mode for transition in self.transitions}
        return modes.pop() if len(modes) == 1 else "hand"


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]

    @property
    def labels(self) -> list[Label]:
        """Every text beside a line; an exit has one at each of its marks."""
        return [label for line in self.lines for label in ([mark[2] for mark in line.exits] or [line.label])]

    @property
    def begins(self) -> int:
        """Where the main road stands: what is left of it is for going back."""
        return min(box.x for box in self.boxes)

    @property
    def has_exits(self) -> bool:
        return any(line.exits for line in self.lines)


@dataclass(slots=True)
class _Bus:
    """Transitions with the same target and sources, drawn through a gutter ("left" or "right" of the road)."""

    transitions: list[Transition]
    sources: list[str]
    target: str
    gutter: str
    is_exit: bool = False
    lane: int = 0
    ports: dict[tuple[str, bool], int] = field(default_factory=dict)

    def label_lines(self) -> tuple[str, ...]:
        return _label_lines(self.transitions)

    def span(self, boxes: dict[str, Box]) -> tuple[int, int]:
        ends = [boxes[slug] for slug in (*self.sources, self.target)]
        return min(box.y for box in ends), max(box.bottom for box in ends)


def _label_lines(transitions: list[Transition]) -> tuple[str, ...]:
    folded = [textwrap.wrap(transition.label, LABEL_CHARACTERS) for transition in transitions]
    if len(folded) == 1:
        return tuple(folded[0])
    return tuple(("· " if first else "  ") + line for lines in folded for first, line in _marked(lines))


def _marked(lines: list[str]) -> list[tuple[bool, str]]:
    return [(index == 0, line) for index, line in enumerate(lines)]


def main_road(lifecycle: Lifecycle) -> list[str]:
    """The longest way from the opening to an end that goes on in the order in which the states are declared."""
    order = {state.slug: index for index, state in enumerate(lifecycle.states)}
    best: dict[str, list[str]] = {}
    for state in reversed(lifecycle.states):
        if state.final:
            best[state.slug] = [state.slug]
            continue
        onward = dict.fromkeys(
            row.target for row in lifecycle.ways_out(state.slug) if order[row.target] > order[state.slug]
        )
        ways = [best[slug] for slug in sorted(onward, key=order.__getitem__) if slug in best]
        if ways:
            best[state.slug] = [state.slug, *max(ways, key=len)]
    return best.get(lifecycle.initial, [lifecycle.initial])


def draw(lifecycle: Lifecycle) -> Drawing:
    """The picture of a lifecycle."""
    road = main_road(lifecycle)
    next_on_road = dict(pairwise(road))
    steps, buses = _sort_transitions(lifecycle, road, next_on_road)
    boxes = {
        state.slug: Box(
            state, 0 if state.slug in road else 1, lines=tuple(textwrap.wrap(state.label, NAME_CHARACTERS))
        )
        for state in lifecycle.states
    }
    _size(boxes, buses)
    _place_rows(boxes, road, steps, buses)
    widths = _assign_lanes(boxes, buses)
    _place_columns(boxes, widths)
    _place_ports(boxes, buses)
    lines = [_road_line(boxes[slug], boxes[target], rows) for (slug, target), rows in steps.items()]
    lines += [_bus_line(boxes, bus) for bus in buses]
    return Drawing(
        width=max(box.x + box.width for box in boxes.values()) + MARGIN,
        height=max(box.bottom for box in boxes.values()) + MARGIN,
        boxes=tuple(boxes[state.slug] for state in lifecycle.states),
        lines=tuple(lines),
    )


Steps = dict[tuple[str, str], list[Transition]]


def _sort_transitions(lifecycle: Lifecycle, road: list[str], next_on_road: dict[str, str]) -> tuple[Steps, list[_Bus]]:
    """Which transitions run along the road, and which through the gutters."""
    steps: Steps = {}
    buses: dict[tuple[tuple[str, ...], str], _Bus] = {}
    for row in lifecycle.transitions:
        beside = []
        for slug in row.source:
            if next_on_road.get(slug) == row.target:
                steps.setdefault((slug, row.target), []).append(row)
            else:
                beside.append(slug)
        if not beside:
            continue
        key = (tuple(beside), row.target)
        if key in buses:
            buses[key].transitions.append(row)
        else:
            is_exit = len(beside) >= EXIT_SOURCES and lifecycle.state(row.target).final
            buses[key] = _Bus([row], beside, row.target, _gutter(beside, row.target, road), is_exit)
    return steps, list(buses.values())


def _gutter(sources: list[str], target: str, road: list[str]) -> str:
    if target in road and all(slug in road and road.index(slug) >= road.index(target) for slug in sources):
        return "left"
    return "right"


def _slot(bus: _Bus, incoming: bool) -> int:
    """The height that the end of a bus takes on the side of a box: a line, and its label where it arrives."""
    if bus.is_exit and not incoming:
        return LINE_HEIGHT * len(bus.label_lines()) + 5
    return LINE_HEIGHT * len(bus.label_lines()) + 12 if incoming else 16


def _ends(bus: _Bus) -> list[tuple[str, bool]]:
    return [*((slug, False) for slug in bus.sources), (bus.target, True)]


def _size(boxes: dict[str, Box], buses: list[_Bus]) -> None:
    for slug, box in boxes.items():
        needed = {"left": 8, "right": 8}
        for bus in buses:
            for end, incoming in _ends(bus):
                if end == slug:
                    needed[bus.gutter] += _slot(bus, incoming)
        box.height = max(BOX_HEIGHT, 30 + 18 * len(box.lines), *needed.values())


def _place_rows(boxes: dict[str, Box], road: list[str], steps: Steps, buses: list[_Bus]) -> None:
    y = MARGIN + _label_rise(road[0], buses)
    for slug in road:
        boxes[slug].y = y
        onward = next((rows for (source, _), rows in steps.items() if source == slug), [])
        lines = len(_label_lines(onward)) if onward else 0
        y = boxes[slug].bottom + max(GAP, LINE_HEIGHT * lines + 24)
    wanted: dict[str, int] = {}
    for slug, box in boxes.items():
        if box.side:
            before = [boxes[s] for bus in buses if bus.target == slug for s in bus.sources if s != slug]
            wanted[slug] = max((b.y if b.side == 0 else wanted.get(b.state.slug, 0) + 1 for b in before), default=0)
    y = 0
    for slug in sorted(wanted, key=lambda slug: (wanted[slug], _sources_of(slug, buses))):
        rise = _label_rise(slug, buses)
        boxes[slug].y = max(wanted[slug], y + rise, MARGIN + rise)
        y = boxes[slug].bottom + GAP


def _label_rise(slug: str, buses: list[_Bus]) -> int:
    """How far a label may rise above the top of its box."""
    return max((LINE_HEIGHT * (len(bus.label_lines()) - 1) for bus in buses if bus.target == slug), default=0)


def _sources_of(slug: str, buses: list[_Bus]) -> int:
    return sum(len(bus.sources) for bus in buses if bus.target == slug)


def _assign_lanes(boxes: dict[str, Box], buses: list[_Bus]) -> dict[str, int]:
    """Give each bus the first lane that is free along its way; the number of lanes of each gutter."""
    counts = {"left": 0, "right": 0}
    for gutter in counts:
        taken: list[list[tuple[int, int]]] = []
        beside = [bus for bus in buses if bus.gutter == gutter and not bus.is_exit]
        for bus in sorted(beside, key=lambda bus: _length(bus.span(boxes))):
            top, bottom = bus.span(boxes)
            free = (
                index
                for index, lane in enumerate(taken)
                if all(bottom < other_top or top > other_bottom for other_top, other_bottom in lane)
            )
            bus.lane = next(free, len(taken))
            if bus.lane == len(taken):
                taken.append([])
            taken[bus.lane].append((top, bottom))
        counts[gutter] = len(taken)
    return counts


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _place_columns(boxes: dict[str, Box], lanes: dict[str, int]) -> None:
    first = MARGIN + (LABEL_ZONE + LANE * (lanes["left"] + 1) if lanes["left"] else 0)
    second = first + BOX_WIDTH + 2 * LABEL_ZONE + LANE * (lanes["right"] + 1)
    for box in boxes.values():
        box.x = second if box.side else first


def _lane_x(bus: _Bus, boxes: dict[str, Box]) -> int:
    road = next(box for box in boxes.values() if box.side == 0)
    if bus.gutter == "left":
        return road.x - LABEL_ZONE - LANE * (bus.lane + 1)
    return road.x + road.width + LABEL_ZONE + LANE * (bus.lane + 1)


def _place_ports(boxes: dict[str, Box], buses: list[_Bus]) -> None:
    """Spread the ends of lines along the sides of each box: what comes from above, above."""
    for slug, box in boxes.items():
        for gutter in ("left", "right"):
            ends = [(bus, incoming) for bus in buses if bus.gutter == gutter for end, incoming in _ends(bus)
                    if end == slug]  # fmt: skip
            ends.sort(key=lambda end: (_other_end(boxes, slug, *end), end[0].lane))
            total = sum(_slot(bus, incoming) for bus, incoming in ends)
            y = box.y + max(0, (box.height - total) // 2)
            for bus, incoming in ends:
                slot = _slot(bus, incoming)
                bus.ports[(slug, incoming)] = y + slot - 6 if incoming else y + slot // 2
                y += slot


def _other_end(boxes: dict[str, Box], slug: str, bus: _Bus, incoming: bool) -> int:
    others = bus.sources if incoming else [bus.target]
    return sum(boxes[other].y for other in others) // len(others)


def _arrow(x: int, y: int, direction: str) -> str:
    """The head of an arrow whose tip is at (x, y)."""
    back = {"down": (-5, -8, 10, 0), "right": (-8, -5, 0, 10), "left": (8, -5, 0, 10)}[direction]
    return f"M{x} {y}l{back[0]} {back[1]}l{back[2]} {back[3]}z"


def _road_line(source: Box, target: Box, rows: list[Transition]) -> Line:
    x = source.middle
    lines = _label_lines(rows)
    middle = (source.bottom + target.y) // 2
    y = middle - LINE_HEIGHT * (len(lines) - 1) // 2 + 2
    path = f"M{x} {source.bottom}V{target.y - 6}"
    return Line(tuple(rows), "road", (path,), _arrow(x, target.y - 1, "down"), Label(x + 14, y, lines))


def _exit_line(boxes: dict[str, Box], bus: _Bus) -> Line:
    """A mark with the name out of each state, the same mark into the end: no line between them."""
    lines = bus.label_lines()

    def end(slug: str, incoming: bool, length: int) -> tuple[int, int, int, int, Label]:
        """Away from the box (1 to the right), where the line meets it, where the mark is, and the name beside it."""
        away = 1 if boxes[slug].side == 0 else -1
        edge, y = _edge(boxes[slug], bus.gutter), bus.ports[(slug, incoming)]
        mark = edge + away * length
        first = y + 4 - LINE_HEIGHT * (len(lines) - 1) // 2
        return away, edge, mark, y, Label(mark + away * 12, first, lines, "start" if away == 1 else "end")

    paths, exits = [], []
    for slug in bus.sources:
        _, edge, mark, y, label = end(slug, False, EXIT_LENGTH)
        paths.append(f"M{edge} {y}H{mark}")
        exits.append((mark, y, label))
    away, edge, mark, y, label = end(bus.target, True, 2 * EXIT_LENGTH)
    paths.append(f"M{mark} {y}H{edge + 7 * away}")
    exits.append((mark, y, label))
    arrow = _arrow(edge + away, y, "left" if away == 1 else "right")
    return Line(tuple(bus.transitions), "exit", tuple(paths), arrow, label, tuple(exits))


def _bus_line(boxes: dict[str, Box], bus: _Bus) -> Line:
    if bus.is_exit:
        return _exit_line(boxes, bus)
    lane = _lane_x(bus, boxes)
    target = boxes[bus.target]
    paths = []
    end_y = bus.ports[(bus.target, True)]
    edge = _edge(target, bus.gutter)
    inward = "right" if edge > lane else "left"
    tip = edge - 1 if inward == "right" else edge + 1
    for slug in bus.sources:
        start_x, start_y = _edge(boxes[slug], bus.gutter), bus.ports[(slug, False)]
        paths.append(f"M{start_x} {start_y}H{lane}V{end_y}H{tip - 6 if inward == 'right' else tip + 6}")
    lines = bus.label_lines()
    x = edge - LABEL_ZONE + 4 if inward == "right" else edge + 14
    y = end_y - 6 - LINE_HEIGHT * (len(lines) - 1)
    kind = "back" if bus.gutter == "left" else "branch"
    return Line(tuple(bus.transitions), kind, tuple(paths), _arrow(tip, end_y, inward), Label(x, y, lines))


def _edge(box: Box, gutter: str) -> int:
    """Where lines of a gutter meet a box: the road on the gutter's side, the second column always on its left."""
    return box.x + box.width if box.side == 0 and gutter == "right" else box.x
