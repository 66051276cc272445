"""The command box: what it finds, what it puts first, and when Enter at once would be a guess."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.companies.operations import register_potential_account
from acompana.companies.tests.conftest import NOW, make_company, make_staff
from acompana.kernel.clock import read_clock
from acompana.people.models import Absence, Person

BOX = "/escritorio/buscar/"


@pytest.fixture
def carolina(client, db):
    actor = make_staff("Carolina", "Soto", "CL-VS", "regional-executive")
    client.force_login(actor.person, backend="acompana.people.backends.Backend")
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
    client.force_login(citizen, backend="acompana.people.backends.Backend")
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


# --- people of the agency, offices, administration, the record that is open (screens.md) -----------------------------


def lines(client, text, **asked):
    """The box's own lines, without those of the registry: kind, label, address."""
    context = client.get(BOX, {"q": text, "parte": "1", **asked}).context
    return [(one.kind, one.label, one.href) for one in [*context["before"], *context["after"]]]


def enter_as(client, actor):
    client.force_login(actor.person, backend="acompana.people.backends.Backend")
    return actor


def test_people_of_the_agency_lead_to_where_who_asks_may_see_them(client, carolina):
    member = carolina.staff_member
    in_personas = f"/escritorio/administracion/personas/{member.pk}/"
    for text in ("carolina soto", "SOTO", "soto caro"):
        assert lines(client, text) == [("Agencia", str(member), in_personas)]
    assert lines(client, "aro") == []  # inside a word says nothing
    enter_as(client, make_staff("Marta", "Fuentes", "CL-VS", "regional-director"))
    assert lines(client, "carolina soto") == [("Agencia", str(member), f"/escritorio/equipo/{member.pk}/")]
    enter_as(client, make_staff("Pablo", "Díaz", "CL-BI", "regional-director"))
    assert lines(client, "carolina soto") == [("Agencia", str(member), in_personas)]


def test_who_is_away_is_found_so_and_who_left_is_not(client, carolina):
    today = read_clock().date()
    marta = make_staff("Marta", "Fuentes", "CL-VS", "regional-director").staff_member
    Absence.objects.create(
        staff_member=marta,
        substitute=carolina.staff_member,
        from_on=today - timedelta(days=2),
        until_on=today + timedelta(days=2),
        recorded_by=carolina.person,
        recorded_at=NOW,
    )
    assert "reemplaza Carolina Soto" in client.get(BOX, {"q": "marta", "parte": "1"}).content.decode()
    marta.until_on = today - timedelta(days=30)
    marta.save()
    assert lines(client, "marta fuentes") == []


def test_offices_are_found_by_region_and_city(client, carolina):
    address = "/escritorio/administracion/oficinas/CL-VS/"
    assert lines(client, "valparaiso") == [("Oficina", "Oficina regional de Valparaíso", address)]
    assert ("Oficina", "Oficina regional del Biobío", "/escritorio/administracion/oficinas/CL-BI/") in lines(
        client, "biobio"
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [("feriados", "Feriados"), ("días festivos", "Feriados"), ("plazos", "Protocolo"), ("horarios", "Oficinas")],
)
def test_administration_is_found_by_what_people_call_it(client, carolina, text, label):
    assert label in [found for _, found, _ in lines(client, text)]


def test_what_only_an_administrator_does_is_offered_to_one(client, carolina):
    assert "Anotar una ausencia" not in [label for _, label, _ in lines(client, "ausencia")]
    enter_as(client, make_staff("Raúl", "Mena", "CL-CENTRAL", "administrator"))
    assert "Anotar una ausencia" in [label for _, label, _ in lines(client, "ausencia")]


@pytest.mark.parametrize("role", ["regional-executive", "regional-director", "client-management", "administrator"])
def test_no_tab_of_administration_leads_to_a_refusal(client, db, role):
    enter_as(client, make_staff("Raúl", "Mena", "CL-VS", role))
    page = client.get("/escritorio/administracion/personas/").content.decode()
    tabs = page.split('aria-label="Administración"')[1].split("</nav>")[0]
    addresses = re.findall(r'href="([^"]+)"', tabs)
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)
    assert ("Avisos a sistemas" in tabs) is (role == "administrator")
    assert ("Avisos a sistemas" in [label for _, label, _ in lines(client, "avisos")]) is (role == "administrator")


def test_the_verbs_of_the_record_that_is_open(client, carolina):
    company = make_company("Conservas Alto Roble SpA", office_id=carolina.office_id)
    record = f"/escritorio/empresas/{company.pk}/"
    assert lines(client, "llamada", en=record) == [("Aquí", "Anotar una llamada", f"{record}?anotar=call#anotar")]
    assert lines(client, "bitácora", en=f"{record}mensajes/")[0] == (
        "Aquí",
        "Anotar una nota",
        f"{record}?anotar=note#anotar",
    )
    assert "Cambiarla de oficina regional" not in [label for _, label, _ in lines(client, "", en=record)]
    for nowhere in (
        "/escritorio/empresas/99999999/",
        "/escritorio/empresas/9999999999999999999999/",
        "//x",
        "?" * 300,
    ):
        assert lines(client, "llamada", en=nowhere) == [("Ir a", "Anotar una llamada", f"{BOX}?anotar=call")]
    enter_as(client, make_staff("Marta", "Fuentes", "CL-VS", "regional-director"))
    assert "Cambiarla de oficina regional" in [label for _, label, _ in lines(client, "oficina", en=record)]


