from __future__ import annotations

import pytest

from acompana.companies.operations import register_potential_account
from acompana.companies.tests.conftest import NOW, make_company, make_staff
from acompana.people.models import Person

BOX = "/escritorio/buscar/"


@pytest.fixture
def carolina(client, db):
    actor = make_staff("Carolina", "Soto", "CL-VS", "regional-executive")
    client.force_login(actor.person, backend="django.contrib.auth.backends.ModelBackend")
    return actor


def test_the_box_finds_companies_and_contacts(client, carolina):
    make_company("Conservas Alto Roble SpA", rut="412038754")
    make_company("Maderas Roble", related_on=None, origin="register")
    register_potential_account(
        name="Otra", contact_name="Rosa Roble", phone="987654321", actor=carolina, now=NOW, channel="event"
    )
    page = client.get(BOX, {"q": "roble"}).content.decode()
    assert "<html" in page
    assert "Conservas Alto Roble SpA" in page
    assert "Maderas" not in page
    piece = client.get(BOX, {"q": "41.203.875-4", "parte": "1"}).content.decode()
    assert "<html" not in piece
    assert "Conservas Alto Roble SpA" in piece
    told = client.get(BOX, {"q": "roble", "registro": "1"}, headers={"Accept": "application/json"}).json()
    assert [result["title"] for result in told["results"]] == [
        "Conservas Alto Roble SpA",
        "Rosa Roble",
        "Maderas Roble",
    ]
    assert told["count_text"] == "3"


def test_an_empty_box_says_what_to_write(client, carolina):
    assert "Escribe un nombre" in client.get(BOX).content.decode()
    assert "Nada coincide" in client.get(BOX, {"q": "zzz"}).content.decode()


def test_the_box_is_for_staff(client, db):
    citizen = Person.objects.create(email="berta@x.example", given_names="Berta", joined_at=NOW)
    client.force_login(citizen, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(BOX).status_code == 403


@pytest.mark.parametrize("text", ["nueva", "nueva empresa", "registrar una empresa"])
def test_what_one_can_do_stands_before_what_is_called_so(client, carolina, text):
    make_company("Nueva Empresa Registrar Una SpA", rut="412038754")
    page = client.get(BOX, {"q": text, "parte": "1"}).content.decode()
    assert page.index("Registrar una empresa") < page.index("Nueva Empresa Registrar")


def test_a_letter_or_two_find_names_first(client, carolina):
    make_company("Reineta SpA", rut="412038754")
    page = client.get(BOX, {"q": "re", "parte": "1"}).content.decode()
    assert page.index("Reineta") < page.index("Registrar una empresa")
