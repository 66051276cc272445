"""Staff: e-mail and password, second factor, recovery, throttling, institutional sign-on (IDN-2)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import oidc_provider_mock
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.core.cache import cache

from acompana.kernel.clock import read_clock
from acompana.people.models import Person, StaffMember
from acompana.people.queries import central_office

PASSWORD = "tres tristes tigres trigales"
CAROLINA = "carolina.soto@agencia.example"


@pytest.fixture(autouse=True)
def _nothing_counted_before(settings):
    cache.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def carolina(db):
    now = read_clock()
    person = Person.objects.create_user(
        email=CAROLINA, password=PASSWORD, given_names="Carolina", family_names="Soto", joined_at=now
    )
    StaffMember.objects.create(person=person, office=central_office(), since_on="2024-01-02")
    return person


def enter(client, password: str = PASSWORD, email: str = CAROLINA, address: str = "/entrar/"):
    return client.post(address, {"login": email, "password": password})


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up(client) -> str:
    page = client.get("/mi-cuenta/segundo-paso/aplicacion/")
    secret = page.context["form"].secret
    response = client.post("/mi-cuenta/segundo-paso/aplicacion/", {"code": code_for(secret)})
    assert response.url == "/mi-cuenta/segundo-paso/codigos/"
    return secret


class TestThePassword:
    def test_alone_leads_only_to_the_second_factor(self, client, carolina):
        assert enter(client).url == "/escritorio/"
        for address in ("/mi-cuenta/correo/", "/clave/cambiar/"):
            response = client.get(address)
            assert response.status_code == 302
            assert response.url.startswith("/mi-cuenta/segundo-paso/?next=")
        page = client.get("/mi-cuenta/segundo-paso/").content.decode()
        assert "necesitas un segundo paso" in page

    def test_alone_serves_in_a_demonstration(self, client, carolina, settings):
        settings.SECOND_FACTOR_REQUIRED = False
        enter(client)
        assert client.get("/mi-cuenta/").status_code == 200

    def test_wrong_says_so_and_keeps_the_address(self, client, carolina):
        response = enter(client, "otra cosa", address="/entrar/?next=/mi-cuenta/")
        page = response.content.decode()
        assert response.status_code == 200
        assert f'value="{CAROLINA}"' in page
        assert 'value="/mi-cuenta/"' in page
        assert "error-summary" in page

    def test_wrong_too_often_must_wait(self, client, carolina):
        codes = [enter(client, f"intento {number}").status_code for number in range(8)]
        assert codes == [200] * 7 + [429]
        response = enter(client)
        assert response.status_code == 429
        assert "espera 15 minutos" in response.content.decode()

    def test_of_another_person_is_not_shut_out_with_it(self, client, carolina):
        for number in range(9):
            enter(client, f"intento {number}", email="nadie@agencia.example")
        assert enter(client).status_code == 302

    def test_of_a_closed_account_does_not_serve(self, client, carolina):
        Person.objects.update(is_active=False)
        assert enter(client).url == "/entrar/cuenta-cerrada/"
        assert "_auth_user_id" not in client.session

    def test_leads_to_no_other_site(self, client, carolina):
        assert enter(client, address="/entrar/?next=https://otro.example/").url == "/escritorio/"


class TestTheSecondFactor:
    def test_opens_the_rest_once_it_is_set_up(self, client, carolina, monkeypatch):
        monkeypatch.setattr("django.db.transaction.on_commit", lambda then: then())  # the test's own never commits
        enter(client)
        set_up(client)
        assert client.get("/mi-cuenta/correo/").status_code == 200
        assert len(client.get("/mi-cuenta/segundo-paso/codigos/").context["unused_codes"]) == 10
        (letter,) = mail.outbox
        assert letter.subject == "Tu cuenta pide ahora un segundo paso"
        assert "Agregaste una aplicación de códigos a tu cuenta." in letter.body

    def test_is_asked_at_every_entry(self, client, carolina):
        enter(client)
        secret = set_up(client)
        client.post("/salir/")
        response = enter(client, address="/entrar/?next=/mi-cuenta/correo/")
        assert response.url.startswith("/entrar/segundo-paso/")
        assert client.get("/mi-cuenta/correo/").url.startswith("/entrar/?next=")
        assert client.post("/entrar/segundo-paso/", {"code": "000000"}).status_code == 200
        cache.clear()
        Authenticator.objects.filter(type="totp").update(last_used_at=None)
        response = client.post("/entrar/segundo-paso/", {"code": code_for(secret)})
        if response.status_code == 200:  # the same code was used to set it up, within its half minute
            recovery = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
            response = client.post("/entrar/segundo-paso/", {"code": recovery})
        assert response.url == "/mi-cuenta/correo/"
        assert client.get("/mi-cuenta/correo/").status_code == 200

    def test_may_be_a_recovery_code_once(self, client, carolina):
        enter(client)
        set_up(client)
        code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        client.post("/salir/")
        enter(client)
        assert client.post("/entrar/segundo-paso/", {"code": code}).url == "/escritorio/"
        client.post("/salir/")
        enter(client)
        assert client.post("/entrar/segundo-paso/", {"code": code}).status_code == 200

    def test_cannot_be_taken_away_by_staff(self, client, carolina):
        enter(client)
        set_up(client)
        page = client.get("/mi-cuenta/segundo-paso/aplicacion/quitar/")
        assert "button--danger" not in page.content.decode()
        client.post("/mi-cuenta/segundo-paso/aplicacion/quitar/")
        assert Authenticator.objects.filter(type="totp").exists()

    def test_of_another_person_is_out_of_reach(self, client, carolina):
        other = Person.objects.create_user(email="otra@agencia.example", password=PASSWORD, joined_at=read_clock())
        key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Suya", "credential": {}})
        enter(client)
        for address in (
            f"/mi-cuenta/segundo-paso/llaves/{key.pk}/",
            f"/mi-cuenta/segundo-paso/llaves/{key.pk}/quitar/",
        ):
            assert client.get(address).status_code == 404
            assert client.post(address, {"name": "Mía"}).status_code == 404
        assert Authenticator.objects.filter(pk=key.pk).exists()

    def test_is_not_for_who_has_no_password(self, client, db):
        client.force_login(
            Person.objects.create(rut="412038762", joined_at=read_clock(), password="!x"),
            backend="acompana.people.backends.Backend",
        )
        for address in ("/clave/cambiar/", "/mi-cuenta/segundo-paso/", "/mi-cuenta/segundo-paso/aplicacion/"):
            response = client.get(address)
            assert response.status_code == 403
            assert "no tiene contraseña" in response.content.decode()


class TestTheForgottenPassword:
    def ask(self, client, email: str = CAROLINA):
        response = client.post("/clave/olvidada/", {"email": email})
        assert response.url == "/clave/olvidada/enviada/"
        return client.get(response.url)

    def test_is_replaced_by_a_mailed_link_once(self, client, carolina):
        self.ask(client)
        (letter,) = mail.outbox
        assert letter.subject == "Elige otra contraseña para Acompaña"
        link = re.search(rf"{settings.SITE_ADDRESS}(/clave/nueva/\S+)", letter.body)[1]
        page = client.get(link, follow=True)
        address = page.redirect_chain[-1][0]
        new = {"password1": "una mesa y cuatro sillas", "password2": "una mesa y cuatro sillas"}
        assert client.post(address, new).url == "/clave/nueva/lista/"
        assert enter(client, "una mesa y cuatro sillas").status_code == 302
        assert "Este enlace ya no sirve" in client.get(link, follow=True).content.decode()

    def test_of_nobody_looks_the_same_and_mails_nothing(self, client, carolina):
        assert "Revisa tu correo" in self.ask(client, "nadie@agencia.example").content.decode()
        assert mail.outbox == []

    def test_with_the_mail_server_down_says_so(self, client, carolina, settings, caplog):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_PORT = 9
        response = client.post("/clave/olvidada/", {"email": CAROLINA}, follow=True)
        assert "No pudimos enviar el correo" in response.content.decode()
        assert "mail server" in caplog.text


@pytest.fixture
def institution(settings):
    with oidc_provider_mock.run_server_in_thread(require_client_registration=False) as server:
        address = f"http://localhost:{server.server_port}"
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {
                "APPS": [
                    {
                        "provider_id": "cuenta",
                        "name": "Cuenta institucional",
                        "client_id": "acompana",
                        "secret": "secreto",
                        "settings": {"server_url": address},
                    }
                ]
            }
        }
        yield address


class TestTheInstitution:
    def come_back(self, client, institution, **claims: object):
        """The whole way: our entrance, the provider's form over HTTP, our callback."""
        requests.put(f"{institution}/users/sujeto", json=claims, timeout=10).raise_for_status()
        out = client.get("/entrar/institucion/cuenta/?next=/mi-cuenta/").url
        back = requests.post(out, data={"sub": "sujeto"}, allow_redirects=False, timeout=10).headers["Location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        return client.get("/entrar/institucion/cuenta/vuelta/", query)

    def test_is_offered_at_the_entrance(self, client, institution, db):
        assert "Entrar con Cuenta institucional" in client.get("/entrar/").content.decode()

    def test_lets_in_staff_by_a_verified_address_without_a_second_factor_of_ours(self, client, carolina, institution):
        response = self.come_back(client, institution, email="Carolina.Soto@agencia.example", email_verified=True)
        assert response.url == "/mi-cuenta/"
        assert client.get("/mi-cuenta/").status_code == 200
        assert client.session["_auth_user_id"] == str(carolina.pk)
        assert Person.objects.get(pk=carolina.pk).has_usable_password()

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": CAROLINA, "email_verified": False},
            {"email": CAROLINA, "email_verified": "false"},
            {"email": CAROLINA},
            {"email": "otra@agencia.example", "email_verified": True},
            {},
        ],
    )
    def test_lets_in_nobody_else(self, client, carolina, institution, claims):
        response = self.come_back(client, institution, **claims)
        assert response.url == "/entrar/"
        assert "_auth_user_id" not in client.session
        assert "no hay una cuenta con tu correo" in client.get("/entrar/").content.decode()
        assert Person.objects.count() == 1

    def test_lets_in_no_longer_who_left_the_agency(self, client, carolina, institution):
        self.come_back(client, institution, email=CAROLINA, email_verified=True)
        client.post("/salir/")
        StaffMember.objects.update(until_on="2025-01-01")
        response = self.come_back(client, institution, email=CAROLINA, email_verified=True)
        assert response.url == "/entrar/"

    def test_lets_in_no_company_person(self, client, db, institution):
        Person.objects.create_user(email="ana@empresa.example", joined_at=read_clock())
        response = self.come_back(client, institution, email="ana@empresa.example", email_verified=True)
        assert response.url == "/entrar/"
