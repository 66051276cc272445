"""Out to the provider and back, over real HTTP: with the stand-in, and with a provider that fails in every way."""

from __future__ import annotations

import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.urls import reverse
from jwt.algorithms import RSAAlgorithm

from acompana.kernel import clock
from acompana.people import claveunica
from acompana.people.models import Person
from acompana.people.tests import false_provider
from acompana.people.tests.false_provider import ANA, ID, SECRET

START = "/entrar/claveunica/?next=/mi-cuenta/"


@pytest.fixture
def provider(settings):
    with false_provider.running() as provider:
        settings.CLAVEUNICA = provider.settings()
        yield provider


def way_out(client, provider, address: str = START) -> dict[str, str]:
    """Leave for the provider; what the way out asked for."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(client.get(address).url).query).items()}
    provider.nonce = asked["nonce"]
    return asked


def come_back(client, provider, **changes: str):
    asked = way_out(client, provider)
    return client.get("/entrar/claveunica/vuelta/", {"code": "un-código", "state": asked["state"], **changes})


def assert_refused(response, reason: str, status: int) -> None:
    assert response.status_code == status
    text = response.content.decode()
    assert str(reason) in text
    assert "/entrar/claveunica/?next=%2Fmi-cuenta%2F" in text, "the page that the person wanted is kept"
    assert "_auth_user_id" not in response.client.session


@pytest.mark.django_db
class TestAProviderOfTheRightShape:
    def test_lets_a_stranger_in_and_asks_for_an_email(self, client, provider):
        response = come_back(client, provider)
        assert response.url == "/mi-cuenta/correo/?next=%2Fmi-cuenta%2F"
        ana = Person.objects.get(rut="412038762")
        assert (ana.given_names, ana.family_names) == ("Ana María", "Rojas Peña")
        assert ana.email is None
        assert not ana.has_usable_password()
        assert client.session["_auth_user_id"] == str(ana.pk)

    def test_is_called_as_it_asks(self, client, provider):
        come_back(client, provider)
        (token, userinfo) = provider.calls
        assert token[:2] == ("POST", "token")
        assert token[2]["Content-Type"] == "application/x-www-form-urlencoded"
        assert token[3]["grant_type"] == ["authorization_code"]
        assert (token[3]["client_id"], token[3]["client_secret"]) == ([ID], [SECRET])
        assert token[3]["redirect_uri"] == ["http://testserver/entrar/claveunica/vuelta/"]
        assert userinfo[:2] == ("POST", "userinfo")
        assert userinfo[2]["Authorization"] == "Bearer llave"

    def test_finds_again_whom_it_knows_and_follows_a_change_of_name(self, client, provider):
        person = Person.objects.create(
            rut="412038762",
            given_names="Anna",
            family_names="Rojas",
            email="ana@ejemplo.cl",
            joined_at=clock.read_clock(),
        )
        assert come_back(client, provider).url == "/mi-cuenta/"
        person.refresh_from_db()
        assert person.full_name == "Ana María Rojas Peña"
        assert person.email == "ana@ejemplo.cl"

    def test_starts_the_session_under_a_new_key(self, client, provider):
        asked = way_out(client, provider)
        before = client.session.session_key
        client.get("/entrar/claveunica/vuelta/", {"code": "x", "state": asked["state"]})
        assert client.session.session_key != before

    def test_may_sign_with_a_key_of_its_own(self, client, provider, settings):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        settings.CLAVEUNICA = provider.settings(jwks=f"{provider.address}/openid/jwks/")
        provider.jwks = lambda: (
            200,
            {"keys": [{**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "uno", "alg": "RS256"}]},
        )
        provider.token = lambda: signed_with(key, provider)
        assert come_back(client, provider).status_code == 302
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        provider.token = lambda: signed_with(other, provider)
        client.logout()
        assert_refused(come_back(client, provider), claveunica.UNREADABLE, 502)


def signed_with(key, provider):
    import jwt

    claims = jwt.decode(provider.good_token()[1]["id_token"], options={"verify_signature": False})
    token = jwt.encode(claims, key, algorithm="RS256", headers={"kid": "uno"})
    return 200, {"access_token": "llave", "id_token": token}


def without(*names: str) -> dict:
    return {key: value for key, value in ANA.items() if key not in names}


WRONGS = {
    "token: refused": ("token", (400, {"error": "invalid_grant"}), claveunica.NOT_ACCEPTED, 400),
    "token: broken": ("token", (500, b"<h1>Error</h1>"), claveunica.UNREACHABLE, 503),
    "token: a page": ("token", (200, b"<h1>Hola</h1>"), claveunica.UNREADABLE, 502),
    "token: a list": ("token", (200, ["llave"]), claveunica.UNREADABLE, 502),
    "token: empty": ("token", (200, {}), claveunica.UNREADABLE, 502),
    "token: number": ("token", (200, {"access_token": 7}), claveunica.UNREADABLE, 502),
    "token: sent elsewhere": ("token", (302, b""), claveunica.UNREADABLE, 502),
    "token: nonsense id_token": ("token", (200, {"access_token": "a", "id_token": "x"}), claveunica.UNREADABLE, 502),
    "userinfo: refused": ("userinfo", (401, {"error": "invalid_token"}), claveunica.NOT_ACCEPTED, 400),
    "userinfo: broken": ("userinfo", (503, b""), claveunica.UNREACHABLE, 503),
    "userinfo: bytes": ("userinfo", (200, b"\xff\xfe\x00"), claveunica.UNREADABLE, 502),
    "userinfo: null": ("userinfo", (200, None), claveunica.UNREADABLE, 502),
    "userinfo: no RolUnico": ("userinfo", (200, without("RolUnico")), claveunica.NO_RUN, 502),
    "userinfo: wrong DV": (
        "userinfo",
        (200, {**ANA, "RolUnico": {**ANA["RolUnico"], "DV": "9"}}),
        claveunica.WRONG_RUN,
        502,
    ),
    "userinfo: of another": ("userinfo", (200, {**ANA, "sub": "1"}), claveunica.UNREADABLE, 502),
}


@pytest.mark.django_db
class TestAProviderThatFails:
    @pytest.mark.parametrize(("name", "answer", "reason", "status"), WRONGS.values(), ids=WRONGS)
    def test_by_answering_nonsense(self, client, provider, caplog, name, answer, reason, status):
        setattr(provider, name, answer)
        assert_refused(come_back(client, provider), reason, status)
        assert "claveunica: no entry" in caplog.text
        assert not Person.objects.exists()

    def test_by_answering_never(self, client, provider, caplog):
        provider.token = lambda: (time.sleep(1), provider.good_token())[1]
        assert_refused(come_back(client, provider), claveunica.UNREACHABLE, 503)
        assert "ReadTimeout" in caplog.text

    def test_by_not_being_there(self, client, provider, settings, caplog):
        settings.CLAVEUNICA = provider.settings(token="http://127.0.0.1:9/token/")
        assert_refused(come_back(client, provider), claveunica.UNREACHABLE, 503)
        assert "ConnectionError" in caplog.text

    @pytest.mark.parametrize("claims", [{"nonce": "otro"}, {"aud": "otro"}, {"iss": "otro"}, {"exp": 1}])
    def test_by_speaking_of_something_else(self, client, provider, claims):
        provider.token = lambda: provider.good_token(**claims)
        assert_refused(come_back(client, provider), claveunica.NOT_ACCEPTED, 400)

    @pytest.mark.parametrize(
        ("error", "reason", "status"),
        [
            ("access_denied", claveunica.DECLINED, 403),
            ("temporarily_unavailable", claveunica.UNREACHABLE, 503),
            ("<script>", claveunica.UNREADABLE, 502),
        ],
    )
    def test_by_saying_so(self, client, provider, caplog, error, reason, status):
        assert_refused(come_back(client, provider, error=error), reason, status)
        assert "<script>" not in caplog.text

    def test_and_the_next_try_works(self, client, provider):
        provider.token = (500, b"")
        come_back(client, provider)
        provider.token = provider.good_token
        assert come_back(client, provider).url == "/mi-cuenta/correo/?next=%2Fmi-cuenta%2F"


@pytest.mark.django_db
class TestTheState:
    def test_is_of_this_session(self, client, provider):
        way_out(client, provider)
        response = client.get("/entrar/claveunica/vuelta/", {"code": "x", "state": "de-otra-persona"})
        assert response.status_code == 400
        assert str(claveunica.EXPIRED) in response.content.decode()
        assert provider.calls == []

    def test_serves_once(self, client, provider):
        provider.token = (500, b"")
        asked = way_out(client, provider)
        back = {"code": "x", "state": asked["state"]}
        client.get("/entrar/claveunica/vuelta/", back)
        provider.token = provider.good_token
        assert_refused(client.get("/entrar/claveunica/vuelta/", back), claveunica.EXPIRED, 400)

    def test_that_served_leads_on_when_the_page_is_loaded_again(self, client, provider):
        asked = way_out(client, provider)
        back = {"code": "x", "state": asked["state"]}
        client.get("/entrar/claveunica/vuelta/", back)
        assert client.get("/entrar/claveunica/vuelta/", back).url == "/mi-cuenta/"

    def test_expires(self, client, provider, monkeypatch):
        asked = way_out(client, provider)
        later = clock.read_clock() + claveunica.ATTEMPT_LIFE + timedelta(seconds=1)
        monkeypatch.setattr("acompana.shell.middleware.read_clock", lambda: later)
        response = client.get("/entrar/claveunica/vuelta/", {"code": "x", "state": asked["state"]})
        assert_refused(response, claveunica.EXPIRED, 400)

    def test_holds_for_several_windows(self, client, provider):
        first = way_out(client, provider)
        nonce = provider.nonce
        way_out(client, provider)
        provider.nonce = nonce
        assert client.get("/entrar/claveunica/vuelta/", {"code": "x", "state": first["state"]}).status_code == 302

    def test_leads_to_no_other_site(self, client, provider):
        asked = way_out(client, provider, "/entrar/claveunica/?next=https://otro.example/")
        response = client.get("/entrar/claveunica/vuelta/", {"code": "x", "state": asked["state"]})
        assert response.url == "/mi-cuenta/correo/?next=%2Fmi-empresa%2F"


@pytest.mark.django_db
def test_a_closed_account_does_not_enter(client, provider):
    Person.objects.create(rut="412038762", is_active=False, joined_at=clock.read_clock())
    assert_refused(come_back(client, provider), "Tu cuenta está cerrada", 403)


@pytest.mark.django_db
def test_without_credentials_there_is_no_way_out(client):
    assert client.get("/entrar/claveunica/").status_code == 503
    assert client.get("/demostracion/claveunica/openid/authorize/").status_code == 404
    assert client.post("/demostracion/claveunica/openid/token/").status_code == 404
    assert client.post("/entrar/como/", {"person": "1"}).status_code == 404


@pytest.mark.django_db
def test_the_way_out_of_claveunica_passes_by_a_page_of_ours(client, provider):
    come_back(client, provider)
    response = client.post("/salir/")
    assert response.url == reverse("people:claveunica-left")
    assert "_auth_user_id" not in client.session
    page = client.get(response.url).content.decode()
    assert f"{provider.address}/logout" in page
    assert 'rel="noopener noreferrer"' in page


def test_the_stand_in_has_the_same_shape(live_server, settings, transactional_db):
    settings.DEMO = True
    browser = requests.Session()
    page = browser.get(f"{live_server.url}/entrar/claveunica/?next=/mi-cuenta/", timeout=10)
    assert "Proveedor de prueba" in page.text
    assert "No es ClaveÚnica" in page.text
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    page = browser.post(
        page.url,
        data={"csrfmiddlewaretoken": token, "rut": "421837465"},
        headers={"Referer": page.url},
        timeout=10,
    )
    assert page.url == f"{live_server.url}/mi-cuenta/correo/?next=%2Fmi-cuenta%2F"
    camila = Person.objects.get(rut="421837465")
    assert camila.full_name == "Camila Andrea Vergara Ortiz"
    assert requests.get(f"{live_server.url}/demostracion/claveunica/openid/userinfo/", timeout=10).status_code == 405
    refused = requests.post(f"{live_server.url}/demostracion/claveunica/openid/userinfo/", timeout=10)
    assert refused.status_code == 401
