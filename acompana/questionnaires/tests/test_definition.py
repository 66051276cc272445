from __future__ import annotations

import json

import pytest

from acompana.questionnaires.content import gap_instrument, gap_instruments, shipped_definitions
from acompana.questionnaires.definition import Definition, DefinitionError, read_definition
from acompana.questionnaires.rules import maximum_of, score

from .conftest import small_definition


def problems_of(data: dict) -> list[str]:
    with pytest.raises(DefinitionError) as error:
        read_definition(data)
    return error.value.problems


def changed(index: int, **values) -> dict:
    data = small_definition()
    data["questions"][index].update(values)
    return data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed(0, dimension="three"), "«plan» nombra la dimensión «three», que no existe."),
        (changed(0, kind="matrix"), "«plan»: el tipo «matrix» no existe"),
        (changed(0, options=[]), "«plan»: necesita dos opciones o más."),
        (
            changed(0, show_if=[{"question": "years", "at_least": 1}]),
            "«plan»: depende de «years», que no viene antes.",
        ),
        (
            changed(1, show_if=[{"question": "plan", "equals": ["maybe"]}]),
            "«goals»: depende de la respuesta «maybe» de «plan», que no existe.",
        ),
        (changed(1, show_if=[{"question": "plan"}]), "«goals»: depende de «plan» sin decir de qué respuesta."),
        (changed(2, minimum=9, maximum=3), "«years»: el mínimo debe ser menor que el máximo."),
        (changed(4, gap={"below": 1, "text": "x"}), "«remarks»: muestra una brecha, pero no tiene puntos."),
        (changed(4, slug="plan"), "«plan» está repetida."),
        (changed(4, text=" "), "«remarks»: no tiene texto."),
        (
            small_definition(bands=[{"slug": "high", "label": "Alto", "from": 10}]),
            "El tramo más bajo debe partir en 0.",
        ),
        (
            small_definition(
                bands=[{"slug": "low", "label": "Bajo", "from": 0}, {"slug": "b", "label": "B", "from": 0}]
            ),
            "Dos tramos parten en el mismo puntaje.",
        ),
        (small_definition(questions=[]), "No tiene preguntas."),
    ],
)
def test_a_fault_is_named(data, problem):
    assert any(found.startswith(problem) for found in problems_of(data))


def test_all_faults_are_named_at_once():
    data = changed(0, dimension="three")
    data["bands"] = [{"slug": "high", "label": "Alto", "from": 10}]
    assert len(problems_of(data)) >= 2


def test_what_is_missing_or_of_another_type_is_named():
    data = small_definition()
    del data["title"]
    assert problems_of(data) == ["A la definición le falta «title»."]
    assert problems_of(small_definition(dimensions=[{"slug": "one", "label": "Una", "weight": "mucho"}]))


def test_a_definition_survives_the_database():
    data = small_definition()
    assert read_definition(json.loads(json.dumps(data))) == read_definition(data)


@pytest.mark.parametrize("instrument", ["export-test-goods", "export-test-services"])
def test_a_shipped_test_has_what_was_promised(instrument):
    """INT-22: at least 25 questions, each scored, with help and gap; labelled as not official."""
    definition = read_definition(shipped_definitions()[instrument])
    assert len(definition.questions) >= 25
    for question in definition.questions:
        assert question.is_scored, question.slug
        assert question.help, question.slug
        assert question.gap, question.slug
        assert 0 < question.gap.below <= maximum_of(question), question.slug
    assert "No es el test oficial de la agencia" in definition.notice
    assert {band.slug: band.from_points for band in definition.bands} == {"high": 65, "medium": 40, "low": 0}
    assert sum(dimension.weight for dimension in definition.dimensions) == 100
    assert definition.once


def test_what_closes_the_shipped_gaps_is_in_the_catalogue():
    named = {
        slug
        for data in shipped_definitions().values()
        for question in read_definition(data).questions
        if question.gap
        for slug in question.gap.closes
    }
    assert named <= set(gap_instruments())
    assert all(instrument.material for instrument in gap_instruments().values())
    assert set(gap_instruments()) - named <= {"exporta-mas"}
    assert gap_instrument("Otra cosa").name == "Otra cosa"


def test_the_interview_has_its_own_scored_questions_and_observations():
    definition = read_definition(shipped_definitions()["interview"])
    assert sum(question.is_scored for question in definition.questions) >= 12
    assert [question.kind for question in definition.questions_of("notes")].count("text") >= 3


def plausible_answers(definition: Definition, rank: int) -> dict[str, object]:
    """A company that gives the option of this rank, best first, to every question."""
    answers: dict[str, object] = {}
    for question in definition.questions:
        if question.kind == "multiple":
            together = [option.value for option in question.options if not option.exclusive]
            answers[question.slug] = together[: max(1, 3 - rank)]
        elif question.kind == "number":
            answers[question.slug] = (8, 4, 1, 0)[rank]
        else:
            counting = sorted((o for o in question.options if o.counts), key=lambda option: -option.points)
            answers[question.slug] = counting[min(rank, len(counting) - 1)].value
    return answers


@pytest.mark.parametrize("instrument", ["export-test-goods", "export-test-services"])
def test_each_band_is_reached_by_a_plausible_company(instrument):
    """Ready for everything: high. Half ready, half with things to do: medium. A beginner: low."""
    definition = read_definition(shipped_definitions()[instrument])
    ready, beginner = plausible_answers(definition, 1), plausible_answers(definition, 2)
    mixed = {slug: (ready if number % 2 else beginner)[slug] for number, slug in enumerate(ready)}
    assert [score(definition, answers).band for answers in (ready, mixed, beginner)] == ["high", "medium", "low"]
