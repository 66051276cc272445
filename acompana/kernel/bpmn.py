"""A lifecycle as BPMN 2.0 with its layout; ADR "A lifecycle as BPMN" says which row becomes which shape.

Pure: a table goes in, XML comes out. Every shape carries the name of the row that it stands for in its id:
`Task_<state>`, `End_<state>`, `Gateway_<state>`, `Timer_<transition>.<state>`, `Flow_<transition>.<state>`.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

from acompana.kernel.diagram import draw
from acompana.kernel.lifecycle import Lifecycle, State, Transition

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
LANES = (("company", "Empresa"), ("agency", "Agencia"), ("nobody", "Sin turno"))
MODE_WORDS = {"hand": "A mano", "computed": "Calculada", "timed": "Por plazo"}
TASK = (120, 80)
COLUMN = 300
HEADER = 60
BODY = 150
CHANNEL = 30
LABEL_HEIGHT = 14


@dataclass(slots=True)
class _Node:
    id: str
    tag: str
    name: str
    lane: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    note: str = ""
    host: str = ""
    incoming: list[str] = field(default_factory=list)
    outgoing: list[str] = field(default_factory=list)

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(slots=True)
class _Flow:
    id: str
    name: str
    source: str
    target: str
    note: str = ""
    points: list[tuple[int, int]] = field(default_factory=list)
    label: tuple[int, int] | None = None


@dataclass(slots=True)
class _Plan:
    """Nodes and flows with their places; `bands` counts the channels under each lane's boxes."""

    nodes: dict[str, _Node] = field(default_factory=dict)
    flows: list[_Flow] = field(default_factory=list)
    tops: dict[str, int] = field(default_factory=dict)
    heights: dict[str, int] = field(default_factory=dict)
    width: int = 0

    def connect(self, flow: _Flow) -> None:
        self.flows.append(flow)
        self.nodes[flow.source].outgoing.append(flow.id)
        self.nodes[flow.target].incoming.append(flow.id)


def node_id(state: State) -> str:
    """The id of the shape of a state."""
    return ("End_" if state.final else "Task_") + state.slug


