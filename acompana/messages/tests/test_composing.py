from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from acompana.messages.composing import (
    BrokenTemplate,
    EmptyField,
    MailText,
    as_html,
    compose,
    fields_of,
    file_text,
    mail_files,
    pack,
    unpack,
)


def text(body: str, subject: str = "Hola, {{ name }}") -> MailText:
    return MailText("test/hello", "es", "route", subject, body)


def test_every_template_of_every_room_can_be_used():
    assert ("messages/trial", "es") in mail_files()
    for name, language in mail_files():
        assert fields_of(file_text(name, language)), name


OUTSIDE = sorted({name for name, language in mail_files() if file_text(name, language).category != "office"})


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_letter_that_may_go_to_a_contact_is_in_both_languages_with_the_same_fields(name):
    spanish, english = file_text(name, "es"), file_text(name, "en")
    assert english.language == "en", f"{name} has no English (CHA-5)"
    assert english.category == spanish.category
    assert fields_of(english) == fields_of(spanish)
    context = {field: f"«{field}»" for field in fields_of(spanish)}
    context |= {"asked_at": datetime(2026, 9, 16, 15, 0, tzinfo=UTC)}
    said = {text.language: compose(text, context) for text in (spanish, english)}
    places = {
        language: sorted(re.findall(r"«(\w+)»", f"{letter.subject}\n{letter.body}"))
        for language, letter in said.items()
    }
    assert places["en"] == places["es"]
    assert said["en"].body.startswith("Hello")
    assert "Hola" not in said["en"].body


def test_fields_are_filled_in_subject_and_body():
    composed = compose(text("Te contactará {{ office.name }}."), {"name": "Ana", "office": {"name": "Valparaíso"}})
    assert composed.subject == "Hola, Ana"
    assert composed.body == "Te contactará Valparaíso.\n"


@pytest.mark.parametrize("value", [None, "", "   "])
def test_an_empty_field_stops_the_message_and_says_which(value):
    with pytest.raises(EmptyField) as stopped:
        compose(text("Hola {{ name }}"), {"name": value})
    assert "«name»" in stopped.value.reason
    assert "test/hello" in stopped.value.reason


@pytest.mark.parametrize(
    ("name", "said"),
    [("Ana", "Hola Ana:"), ("ana@cosa.example", "Hola:"), ("+56 9 9037 8096", "Hola:"), ("3M", "Hola 3M:")],
)
def test_nobody_is_greeted_by_an_address(name, said):
    assert compose(text("Hola {{ name }}:\n\nGracias."), {"name": name}).body == f"{said}\n\nGracias.\n"
    english = compose(text("Hello {{ name }},\n\nThanks."), {"name": name}).body
    assert english == f"{said.replace('Hola', 'Hello').replace(':', ',')}\n\nThanks.\n"


def test_a_missing_field_stops_the_message_in_a_loop_and_in_a_condition():
    with pytest.raises(EmptyField):
        compose(text("{% for row in rows %}{{ row.label }}{% endfor %}"), {"name": "Ana", "rows": [{"label": ""}]})
    with pytest.raises(EmptyField):
        compose(text("{% if name %}{{ surname }}{% endif %}"), {"name": "Ana"})


def test_what_is_optional_says_so_with_if():
    body = "Uno.\n{% if reason %}\nPorque {{ reason }}.\n{% endif %}\n\nDos."
    assert compose(text(body), {"name": "Ana"}).body == "Uno.\n\nDos.\n"
    assert compose(text(body), {"name": "Ana", "reason": "sí"}).body == "Uno.\n\nPorque sí.\n\nDos.\n"


def test_zero_is_not_empty():
    assert compose(text("{{ gaps }} brechas"), {"name": "Ana", "gaps": 0}).body == "0 brechas\n"


def test_a_subject_is_one_line_whatever_its_fields_hold():
    composed = compose(text("x"), {"name": "Ana\r\nBcc: otra@ejemplo.example"})
    assert composed.subject == "Hola, Ana Bcc: otra@ejemplo.example"


@pytest.mark.parametrize("body", ["{% load static %}", "{% include 'x' %}", "{{ name|nothing }}", "{% if %}"])
def test_a_text_that_loads_includes_or_is_broken_is_refused(body):
    with pytest.raises(BrokenTemplate):
        compose(text(body), {"name": "Ana"})


def test_the_fields_of_a_text_are_found_in_conditions_and_loops():
    body = "{% if due and not late %}{{ due|date:'d' }}{% endif %}{% for row in rows %}{{ row.label }}{% endfor %}"
    assert fields_of(text(body)) == {"name", "due", "late", "rows"}


def test_a_language_without_file_falls_back_to_spanish(template_file):
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    assert file_text("test/hello", "en").language == "es"
    template_file("test/two", "category: route\nsubject: Hola\n\nHola.")
    template_file("test/two", "category: route\nsubject: Hello\n\nHello.", "en")
    assert file_text("test/two", "en").subject == "Hello"


@pytest.mark.parametrize(
    "content", ["subject: x\n\nbody", "category: unknown\nsubject: x\n\nbody", "category: route\nsubject: x\n\n "]
)
def test_a_file_without_category_subject_or_body_is_refused(template_file, content):
    template_file("test/broken", content)
    with pytest.raises(BrokenTemplate):
        file_text("test/broken")


def test_a_context_survives_storage():
    context = {
        "at": datetime(2026, 9, 16, tzinfo=UTC),
        "on": date(2026, 9, 16),
        "n": Decimal("1.5"),
        "l": [1, {"a": "b"}],
    }
    assert unpack(pack(context)) == context


def test_a_model_in_a_context_is_the_programmers_mistake():
    with pytest.raises(TypeError):
        pack({"company": object()})


def test_html_escapes_the_fields_and_makes_links_and_lists():
    html = as_html("Hola <b>Ana</b>.\n\n- uno\n- dos\n\nEntra en https://acompana.example/mi-empresa/")
    assert "&lt;b&gt;Ana" in html
    assert "<ul><li>uno</li><li>dos</li></ul>" in html
    assert '<a href="https://acompana.example/mi-empresa/">' in html


def test_a_long_name_leaves_in_a_subject_what_it_is_about():
    name = "Sociedad Agrícola y Comercial de Exportación de Frutos Secos y Deshidratados del Valle de Elqui Limitada"
    letter = MailText("test/hello", "es", "account", "{{ company }}: contactar", "De {{ company }}.\n")
    composed = compose(letter, {"company": name})
    assert composed.subject == "Sociedad Agrícola y Comercial de Exportación de Frutos…: contactar"
    assert composed.body == f"De {name}.\n"
    long = MailText("test/hello", "es", "account", "Una palabra " * 30, "Algo.\n")
    cut = compose(long, {}).subject
    assert len(cut) <= 200
    assert cut.endswith("palabra…") or cut.endswith("Una…")


def test_a_name_that_ends_in_a_full_stop_ends_its_sentence_with_one():
    said = "La ficha de {{ name }}.{% if more %} Es {{ name }}.{% endif %} {{ name }} envió {{ what }}. {{ rest }}."
    context = {"name": "Aceites Ltda.", "more": True, "what": "su ficha", "rest": "Y más..."}
    composed = compose(text(said), context)
    assert composed.body == "La ficha de Aceites Ltda. Es Aceites Ltda. Aceites Ltda. envió su ficha. Y más....\n"
