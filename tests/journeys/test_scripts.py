"""Small scripts of the shell against pages that answer badly: no network, a slow server, a second click."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Route, expect

from tests.browser import assert_accessible

pytestmark = pytest.mark.one_database

DESK = "/galeria/?manera=escritorio"
FRAGMENT = """<div class="command__results">
<a href="/galeria/?r=1" data-result><span class="command__kind">Empresa</span><span>Conservas Alto Roble SpA</span></a>
<a href="/galeria/?r=2" data-result><span class="command__kind">Persona</span><span>Ana Rojas</span></a></div>"""


def test_command_box_finds_by_keyboard(page):
    page.route("**/escritorio/buscar/**", lambda route: route.fulfill(body=FRAGMENT, content_type="text/html"))
    page.goto(DESK)
    page.keyboard.press("/")
    box = page.get_by_role("dialog", name="Buscar").get_by_role("combobox")
    expect(box).to_be_focused()
    box.fill("roble")
    expect(page.locator("#command").get_by_role("option")).to_have_count(2)
    assert_accessible(page, "command box")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#command").get_by_role("option", name="Ana Rojas")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/galeria/?r=2")


def test_command_box_shows_no_keys_where_there_is_no_keyboard(page, open_page):
    phone = open_page(phone=True, is_mobile=True)
    for here, box_of_keys in ((page, True), (phone, False)):
        here.goto(DESK)
        here.locator("[data-command-open]").click()
        expect(here.locator("#command").get_by_role("combobox")).to_be_visible()
        expect(here.locator("#command .command__keys")).to_be_visible(visible=box_of_keys)
        expect(here.locator("#command").get_by_role("button", name="Cerrar")).to_be_visible(visible=not box_of_keys)
    phone.locator("#command").get_by_role("button", name="Cerrar").press("Enter")
    expect(phone.locator("#command")).to_be_hidden()


def test_command_box_opens_none_of_many_that_answer_alike(page):
    """Enter shows them all, unless one was chosen; the box says from where it was asked."""
    many = FRAGMENT.replace("command__results", 'command__results" data-many="')
    page.route("**/escritorio/buscar/**", lambda route: route.fulfill(body=many, content_type="text/html"))
    page.goto(DESK)
    page.keyboard.press("/")
    with page.expect_request("**/escritorio/buscar/?parte=1&en=%2Fgaleria%2F&q=roble"):
        page.keyboard.type("roble")
    expect(page.get_by_role("option", name="Conservas Alto Roble")).to_have_attribute("aria-selected", "false")
    expect(page.locator("#command")).to_contain_text("ver todos los resultados")
    page.keyboard.press("Enter")
    page.wait_for_url("**/escritorio/buscar/?q=roble")
    page.goto(DESK)
    page.keyboard.press("/")
    page.keyboard.type("roble")
    expect(page.get_by_role("option", name="Ana Rojas")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/galeria/?r=2")


def test_command_box_waits_for_the_answer_to_what_was_typed(page):
    """An Enter pressed at once opens what was typed, not the first of what the empty box offered; and an answer that
    comes late takes no choice away."""
    offered = FRAGMENT.replace("?r=1", "?r=9").replace("Conservas Alto Roble SpA", "Mi día")
    late: list[Route] = []

    def let_it_come() -> None:
        while not late:
            page.wait_for_timeout(20)
        late.pop().fulfill(body=FRAGMENT, content_type="text/html")

    def answer(route: Route) -> None:
        if "q=roble" in route.request.url:
            late.append(route)
        else:
            route.fulfill(body=offered, content_type="text/html")

    page.route("**/escritorio/buscar/**", answer)
    page.goto(DESK)
    page.keyboard.press("/")
    expect(page.get_by_role("option", name="Mi día")).to_be_visible()
    with page.expect_request("**/escritorio/buscar/**q=roble"):
        page.keyboard.type("roble")
    page.keyboard.press("ArrowDown")
    let_it_come()
    expect(page.get_by_role("option", name="Conservas Alto Roble")).to_be_visible()
    expect(page.get_by_role("option", name="Ana Rojas")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+a")
    page.keyboard.type("nada")
    expect(page.get_by_role("option", name="Mi día")).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("roble")
    page.keyboard.press("Enter")
    let_it_come()
    page.wait_for_url("**/galeria/?r=1")


def test_command_box_says_when_it_cannot_search(page, watch):
    watch.expect("ERR_INTERNET_DISCONNECTED", "buscar")
    page.goto(DESK)
    page.context.set_offline(True)
    page.keyboard.press("Control+k")
    expect(page.get_by_text("No se pudo buscar. Revisa la conexión e inténtalo de nuevo.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#toasts")).to_contain_text("Se cayó la red.")
    page.context.set_offline(False)
    expect(page.locator("#toasts")).to_contain_text("Volvió la red.")


def test_panel_opens_beside_the_list_and_gives_the_focus_back(page):
    page.goto(DESK)
    link = page.locator("a[data-panel]").first
    link.evaluate("(a) => { a.href = '/no-es-nada/' }")
    body = "<main><h2>Conservas Alto Roble SpA</h2><p>Le debemos una entrevista.</p></main>"
    page.route("**/no-es-nada/", lambda route: route.fulfill(body=body, content_type="text/html"))
    link.click()
    panel = page.get_by_role("complementary", name="Detalle")
    expect(panel).to_contain_text("Le debemos una entrevista.")
    expect(page.locator("[data-list]")).to_be_visible()
    assert_accessible(page, "panel")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(link).to_be_focused()


@pytest.fixture
def draft(page):
    """A page whose form is there before the scripts look for it."""
    html = page.request.get("/galeria/").text()
    start, end = html.index("<main"), html.index("</main>")
    form = (
        '<main id="contenido"><h1>Ficha</h1><form method="post" action="/borrador/" data-autosave>'
        '<label for="n">Nombre</label> <input id="n" class="input" name="n"> <button class="button">Enviar</button>'
        "<p data-saved></p></form>"
    )
    page.route(
        "**/ficha-de-prueba/",
        lambda route: route.fulfill(body=html[:start] + form + html[end:], content_type="text/html"),
    )
    page.goto("/ficha-de-prueba/")
    return page


def test_a_draft_is_kept_and_says_when(draft):
    answer = json.dumps({"saved_at": "14:32"})
    draft.route("**/borrador/", lambda route: route.fulfill(body=answer, content_type="application/json"))
    draft.get_by_label("Nombre").fill("Conservas")
    expect(draft.get_by_text("Guardado 14:32")).to_be_visible()


def test_a_draft_without_network_stays_in_the_page_and_is_tried_again(draft, watch):
    watch.expect("ERR_", "borrador")
    answers = iter(["abort", "fulfil"])

    def answer(route):
        if next(answers) == "abort":
            route.abort()
        else:
            route.fulfill(body='{"saved_at": "14:33"}', content_type="application/json")

    draft.route("**/borrador/", answer)
    draft.get_by_label("Nombre").fill("Conservas")
    expect(draft.get_by_text("Sin conexión: lo que escribiste sigue en esta página.")).to_be_visible()
    expect(draft.get_by_label("Nombre")).to_have_value("Conservas")
    expect(draft.get_by_text("Guardado 14:33")).to_be_visible()


def test_a_second_click_sends_nothing(draft):
    sent = []

    def answer(route):
        if "x-autosave" not in route.request.headers:  # the draft goes first; this is the form itself
            sent.append(route.request.method)
        route.fulfill(status=204)  # no other page: this one stays, as while a slow server thinks

    draft.route("**/borrador/", answer)
    button = draft.get_by_role("button", name="Enviar")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    draft.wait_for_timeout(300)
    assert sent == ["POST"]
