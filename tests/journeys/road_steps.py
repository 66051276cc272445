"""A road walked in the browser from one end to the other: what the company does, what its executive does."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.urls import resolve
from playwright.sync_api import Page, expect

from acompana.companies.models import Company
from acompana.demonstration.roads import SHARES, give_answers
from acompana.questionnaires.content import shipped_definitions
from acompana.questionnaires.definition import Question, read_definition
from acompana.questionnaires.rules import maximum_of, points_of
from tests.browser import assert_says
from tests.journeys.desk_steps import choose_first_of_each, say_it_was_just_now
from tests.journeys.portal_walk import Walk, follow, press


def send_form(page: Page, company: Company) -> None:
    page.goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    press(page, "Enviar la ficha")


def take_test(page: Page, walk: Walk, company: Company, level: str) -> None:
    """The company answers its self-test, for a result of that level: the first question here, what follows as from
    another telephone, and here again what is reviewed and sent. `test_portal_high` answers each one in the browser."""
    questions = {q.slug: q for q in read_definition(shipped_definitions()["export-test-goods"]).questions}
    page.goto(f"/mi-empresa/{company.pk}/test/")
    press(page, "Empezar el test")
    answer(page, questions[resolve(urlsplit(page.url).path).kwargs["question"]], SHARES[level])
    go_on(page, walk, company, SHARES[level])
    page.locator("main form button").last.click()
    page.wait_for_url("**/resultado/")


def go_on(page: Page, walk: Walk, company: Company, share: float) -> None:
    """Keeps the first answer, gives the others elsewhere, and opens the review of all."""
    with page.expect_navigation():
        page.locator("main form button").first.click()
    draft = company.responses.get(finished_at=None)
    give_answers(draft, share=share, actor=walk.actor("newcomer"), now=walk.now)
    page.goto(page.url.split("?")[0].rstrip("/").rsplit("/", 1)[0] + "/revisar/")


def answer(page: Page, question: Question, share: float) -> None:
    wanted = float(maximum_of(question)) * share
    if question.options:
        counted = [option for option in question.options if option.counts]
        best = min(counted, key=lambda option: abs(float(points_of(question, option.value) or 0) - wanted))
        page.locator(f'main input[value="{best.value}"]').check(force=True)
        return
    steps = sorted(question.steps, key=lambda step: abs(float(step.points) - wanted))
    page.locator("main input[type=number], main input[type=text], main textarea").first.fill(
        str(int(steps[0].at_least)) if steps else "5"
    )


def attend(page: Page, company: Company) -> None:
    """The executive's part until the validation: contact, interview agreed, held and scored."""
    page.goto(company.get_absolute_url())
    page.get_by_role("link", name="Registrar el contacto").click()
    page.get_by_label("Sí, hablé con la empresa").check(force=True)
    page.get_by_role("button", name="Registrar", exact=True).click()
    page.get_by_role("link", name="Acordar la entrevista").click()
    page.get_by_label("Fecha y hora").fill("2031-03-04T10:30")
    page.get_by_label("Videollamada", exact=True).check(force=True)
    page.get_by_label("Enlace de la videollamada").fill("https://reunion.example/1")
    press(page, re.compile("Acordar"))
    page.get_by_label("Sí, agendarla igual").check(force=True)  # it is long after the date by which it is owed
    page.get_by_role("button", name=re.compile("Acordar")).click()
    expect(page.get_by_text("4 de marzo").first).to_be_visible()
    follow(page, "Registrar la entrevista")
    choose_first_of_each(page)
    say_it_was_just_now(page)
    press(page, "Registrar el resultado")
    page.get_by_role("link", name="Validar la empresa", exact=True).click()
    page.get_by_role("button", name="Validar la empresa").click()
    expect(page.get_by_text("Le toca completar la preadmisibilidad").first).to_be_visible()


def accept_declarations(page: Page, walk: Walk, company: Company) -> None:
    """The company's last step, its answers given in the same way."""
    page.goto(f"/mi-empresa/{company.pk}/")
    follow(page, "Completar la preadmisibilidad")
    press(page, "Responder las declaraciones")
    page.locator("main input[type=radio], main input[type=checkbox]").first.check(force=True)
    go_on(page, walk, company, 1.0)
    press(page, "Enviar mi preadmisibilidad")


def preadmit(page: Page, company: Company) -> None:
    page.goto(company.get_absolute_url())
    page.get_by_role("link", name="Preadmitir").click()
    page.get_by_role("button", name="Preadmitir", exact=True).click()
    expect(page.get_by_text("Empresa preadmitida").first).to_be_visible()


def walk_to_the_end(company_page: Page, staff_page: Page, walk: Walk, company: Company) -> None:
    """From the contact that is owed to the pre-admission, each side in its own browser."""
    attend(staff_page, company)
    accept_declarations(company_page, walk, company)
    preadmit(staff_page, company)
    company_page.goto(f"/mi-empresa/{company.pk}/")
    assert_says(company_page, "está preadmitida")
