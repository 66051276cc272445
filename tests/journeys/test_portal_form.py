"""Nothing typed is lost: drafts without network, resumed, two people at once, sent twice; and without scripts."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from acompana.companies.operations import update_characterization
from acompana.intake.models import Draft
from acompana.matters.models import Step
from tests.browser import assert_says
from tests.journeys.portal_walk import Walk, follow, letters_to, look, press, state_of

# The same roads are walked on both databases in test_whole_roads.py and test_portal_high.py.
pytestmark = pytest.mark.one_database


@pytest.fixture
def walk(ground, site, quick_passwords, watch) -> Walk:
    watch.expect("422")  # pages that say what is wrong
    return Walk(site)


def test_a_draft_survives_the_network_and_the_window(open_page, walk, watch):
    company = walk.company()
    page = walk.enter(open_page(phone=True), "newcomer")
    page.goto(f"/mi-empresa/{company.pk}/ficha/oferta/")
    page.context.set_offline(True)
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page.get_by_label("Certificaciones").fill("HACCP y orgánico")
    expect(page.get_by_text("Sin conexión: lo que escribiste sigue en esta página")).to_be_visible()
    look(page, "writing without network")
    page.context.set_offline(False)
    page.get_by_text("Guardado").first.wait_for()
    assert Draft.objects.get(company=company).data["certifications"] == "HACCP y orgánico"
    page.context.close()
    again = walk.enter(open_page(), "newcomer")
    again.goto(f"/mi-empresa/{company.pk}/ficha/")
    assert_says(again, "Tienes un borrador guardado")
    again.goto(f"/mi-empresa/{company.pk}/ficha/oferta/")
    assert_says(again, "Seguimos donde quedaste")
    expect(again.get_by_label("Certificaciones")).to_have_value("HACCP y orgánico")
    look(again, "a draft resumed")
    press(again, "Guardar y seguir")
    company.refresh_from_db()
    assert company.certifications == "HACCP y orgánico"
    assert not Draft.objects.exists()


def test_a_step_sent_without_network_stays_and_is_sent_when_it_is_back(open_page, walk, watch):
    company = walk.company()
    page = walk.enter(open_page(phone=True), "newcomer")
    page.goto(f"/mi-empresa/{company.pk}/ficha/oferta/")
    page.get_by_label("Certificaciones").fill("HACCP")
    watch.expect("ERR_", "borrador")
    page.route("**/borrador/", lambda route: route.abort())  # the browser does not know yet that the network is gone
    page.get_by_role("button", name="Guardar y seguir").last.click()
    expect(page.get_by_text("Sin conexión: lo que escribiste sigue en esta página")).to_be_visible()
    expect(page.get_by_label("Certificaciones")).to_have_value("HACCP")
    company.refresh_from_db()
    assert company.certifications != "HACCP"
    look(page, "sent without network")
    page.unroute("**/borrador/")
    press(page, "Guardar y seguir")
    company.refresh_from_db()
    assert company.certifications == "HACCP"


def test_entering_again_in_another_tab_goes_on_where_it_was(page, walk, watch):
    """The page says that the session ended; once its person entered in another tab, it saves and sends by itself."""
    company = walk.company()
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/ficha/oferta/")
    watch.expect("401")
    Session.objects.all().delete()
    page.get_by_label("Certificaciones").fill("HACCP")
    expect(page.get_by_text("Tu sesión terminó. Entra de nuevo en otra pestaña")).to_be_visible()
    expect(page.get_by_role("link", name="Entrar en otra pestaña")).to_have_attribute("href", "/entrar/")
    walk.enter(page, "newcomer")
    watch.expect("403")  # the token of the page is old: it takes the new one
    other = page.context.new_page()
    other.goto(f"/mi-empresa/{company.pk}/ficha/")
    page.get_by_label("Certificaciones").fill("HACCP y orgánico")
    page.get_by_text("Guardado").first.wait_for()
    assert Draft.objects.get(company=company).data["certifications"] == "HACCP y orgánico"
    press(page, "Guardar y seguir")
    company.refresh_from_db()
    assert company.certifications == "HACCP y orgánico"


def test_any_form_sent_without_network_is_told_and_stays(page, walk):
    walk.enter(page, "newcomer").goto("/ayuda/solicitud/")
    page.get_by_label("¿Qué pasó?").fill("No avanza.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Enviar la solicitud").click()
    expect(page.locator("#toasts").get_by_text("No hay conexión, y no se envió nada.")).to_be_visible()
    expect(page.get_by_label("¿Qué pasó?")).to_have_value("No avanza.")
    page.context.set_offline(False)
    press(page, "Enviar la solicitud")
    expect(page.get_by_label("¿Qué pasó?")).to_have_value("No avanza.")  # came back with what is missing


def test_a_stale_save_is_told_and_loses_nothing(page, walk, watch):
    company = walk.company()
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/ficha/ubicacion/")
    page.get_by_label("Dirección").fill("Camino Nuevo 77")
    company.refresh_from_db()
    update_characterization(
        company=company,
        version=company.version,
        values={"workers": 31},
        actor=walk.actor("executive"),
        now=walk.now,
    )
    press(page, "Guardar y seguir")
    assert_says(page, "Otra persona guardó cambios")
    expect(page.get_by_label("Dirección")).to_have_value("Camino Nuevo 77")
    look(page, "a stale save")
    press(page, "Guardar y seguir")
    company.refresh_from_db()
    assert (company.address, company.workers) == ("Camino Nuevo 77", 31)


def test_sending_twice_sends_once(page, walk):
    company = walk.company()
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    page.get_by_role("button", name="Enviar la ficha").dblclick()
    page.wait_for_url(f"**/mi-empresa/{company.pk}/")
    assert state_of(company) == "self_test"
    assert Step.objects.filter(matter__company=company, transition="submit_to_test").count() == 1
    page.goto(f"/mi-empresa/{company.pk}/ficha/revisar/")
    expect(page.get_by_role("button", name="Enviar la ficha")).to_have_count(0)


def test_the_form_works_without_scripts(open_page, walk, watch):
    company = walk.company()
    page = walk.enter(open_page(phone=True, scripts=False), "newcomer")
    page.goto(f"/mi-empresa/{company.pk}/ficha/identificacion/")
    page.get_by_label("Nombre de fantasía").fill("Valle Verde")
    page.get_by_label("Código de tu actividad principal").fill("uvas")
    press(page, "Buscar mi actividad por palabras")
    page.get_by_label("Palabras o código").fill("cultivo de uva")
    press(page, "Buscar")
    with page.expect_navigation():
        page.locator("main .found__choice").first.click()
    expect(page.get_by_label("Nombre de fantasía")).to_have_value("Valle Verde")  # what was typed came back
    code = page.get_by_label("Código de tu actividad principal")
    expect(code).to_have_value(re.compile(r"^\d+$"))
    chosen = code.input_value()
    press(page, "Guardar y seguir")
    company.refresh_from_db()
    assert company.trade_name == "Valle Verde"
    assert company.activities.get(is_main=True).activity.code == chosen
    expect(page.get_by_label("Comuna").locator("option").nth(300)).to_be_attached()  # those of the whole country


def test_permissions_are_changed_later(page, walk):
    company = walk.tested("medium")
    walk.enter(page, "newcomer").goto(f"/mi-empresa/{company.pk}/")
    follow(page, "Cambiar mis permisos")
    look(page, "permissions")
    press(page, "Guardar mis permisos")
    assert_says(page, "Guardamos tus permisos")  # none is demanded
    for group in page.get_by_role("group").all():
        group.get_by_label("No", exact=True).check(force=True)
    press(page, "Guardar mis permisos")
    assert_says(page, "Guardamos tus permisos")
    assert letters_to(company)
    follow(page, "cambiar los correos que recibo")
    expect(page).to_have_url(re.compile("preferencias"))
