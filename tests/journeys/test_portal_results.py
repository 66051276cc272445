"""Where each result leads the company, as it sees it: Medium, Low, Low where everybody is interviewed, exporters,
former users, a review, leaving and starting again, another date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration import roads
from acompana.intake import operations as intake
from acompana.intake.models import Review
from acompana.intake.queries import latest_intake_of
from acompana.questionnaires.operations import start_response
from acompana.questionnaires.queries import latest_response
from tests.browser import assert_says
from tests.journeys.portal_walk import Walk, follow, letters_to, look, press, state_of

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = pytest.mark.one_database


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


def test_medium_is_promised_a_contact(phone, walk):
    company = walk.tested("medium")
    walk.enter(phone, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    assert_says(phone, "Potencial medio", "te contactará a más tardar el")
    look(phone, "route with a Medium result")


def test_low_reads_the_steps_and_asks_for_a_review(page, walk):
    company = walk.tested("low")
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Un plan para prepararte")
    look(page, "route with a Low result")
    follow(page, "Ver mi resultado y los pasos")
    assert_says(page, "Los pasos que siguen")
    page.get_by_role("button", name="potencial").click()
    look(page, "result of a Low, with a word explained")
    page.keyboard.press("Escape")
    assert {"intake/result_low"} <= letters_to(company)
    follow(page, "Pedir que lo revise una persona")
    press(page, "Pedir la revisión")
    look(page, "review, with errors")
    page.get_by_label("¿Por qué no estás de acuerdo?").fill("Ya tengo un comprador en Perú.")
    press(page, "Pedir la revisión")
    assert_says(page, "Una persona responderá la revisión de tu resultado a más tardar el")
    look(page, "review asked")
    review = Review.objects.get(intake__matter__company=company)
    intake.decide_review(
        review=review, potential="medium", because="Mostró el pedido.", actor=walk.actor("executive"), now=walk.now
    )
    page.goto(f"/mi-empresa/{company.pk}/resultado/")
    assert_says(page, "Mostró el pedido.", "El test había dado potencial bajo; quedó en potencial medio.")
    look(page, "review decided")
    follow(page, "Volver a mi ruta")
    assert_says(page, "te contactará a más tardar el")


def test_low_where_everybody_is_interviewed(page, walk):
    company = walk.tested("low", region="CL-MA")
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Potencial bajo", "oficina regional de Magallanes", "te contactará a más tardar el")
    page.goto(f"/mi-empresa/{company.pk}/resultado/")
    assert_says(page, "en tu región la oficina entrevista a todas las empresas")
    look(page, "result of a Low in a region that interviews")


def test_an_exporter_needs_no_test_and_moves_its_interview(page, walk):
    company = walk.company(exporter=True)
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    assert_says(page, "Brasil: US$ 40.000")
    press(page, "Enviar la ficha")
    assert_says(page, "Exportas: no lo necesitas", "te contactará a más tardar el")
    assert Commitment.objects.get(company=company).rule == "DL-3"
    look(page, "route of an exporter")
    arrange(walk, company)
    page.goto(f"/mi-empresa/{company.pk}/")
    look(page, "route with an interview arranged")
    follow(page, "Cambiar la fecha")
    press(page, "Cambiar la fecha")
    look(page, "another date, with errors")
    office = latest_intake_of(company).matter.office
    another = roads.open_hour(office, walk.now + timedelta(days=5)).strftime("%Y-%m-%dT10:30")
    page.get_by_label("Nueva fecha y hora").fill(another)
    page.get_by_label("¿Por qué cambia?").fill("Viajo ese día.")
    press(page, "Cambiar la fecha")
    assert_says(page, "a las 10:30")


def arrange(walk: Walk, company: Company) -> None:
    matter = latest_intake_of(company).matter
    executive = walk.actor("executive")
    intake.record_contact(
        matter=matter, contact=company.contacts.first(), channel="phone", text="", actor=executive, now=walk.now
    )
    intake.arrange_interview(
        matter=matter,
        mode="visit",
        place="Planta",
        starts_at=roads.open_hour(matter.office, walk.now + timedelta(days=3)),
        minutes=60,
        actor=executive,
        now=walk.now,
    )


def make_former(company: Company, walk: Walk) -> None:
    """Last worked with the agency four years ago (DEF-4)."""
    today = localdate(walk.now)
    Company.objects.filter(pk=company.pk).update(
        last_worked_on=today - timedelta(days=4 * 366),
        user_until=(today - timedelta(days=4 * 366)).replace(month=12, day=31),
        former_from=today - timedelta(days=300),
    )


def test_a_former_user_updates_its_form_and_takes_the_test_anew(page, walk):
    company = walk.tested("low")
    make_former(company, walk)
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Qué bueno verte de nuevo")
    look(page, "route of a former user")
    press(page, "Actualizar mi ficha y empezar de nuevo")
    follow(page, "Revisar y enviar la ficha")
    press(page, "Enviar la ficha")
    assert state_of(company) == "self_test"
    roads.answer(start_again(company, walk), share=roads.SHARES["high"], actor=walk.actor("newcomer"), now=walk.now)
    found = latest_intake_of(company)
    intake.finish_test(
        matter=found.matter,
        response=latest_response(company=company, instrument="export-test"),
        actor=walk.actor("newcomer"),
        now=walk.now,
    )
    page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "Potencial alto")


def start_again(company: Company, walk: Walk):
    return start_response(
        instrument="export-test-goods",
        company=company,
        matter=latest_intake_of(company).matter,
        again=True,
        actor=walk.actor("newcomer"),
        now=walk.now,
    )


def test_a_former_user_that_exports_is_contacted(page, walk):
    company = walk.tested("low")
    make_former(company, walk)
    roads.fill_form(company, actor=walk.actor("newcomer"), now=walk.now, exporter=True)
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    press(page, "Actualizar mi ficha y empezar de nuevo")
    page.goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    press(page, "Enviar la ficha")
    # The contact; and, of its first time, what came of the referral.
    assert set(Commitment.objects.open().filter(company=company).values_list("rule", flat=True)) == {"DL-4", "PD-5"}
    assert_says(page, "te contactará a más tardar el")


def test_leaving_and_starting_again_keeps_the_result(page, walk):
    company = walk.tested("medium")
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    follow(page, "Dejar la ruta")
    press(page, "Dejar la ruta")
    look(page, "leaving, with errors")
    page.get_by_label("¿Por qué dejas la ruta?").fill("Este año no podemos.")
    press(page, "Dejar la ruta")
    assert state_of(company) == "withdrawn"
    look(page, "route that was left")
    press(page, "Volver a empezar")
    follow(page, "Revisar y enviar la ficha")
    press(page, "Enviar la ficha")
    assert state_of(company) == "to_contact"  # one test per company: its result holds
    assert_says(page, "Potencial medio")


def test_not_preadmitted_reads_why(page, walk):
    company = walk.tested("high")
    matter = latest_intake_of(company).matter
    executive = walk.actor("executive")
    arrange(walk, company)
    matter.refresh_from_db()
    roads.hold_interview(matter, executive=executive, now=walk.now, otherwise=True)
    intake.validate(matter=matter, actor=executive, now=walk.now)
    response = start_response(
        instrument="preadmissibility", company=company, matter=matter, actor=walk.actor("newcomer"), now=walk.now
    )
    roads.answer(response, share=1.0, actor=walk.actor("newcomer"), now=walk.now)
    intake.submit_preadmissibility(matter=matter, response=response, actor=walk.actor("newcomer"), now=walk.now)
    intake.refuse_preadmission(matter=matter, reason="La empresa terminó su giro.", actor=executive, now=walk.now)
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    assert_says(page, "La empresa terminó su giro.")
    expect(page.get_by_role("button", name="Volver a empezar")).to_be_visible()
    look(page, "route of who was not pre-admitted")
