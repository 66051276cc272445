"""Entering in a browser: with a passkey of a virtual authenticator, and with ClaveÚnica when it says no or nothing."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from acompana.demonstration.cast import PASSWORD, make_people
from acompana.kernel.clock import read_clock
from acompana.people.tests import false_provider
from tests.browser import assert_accessible, assert_says

pytestmark = pytest.mark.usefixtures("ground")


@pytest.fixture
def at_localhost(site, settings):
    """Passkeys belong to a name, never to a number: the same server, called by its name."""
    address = site.replace("127.0.0.1", "localhost")
    settings.SITE_ADDRESS = address
    settings.CSRF_TRUSTED_ORIGINS = [address, site]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.SECOND_FACTOR_REQUIRED = False
    return address


def test_a_passkey_is_added_and_enters_by_itself(open_page, at_localhost):
    email = make_people(now=read_clock())["executive"].email
    page = open_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(f"{at_localhost}/entrar/?next=/mi-cuenta/segundo-paso/llaves/nueva/")
    assert_accessible(page, "the entrance")
    page.get_by_label("Correo").fill(email)
    page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Entrar con correo y contraseña").click()
    page.get_by_label("Nombre de la llave").fill("Este equipo")
    page.get_by_label("Entrar solo con esta llave, sin contraseña").check(force=True)
    assert_accessible(page, "adding a key")
    page.get_by_role("button", name="Agregar la llave").click()
    page.wait_for_url(lambda url: "/llaves/nueva/" not in url)  # the key is kept before the page moves on
    page.goto(f"{at_localhost}/mi-cuenta/segundo-paso/llaves/")
    assert_says(page, "Este equipo")
    assert_accessible(page, "the keys")

    page.context.clear_cookies()
    page.goto(f"{at_localhost}/entrar/?next=/escritorio/administracion/oficinas/")
    page.get_by_role("button", name="Entrar con llave de acceso").click()
    page.wait_for_url("**/escritorio/administracion/oficinas/")


@pytest.fixture
def provider(settings):
    with false_provider.running() as provider:
        settings.CLAVEUNICA = provider.settings()
        yield provider


def leave_for(page) -> str:
    """Sets out for ClaveÚnica and stops at its door; the mark with which one comes back."""
    answer = page.request.get("/entrar/claveunica/?next=/mi-cuenta/", max_redirects=0)
    return parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]


@pytest.mark.parametrize("phone", [False, True])
def test_claveunica_declined_is_told_with_a_way_on(open_page, watch, site, provider, phone):
    watch.expect("400", "403", "502")
    page = open_page(phone=phone)
    state = leave_for(page)
    page.goto(f"/entrar/claveunica/vuelta/?error=access_denied&state={state}")
    expect(page.locator('a[href*="/entrar/claveunica/?next="]').first).to_be_visible()
    assert_accessible(page, "declined")


def test_claveunica_down_is_told_with_a_way_on(open_page, watch, site, provider):
    watch.expect("502", "503", "504")
    page = open_page()
    state = leave_for(page)
    provider.token = (500, {"error": "fuera de servicio"})
    page.goto(f"/entrar/claveunica/vuelta/?code=uno&state={state}")
    assert_says(page, "ClaveÚnica")
    assert_accessible(page, "down")
