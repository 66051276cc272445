"""The engine also serves what comes later: the after-sales diagnostics (PSD) in small, with their odd demands."""

from __future__ import annotations

from acompana.questionnaires.definition import read_definition
from acompana.questionnaires.rules import missing_questions, score, visible_questions

PRACTICE = {
    "instrument": "aftersales-condition",
    "title": "Condición de postventa",
    "dimensions": [{"slug": "practices", "label": "Prácticas"}, {"slug": "perception", "label": "Percepción"}],
    "questions": [
        {
            "slug": "needs",
            "dimension": "practices",
            "kind": "single",
            "text": "¿Cómo registras las necesidades de cada cliente?",
            # the order of options is not from best to worst; each is marked on its own (PSD-2)
            "options": [
                {"value": "memory", "label": "De memoria", "points": 2},
                {"value": "system", "label": "En un sistema", "points": 4},
                {"value": "none", "label": "No las registro", "points": 1},
                {"value": "other", "label": "De otra manera", "points": 3},
            ],
        },
        {
            "slug": "needs_other",
            "dimension": "practices",
            "kind": "text",
            "text": "¿Cuál?",
            "show_if": [{"question": "needs", "equals": ["other"]}],
        },
        {
            "slug": "needs_applicable",
            "dimension": "practices",
            "kind": "scale",
            "minimum": 0,
            "maximum": 10,
            "text": "¿Qué tan aplicable es en tu negocio?",
            "low_label": "nada",
            "high_label": "del todo",
        },
        {
            "slug": "needs_difficulty",
            "dimension": "practices",
            "kind": "single",
            "text": "¿Cuál es la principal dificultad?",
            "show_if": [{"question": "needs_applicable", "at_most": 4}],
            "options": [
                {"value": "money", "label": "Dinero"},
                {"value": "knowledge", "label": "Conocimiento"},
                {"value": "interest", "label": "No me interesa"},
            ],
        },
        {
            "slug": "growth",
            "dimension": "perception",
            "kind": "number",
            "text": "¿Cuánto crecerían tus ventas?",
            "unit": "%",
            "minimum": 0,
            "maximum": 1000,
            "required": False,
        },
    ],
}


def test_applicability_asks_for_the_difficulty_only_where_it_is_low():
    definition = read_definition(PRACTICE)
    answers = {"needs": "memory", "needs_applicable": 3}
    assert [q.slug for q in missing_questions(definition, answers)] == ["needs_difficulty"]
    assert missing_questions(definition, {"needs": "memory", "needs_applicable": 5}) == ()


def test_another_way_asks_which():
    definition = read_definition(PRACTICE)
    assert "needs_other" in {q.slug for q in visible_questions(definition, {"needs": "other"})}


def test_only_what_is_marked_counts():
    result = score(read_definition(PRACTICE), {"needs": "other", "needs_applicable": 9, "growth": 250})
    assert [(d.slug, d.points, d.maximum) for d in result.dimensions] == [("practices", 3, 4)]
    assert (result.points, result.band) == (75, "")


def test_statements_may_be_left_blank():
    """PSD-4: no, maybe, yes; a blank earns nothing and stays in the maximum."""
    options = [
        {"value": "no", "label": "No", "points": 0},
        {"value": "maybe", "label": "Quizás", "points": 1},
        {"value": "yes", "label": "Sí", "points": 3},
    ]
    definition = read_definition(
        {
            "instrument": "entrepreneur",
            "title": "Emprendedor",
            "dimensions": [{"slug": "confidence", "label": "Confianza"}],
            "questions": [
                {
                    "slug": f"statement_{number}",
                    "dimension": "confidence",
                    "kind": "single",
                    "text": f"Afirmación {number}",
                    "required": False,
                    "options": options,
                }
                for number in range(7)
            ],
        }
    )
    result = score(definition, {"statement_0": "yes", "statement_1": "maybe"})
    assert (result.dimensions[0].points, result.dimensions[0].maximum) == (4, 21)
    assert result.missing == ()


def test_missing_information_may_count_or_not():
    """PSD-5, PSD-8: its points are data."""
    aspect = {
        "dimension": "market",
        "kind": "single",
        "options": [
            {"value": "good", "label": "Muy bueno", "points": 7},
            {"value": "missing", "label": "Falta información", "counts": False},
        ],
    }
    definition = read_definition(
        {
            "instrument": "expert",
            "title": "Experto",
            "dimensions": [{"slug": "market", "label": "Entorno"}],
            "questions": [{**aspect, "slug": "a", "text": "A"}, {**aspect, "slug": "b", "text": "B"}],
        }
    )
    assert score(definition, {"a": "good", "b": "missing"}).points == 100
    assert score(definition, {"a": "missing", "b": "missing"}).maximum == 0
