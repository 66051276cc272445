"""Cards, help requests, the director's queues, two officers on one record, and every page under axe."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from acompana.cases.operations import ask_for_help
from acompana.commitments.operations import promise_by_hand
from acompana.companies.models import Company
from acompana.companies.operations import assign_executive
from acompana.intake.models import Invitation
from acompana.kernel.clock import read_clock
from acompana.matters.models import Matter
from acompana.messages.models import Message
from tests.browser import assert_accessible
from tests.journeys.desk_steps import company_with_result, enter, intake_of, make_cast
from tests.journeys.portal_walk import follow, press

# What differs between databases is walked in test_whole_roads.py on both.
pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.one_database]


@pytest.fixture
def cast(ground, site):
    return make_cast()


def card(page: Page, name: str, then: str) -> None:
    """A company from a card, and what to do with it."""
    page.goto("/escritorio/")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("registrar una")
    expect(page.get_by_role("option", name="Registrar una empresa")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.get_by_label("Empresa", exact=True).fill(name)
    page.get_by_role("textbox", name="Persona").fill("Valentina Ríos")
    page.get_by_label("Correo electrónico").fill("valentina.rios@oliva.example")
    page.get_by_label(then).check(force=True)
    press(page, "Registrar la empresa")


def test_from_a_card_to_the_portal(open_page, watch, cast):
    watch.expect("410", "422")
    page = enter(open_page(), cast["executive"])
    page.goto("/escritorio/empresas/nueva/")
    press(page, "Registrar la empresa")
    assert_accessible(page, "card with its error")
    card(page, "Oliva de Quillota", "Invitarla por correo")
    expect(page.get_by_text("enlace personal").first).to_be_visible()
    letter = Message.objects.get(template="intake/invitation")
    link = re.search(r"http\S+/invitacion/\S+", letter.body).group(0)
    visitor = enter(open_page(phone=True), cast["newcomer"])
    visitor.goto(link)
    assert_accessible(visitor, "invitation")
    visitor.get_by_role("button", name="Aceptar y completar mi ficha").click()
    expect(visitor.get_by_text("Ya puedes completar la ficha de tu empresa").first).to_be_visible()
    assert Matter.objects.get(kind="potential_account").state == "joined"
    assert Invitation.objects.get().used_by == cast["newcomer"]
    visitor.goto(link)
    expect(visitor.get_by_text("ya se usó")).to_be_visible()


def test_a_derived_card_waits_for_the_director(open_page, cast):
    page = enter(open_page(), cast["executive"])
    card(page, "Quesos Puchuncaví", "Derivarla a la dirección regional")
    director = enter(open_page(), cast["director"])
    director.goto("/escritorio/")
    follow(director, "Cuenta potencial derivada")
    assert_accessible(director, "potential accounts")
    follow(director, re.compile("Decidir"))
    assert_accessible(director, "one potential account")
    director.get_by_role("button", name="Invitar a completar su ficha").click()
    expect(director.get_by_text("Quedó invitada.").first).to_be_visible()
    assert Matter.objects.get(kind="potential_account").state == "invited"


def test_a_help_request_is_derived_and_answered(open_page, watch, cast):
    watch.expect("422")
    now = read_clock()
    made = ask_for_help(
        about="test",
        what_went_wrong="El test no avanza.",
        asker_name="Berta Núñez",
        asker_email="berta.nunez@correo.example",
        actor=cast.actor("citizen", now),
        now=now - timedelta(days=20),
    )
    jorge = enter(open_page(), cast["client_management"])
    jorge.goto("/escritorio/")
    follow(jorge, re.compile(r"^Responder ?:"))
    assert_accessible(jorge, "help request")
    follow(jorge, "Derivar a un ejecutivo")
    press(jorge, "Derivar")
    assert_accessible(jorge, "derive with its errors")
    jorge.get_by_label("A quién pasa").select_option(label="Carolina Soto Rivas")
    jorge.get_by_label("Nota para esa persona").fill("Llámala, por favor.")
    press(jorge, "Derivar")
    carolina = enter(open_page(), cast["executive"])
    carolina.goto("/escritorio/")
    carolina.get_by_role("link", name=re.compile(r"^Responder ?:")).click()
    press(carolina, "Enviar la respuesta")
    assert_accessible(carolina, "answer with its error")
    carolina.get_by_label("Respuesta").fill("Ya puedes seguir.")
    carolina.get_by_role("button", name="Enviar la respuesta").click()
    expect(carolina.get_by_text("Respuesta enviada").first).to_be_visible()
    made.matter.refresh_from_db()
    assert made.matter.state == "answered"


def test_a_director_assigns_and_passes_on(open_page, watch, cast):
    watch.expect("422")
    now = read_clock()
    company = company_with_result(cast, "high")
    page = enter(open_page(), cast["director"])
    page.goto("/escritorio/")
    page.get_by_role("link", name="Empresa por asignar").click()
    page.get_by_label("Elegir Aceites del Valle SpA").check()
    page.get_by_label("Asignar a").select_option(index=1)
    page.get_by_role("button", name="Asignar las elegidas").click()
    expect(page.get_by_text("1 empresa asignada a Carolina Soto")).to_be_visible()
    assert Company.objects.get(pk=company.pk).executive == cast["executive"]
    promise_by_hand(
        what="Enviar el catálogo",
        due_at=now + timedelta(days=3),
        debtor="person",
        office=company.office,
        owner=cast["executive"],
        company=company,
        actor=cast.actor("executive", now),
        now=now,
    )
    page.goto("/escritorio/equipo/")
    page.get_by_role("link", name="Carolina Soto Rivas").click()
    press(page, "Pasar los elegidos")
    assert_accessible(page, "hand-over with its errors")
    page.get_by_label(re.compile("Elegir: Enviar el catálogo")).check()
    page.get_by_label("A quién pasan").select_option(index=1)
    page.get_by_label("Por qué").fill("Vacaciones")
    page.get_by_role("button", name="Pasar los elegidos").click()
    expect(page.get_by_text("1 compromiso pasó a Marta Fuentes")).to_be_visible()


def test_two_officers_on_one_record(open_page, cast):
    now = read_clock()
    company = company_with_result(cast, "high")
    assign_executive(company=company, executive=cast["executive"], actor=cast.actor("director", now), now=now)
    edit = f"/escritorio/empresas/{company.pk}/datos/editar/"
    marta, carolina = enter(open_page(), cast["director"]), enter(open_page(), cast["executive"])
    marta.goto(edit)
    expect(marta.locator("#quien-mas")).to_be_attached()
    marta.wait_for_load_state("networkidle")
    reading = marta.context.new_page()  # what she reads in another tab takes nothing from what she writes in this one
    with reading.expect_response("**/presencia/"):
        reading.goto(company.get_absolute_url())
    carolina.goto(edit)
    expect(carolina.get_by_text("Marta Fuentes Leal está editando esta ficha ahora.")).to_be_visible()
    assert_accessible(carolina, "collision")
    marta.get_by_role("textbox", name="Dirección").fill("Calle Larga 100")
    marta.get_by_role("button", name="Guardar los datos").click()
    marta.wait_for_url("**/datos/")
    carolina.get_by_role("textbox", name="Dirección").fill("Calle Corta 7")
    carolina.get_by_role("button", name="Guardar los datos").click()
    expect(carolina.get_by_role("cell", name="Calle Larga 100")).to_be_visible()
    expect(carolina.get_by_role("textbox", name="Dirección")).to_have_value("Calle Corta 7")
    assert Company.objects.get(pk=company.pk).address == "Calle Larga 100"
    assert_accessible(carolina, "stale save")


def test_a_company_that_is_late_is_accessible_in_the_dark(open_page, cast):
    """Each address as it comes, and empty, is looked at in test_every_page.py."""
    company = company_with_result(cast, "high", days=20)
    record, road = company.get_absolute_url(), f"/escritorio/ingresos/{intake_of(company).number}"
    page = enter(open_page(dark=True, phone=True), cast["director"])
    for address in (
        "/escritorio/?ver=silent",
        record,
        f"{record}resultados/",
        f"{road}/contacto/",
        f"{road}/actualizar-test/",
    ):
        page.goto(address)
        assert_accessible(page, f"{address} on a phone in the dark", within="main")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_visible()
    page.get_by_role("combobox").fill("ace")
    expect(page.get_by_role("option", name=re.compile("Aceites"))).to_be_visible()
    assert_accessible(page, "the command box")


def test_what_one_may_not_edit_is_opened_by_the_keyboard(open_page, cast):
    """The letter e edits a company of one's own, and opens the record of another's, which would refuse."""
    company = company_with_result(cast, "high")
    for who, place in (("director", "datos/editar/"), ("other_executive", "")):
        page = enter(open_page(), cast[who])
        page.goto("/escritorio/empresas/?vista=todas&q=Aceites")
        page.keyboard.press("j")
        expect(page.locator("[data-here]")).to_contain_text("Aceites")
        page.keyboard.press("e")
        page.wait_for_url(f"**{company.get_absolute_url()}{place}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Aceites")