def test_a_call_is_written_down_from_anywhere_by_choosing_its_company(client, carolina):
    company = make_company("Conservas Alto Roble SpA", rut="412038754", office_id=carolina.office_id)
    assert ("Ir a", "Anotar una visita", f"{BOX}?anotar=visit") in lines(client, "visita")
    asked = client.get(BOX, {"anotar": "call"}).content.decode()
    assert "<h1>Anotar una llamada</h1>" in asked
    assert "Registrar una empresa" not in asked
    found = client.get(BOX, {"anotar": "call", "q": "roble"}).content.decode()
    assert f'href="/escritorio/empresas/{company.pk}/?anotar=call#anotar"' in found
    assert "<h1>Buscar</h1>" in client.get(BOX, {"anotar": "otra"}).content.decode()


@pytest.mark.parametrize(
    ("text", "kind", "label"),
    [
        ("llamada alto roble", "call", "Anotar una llamada"),
        ("Anotar una visita a Alto Roble", "visit", "Anotar una visita"),
        ("correo 41.203.875-4", "mail", "Anotar un correo"),
    ],
)
def test_what_is_noted_and_its_company_are_typed_at_once(client, carolina, text, kind, label):
    company = make_company("Conservas Alto Roble SpA", rut="412038754", office_id=carolina.office_id)
    record = f"/escritorio/empresas/{company.pk}/"
    found = client.get(BOX, {"q": text, "parte": "1"})
    assert [(one.kind, one.label, one.href) for one in found.context["before"]] == [
        (label, company.name, f"{record}?anotar={kind}#anotar")
    ]
    assert [one.href for one in found.context["found"].results] == [record]
    assert "Ninguna empresa" not in found.content.decode()
    make_company("Llamada Alto Roble SpA")
    assert lines(client, "llamada alto roble") == []  # a company is called so


def test_a_company_and_who_answers_for_it_are_one_line_to_note_on(client, carolina):
    company = register_potential_account(
        name="Otra Rosa", contact_name="Rosa Pino", phone="987654321", actor=carolina, now=NOW, channel="event"
    )
    found = client.get(BOX, {"q": "llamada rosa", "parte": "1"})
    assert found.context["found"].count == 2
    assert found.content.decode().count(company.get_absolute_url()) == 1
    assert not found.context["is_ambiguous"]


def test_of_several_companies_to_note_on_none_is_guessed(client, carolina):
    for number in range(2):
        make_company(f"Conservas {number} SpA", office_id=carolina.office_id)
    assert len(lines(client, "llamada conservas")) == 2
    assert ambiguous(client, "llamada conservas")
    assert not ambiguous(client, "llamada conservas 1")
    assert lines(client, "llamada nadie") == []
    assert "Nada coincide" in client.get(BOX, {"q": "llamada nadie"}).content.decode()


@pytest.mark.parametrize("text", ["DL-1", "dl 1", "dl1"])
def test_a_rule_is_found_by_its_code(client, carolina, text):
    label = "DL-1 · Contactar a la empresa tras su test, para acordar una entrevista o visita"
    assert lines(client, text) == [("Regla", label, "/escritorio/protocolo/DL-1/")]


def test_a_code_without_a_value_is_explained_and_a_source_leads_to_its_rules(client, carolina):
    why = "INT-4 · No exportó en los últimos 3 años: le toca el test de autodiagnóstico."
    row = "/escritorio/procesos/ingreso/#paso-submit_to_test"
    assert lines(client, "INT-4") == [("Regla", why, row)]
    told = client.get("/escritorio/procesos/ingreso/").content.decode().split('id="paso-submit_to_test"')[1]
    assert "No exportó en los últimos 3 años (INT-4)" in told.split("</tr>")[0]
    assert [href for _, _, href in lines(client, "INT-13")] == [row.replace("to_test", "former_exporter")]
    cited = [href for kind, _, href in lines(client, "INT-19") if kind == "Regla"]
    assert cited == ["/escritorio/protocolo/PD-5/"]
    assert lines(client, "INT-999") == []


def test_the_box_asks_the_same_however_many_are_found(client, carolina):
    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(BOX, {"q": "soto", "parte": "1"})
        return len(queries)

    def add(number):
        make_staff(f"Ana {number}", "Soto", "CL-VS", "regional-executive")
        make_company(f"Soto {number} SpA", office_id=carolina.office_id, executive=carolina.person)

    add(1)
    count()
    one = count()
    add(2)
    add(3)
    assert (one, count()) == (11, 11)


# --- one's own first, and no guess (EXP-4) ---------------------------------------------------------------------------


