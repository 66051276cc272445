"""A wrong RUT, half a form, a link too old: a sentence for the person, a line for the operator, nothing lost."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
STORY = "La página no me deja avanzar."


def test_a_wrong_rut_and_half_a_form(client: Client, caplog) -> None:
    caplog.set_level(logging.INFO, "acompana")
    asked = {"what_went_wrong": STORY, "asker_name": "Eva Prado", "rut_given": "41.203.875-5"}
    answer = client.post("/ayuda/solicitud/", asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "El dígito verificador de 41.203.875-5 no corresponde. Revisa el RUT." in page
    assert "Falta este dato: Tu correo electrónico." in page
    assert STORY in page
    assert "41.203.875-5" in page
    [line] = [record.getMessage() for record in caplog.records if "a form was refused" in record.getMessage()]
    assert line.startswith("a form was refused at portal:help_request: ")
    assert "id_rut_given" in line
    assert "id_asker_email" in line
    assert "41.203" not in line
    assert STORY not in line


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/invitacion/no-existe/", "Este enlace no es válido."),
        ("/confirmar-acceso/no-existe/", "Este enlace no sirve."),
    ],
)
def test_a_link_that_does_not_work(client: Client, caplog, address: str, sentence: str) -> None:
    caplog.set_level(logging.INFO, "acompana")
    answer = client.get(address)
    assert answer.status_code == 410
    assert sentence in answer.content.decode()
    [line] = [record.getMessage() for record in caplog.records if "a link was refused" in record.getMessage()]
    assert "no-existe" not in line


def test_a_whole_form_leaves_no_line(client: Client, caplog) -> None:
    caplog.set_level(logging.INFO, "acompana")
    client.get("/ayuda/solicitud/")
    assert not [record for record in caplog.records if "a form was refused" in record.getMessage()]
