"""What anybody reads, and asking for help with and without an account (CHA-4, INT-6)."""

from __future__ import annotations

import pytest

from acompana.cases.models import HelpRequest
from acompana.cases.operations import answer_help
from tests.browser import assert_says
from tests.journeys.portal_walk import Walk, follow, look, pick, press

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = pytest.mark.one_database


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


def test_public_pages(page, walk):
    for address in ("/", "/ruta/", "/quienes-pueden/", "/ayuda/", "/oficinas/"):
        page.goto(address)
        look(page, address)
    page.goto("/ayuda/")
    follow(page, "Sí, de una empresa")
    look(page, "help: does it have an account")
    follow(page, "Sí, ya tiene cuenta")
    look(page, "help: with an account")
    page.goto("/ayuda/?empresa=no")
    look(page, "help: no company")
    page.goto("/ayuda/?empresa=si&cuenta=no")
    look(page, "help: no account")


def test_a_page_that_is_not_there(page, walk, watch):
    watch.expect("404")
    assert page.goto("/no-existe/").status == 404
    look(page, "not found")


def ask(page) -> None:
    page.goto("/ayuda/solicitud/")
    press(page, "Enviar la solicitud")
    look(page, "help request, with errors")
    pick(page, "¿Con qué necesitas ayuda?", "No puedo registrar mi empresa")
    page.get_by_label("¿Qué pasó?").fill("Dice que el RUT no corresponde.")


def test_help_without_an_account(phone, walk, watch):
    watch.expect("404")
    ask(phone)
    phone.get_by_label("Tu nombre").fill("Berta Núñez")
    phone.get_by_label("Tu correo electrónico").fill("berta@correo.example")
    press(phone, "Enviar la solicitud")
    assert_says(
        phone, "Recibimos tu solicitud", "Gestión de clientes responderá tu solicitud de ayuda a más tardar el"
    )
    look(phone, "help asked")
    number = HelpRequest.objects.get().matter.number
    phone.context.clear_cookies()
    assert phone.goto(f"/ayuda/solicitud/{number}/").status == 404


def test_help_with_an_account_goes_on_until_it_is_solved(page, walk, watch):
    walk.enter(page, "citizen")
    ask(page)
    press(page, "Enviar la solicitud")
    found = HelpRequest.objects.get()
    answer_help(request=found, answer="Escríbelo con guion.", actor=walk.actor("client_management"), now=walk.now)
    page.goto("/ayuda/")
    look(page, "help, with one's own requests")
    follow(page, found.matter.number)
    assert_says(page, "Escríbelo con guion.")
    press(page, "Sigo con el problema")
    look(page, "still with the problem, with errors")
    page.get_by_label("¿Qué sigue pasando?").fill("Con guion tampoco.")
    press(page, "Sigo con el problema")
    assert_says(page, "Estamos viendo tu solicitud otra vez")
    look(page, "help opened again")
    found.matter.refresh_from_db()
    assert found.matter.state == "received"
