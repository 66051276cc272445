from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from acompana.kernel.refusals import Refused
from acompana.questionnaires.content import shipped_definitions
from acompana.questionnaires.definition import Definition, Question, read_definition
from acompana.questionnaires.rules import (
    clean_answer,
    describe_answer,
    maximum_of,
    missing_questions,
    most_questions,
    points_of,
    score,
    visible_questions,
)

from .conftest import FULL, small_definition

pytestmark = pytest.mark.one_database
SMALL = read_definition(small_definition())
SHIPPED = {name: read_definition(data) for name, data in shipped_definitions().items()}


def question(slug: str) -> Question:
    found = SMALL.question(slug)
    assert found
    return found


def test_the_best_answers_give_a_hundred():
    result = score(SMALL, FULL)
    assert result.points == 100
    assert result.band == "high"
    assert result.gaps == ()
    assert result.missing == ()


def test_each_dimension_is_its_points_over_what_could_be_reached():
    result = score(SMALL, {"plan": "idea", "goals": "no", "years": 2, "channels": ["shop"]})
    one, two = result.dimensions
    assert (one.points, one.maximum, one.share) == (2, 8, 25)
    assert (two.points, two.maximum, two.share) == (4, 8, 50)
    assert result.points == Decimal("37.50")
    assert result.band == "low"


def test_a_hidden_question_counts_in_neither_sum():
    result = score(SMALL, {"plan": "no", "goals": "yes", "years": 6, "channels": ["web", "shop"]})
    assert [(d.points, d.maximum) for d in result.dimensions] == [(0, 4), (8, 8)]
    assert result.points == 50


def test_an_answer_that_does_not_count_leaves_its_weight_to_the_others():
    result = score(SMALL, {"plan": "na", "years": 6, "channels": ["none"]})
    assert [d.slug for d in result.dimensions] == ["two"]
    assert result.dimensions[0].weight == 100
    assert result.points == 50


def test_gaps_come_with_what_closes_them_and_the_heaviest_first():
    result = score(SMALL, {"plan": "idea", "goals": "yes", "years": 6, "channels": ["none"]})
    assert [gap.question for gap in result.gaps] == ["channels", "plan"]
    assert result.gaps[0].closes == ("digital-platforms",)
    assert [gap.question for gap in result.dimensions[0].gaps] == ["plan"]


def test_an_unanswered_question_reveals_no_gap():
    assert score(SMALL, {}).gaps == ()
    assert score(SMALL, {}).points == 0


@pytest.mark.parametrize(("points", "band"), [("64.99", "medium"), ("65", "high"), ("40", "medium"), ("39.99", "low")])
def test_a_cut_off_belongs_to_the_band_that_it_opens(points, band):
    from acompana.questionnaires.rules import band_of

    found = band_of(SMALL.bands, Decimal(points))
    assert found
    assert found.slug == band


def test_missing_are_the_required_questions_that_are_asked():
    assert [q.slug for q in missing_questions(SMALL, {"plan": "no"})] == ["years", "channels"]
    assert [q.slug for q in missing_questions(SMALL, {"plan": "idea", "years": 0})] == ["goals", "channels"]


def test_zero_is_an_answer():
    assert "years" not in {q.slug for q in missing_questions(SMALL, {"years": 0})}
    assert points_of(question("years"), 0) == 0


def test_a_chain_of_conditions_hides_everything_after_its_first_break():
    data = small_definition()
    data["questions"].insert(
        2,
        {
            "slug": "how_many",
            "dimension": "one",
            "kind": "number",
            "text": "¿Cuántas?",
            "show_if": [{"question": "goals", "equals": ["yes"]}],
        },
    )
    definition = read_definition(data)
    answers = {"plan": "no", "goals": "yes"}
    assert "how_many" not in {q.slug for q in visible_questions(definition, answers)}


def test_a_condition_on_a_number_takes_both_limits():
    data = small_definition()
    data["questions"][3]["show_if"] = [{"question": "years", "at_least": 2, "at_most": 5}]
    definition = read_definition(data)
    shown = {
        years: "channels" in {q.slug for q in visible_questions(definition, {"years": years})}
        for years in (1, 2, 5, 6)
    }
    assert shown == {1: False, 2: True, 5: True, 6: False}


@pytest.mark.parametrize(
    ("slug", "raw", "kept"),
    [
        ("plan", "idea", "idea"),
        ("plan", "", None),
        ("goals", "yes", "yes"),
        ("years", " 12 ", 12),
        ("years", "2,5", 2.5),
        ("years", "", None),
        ("channels", ["shop", "web", "web"], ["web", "shop"]),
        ("channels", "web", ["web"]),
        ("channels", [], None),
        ("remarks", "  hola ", "hola"),
        ("remarks", "   ", None),
    ],
)
def test_an_answer_is_kept_clean(slug, raw, kept):
    assert clean_answer(question(slug), raw) == kept