def titles(client, text):
    return [result.title for result in client.get(BOX, {"q": text, "parte": "1"}).context["found"].results]


def ambiguous(client, text):
    return client.get(BOX, {"q": text, "parte": "1"}).context["is_ambiguous"]


@pytest.fixture
def conserves(carolina):
    far = make_staff("Pedro", "Lagos", "CL-NB", "regional-executive")
    for number in range(3):
        make_company(f"Conservas {number} SpA", office_id=far.office_id)
    make_company("Las Conservas de mi oficina SpA", office_id=carolina.office_id)
    return make_company("Todas las Conservas mías SpA", office_id=carolina.office_id, executive=carolina.person)


def test_of_what_answers_alike_ones_own_comes_first_then_ones_office(client, carolina, conserves):
    assert titles(client, "conservas")[:3] == [
        "Todas las Conservas mías SpA",
        "Las Conservas de mi oficina SpA",
        "Conservas 0 SpA",
    ]
    enter_as(client, make_staff("Isabel", "Oyarzo", "CL-MA", "regional-executive"))
    assert titles(client, "conservas")[0] == "Conservas 0 SpA"


def test_ones_own_is_found_among_more_than_are_looked_at(client, carolina, conserves):
    for number in range(210):
        make_company(f"Aceite Conservas {number:03} SpA")
    assert titles(client, "conservas")[0] == "Todas las Conservas mías SpA"


def test_enter_at_once_opens_only_what_is_meant(client, carolina, conserves):
    assert not ambiguous(client, "conservas")  # one alone is mine
    assert not ambiguous(client, "conservas 1")
    assert ambiguous(client, "conserv spa") is False
    second = make_company("Conservas nuevas mías SpA", office_id=carolina.office_id, executive=carolina.person)
    assert ambiguous(client, "conservas")
    assert 'class="command__results" data-many' in client.get(BOX, {"q": "conservas", "parte": "1"}).content.decode()
    assert not ambiguous(client, second.name)
    assert not ambiguous(client, "")
    assert not ambiguous(client, "nada de esto")
    assert not ambiguous(client, "registrar una empresa")
    enter_as(client, make_staff("Isabel", "Oyarzo", "CL-MA", "regional-executive"))
    assert ambiguous(client, "conservas")
    assert not ambiguous(client, "carolina soto")


@pytest.mark.parametrize(
    "typed", ["+56 9 9037 8096", "56990378096", "0056 9 9037-8096", "9 9037 8096", "90378096", "9037 8096"]
)
def test_a_telephone_is_found_as_screens_print_it(client, carolina, typed):
    """The box and the list alike; neither takes it for the RUT that has its digits."""
    company = register_potential_account(
        name="Otra", contact_name="Rosa Pino", phone="+56990378096", actor=carolina, now=NOW, channel="event"
    )
    make_company("Conservas Alto Roble SpA", rut="569903780")
    found = client.get(BOX, {"q": typed}, headers={"Accept": "application/json"}).json()
    assert [(one["title"], one["detail"]) for one in found["results"]] == [("Rosa Pino", "Otra · +56 9 9037 8096")]
    page = client.get("/escritorio/empresas/", {"q": typed, "vista": "todas"}).context["page"]
    assert [row.pk for row in page] == [company.pk]


@pytest.mark.parametrize("piece", [{}, {"parte": "1"}])
def test_the_register_is_offered_also_beside_what_was_found(client, carolina, piece):
    make_company("Conservas Alto Roble SpA")
    make_company("Maderas Roble", related_on=None, origin="register")
    offered = f"{BOX}?q=roble&amp;registro=1"
    page = client.get(BOX, {"q": "roble", **piece}).content.decode()
    assert "Alto Roble" in page
    assert page.count(offered) == 1
    noting = client.get(BOX, {"q": "roble", "anotar": "call", **piece}).content.decode()
    assert f"{offered}&amp;anotar=call" in noting
    assert "¿No está aquí?" not in client.get(BOX, {"q": "roble", "registro": "1", **piece}).content.decode()
    assert client.get(BOX, {"q": "zzz", **piece}).content.decode().count("registro=1") == 1


@pytest.mark.parametrize(
    "typed",
    [
        "Nandu Guiña Ltda",
        "R Ñandú Güiña y Cía.",
        "ñandu guina SpA",
        "R Ñandú Güiña & Cía. S.A.",
        "Nandú EIRL",
        "R Ñandú Güiña & Cía. Limitada",
        "nandu guina y compañia ltda.",
    ],
)
def test_a_mistaken_legal_form_keeps_no_company_from_being_found(client, carolina, typed):
    """In the box and in the list alike (EXP-1)."""
    company = make_company("R Ñandú Güiña & Cía. Limitada")
    make_company("Conservas Alto Roble SpA")
    found = client.get(BOX, {"q": typed}, headers={"Accept": "application/json"}).json()
    assert [one["title"] for one in found["results"]] == [company.name]
    page = client.get("/escritorio/empresas/", {"q": typed, "vista": "todas"}).context["page"]
    assert [row.pk for row in page] == [company.pk]
