"""The lifecycle engine: what a table may be, what runs from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from acompana.kernel import lifecycle as engine
from acompana.kernel.lifecycle import Facts, Lifecycle, LifecycleError, Owes, State, Transition

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)


def good(facts: Facts) -> str | None:
    return None if facts.get("good") else "Todavía no está bien."


TABLE = Lifecycle(
    kind="sample",
    version=1,
    title="Ejemplo",
    prefix="EJE",
    initial="form",
    before=("Cuenta",),
    words={"signed": "la firma"},
    states=(
        State("form", "Ficha", turn="company", station="Ficha"),
        State("test", "Test", turn="company", station="Test"),
        State("review", "Revisión", station="Revisión"),
        State("done", "Lista", turn="nobody", station="Revisión", final=True),
        State("gone", "Desistida", turn="nobody", final=True),
    ),
    transitions=(
        Transition("send", "Enviar", ("form",), "test", who=("company",)),
        Transition("skip_test", "Enviar sin test", ("form",), "review", who=("company",)),
        Transition("score", "Calificar", ("test",), "review", mode="computed", guard=good),
        Transition("approve", "Aprobar", ("review",), "done", who=("staff",), needs=("signed", "reason")),
        Transition("return", "Devolver", ("review",), "form", who=("staff",), needs=("reason",)),
        Transition("withdraw", "Desistir", ("form", "test", "review"), "gone", who=("company",)),
        Transition("expire", "Vencer", ("form",), "gone", mode="timed", after="PD-1"),
    ),
)


def facts(**known) -> Facts:
    return Facts(now=NOW, known=known)


@pytest.fixture
def _clean_registry():
    yield
    engine.forget("sample")
    engine.forget("other")


def test_a_sound_table_has_no_faults():
    assert engine.faults_of(TABLE) == []


def with_row(**changes) -> Lifecycle:
    row = replace(TABLE.transitions[0], **changes)
    return replace(TABLE, transitions=(row, *TABLE.transitions[1:]))


def with_state(index: int, **changes) -> Lifecycle:
    states = list(TABLE.states)
    states[index] = replace(states[index], **changes)
    return replace(TABLE, states=tuple(states))


FAULTS = [
    (with_row(target="nowhere"), "unknown state 'nowhere'"),
    (with_row(source=("form", "lost")), "unknown state 'lost'"),
    (with_row(source=("form", "form")), "names a source twice"),
    (with_row(name="skip_test"), "two transitions are called 'skip_test'"),
    (with_row(who=()), "nobody may take it by hand"),
    (with_row(mode="sometimes"), "unknown mode 'sometimes'"),
    (with_row(mode="timed"), "names the rule after which"),
    (with_row(after="PD-1"), "names the rule after which"),
    (with_row(mode="timed", after="PD-1", who=("company",)), "only the system takes it"),
    (with_row(mode="computed", guard=good, needs=("reason",)), "nobody is there to give reason"),
    (with_row(mode="computed", guard=good, target="form"), "leads back to where it starts"),
    (with_row(mode="computed", page="intake:form"), "it has no page"),
    (with_row(needs=("stamp",)), "unknown need 'stamp'"),
    (with_row(visibility="all"), "unknown visibility 'all'"),
    (with_row(starts=(Owes("DL-1", "nobody"),)), "unknown debtor 'nobody' of DL-1"),
    (with_row(name="Send it"), "its name is not a slug"),
    (with_row(source=(), target="test"), "opens elsewhere than in the initial state"),
    (with_state(0, turn="ours"), "unknown turn 'ours'"),
    (with_state(1, slug="form"), "two states are called 'form'"),
    (with_state(3, turn="agency"), "it is nobody's turn"),
    (with_state(3, final=False), "state 'done' is a dead end but not final"),
    (with_state(2, final=True, turn="nobody"), "state 'review' is final but has a way out"),
    (replace(TABLE, initial="nowhere"), "unknown initial state"),
    (replace(TABLE, initial="done"), "the initial state is final"),
    (replace(TABLE, prefix="ej"), "is not 2 to 6 capital letters"),
    (replace(TABLE, kind="A kind"), "is not a slug"),
    (replace(TABLE, version=0), "versions count from 1"),
    (replace(TABLE, states=(*TABLE.states, State("alone", "Sola"))), "state 'alone' cannot be reached"),
]


@pytest.mark.parametrize(("table", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_a_faulty_table_is_refused_with_its_fault(table, words):
    with pytest.raises(LifecycleError, match=words.replace("(", r"\(")):
        engine.register(table)


def test_a_circle_without_an_end_is_refused():
    states = (State("a", "A"), State("b", "B"), State("c", "C"), State("end", "Fin", turn="nobody", final=True))
    rows = (
        Transition("finish", "Terminar", ("a",), "end", who=("staff",)),
        Transition("start", "Partir", ("a",), "b", who=("staff",)),
        Transition("there", "Ida", ("b",), "c", who=("staff",)),
        Transition("back", "Vuelta", ("c",), "b", who=("staff",)),
    )
    table = Lifecycle("sample", 1, "Círculo", "CIR", "a", states, rows)
    assert engine.faults_of(table) == [
        "from state 'b' no end can be reached",
        "from state 'c' no end can be reached",
    ]


@pytest.mark.usefixtures("_clean_registry")
class TestRegistry:
    def test_keeps_every_version_and_answers_with_the_newest(self):
        engine.register(TABLE)
        second = engine.register(replace(TABLE, version=2, title="Ejemplo nuevo"))
        assert engine.get_lifecycle("sample") is second
        assert engine.get_lifecycle("sample", 1) is TABLE
        assert second in engine.all_lifecycles()
        assert TABLE not in engine.all_lifecycles()

    def test_the_same_table_twice_is_nothing_but_another_one_is_refused(self):
        engine.register(TABLE)
        engine.register(TABLE)
        with pytest.raises(LifecycleError, match="a change is a new version"):
            engine.register(replace(TABLE, title="Otro"))

    def test_a_prefix_belongs_to_one_kind(self):
        engine.register(TABLE)
        with pytest.raises(LifecycleError, match="prefix EJE belongs to sample"):
            engine.register(replace(TABLE, kind="other"))

    def test_an_unknown_kind_or_version_is_a_lookup_error(self):
        engine.register(TABLE)
        for key in (("nothing",), ("sample", 7)):
            with pytest.raises(LookupError):
                engine.get_lifecycle(*key)

    def test_the_gatherer_reads_the_facts_of_a_subject(self):
        engine.register(TABLE, gather=lambda subject: {"good": subject == "x"})
        assert engine.gather_facts(TABLE, "x", NOW)["good"] is True
        assert engine.gather_facts(TABLE, "y", NOW)["good"] is False


class TestWhyNot:
    def row(self, name):
        return TABLE.transition(name)

    def test_a_step_from_another_state_says_where_the_matter_is(self):
        sentence = engine.why_not(TABLE, self.row("approve"), "form", facts())
        assert sentence == "No se puede «Aprobar» porque el asunto está en «Ficha»."

    def test_a_guard_says_its_own_sentence(self):
        assert engine.why_not(TABLE, self.row("score"), "test", facts()) == "Todavía no está bien."
        assert engine.why_not(TABLE, self.row("score"), "test", facts(good=True)) is None

    def test_a_needed_fact_is_named_in_words(self):
        assert engine.why_not(TABLE, self.row("approve"), "review", facts()) == "Falta la firma."

    def test_a_needed_input_is_asked_for_when_the_step_is_taken(self):
        row = self.row("approve")
        assert engine.why_not(TABLE, row, "review", facts(signed=True)) is None
        assert engine.why_not(TABLE, row, "review", facts(signed=True), ()) == "Escribe el motivo."
        assert engine.why_not(TABLE, row, "review", facts(signed=True), ("reason",)) is None


def test_only_a_computed_row_with_something_to_ask_settles_itself():
    assert engine.next_computed(TABLE, "test", facts()) is None
    assert engine.next_computed(TABLE, "test", facts(good=True)).name == "score"
    chosen = replace(TABLE.transition("score"), guard=None)
    table = replace(TABLE, transitions=(*TABLE.transitions[:2], chosen, *TABLE.transitions[3:]))
    assert engine.faults_of(table) == []
    assert engine.next_computed(table, "test", facts(good=True)) is None


def test_the_opening_is_the_row_without_source_or_a_plain_one():
    assert TABLE.opening.fact == "Se abrió"
    row = Transition("ask", "Pedir", (), "form", who=("company",), starts=(Owes("DL-27", "office"),))
    table = replace(TABLE, transitions=(row, *TABLE.transitions))
    assert engine.faults_of(table) == []
    assert table.opening is row
    assert table.rules() == ["DL-27"]


class TestStations:
    def route(self, visited, current):
        return [(s["label"], s["state"]) for s in engine.stations(TABLE, visited, current)]

    def test_ahead_of_where_it_stands_and_done_behind(self):
        assert self.route(["form", "test"], "test") == [
            ("Cuenta", "done"),
            ("Ficha", "done"),
            ("Test", "here"),
            ("Revisión", "ahead"),
        ]

    def test_a_station_passed_by_is_skipped(self):
        assert self.route(["form", "review"], "review")[2:] == [("Test", "skipped"), ("Revisión", "here")]

    def test_after_going_back_the_later_stations_lie_ahead_again(self):
        assert self.route(["form", "review", "form"], "form")[1:] == [
            ("Ficha", "here"),
            ("Test", "ahead"),
            ("Revisión", "ahead"),
        ]

    def test_a_final_state_completes_its_station(self):
        assert self.route(["form", "test", "review", "done"], "done")[-1] == ("Revisión", "done")

    def test_an_end_that_came_earlier_does_not_complete_the_station_it_belongs_to(self):
        assert self.route(["form", "test", "done"], "done")[-2:] == [("Test", "done"), ("Revisión", "skipped")]

    def test_where_it_is_nobodys_turn_its_station_is_done_and_nothing_lies_ahead(self):
        states = tuple(replace(s, turn="nobody") if s.slug == "test" else s for s in TABLE.states)
        shown = engine.stations(replace(TABLE, states=states), ["form", "test"], "test")
        assert [s["state"] for s in shown] == ["done", "done", "done", "skipped"]

    def test_after_an_end_off_the_route_nothing_lies_ahead(self):
        assert self.route(["form", "gone"], "gone")[1:] == [
            ("Ficha", "done"),
            ("Test", "skipped"),
            ("Revisión", "skipped"),
        ]
