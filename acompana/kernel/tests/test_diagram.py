"""The picture of a lifecycle: nothing lies over anything else, whatever the table."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acompana.kernel.bpmn import to_bpmn
from acompana.kernel.diagram import draw, main_road
from acompana.kernel.lifecycle import Lifecycle, State, Transition, faults_of
from acompana.kernel.tests.test_lifecycle import TABLE

pytestmark = pytest.mark.one_database


def test_the_main_road_is_the_longest_way_to_an_end_in_the_order_of_the_table():
    assert main_road(TABLE) == ["form", "test", "review", "done"]


def test_the_main_road_runs_straight_down():
    boxes = {box.state.slug: box for box in draw(TABLE).boxes}
    road = [boxes[slug] for slug in main_road(TABLE)]
    assert len({box.middle for box in road}) == 1
    assert [box.y for box in road] == sorted(box.y for box in road)
    assert boxes["gone"].x > boxes["form"].x + boxes["form"].width


def test_going_back_is_on_the_left_and_leaving_on_the_right():
    lines = {line.transitions[0].name: line for line in draw(TABLE).lines}
    road = next(box for box in draw(TABLE).boxes if box.state.slug == "form")
    assert lines["return"].kind == "back"
    assert all(x < road.x for x in lanes(lines["return"]))
    assert lines["withdraw"].kind == "branch"
    assert all(x > road.x + road.width for x in lanes(lines["withdraw"]))
    assert len(lines["withdraw"].paths) == 3


def test_what_leads_to_an_end_from_nearly_everywhere_is_a_short_exit_out_of_each_state():
    middle = State("middle", "Entremedio", station="Revisión")
    withdraw = replace(TABLE.transitions[5], source=("form", "test", "middle", "review"))
    assert withdraw.name == "withdraw"
    table = replace(
        TABLE,
        states=(*TABLE.states[:2], middle, *TABLE.states[2:]),
        transitions=(
            *TABLE.transitions[:5],
            withdraw,
            *TABLE.transitions[6:],
            Transition("halve", "Partir", ("test",), "middle", who=("staff",)),
            Transition("go_on", "Seguir", ("middle",), "review", who=("staff",)),
        ),
    )
    assert faults_of(table) == []
    drawing = draw(table)
    line = next(line for line in drawing.lines if line.transitions == (withdraw,))
    assert line.kind == "exit"
    assert len(line.exits) == 5  # out of four states and into the end
    assert all("V" not in path for path in line.paths)
    assert sum(label.lines == ("Desistir",) for label in drawing.labels) == 5


def test_a_computed_and_a_timed_line_say_so():
    modes = {line.transitions[0].name: line.mode for line in draw(TABLE).lines}
    assert (modes["score"], modes["expire"], modes["send"]) == ("computed", "timed", "hand")


def lanes(line):
    return [int(re.search(r"H(\d+)V", path)[1]) for path in line.paths]


@st.composite
def tables(draw_one):
    """Sound lifecycles of all shapes: a chain to the end, and any transitions over it."""
    size = draw_one(st.integers(2, 7))
    slugs = [f"s{n}" for n in range(size)]
    turns = draw_one(st.lists(st.sampled_from(["company", "agency", "nobody"]), min_size=size, max_size=size))
    states = [State(slug, f"Estado largo {slug}", turn=turn) for slug, turn in zip(slugs, turns, strict=True)]
    states[-1] = State(slugs[-1], "Fin", turn="nobody", final=True)
    states.append(State("other", "Otro fin", turn="nobody", final=True))
    rows = [Transition(f"t{n}", f"Paso {n}", (slugs[n],), slugs[n + 1], who=("staff",)) for n in range(size - 1)]
    rows.append(Transition("leave", "Dejar", tuple(slugs[:-1]), "other", who=("staff",)))
    for number in range(draw_one(st.integers(0, 6))):
        source = draw_one(st.lists(st.sampled_from(slugs[:-1]), min_size=1, unique=True))
        label = "Un paso con un nombre bastante más largo que los otros"
        rows.append(Transition(f"x{number}", label, tuple(source), draw_one(st.sampled_from(slugs)), who=("staff",)))
    return Lifecycle("random", 1, "Cualquiera", "CUA", "s0", tuple(states), tuple(rows))


@given(tables())
@settings(max_examples=60, deadline=None)
def test_boxes_never_overlap_and_every_line_stays_in_the_picture(table):
    assert faults_of(table) == []
    drawing = draw(table)
    for one, other in combinations(drawing.boxes, 2):
        apart = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert apart or one.bottom <= other.y or other.bottom <= one.y
    drawn = {row.name for line in drawing.lines for row in line.transitions}
    assert drawn == {row.name for row in table.transitions}
    for line in drawing.lines:
        for path in line.paths:
            assert all(0 <= int(x) <= drawing.width for x in re.findall(r"[MH](\d+)", path))
        assert line.label.x > 0
        assert line.label.y > 0


@given(tables())
@settings(max_examples=30, deadline=None)
def test_any_sound_table_becomes_bpmn(table):
    assert to_bpmn(table).count("<bpmn:sequenceFlow ") >= len(table.transitions)


@pytest.mark.parametrize("change", [{"label": "Enviar"}, {"label": "x " * 60}])
def test_labels_fold(change):
    row = replace(TABLE.transitions[0], **change)
    line = draw(replace(TABLE, transitions=(row, *TABLE.transitions[1:]))).lines[0]
    assert all(len(text) <= 28 for text in line.label.lines)
