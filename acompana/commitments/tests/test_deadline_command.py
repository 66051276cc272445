"""`manage.py deadline`, on a database that was only migrated."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from acompana.commitments.management.commands.deadline import Command

pytestmark = pytest.mark.django_db


def ask(*args):
    """Exit code, what was printed, what was said on stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command("deadline", *args, stdout=out, stderr=err)
        code = 0
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue(), err.getvalue()


def answer(*args):
    code, out, err = ask(*args, "--json")
    assert (code, err) == (0, "")
    return json.loads(out)


def test_the_example_of_the_protocol():
    assert answer("DL-1", "--from", "2026-09-16T15:00", "--office", "CL-RM") == {
        "rule": "DL-1",
        "start": "2026-09-16T15:00:00-03:00",
        "due": "2026-09-22T23:59:59-03:00",
        "explanation": [
            "3 días hábiles desde el miércoles 16 de septiembre de 2026, contados desde el día siguiente.",
            "El viernes 18 es feriado (Independencia Nacional): no se cuenta.",
            "El sábado 19 y el domingo 20 no se cuentan.",
            "Vence el martes 22 de septiembre a las 23:59.",
        ],
    }


def test_an_hour_that_the_change_of_the_clock_leaves_out_is_told():
    for language, told in (
        ("es", "Esa noche se adelanta el reloj y las 00:30 no existen: se cuenta desde las 01:30."),
        ("en", "That night the clock goes forward and 00:30 does not exist: it counts from 01:30."),
    ):
        found = answer("DL-7", "--from", "2026-09-06T00:30", "--office", "CL-RM", f"--lang={language}")
        assert (found["start"], found["explanation"][0]) == ("2026-09-06T01:30:00-03:00", told)


@pytest.mark.parametrize(
    ("args", "due"),
    [
        (("DL-7", "--from", "2026-09-16T15:00", "--office", "CL-CENTRAL"), "2026-09-18T15:00:00-03:00"),
        (("DL-7", "--from", "2026-06-16T15:00Z", "--office", "CL-MA"), "2026-06-18T12:00:00-03:00"),
        (("DL-1", "--from", "2026-08-17T15:00", "--office", "CL-NB"), "2026-08-21T23:59:59-04:00"),
        (("DL-1", "--from", "2026-08-17T15:00", "--office", "CL-BI"), "2026-08-20T23:59:59-04:00"),
        (("DL-13", "--from", "2026-11-10T10:00", "--office", "CL-RM"), "2026-10-09T23:59:59-03:00"),
        (("DL-15", "--from", "2026-01-31", "--office", "CL-RM"), "2026-02-28T23:59:59-03:00"),
        (("DL-17", "--from", "2026-11-21T10:00", "--office", "CL-RM"), "2026-11-21T23:59:59-03:00"),
        (("DL-32", "--from", "2026-09-10T10:00", "--office", "CL-RM"), "2026-10-13T23:59:59-03:00"),
        (("dl-1", "--from", "2026-06-17T10:00", "--office", "cl-ai"), "2026-06-22T23:59:59-03:00"),
    ],
)
def test_due_is_in_the_offset_of_the_office(args, due):
    assert answer(*args)["due"] == due


def test_the_explanation_comes_in_english_too():
    given = answer("DL-1", "--from", "2026-09-16T15:00", "--office", "CL-RM", "--lang", "en")
    assert given["explanation"][-1] == "Due on Tuesday 22 September at 23:59."


@pytest.mark.parametrize(
    ("rule", "start", "office", "sentence", "in_english"),
    [
        (
            "DL-99",
            "2026-09-16T15:00",
            "CL-RM",
            "No hay una regla DL-99 en el protocolo.",
            "There is no rule DL-99 in the protocol.",
        ),
        (
            "DL-1",
            "2026-09-16T15:00",
            "CL-ZZ",
            "No hay una oficina con el código CL-ZZ.",
            "There is no office with the code CL-ZZ.",
        ),
        (
            "INT-11",
            "2026-09-16T15:00",
            "CL-RM",
            "La regla INT-11 no es un plazo: no tiene una cantidad.",
            "Rule INT-11 is not a deadline: it has no amount.",
        ),
        (
            "DL-1",
            "pronto",
            "CL-RM",
            "La fecha «pronto» no se entiende: escríbela como 2026-09-16T15:00.",
            "The date “pronto” cannot be read: write it like 2026-09-16T15:00.",
        ),
        (
            "DL-1",
            "9999-12-31T15:00",
            "CL-RM",
            "Esa fecha queda fuera del calendario.",
            "That date is beyond the calendar.",
        ),
    ],
)
def test_what_has_no_answer_gives_one_sentence_and_code_2(rule, start, office, sentence, in_english):
    for option, told in (("--json", sentence), ("--lang=en", in_english)):
        code, out, err = ask(rule, "--from", start, "--office", office, option)
        assert (code, out, err.strip()) == (2, "", told)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((), "Falta la regla: escribe su código, como DL-1."),
        (
            ("DL-1", "--office", "CL-RM"),
            "Falta desde cuándo: escribe --from con una fecha, como --from 2026-09-16T15:00.",
        ),
        (
            ("DL-1", "--from", "2026-09-16T15:00"),
            "Falta la oficina: escribe --office con su código, como --office CL-RM.",
        ),
        (
            ("DL-1", "--from", "2026-09-16T15:00", "--office", "CL-RM", "--lang", "fr"),
            "El idioma «fr» no se habla aquí: escribe --lang es o --lang en.",
        ),
    ],
)
def test_what_is_missing_gets_one_sentence_too(args, sentence):
    code, out, err = ask(*args)
    assert (code, out, err.strip()) == (2, "", sentence)


def test_what_cannot_be_read_at_all_gets_one_sentence_too():
    said = StringIO()
    command = Command(stderr=said)
    command._called_from_command_line = True
    with pytest.raises(SystemExit) as stop:
        command.create_parser("manage.py", "deadline").parse_args(["DL-1", "--form", "2026-09-16T15:00"])
    assert stop.value.code == 2
    assert said.getvalue().strip() == (
        "No se entiende la pregunta: escríbela como deadline DL-1 --from 2026-09-16T15:00 --office CL-RM, "
        "y además --lang en o --json si quieres."
    )
