"""The executive's whole road in a browser, from Mi día to pre-admission; each page under axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from acompana.companies.models import Company
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.matters.models import Matter
from tests.browser import assert_accessible
from tests.journeys.desk_steps import (
    choose_first_of_each,
    company_with_result,
    enter,
    intake_of,
    make_cast,
    say_it_was_just_now,
    send_preadmissibility,
)
from tests.journeys.portal_walk import follow, press

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.one_database]


@pytest.fixture
def cast(ground, site):
    return make_cast()


def test_from_the_queue_to_preadmission(open_page, watch, cast):
    watch.expect("422")
    company = company_with_result(cast, "high", days=20)
    page = enter(open_page(), cast["executive"])
    page.goto("/escritorio/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mi día")
    expect(page.get_by_text("venció hace")).to_be_visible()
    assert_accessible(page, "Mi día, late")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("Aceites del Valle SpA")
    assert_accessible(page, "Mi día with the panel open")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/contacto/")
    reach(page, company)
    interview(page, cast, company)
    validate_and_preadmit(page, cast, company)


def reach(page: Page, company: Company) -> None:
    """An attempt, then a contact, then the interview agreed."""
    press(page, re.compile("^Registrar$"))
    assert_accessible(page, "contact with its error")
    page.get_by_label("No contestó").check(force=True)
    page.get_by_role("button", name="Registrar", exact=True).click()
    expect(page.get_by_text("El plazo para contactarla sigue corriendo")).to_be_visible()
    page.get_by_role("link", name="Registrar el contacto").click()
    page.get_by_label("Sí, hablé con la empresa").check(force=True)
    page.get_by_label("Qué conversaron").fill("Quedamos en vernos.")
    page.get_by_role("button", name="Registrar", exact=True).click()
    page.get_by_role("link", name="Acordar la entrevista").click()
    press(page, re.compile("Acordar"))
    assert_accessible(page, "arrange with its errors")
    page.get_by_label("Fecha y hora").fill("2031-03-04T10:30")
    page.get_by_label("Videollamada", exact=True).check(force=True)
    page.get_by_label("Enlace de la videollamada").fill("https://reunion.example/1")
    press(page, re.compile("Acordar"))
    page.get_by_label("Sí, agendarla igual").check(force=True)  # it is long after the date by which it is owed
    assert_accessible(page, "arrange, asked again")
    page.get_by_role("button", name=re.compile("Acordar")).click()
    expect(page.get_by_text("4 de marzo").first).to_be_visible()
    assert_accessible(page, "record")


def interview(page: Page, cast, company: Company) -> None:
    """Scored beside the answers; segment and colour are told at once, with their reasons."""
    page.get_by_role("link", name="Registrar la entrevista").click()
    expect(page.get_by_text("Test de autodiagnóstico: bienes").first).to_be_visible()
    assert_accessible(page, "interview")
    choose_first_of_each(page)
    say_it_was_just_now(page)
    page.get_by_role("button", name="Registrar el resultado").click()
    expect(page.get_by_text("Color verde", exact=False).first).to_be_visible()
    expect(page.get_by_text("Verde desde", exact=False).first).to_be_visible()
    follow(page, re.compile("^Resultados$"))
    assert_accessible(page, "results")
    page.get_by_role("link", name="Resumen").click()


def validate_and_preadmit(page: Page, cast, company: Company) -> None:
    follow(page, re.compile("^Validar la empresa$"))
    assert_accessible(page, "validate")
    page.get_by_role("button", name="Validar la empresa").click()
    expect(page.get_by_text("Le toca completar la preadmisibilidad").first).to_be_visible()
    send_preadmissibility(cast, company, read_clock())
    page.reload()
    follow(page, "Preadmitir")
    assert_accessible(page, "preadmission")
    press(page, "Pedir que corrija")
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert_accessible(page, "preadmission refused without a reason")
    page.get_by_role("button", name="Preadmitir", exact=True).click()
    expect(page.get_by_text("Empresa preadmitida").first).to_be_visible()
    matter = Matter.objects.get(pk=intake_of(company).pk)
    assert matter.state == "preadmitted"
    assert matter.owner == cast["executive"]


def test_three_clicks_to_note_a_call(open_page, cast):
    company = company_with_result(cast, "medium")
    page = enter(open_page(), cast["executive"])
    page.goto(company.get_absolute_url())
    page.get_by_role("link", name="Llamada", exact=True).click()
    expect(page.get_by_label("Qué pasó")).to_be_focused()
    page.keyboard.type("Piden el catálogo en inglés.")
    page.get_by_label("Se habló con la empresa").check(force=True)
    assert_accessible(page, "record with the note open")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Piden el catálogo en inglés.")).to_be_visible()
    page.get_by_role("link", name="Compromiso", exact=True).click()
    expect(page.get_by_label("A qué se compromete")).to_be_focused()
    page.keyboard.type("Enviar el catálogo")
    page.get_by_label("A más tardar el").fill("2031-03-04")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("#le-debemos")).to_contain_text("Enviar el catálogo")


def test_a_review_of_a_low_is_decided_by_the_office(open_page, watch, cast):
    watch.expect("422")
    now = read_clock()
    company = company_with_result(cast, "low")
    found = latest_intake_of(company)
    intake.ask_review(intake=found, because="Ya tengo comprador.", actor=cast.actor("newcomer", now), now=now)
    page = enter(open_page(), cast["executive"])
    page.goto("/escritorio/?ver=soon")
    page.get_by_role("link", name=re.compile(r"^Revisar ?:")).click()
    expect(page.get_by_text("Ya tengo comprador.")).to_be_visible()
    press(page, "Resolver la revisión")
    assert_accessible(page, "review with its error")
    page.get_by_label("Medio", exact=True).check(force=True)
    page.get_by_label("Motivo").fill("Mostró un pedido firmado.")
    press(page, "Resolver la revisión")
    expect(page.get_by_text("Por contactar").first).to_be_visible()
    assert latest_intake_of(company).reviews.get().decision == "overturned"