@pytest.mark.parametrize(
    ("slug", "raw", "sentence"),
    [
        ("plan", "other", "Elige una de las opciones."),
        ("years", "doce", "Escribe un número, por ejemplo 12."),
        ("years", "NaN", "Escribe un número más cercano a la realidad."),
        ("years", "101", "Escribe un número entre 0 y 100."),
        ("channels", ["web", "none"], "Elegiste «Ninguno» junto con otra opción. Deja una de las dos."),
        ("channels", ["fax"], "Elige entre las opciones."),
        ("remarks", "x" * 2001, "Escribe hasta 2000 caracteres; llevas 2001."),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_a_sentence(slug, raw, sentence):
    with pytest.raises(Refused) as refusal:
        clean_answer(question(slug), raw)
    assert refusal.value.reason == sentence


def test_answers_are_described_as_people_read_them():
    assert describe_answer(question("channels"), ["web", "shop"]) == "Web; Tienda"
    assert describe_answer(question("years"), 2.5) == "2,5 años"
    assert describe_answer(question("years"), 1) == "1 año"
    assert describe_answer(question("plan"), None) == ""


def test_the_cap_holds_for_points_and_for_the_maximum():
    assert points_of(question("channels"), ["web", "shop"]) == 4
    assert maximum_of(question("channels")) == 4


# --- what always holds, for the shipped instruments ---------------------------------------------------------------


CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer_for(asked: Question) -> st.SearchStrategy:
    values = [option.value for option in asked.options]
    if asked.kind in ("single", "yes_no"):
        return st.sampled_from(values)
    if asked.kind == "multiple":
        alone = [o.value for o in asked.options if o.exclusive]
        together = [o.value for o in asked.options if not o.exclusive]
        return st.one_of(
            st.sampled_from([[v] for v in alone] or [together[:1]]),
            st.lists(st.sampled_from(together), unique=True, min_size=1),
        )
    if asked.kind == "text":
        return st.sampled_from(["algo", "otra cosa"])
    return st.integers(int(asked.minimum or 0), int(asked.maximum or 50))


@st.composite
def answered(draw) -> tuple[str, dict[str, object]]:
    name = draw(st.sampled_from(sorted(SHIPPED)))
    definition = SHIPPED[name]
    answers = {q.slug: draw(answer_for(q)) for q in definition.questions if draw(st.integers(0, 9))}
    return name, answers


def of(pair: tuple[str, dict[str, object]]) -> tuple[Definition, dict[str, object]]:
    return SHIPPED[pair[0]], pair[1]


@CALM
@given(answered())
def test_the_total_lies_between_zero_and_a_hundred_and_is_the_sum_of_its_parts(pair):
    definition, answers = of(pair)
    result = score(definition, answers)
    assert 0 <= result.points <= 100
    assert abs(sum(d.contribution for d in result.dimensions) - result.points) <= Decimal("0.1")
    assert abs(sum(d.weight for d in result.dimensions) - 100) <= Decimal("0.05")
    assert all(0 <= d.points <= d.maximum for d in result.dimensions)
    assert result.band in {band.slug for band in definition.bands}


@CALM
@given(answered())
def test_answers_to_hidden_questions_change_nothing(pair):
    definition, answers = of(pair)
    asked = {q.slug for q in visible_questions(definition, answers)}
    assert score(definition, answers) == score(definition, {k: v for k, v in answers.items() if k in asked})


@CALM
@given(answered(), st.randoms())
def test_the_order_of_answers_changes_nothing(pair, random):
    definition, answers = of(pair)
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert score(definition, dict(shuffled)) == score(definition, answers)


@CALM
@given(answered(), st.data())
def test_a_better_answer_never_lowers_the_total(pair, data):
    """For questions on which nothing depends, and answers that count: others change what is asked."""
    definition, answers = of(pair)
    gates = {condition.question for q in definition.questions for condition in q.show_if}
    free = [q for q in definition.questions if q.kind == "single" and q.is_scored and q.slug not in gates]
    asked = data.draw(st.sampled_from(free)) if free else None
    if asked is None:
        return
    counting = sorted((o for o in asked.options if o.counts), key=lambda option: option.points)
    totals = [score(definition, {**answers, asked.slug: option.value}).points for option in counting]
    assert totals == sorted(totals)


@CALM
@given(answered())
def test_every_gap_is_of_an_answer_that_was_given_and_lost_points(pair):
    definition, answers = of(pair)
    result = score(definition, answers)
    assert all(gap.question in answers and gap.lost > 0 for gap in result.gaps)
    assert sorted(g.question for g in result.gaps) == sorted(g.question for d in result.dimensions for g in d.gaps)


@pytest.mark.parametrize(
    ("answers", "asked", "most"),
    [({}, 4, 5), ({"plan": "written"}, 5, 5), ({"plan": "no"}, 4, 4), (FULL, 5, 5)],
)
def test_how_many_questions_there_are_at_most(answers, asked, most):
    assert (len(visible_questions(SMALL, answers)), most_questions(SMALL, answers)) == (asked, most)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_without_conditions_left_open_as_many_are_asked_as_may_be(name):
    definition = SHIPPED[name]
    assert most_questions(definition, {}) <= len(definition.questions)
    answers = {
        question.slug: question.options[0].value if question.options else 1 for question in definition.questions
    }
    assert most_questions(definition, answers) == len(visible_questions(definition, answers))
