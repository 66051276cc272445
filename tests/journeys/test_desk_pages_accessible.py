"""The desk's pages by keyboard, on paper and in other colours; and what axe-core finds where something was asked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Page, expect

from acompana.demonstration.cast import Cast, make_people
from acompana.kernel.clock import read_clock
from acompana.people.models import Person
from tests.browser import assert_accessible, assert_accessible_everywhere
from tests.permissions.world import BACKEND, World, build

pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.one_database]

# What the sweep of every page (test_every_page.py) does not come to: pages of which something was asked.
ASKED = (
    "/escritorio/buscar/?q=roble",
    "/escritorio/protocolo/calculadora/?rule=DL-1&office=CL-RM&start=2026-09-16T15:00",
    "/escritorio/administracion/referencia/?region=05",
    "/escritorio/mensajes/?estado=enviados",
    "/escritorio/empresas/{company}/?anotar=call",
    "/escritorio/empresas/?q=nada",
)


@pytest.fixture
def world(stand_on, settings) -> World:
    settings.DEMO = True
    return stand_on(build)


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
def cast(ground, settings) -> Cast:
    """For pages on which no company is looked at."""
    settings.DEMO = True
    return make_people(now=read_clock())


@pytest.fixture
def administrator(page: Page, site: str, request: pytest.FixtureRequest) -> Page:
    """Of the world where the test has one, of an empty registry otherwise."""
    cast = (
        request.getfixturevalue("world").cast
        if "addresses" in request.fixturenames
        else request.getfixturevalue("cast")
    )
    return enter(page, site, cast["administrator"])


def test_pages_of_which_something_was_asked(administrator, addresses):
    for address in map(addresses, ASKED):
        answer = administrator.goto(address)
        assert answer, address
        assert answer.status == 200, f"{address}: {answer.status}"
        assert_accessible_everywhere(administrator, address)


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
def test_is_walked_with_the_keyboard(administrator, addresses, address):
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


def test_skip_link_leads_past_the_rail(administrator, addresses):
    page = administrator
    page.goto("/escritorio/empresas/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Registrar una empresa")).to_be_focused()


def test_menus_of_the_rail_fold_on_a_phone(open_page, site, cast):
    page = enter(open_page(phone=True), site, cast["administrator"])
    page.goto("/escritorio/protocolo/")
    group = page.locator("details.rail__group")
    expect(group).not_to_have_attribute("open", "")
    group.locator("summary").click()
    expect(page.get_by_role("link", name="Personas y oficinas")).to_be_in_viewport()
    assert_accessible(page, "rail unfolded on a phone")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Personas y oficinas")).to_be_hidden()
    expect(group.locator("summary")).to_be_focused()


def test_menu_of_oneself_is_accessible(administrator):
    administrator.goto("/escritorio/protocolo/")
    administrator.locator("details.me > summary").click()
    assert_accessible(administrator, "the menu of oneself", within="details.me")


def test_columns_are_chosen_by_keyboard_without_losing_the_place(administrator):
    page = administrator
    page.goto("/escritorio/empresas/")
    menu = page.locator("#columnas")
    menu.locator("summary").press("Enter")
    for follow, comes, focused in (
        ("sube-sector", "rut,sector,comuna,estado,ejecutivo", "sube-sector"),
        ("quita-sector", "rut,comuna,estado,ejecutivo", "sube-comuna"),
        ("suma-web", "rut,comuna,estado,ejecutivo,web", "suma-"),
    ):
        page.locator(f"#{follow}").press("Enter")
        expect(page).to_have_url(re.compile(f"columnas={comes}$"))
        expect(menu).to_have_attribute("open", "")
        expect(menu.locator(f"[id^='{focused}']:focus")).to_have_count(1)
    expect(page.locator("#quita-web")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    page.goto("/escritorio/empresas/")
    expect(menu).not_to_have_attribute("open", "")


def test_the_place_where_one_is_shows_in_the_strip_of_a_phone(open_page, site, cast):
    page = enter(open_page(phone=True), site, cast["executive"])
    page.goto("/escritorio/protocolo/")
    expect(page.locator(".rail__nav > ul [aria-current]")).to_be_in_viewport()


def test_a_piece_that_is_replaced_keeps_the_focus(administrator, addresses):
    page = administrator
    page.goto(addresses("/escritorio/empresas/{company}/"))
    page.get_by_role("link", name="Nota", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#anotar form")).to_be_visible()
    expect(page.locator("#anotar :focus")).to_have_count(1)


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
