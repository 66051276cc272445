"""The desk's pages, and those around the person: what axe-core finds on them with data, empty, with their errors
shown, unfolded, in the dark, on a phone; how they are walked with the keyboard, printed, and read in other colours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

from acompana.demonstration.cast import make_people
from acompana.kernel.clock import read_clock
from acompana.people.models import Person
from tests.browser import DESKTOP, PHONE, assert_accessible, assert_fits
from tests.permissions.world import BACKEND, World, build

pytestmark = pytest.mark.usefixtures("ground")
ZOOMED = {"width": 640, "height": 450}  # 1280 × 900 at 200 %

# One page of each shape; the numbers are put in by `addresses`.
RECORD = (
    "/escritorio/empresas/{company}/",
    "/escritorio/empresas/{company}/datos/",
    "/escritorio/empresas/{company}/datos/editar/",
    "/escritorio/empresas/{company}/historial/",
    "/escritorio/empresas/{company}/procedencia/",
    "/escritorio/empresas/{company}/contactos/{contact}/",
    "/escritorio/empresas/accesos/",
    "/escritorio/empresas/accesos/{mandate}/",
    "/escritorio/asuntos/{number}/",
    "/escritorio/compromisos/{commitment}/",
    "/escritorio/mensajes/{message}/",
)
LISTS = (
    "/escritorio/",
    "/escritorio/empresas/",
    "/escritorio/empresas/nueva/",
    "/escritorio/buscar/?q=roble",
    "/escritorio/ingresos/",
    "/escritorio/asuntos/",
    "/escritorio/procesos/",
    "/escritorio/procesos/intake/",
    "/escritorio/protocolo/",
    "/escritorio/protocolo/DL-1/",
    "/escritorio/protocolo/calculadora/?rule=DL-1&office=CL-RM&start=2026-09-16T15:00",
)
SET_UP = (
    "/escritorio/administracion/personas/",
    "/escritorio/administracion/personas/nueva/",
    "/escritorio/administracion/personas/{staff}/",
    "/escritorio/administracion/oficinas/",
    "/escritorio/administracion/oficinas/CL-VS/",
    "/escritorio/administracion/feriados/",
    "/escritorio/administracion/referencia/?region=05",
    "/escritorio/administracion/referencia/actividades/",
    "/escritorio/administracion/referencia/arancel/",
    "/escritorio/instrumentos/",
    "/escritorio/mensajes/?estado=enviados",
    "/escritorio/mensajes/plantillas/",
    "/escritorio/sistema/",
    "/escritorio/fuentes/",
    "/escritorio/fuentes/nueva/",
    "/escritorio/fuentes/sii-empresas/",
    "/escritorio/fuentes/sii-empresas/lectura/",
)
AROUND = (
    "/entrar/",
    "/clave/olvidada/",
    "/clave/olvidada/enviada/",
    "/oficinas/",
    "/oficinas/CL-VS/",
    "/demostracion/correo/",
    "/mi-cuenta/",
    "/mi-cuenta/correo/",
    "/mi-cuenta/segundo-paso/",
    "/clave/cambiar/",
)
EMPTY = (
    "/escritorio/",
    "/escritorio/empresas/",
    "/escritorio/empresas/accesos/",
    "/escritorio/buscar/?q=nada",
    "/escritorio/ingresos/",
    "/escritorio/asuntos/",
    "/escritorio/mensajes/",
    "/demostracion/correo/",
)
# Where a form is sent with nothing in it: the page comes back with its errors.
REFUSED = (
    ("/escritorio/empresas/nueva/", "Registrar la empresa"),
    ("/escritorio/empresas/{company}/contactos/nuevo/", "Guardar el contacto"),
    ("/escritorio/administracion/personas/nueva/", "Agregar"),
    ("/escritorio/administracion/feriados/", "Agregar el feriado"),
    ("/escritorio/administracion/oficinas/CL-VS/", "Anotar el cierre"),
    ("/escritorio/protocolo/DL-1/", "Guardar el cambio"),
    ("/clave/cambiar/", "Cambiar la contraseña"),
)


@pytest.fixture
def world(ground, settings) -> World:
    settings.DEMO = True
    return build()


@pytest.fixture
def addresses(world: World) -> Callable[[str], str]:
    own = world.sides["own"]
    numbers = {
        "company": own.company.pk,
        "contact": own.contact.pk,
        "mandate": own.company.mandates.get(person=world.cast["limited"]).pk,
        "number": own.matter.number,
        "commitment": own.commitment.pk,
        "message": own.message.pk,
        "staff": world.cast["director"].staff_member.pk,
    }
    return lambda address: address.format(**numbers)


def enter(page: Page, site: str, person: Person) -> Page:
    """The page's visitor is from now on that person."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return page


@pytest.fixture
def administrator(page: Page, site: str, world: World) -> Page:
    return enter(page, site, world.cast["administrator"])


