"""The gallery in both manners, both themes and both widths; and that the scripts do what they promise."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PAINT, PHONE, assert_accessible

pytestmark = pytest.mark.one_database

PORTAL, DESK = "/galeria/", "/galeria/?manera=escritorio"


@pytest.mark.parametrize(("address", "dark"), [(PORTAL, False), (DESK, False), (DESK, True)])
def test_is_accessible(page, address, dark):
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(address)
    assert_accessible(page, f"gallery {address} dark={dark}")
    page.set_viewport_size(PHONE)
    assert_accessible(page, f"gallery {address} dark={dark} on a phone", PAINT)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_is_accessible_when_open(open_page, dark):
    page = open_page(dark=dark)
    page.goto(DESK)
    page.get_by_role("link", name="Registrar una llamada").click()
    expect(page.get_by_role("dialog", name="Registrar una llamada")).to_be_visible()
    assert_accessible(page, "dialog", PAINT if dark else None)
    page.keyboard.press("Escape")
    for summary in page.locator("details > summary").all():
        summary.click()
    assert_accessible(page, "everything unfolded", PAINT if dark else None)


def test_theme_is_remembered(page):
    page.goto(DESK)
    page.locator(".me__summary").click()
    with page.expect_response("**/apariencia/"):
        page.get_by_role("button", name="Oscura").click()
    dark = "rgb(22, 27, 33)"
    expect(page.locator("body")).to_have_css("background-color", dark)
    page.reload()
    expect(page.locator("body")).to_have_css("background-color", dark)


def test_theme_without_scripts(open_page):
    page = open_page(scripts=False)
    page.goto(DESK)
    page.locator(".me__summary").click()
    page.get_by_role("button", name="Oscura").click()
    expect(page.locator("body")).to_have_css("background-color", "rgb(22, 27, 33)")


def test_rut_is_checked_while_typing(page):
    page.goto(PORTAL)
    rut = page.get_by_label("RUT de la empresa").first
    rut.fill("412038754")
    expect(page.get_by_text("41.203.875-4 · el dígito verificador corresponde")).to_be_visible()
    rut.fill("412038755")
    rut.blur()
    expect(rut).to_have_value("412038755")
    expect(page.get_by_text("El dígito verificador no corresponde. Revisa el número.")).to_be_visible()


def test_error_summary_takes_the_focus_and_leads_to_the_field(page):
    page.goto(PORTAL)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile("^Por revisar"))
    page.locator("[data-error-summary] a").first.click()
    expect(page.locator("#id_name")).to_be_focused()


def test_list_is_walked_by_keyboard(page):
    page.goto(DESK)
    page.locator("#table").scroll_into_view_if_needed()
    page.keyboard.press("j")
    expect(page.locator("[data-row] .table__main a").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-row] .table__main a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row][data-here]")).to_contain_text("Conservas Alto Roble")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_trouble_is_accessible(open_page, watch, phone):
    watch.expect("404")
    page = open_page(phone=phone)
    page.goto("/no-existe/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aquí no hay ninguna página")
    assert_accessible(page, "404")
