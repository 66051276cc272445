"""A stranger registers a company, fills the form, answers the test with a High result, and sees what is owed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration import roads
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.rut import rut_with_check_digit
from tests.browser import TESTED_BEFORE, assert_says
from tests.journeys.portal_walk import Walk, follow, letters_to, look, pick, press, state_of
from tests.journeys.road_steps import go_on

RUT = rut_with_check_digit(41_900_001)


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


def register(page) -> None:
    page.goto("/mi-empresa/")
    look(page, "no company yet", quick=True)
    follow(page, "Registrar mi empresa")
    press(page, "Registrar mi empresa")
    look(page, "registering, with errors", quick=True)
    rut = page.get_by_label("RUT de la empresa")
    rut.fill("41.900.001-1")
    rut.blur()
    expect(page.get_by_text("El dígito verificador no corresponde. Revisa el número.")).to_be_visible()
    rut.fill(RUT)
    expect(page.get_by_text("el dígito verificador corresponde")).to_be_visible()
    expect(page.locator(".field--wrong").filter(has=rut)).to_have_count(0)  # what was said of the RUT before is gone
    page.get_by_label("Razón social").fill("Aceites del Valle SpA")
    page.get_by_label("Región").select_option(label="Valparaíso")
    press(page, "Registrar mi empresa")


def fill_identity_and_place(page) -> None:
    press(page, "Guardar y seguir")
    expect(page.locator("[data-error-summary]")).to_have_count(1)
    look(page, "identity, with errors", quick=True)
    page.get_by_label("Inicio de actividades").fill("2015-03-02")
    pick(page, "¿En qué categoría tributas?", "Primera categoría")
    page.get_by_label("Código de tu actividad principal").press_sequentially("aceite")
    page.get_by_role("button", name="104000").click()
    expect(page.get_by_label("Código de tu actividad principal")).to_have_value("104000")
    look(page, "identity, with a code chosen", quick=True)
    press(page, "Guardar y seguir")
    communes = page.get_by_label("Comuna").locator("option")
    expect(communes.nth(30)).to_be_attached()
    expect(communes.nth(49)).not_to_be_attached()  # those of Valparaíso alone
    page.get_by_label("Comuna").select_option(label="Quillota (Valparaíso)")
    page.get_by_label("Dirección").fill("Camino Los Aromos 1250")
    look(page, "place", quick=True)
    press(page, "Guardar y seguir")


def fill_contact_and_size(page) -> None:
    expect(page.get_by_label("Nombre y apellido")).to_have_value("Valentina Ríos Campos")
    page.get_by_label("Cargo").fill("Gerenta")
    page.get_by_label("Teléfono", exact=False).first.fill("+56 9 8123 4567")
    pick(page, "¿Cómo prefieres que te contactemos?", "WhatsApp")
    look(page, "contact", quick=True)
    press(page, "Guardar y seguir")
    page.get_by_label("Ventas del último año").select_option(index=5)
    page.get_by_label("¿De qué año").fill("2025")
    page.get_by_label("Número de trabajadores").fill("12")
    look(page, "size", quick=True)
    press(page, "Guardar y seguir")


def fill_offer_and_exports(page) -> None:
    pick(page, "¿Qué ofreces?", "Bienes")
    page.get_by_label("Sector").select_option(index=1)
    page.get_by_label("Producto o servicio 1").fill("Aceite de oliva")
    page.get_by_label("Partida arancelaria 1").press_sequentially("aceite de oliva")
    page.get_by_role("button", name="1509").first.click()
    pick(page, "¿Vendes por internet?", "Sí")
    page.get_by_text("Agregar más").click()
    look(page, "offer", quick=True)
    press(page, "Guardar y seguir")
    pick(page, "¿Exportaste en los últimos 3 años?", "Sí")
    press(page, "Guardar y seguir")
    look(page, "exports, with errors", quick=True)
    pick(page, "¿Exportaste en los últimos 3 años?", "No")
    press(page, "Guardar y seguir")


def fill_the_rest(page) -> None:
    page.get_by_label("País 1").select_option(label="Corea del Sur")
    look(page, "interests", quick=True)
    press(page, "Guardar y seguir")
    pick(page, "Propiedad y dirección de mujeres", "Una mujer la dirige")
    pick(page, "¿Cómo llegaste a nosotros?", "Por mi cuenta")
    press(page, "Guardar y seguir")
    look(page, "permissions", quick=True)
    for question in page.get_by_role("group").all():
        question.get_by_label("Sí", exact=True).check(force=True)
    press(page, "Guardar y seguir")


def answer_questions(page) -> int:
    """Answers question after question until the answers are shown; how many there were."""
    asked = 0
    while "/revisar/" not in page.url:
        asked += 1
        assert asked < 60
        choices = page.locator("main input[type=radio], main input[type=checkbox]")
        numbers = page.locator("main input[type=number], main input[type=text]")
        if choices.count():
            choices.first.check(force=True)
        elif numbers.count():
            numbers.first.fill("5")
        with page.expect_navigation():
            page.locator("main form button").first.click()
    return asked


def answer_the_test(page, walk: Walk) -> None:
    """Every question here; on the second database, where they are the same, the first."""
    follow(page, "Hacer el test")
    look(page, "start of the test", quick=True)
    press(page, "Empezar el test")
    look(page, "a question", quick=True)
    if TESTED_BEFORE:
        page.locator("main input[type=radio], main input[type=checkbox]").first.check(force=True)
        go_on(page, walk, Company.objects.get(rut=RUT), 1.0)
    else:
        asked = answer_questions(page)
        assert asked >= 25
    look(page, "answers of the test", quick=True)
    page.locator("main form button").last.click()
    page.wait_for_url("**/resultado/")


def test_high_from_a_stranger_to_a_preadmitted_company(page, walk):
    walk.enter(page, "newcomer")
    register(page)
    look(page, "route at its start")
    follow(page, "Seguir con la ficha")
    look(page, "list of steps", quick=True)
    follow(page, "Seguir con: Tu empresa")
    fill_identity_and_place(page)
    fill_contact_and_size(page)
    fill_offer_and_exports(page)
    fill_the_rest(page)
    assert_says(page, "Elaboración de aceites")  # the activity by its name
    assert_says(page, "partida 1509")
    look(page, "check your answers")
    press(page, "Enviar la ficha")
    answer_the_test(page, walk)
    look(page, "result")
    company = Company.objects.get(rut=RUT)
    assert state_of(company) == "to_contact"
    assert {"intake/result_attended", "intake/result_office"} <= letters_to(company)
    see_the_promise(page, company)
    finish_the_road(page, walk, company)


def see_the_promise(page, company: Company) -> None:
    page.goto("/mi-empresa/")
    assert_says(page, "La oficina regional de Valparaíso te contactará a más tardar el")
    expect(page.locator("main")).not_to_contain_text("Contactar a la empresa")
    expect(page.locator("main")).not_to_contain_text("Ingreso de una empresa")
    page.get_by_text("¿Por qué esa fecha?").click()
    expect(page.get_by_text("3 días hábiles", exact=False).first).to_be_visible()
    look(page, "route with a promise explained")
    owed = Commitment.objects.get(company=company, rule="DL-1")
    day = re.compile(f"^{owed.due_at.date()}")
    expect(page.locator("time[datetime]").first).to_have_attribute("datetime", day)
    follow(page, "Ver todo lo que ha pasado")
    assert_says(page, "Terminaste el test: potencial alto")
    look(page, "history", quick=True)


def finish_the_road(page, walk: Walk, company: Company) -> None:
    """Staff's part by operations: the desk's journeys walk it. Then the company's last step in the browser."""
    matter = latest_intake_of(company).matter
    executive = walk.actor("executive")
    now = walk.now
    matter.company.refresh_from_db()
    intake.record_contact(
        matter=matter, contact=company.contacts.first(), channel="phone", text="", actor=executive, now=now
    )
    roads.hold_interview(matter, executive=executive, now=now)
    intake.validate(matter=matter, actor=executive, now=now)
    page.goto(f"/mi-empresa/{company.pk}/")
    follow(page, "Completar la preadmisibilidad")
    look(page, "checklist of pre-admissibility")
    press(page, "Responder las declaraciones")
    look(page, "a declaration", quick=True)
    answer_questions(page)
    press(page, "Enviar mi preadmisibilidad")
    assert state_of(company) == "preadmissibility_review"
    look(page, "route while it is reviewed")
    matter.refresh_from_db()
    intake.preadmit(matter=matter, actor=executive, now=now)
    page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "está preadmitida")
    look(page, "route of a pre-admitted company")