def look_at(page: Page, address: str) -> None:
    """The page as it comes, at 200 %, in the dark, and on a phone."""
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    answer = page.goto(address)
    assert answer, address
    assert answer.status == 200, f"{address}: {answer.status}"
    assert_accessible(page, address)
    page.set_viewport_size(ZOOMED)
    assert_fits(page, f"{address} at 200 %")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    assert_accessible(page, f"{address} on a phone in the dark")


@pytest.mark.parametrize("pages", [RECORD, LISTS, SET_UP, AROUND], ids=["record", "lists", "set-up", "around"])
def test_with_data(administrator, addresses, pages):
    for address in pages:
        look_at(administrator, addresses(address))


def test_empty(page, site, settings):
    settings.DEMO = True
    enter(page, site, make_people(now=read_clock())["administrator"])
    for address in EMPTY:
        look_at(page, address)


def test_with_errors_shown(administrator, addresses, watch):
    watch.expect("422")
    for address, button in REFUSED:
        administrator.goto(addresses(address))
        administrator.evaluate("() => { for (const form of document.forms) form.noValidate = true; }")
        administrator.get_by_role("button", name=button, exact=True).click()
        expect(administrator.locator("[aria-invalid=true]").first).to_be_visible()
        assert_accessible(administrator, f"{address} refused")


def test_unfolded(administrator, addresses):
    for address in (
        "/escritorio/administracion/personas/{staff}/",
        "/escritorio/administracion/oficinas/CL-VS/",
        "/escritorio/compromisos/{commitment}/",
        "/escritorio/asuntos/{number}/",
        "/escritorio/empresas/{company}/",
    ):
        administrator.goto(addresses(address))
        administrator.evaluate("() => { for (const each of document.querySelectorAll('details')) each.open = true; }")
        assert_accessible(administrator, f"{address} unfolded")


def test_command_box_finds_the_company_and_gives_the_focus_back(administrator, addresses):
    page = administrator
    page.goto("/escritorio/protocolo/")
    opener = page.get_by_role("link", name=re.compile("^Buscar"))
    opener.focus()
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("alto roble")
    expect(page.locator("#command").get_by_role("option").first).to_contain_text("Conservas Alto Roble")
    assert_accessible(page, "command box with results")
    page.keyboard.press("Escape")
    expect(page.locator("#command")).to_be_hidden()
    expect(opener).to_be_focused()


WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const shown = (e) => { const s = getComputedStyle(e); return s.outlineStyle !== "none" || s.boxShadow !== "none"; };
  const box = at.getBoundingClientRect();
  const label = (at.labels?.[0] || at.closest(".choice"));
  at.dataset.walked = "1";
  return {
    what: at.outerHTML.slice(0, 120),
    ring: shown(at) || Boolean(label && shown(label)),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
LEFT = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((e) => !e.disabled && e.type !== "hidden" && e.checkVisibility({visibilityProperty: true})
    && !e.dataset.walked && e.tabIndex >= 0 && !(e.type === "radio" && !e.checked))
  .map((e) => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("address", ["/escritorio/empresas/", "/escritorio/protocolo/DL-1/"])
def test_is_walked_with_the_keyboard(administrator, address):
    page = administrator
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Saltar al contenido")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    for _ in range(150):
        at = page.evaluate(WHERE)
        if at is None:
            break
        assert at["ring"], f"no ring on {at['what']}"
        assert at["inside"], f"out of sight: {at['what']}"
        page.keyboard.press("Tab")
    else:
        pytest.fail("the focus never leaves the page")
    assert page.evaluate(LEFT) == []


def test_skip_link_leads_past_the_rail(administrator):
    page = administrator
    page.goto("/escritorio/empresas/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Registrar una empresa")).to_be_focused()


def test_menus_of_the_rail_fold_on_a_phone(open_page, site, world):
    page = enter(open_page(phone=True), site, world.cast["administrator"])
    page.goto("/escritorio/protocolo/")
    group = page.locator("details.rail__group")
    expect(group).not_to_have_attribute("open", "")
    group.locator("summary").click()
    expect(page.get_by_role("link", name="Personas y oficinas")).to_be_in_viewport()
    assert_accessible(page, "rail unfolded on a phone")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Personas y oficinas")).to_be_hidden()
    expect(group.locator("summary")).to_be_focused()


def test_paper_forced_colours_and_calm(administrator, addresses):
    page = administrator
    page.goto(addresses("/escritorio/empresas/{company}/"))
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.emulate_media(media="screen", forced_colors="active")
    colours = page.evaluate(
        """() => ["[aria-current]", ":not([aria-current])"].map((which) =>
        getComputedStyle(document.querySelector(".tabs__tab" + which)).borderBottomColor)"""
    )
    assert colours[0] != colours[1], "the tab where one is looks like the others"
    page.emulate_media(forced_colors="none", reduced_motion="reduce")
    assert page.locator(".button").first.evaluate("(b) => parseFloat(getComputedStyle(b).transitionDuration)") <= 0.001