def to_bpmn(lifecycle: Lifecycle, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The XML of a lifecycle: one collaboration, one pool, a lane for each turn, and the diagram.

    `names`: what those are called who may take a step, by their slug; one without a name is written by its slug.
    """
    plan = _plan(lifecycle, names)
    _place(plan, lifecycle)
    for prefix, uri in (("bpmn", MODEL), ("bpmndi", DI), ("dc", DC), ("di", DD)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(
        f"{{{MODEL}}}definitions",
        {
            "id": f"Definitions_{lifecycle.kind}",
            "targetNamespace": f"urn:acompana:lifecycle:{lifecycle.kind}",
            "exporter": "Acompaña",
            "exporterVersion": str(lifecycle.version),
        },
    )
    _write_model(root, plan, lifecycle)
    _write_diagram(root, plan, lifecycle)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


# --- the model ---------------------------------------------------------------------------------------------------


def _plan(lifecycle: Lifecycle, names: Mapping[str, str]) -> _Plan:
    plan = _Plan()
    opening = lifecycle.opening
    plan.nodes["Start"] = _Node("Start", "startEvent", opening.label, lifecycle.state(lifecycle.initial).turn)
    for state in lifecycle.states:
        tag = "endEvent" if state.final else "userTask"
        plan.nodes[node_id(state)] = _Node(node_id(state), tag, state.label, state.turn, note=state.advice)
    for state in lifecycle.states:
        by_event = lifecycle.ways_out(state.slug, "timed")
        others = [row for row in lifecycle.ways_out(state.slug) if row.mode != "timed"]
        for row in by_event:
            timer = _Node(f"Timer_{row.name}.{state.slug}", "boundaryEvent", row.label, state.turn)
            timer.host, timer.note = node_id(state), f"Vence según la regla {row.after}."
            plan.nodes[timer.id] = timer
        if len(others) > 1:
            plan.nodes[f"Gateway_{state.slug}"] = _Node(f"Gateway_{state.slug}", "exclusiveGateway", "", state.turn)
    plan.connect(_Flow(f"Flow_{opening.name}.", "", "Start", node_id(lifecycle.state(lifecycle.initial))))
    for state in lifecycle.states:
        _connect_state(plan, lifecycle, state, names)
    return plan


def _connect_state(plan: _Plan, lifecycle: Lifecycle, state: State, names: Mapping[str, str]) -> None:
    gateway = f"Gateway_{state.slug}"
    if gateway in plan.nodes:
        plan.connect(_Flow(f"Flow_{state.slug}", "", node_id(state), gateway))
    for row in lifecycle.ways_out(state.slug):
        target = node_id(lifecycle.state(row.target))
        source = gateway if gateway in plan.nodes else node_id(state)
        name = row.label
        if row.mode == "timed":
            source, name = f"Timer_{row.name}.{state.slug}", ""
        plan.connect(_Flow(f"Flow_{row.name}.{state.slug}", name, source, target, note=_words(row, names)))


def _words(row: Transition, names: Mapping[str, str]) -> str:
    who = (names.get(slug, slug) for slug in row.who or ("system",))
    parts = [MODE_WORDS[row.mode], "la da: " + ", ".join(who)]
    if row.starts:
        parts.append("inicia " + ", ".join(owes.rule for owes in row.starts))
    if row.fulfils:
        parts.append("cumple " + ", ".join(row.fulfils))
    if row.cancels:
        parts.append("anula " + ", ".join(row.cancels))
    return "; ".join(parts) + "."


def _write_model(root: ET.Element, plan: _Plan, lifecycle: Lifecycle) -> None:
    process_id = f"Process_{lifecycle.kind}"
    together = ET.SubElement(root, f"{{{MODEL}}}collaboration", {"id": "Collaboration"})
    ET.SubElement(
        together,
        f"{{{MODEL}}}participant",
        {"id": "Participant", "name": lifecycle.title, "processRef": process_id},
    )
    process = ET.SubElement(
        root, f"{{{MODEL}}}process", {"id": process_id, "name": lifecycle.title, "isExecutable": "false"}
    )
    lanes = ET.SubElement(process, f"{{{MODEL}}}laneSet", {"id": "Lanes"})
    for turn, name in _lanes_of(plan):
        lane = ET.SubElement(lanes, f"{{{MODEL}}}lane", {"id": f"Lane_{turn}", "name": name})
        for node in plan.nodes.values():
            if node.lane == turn:
                ET.SubElement(lane, f"{{{MODEL}}}flowNodeRef").text = node.id
    for node in plan.nodes.values():
        _write_node(process, node)
    for flow in plan.flows:
        attributes = {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
        if flow.name:
            attributes["name"] = flow.name
        element = ET.SubElement(process, f"{{{MODEL}}}sequenceFlow", attributes)
        _document(element, flow.note)


def _lanes_of(plan: _Plan) -> list[tuple[str, str]]:
    used = {node.lane for node in plan.nodes.values()}
    return [(turn, name) for turn, name in LANES if turn in used]


def _write_node(process: ET.Element, node: _Node) -> None:
    attributes = {"id": node.id}
    if node.name:
        attributes["name"] = node.name
    if node.host:
        attributes["attachedToRef"] = node.host
    element = ET.SubElement(process, f"{{{MODEL}}}{node.tag}", attributes)
    _document(element, node.note)
    for flow in node.incoming:
        ET.SubElement(element, f"{{{MODEL}}}incoming").text = flow
    for flow in node.outgoing:
        ET.SubElement(element, f"{{{MODEL}}}outgoing").text = flow
    if node.host:
        ET.SubElement(element, f"{{{MODEL}}}timerEventDefinition", {"id": f"{node.id}.when"})


def _document(element: ET.Element, text: str) -> None:
    if text:
        ET.SubElement(element, f"{{{MODEL}}}documentation").text = text


# --- the layout --------------------------------------------------------------------------------------------------


def _columns(lifecycle: Lifecycle) -> dict[str, int]:
    """Each state has a column of its own, from the top of our own picture to its bottom."""
    boxes = sorted(draw(lifecycle).boxes, key=lambda box: (box.y, box.side))
    return {box.state.slug: index for index, box in enumerate(boxes)}


def _place(plan: _Plan, lifecycle: Lifecycle) -> None:
    columns = _columns(lifecycle)
    straight = _straight_flows(plan, lifecycle, columns)
    channels: dict[str, int] = {}
    for flow in plan.flows:
        if flow.id not in straight:
            lane = plan.nodes[flow.target].lane
            channels[lane] = channels.get(lane, 0) + 1
    top = 0
    for turn, _ in _lanes_of(plan):
        plan.tops[turn] = top
        plan.heights[turn] = BODY + CHANNEL * channels.get(turn, 0)
        top += plan.heights[turn]
    plan.width = HEADER + 120 + COLUMN * len(columns)
    for state in lifecycle.states:
        _place_state(plan, lifecycle, state, HEADER + 120 + COLUMN * columns[state.slug])
    initial = plan.nodes[node_id(lifecycle.state(lifecycle.initial))]
    _put(plan.nodes["Start"], initial.x - 70, initial.middle[1], 36, 36)
    used: dict[str, int] = {}
    entries: dict[str, int] = {}
    for flow in plan.flows:
        if flow.id in straight:
            _route_straight(plan, flow)
        else:
            _route_by_channel(plan, flow, used, entries)


def _put(node: _Node, middle_x: int, middle_y: int, width: int, height: int) -> None:
    node.x, node.y, node.width, node.height = middle_x - width // 2, middle_y - height // 2, width, height


def _place_state(plan: _Plan, lifecycle: Lifecycle, state: State, left: int) -> None:
    y = plan.tops[state.turn] + BODY // 2
    node = plan.nodes[node_id(state)]
    _put(node, left + 60, y, *((36, 36) if state.final else TASK))
    if gateway := plan.nodes.get(f"Gateway_{state.slug}"):
        _put(gateway, left + 170, y, 50, 50)
    timers = [row for row in lifecycle.ways_out(state.slug, "timed")]
    for index, row in enumerate(timers):
        _put(plan.nodes[f"Timer_{row.name}.{state.slug}"], left + 24 + 44 * index, node.y + node.height, 36, 36)


def _straight_flows(plan: _Plan, lifecycle: Lifecycle, columns: dict[str, int]) -> set[str]:
    """Flows that need no channel: inside a column, and one per pair of neighbours in the same lane."""
    found = {plan.flows[0].id}
    pairs: set[tuple[str, str]] = set()
    for state in lifecycle.states:
        found.add(f"Flow_{state.slug}")
        for row in lifecycle.ways_out(state.slug):
            target = lifecycle.state(row.target)
            neighbours = columns[row.target] == columns[state.slug] + 1 and target.turn == state.turn
            if neighbours and row.mode != "timed" and (state.slug, row.target) not in pairs:
                pairs.add((state.slug, row.target))
                found.add(f"Flow_{row.name}.{state.slug}")
    return found


def _route_straight(plan: _Plan, flow: _Flow) -> None:
    source, target = plan.nodes[flow.source], plan.nodes[flow.target]
    flow.points = [(source.x + source.width, source.middle[1]), (target.x, target.middle[1])]
    if flow.name and flow.source != "Start":
        flow.label = (source.x + source.width + 4, source.middle[1] - 4 - LABEL_HEIGHT * (1 + len(flow.name) // 16))


def _route_by_channel(plan: _Plan, flow: _Flow, used: dict[str, int], entries: dict[str, int]) -> None:
    """Down (or up) the source's own column, along a channel of the target's lane, up the target's own column."""
    source, target = plan.nodes[flow.source], plan.nodes[flow.target]
    used[target.lane] = used.get(target.lane, 0) + 1
    channel = plan.tops[target.lane] + BODY + CHANNEL * used[target.lane] - CHANNEL // 2
    entry = entries[flow.target] = entries.get(flow.target, 0) + 1
    spread = 10 if target.width > 50 else 2
    end_x = target.middle[0] + spread * (entry // 2) * (1 if entry % 2 else -1)
    start_x = source.middle[0] if source.tag != "userTask" else source.x + source.width - 16
    down = channel > source.middle[1]
    start_y = source.y + source.height if down else source.y
    end_y = target.y + target.height
    if flow.source == flow.target:
        end_x = target.x + 16
    flow.points = [(start_x, start_y), (start_x, channel), (end_x, channel), (end_x, end_y)]
    if flow.name:
        flow.label = (min(start_x, end_x) + 6, channel - LABEL_HEIGHT - 1)


def _bounds(parent: ET.Element, x: int, y: int, width: int, height: int) -> None:
    ET.SubElement(parent, f"{{{DC}}}Bounds", {"x": str(x), "y": str(y), "width": str(width), "height": str(height)})


def _write_diagram(root: ET.Element, plan: _Plan, lifecycle: Lifecycle) -> None:
    diagram = ET.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "Diagram"})
    plane = ET.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "Plane", "bpmnElement": "Collaboration"})

    def shape(element: str, x: int, y: int, width: int, height: int, **more: str) -> ET.Element:
        attributes = {"id": f"{element}.di", "bpmnElement": element, **more}
        found = ET.SubElement(plane, f"{{{DI}}}BPMNShape", attributes)
        _bounds(found, x, y, width, height)
        return found

    shape("Participant", 0, 0, plan.width, sum(plan.heights.values()), isHorizontal="true")
    for turn, _ in _lanes_of(plan):
        shape(f"Lane_{turn}", 30, plan.tops[turn], plan.width - 30, plan.heights[turn], isHorizontal="true")
    for node in plan.nodes.values():
        more = {"isMarkerVisible": "true"} if node.tag == "exclusiveGateway" else {}
        found = shape(node.id, node.x, node.y, node.width, node.height, **more)
        if node.name and node.width == 36:
            label = ET.SubElement(found, f"{{{DI}}}BPMNLabel")
            _bounds(label, node.middle[0] - 45, node.y - 2 * LABEL_HEIGHT - 4, 90, 2 * LABEL_HEIGHT)
    for flow in plan.flows:
        edge = ET.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"{flow.id}.di", "bpmnElement": flow.id})
        for x, y in _without_repeats(flow.points):
            ET.SubElement(edge, f"{{{DD}}}waypoint", {"x": str(x), "y": str(y)})
        if flow.label:
            label = ET.SubElement(edge, f"{{{DI}}}BPMNLabel")
            width = 90 if len(flow.points) == 2 else max(60, 6 * len(flow.name))
            _bounds(label, *flow.label, width, LABEL_HEIGHT)


def _without_repeats(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [points[0], *(after for before, after in pairwise(points) if after != before)]
