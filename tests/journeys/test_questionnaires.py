"""A self-test answered with the keyboard alone and without scripts, and every page of the room under axe."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from acompana.companies.models import Company
from acompana.kernel.clock import read_clock
from acompana.people.actors import Actor
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import (
    finish_response,
    publish_shipped,
    replace_response,
    save_answers,
    start_response,
)
from acompana.questionnaires.queries import definition_of
from acompana.reference.models import Country
from tests.browser import assert_accessible, assert_says

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = [
    pytest.mark.urls("acompana.questionnaires.tests.harness"),
    pytest.mark.usefixtures("ground"),
    pytest.mark.one_database,
]


@pytest.fixture
def now(ground):
    instant = read_clock()
    publish_shipped(now=instant)
    return instant


@pytest.fixture
def ana(now) -> Actor:
    return Actor(person=Person.objects.create(given_names="Ana", family_names="Rojas", joined_at=now))


@pytest.fixture
def raul(now) -> Actor:
    person = Person.objects.create(given_names="Raúl", family_names="Mena", joined_at=now)
    office = Office.objects.get(code="CL-CENTRAL")
    member = StaffMember.objects.create(person=person, office=office, since_on=date(2025, 1, 1))
    RoleGrant.objects.create(
        staff_member=member, role=Role.objects.get(slug="administrator"), since_on=date(2025, 1, 1)
    )
    return Actor(person=person, staff_member=member, roles=frozenset({"administrator"}))


@pytest.fixture
def company(now) -> Company:
    chile = Country.objects.get(alpha2="CL")
    return Company.objects.create(legal_name="Conservas Alto Roble SpA", country=chile, created_at=now)


@pytest.fixture
def enter(open_page, live_server):
    """Opens pages as somebody: enter(person, phone=…, scripts=…, dark=…)."""

    def open_as(person: Person, **kind: bool) -> Page:
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "acompana.people.backends.Backend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        page = open_page(**kind)
        page.context.add_cookies(
            [
                {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url},
                {"name": "theme", "value": "auto", "url": live_server.url},
            ]
        )
        return page

    return open_as


def best_answers(response: Response) -> dict[str, object]:
    return {
        question.slug: 5
        if question.kind == "number"
        else [question.options[0].value]
        if question.kind == "multiple"
        else question.options[0].value
        for question in definition_of(response).questions
        if question.kind != "text"
    }


def press_until(page, selector: str, most: int = 40) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def test_a_self_test_is_answered_with_the_keyboard_alone_and_without_scripts(enter, ana, company, now):
    draft = start_response(instrument="export-test-goods", company=company, actor=ana, now=now)
    page = enter(ana.person, phone=True, scripts=False)
    page.goto(f"/prueba/{draft.pk}/pregunta/commitment/")
    with page.expect_navigation():
        page.click("text=Guardar y continuar")
    expect(page.locator("[data-error-summary] >> text=Elige una opción.")).to_have_count(1)
    pages = 0
    while "/pregunta/" in page.url and pages < 40:
        pages += 1
        press_until(page, "main input[name]:not([type=hidden])")
        kind = page.locator("main input:focus").get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.keyboard.press("Space")
        else:
            page.keyboard.type("6")
        press_until(page, "main button[name=continue]")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert pages == len(definition_of(draft).questions)
    assert_says(page, "Está todo respondido.")
    press_until(page, "main button", most=80)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert_says(page, "Potencial alto")
    draft.refresh_from_db()
    assert (draft.band, draft.is_finished) == ("high", True)


def assert_unfolded_accessible(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
    assert_accessible(page)


@pytest.fixture
def filled(ana, raul, company, now) -> dict[str, int]:
    """A replaced test and an open one. The desk's pages of instruments are swept in test_every_page.py."""
    test = start_response(instrument="export-test-goods", company=company, actor=ana, now=now)
    save_answers(response=test, answers=best_answers(test), actor=ana, now=now)
    finish_response(response=test, actor=ana, now=now)
    newer = replace_response(
        response=test,
        answers={"plan": "no", "price": "no", "transport": "no"},
        reason="Visita a la planta",
        actor=raul,
        now=now + timedelta(days=90),
    )
    other = Company.objects.create(legal_name="Viña Cerro Pardo Ltda.", country=company.country, created_at=now)
    opened = start_response(instrument="export-test-goods", company=other, actor=ana, now=now)
    return {"newer": newer.pk, "opened": opened.pk}


def test_no_page_of_the_portal_has_a_fault_that_axe_finds(enter, ana, filled, watch):
    watch.expect("422")
    page = enter(ana.person, phone=True)
    opened = f"/prueba/{filled['opened']}"
    for address in (
        "/prueba/empezar/export-test-services/",
        f"{opened}/pregunta/commitment/",
        f"{opened}/pregunta/innovation/",
        f"{opened}/pregunta/years/",
        f"{opened}/revisar/",
        f"/prueba/{filled['newer']}/resultado/",
    ):
        page.goto(address)
        assert_unfolded_accessible(page)
    for address in (f"{opened}/pregunta/years/", f"{opened}/revisar/"):
        page.goto(address)
        with page.expect_navigation():
            page.click("main form button >> nth=0")
        expect(page.locator("[data-error-summary]")).to_have_count(1)
        assert_unfolded_accessible(page)
