"""A lifecycle as BPMN 2.0: the shape of the schema, and one row behind every shape."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import combinations

from acompana.kernel.bpmn import DC, DI, MODEL, to_bpmn
from acompana.kernel.tests.test_lifecycle import TABLE

ROOT = ET.fromstring(to_bpmn(TABLE))
PROCESS = ROOT.find(f"{{{MODEL}}}process")


def all_of(tag):
    return [element.get("id") for element in PROCESS.findall(f"{{{MODEL}}}{tag}")]


def test_each_state_is_a_task_or_an_end_and_each_timed_row_an_event_on_its_border():
    assert all_of("userTask") == ["Task_form", "Task_test", "Task_review"]
    assert all_of("endEvent") == ["End_done", "End_gone"]
    assert all_of("startEvent") == ["Start"]
    assert all_of("boundaryEvent") == ["Timer_expire.form"]


def test_where_several_ways_go_out_there_is_a_gateway():
    assert all_of("exclusiveGateway") == ["Gateway_form", "Gateway_test", "Gateway_review"]


def test_each_transition_is_a_flow_from_each_of_its_sources():
    flows = {flow for flow in all_of("sequenceFlow") if "." in flow}
    rows = {f"Flow_{row.name}.{slug}" for row in TABLE.transitions for slug in row.source}
    assert flows == rows | {"Flow_open."}


def test_each_node_lies_in_the_lane_of_whose_turn_it_is():
    lanes = {lane.get("name"): {ref.text for ref in lane} for lane in PROCESS.find(f"{{{MODEL}}}laneSet")}
    assert lanes["Empresa"] >= {"Start", "Task_form", "Task_test", "Gateway_form", "Timer_expire.form"}
    assert lanes["Agencia"] == {"Task_review", "Gateway_review"}
    assert lanes["Sin turno"] == {"End_done", "End_gone"}


def test_every_flow_ends_in_nodes_that_name_it():
    nodes = {element.get("id"): element for element in PROCESS}
    for flow in PROCESS.findall(f"{{{MODEL}}}sequenceFlow"):
        for end, tag in (("sourceRef", "outgoing"), ("targetRef", "incoming")):
            named = [ref.text for ref in nodes[flow.get(end)].findall(f"{{{MODEL}}}{tag}")]
            assert flow.get("id") in named


def test_parts_come_in_the_order_that_the_schema_asks():
    order = ["documentation", "incoming", "outgoing", "timerEventDefinition"]
    for element in PROCESS:
        tags = [child.tag.split("}")[1] for child in element]
        if element.tag.endswith("laneSet"):
            continue
        assert tags == sorted(tags, key=order.index)
    assert [child.tag.split("}")[1] for child in ROOT] == ["collaboration", "process", "BPMNDiagram"]
    assert PROCESS[0].tag.endswith("laneSet")


def test_ids_are_names_of_xml_and_none_comes_twice():
    ids = [element.get("id") for element in ROOT.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name[0].isalpha() and not set(name) - set(_NAME) for name in ids)


_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"


def test_everything_has_a_place_and_no_two_nodes_share_one():
    shapes = {shape.get("bpmnElement"): shape for shape in ROOT.iter(f"{{{DI}}}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in ROOT.iter(f"{{{DI}}}BPMNEdge")}
    nodes = [e.get("id") for e in PROCESS if not e.tag.endswith(("sequenceFlow", "laneSet"))]
    assert set(nodes) <= set(shapes)
    assert set(all_of("sequenceFlow")) == edges
    boxes = {name: place(shapes[name]) for name in nodes if not name.startswith("Timer_")}
    for one, other in combinations(boxes.values(), 2):
        assert (
            one[0] + one[2] <= other[0]
            or other[0] + other[2] <= one[0]
            or one[1] + one[3] <= other[1]
            or other[1] + other[3] <= one[1]
        )


def place(shape):
    bounds = shape.find(f"{{{DC}}}Bounds")
    return tuple(int(bounds.get(name)) for name in ("x", "y", "width", "height"))
