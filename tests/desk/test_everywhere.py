"""What staff have on every page, and where an address that is no page leads."""

from __future__ import annotations

import pytest

BOX = 'data-command-url="/escritorio/buscar/"'
PAGE = {"Accept": "text/html,application/xhtml+xml"}
PERSON = "/escritorio/administracion/personas/"


@pytest.mark.parametrize("page", ["/mi-cuenta/", "/manual/", "/ruta/"])
def test_staff_have_the_command_box_off_the_desk_and_others_do_not(cast, enter, client, page):
    mine = enter(cast["executive"]).get(page).content.decode()
    assert BOX in mine
    assert 'src="/static/shell/js/command' in mine
    for other in (enter(cast["owner"]), client):
        assert "data-command" not in other.get(page, follow=True).content.decode()


def test_the_desk_has_one_command_box(cast, enter):
    page = enter(cast["executive"]).get("/escritorio/").content.decode()
    assert (page.count(BOX), page.count("shell/js/command")) == (1, 0)


@pytest.mark.parametrize(
    "verb", ["ausencias", "salida", "salida/deshacer", "puesto", "funciones", "funciones/1/quitar"]
)
def test_an_address_that_only_takes_what_is_sent_leads_to_its_page(cast, enter, verb):
    client, person = enter(cast["administrator"]), f"{PERSON}{cast['executive'].staff_member.pk}/"
    led = client.get(f"{person}{verb}/", headers=PAGE, follow=True)
    assert (led.redirect_chain[-1], led.status_code) == ((person, 302), 200)
    assert client.get(f"{person}{verb}/").status_code == 405  # a program is told


def test_who_may_not_enter_is_not_led_on(cast, enter, client):
    address = f"{PERSON}{cast['executive'].staff_member.pk}/puesto/"
    assert enter(cast["director"]).get(address, headers=PAGE).status_code == 403
    assert client.get(address, headers=PAGE)["Location"].startswith("/entrar/")


@pytest.mark.parametrize("address", ["/no-existe/", "/mi-empresa/999999/"])
def test_a_page_that_is_not_there_leaves_staff_at_the_desk(cast, enter, client, address):
    told = enter(cast["executive"]).get(address)
    assert told.status_code == 404
    page = told.content.decode()
    assert "Ir a Mi día" in page
    assert page.count(BOX) == 1
    assert BOX not in client.get(address, follow=True).content.decode()
