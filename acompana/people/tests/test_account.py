"""A person's account: the e-mail that ClaveÚnica does not give, confirmed by a mailed link (IDN-1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from acompana.kernel.clock import read_clock
from acompana.people import letters
from acompana.people.models import Person
from acompana.people.operations import entry


@pytest.fixture
def written(monkeypatch):
    """The letters that sign-in asked for, by key, as the outbox keeps them."""
    kept: dict[str, dict] = {}
    monkeypatch.setattr(letters, "_writers", [lambda **letter: kept.setdefault(letter["key"], letter)])
    return kept


@pytest.fixture
def ana(db, client):
    person = Person.objects.create(rut="412038762", given_names="Ana", family_names="Rojas", joined_at=read_clock())
    client.force_login(person, backend="acompana.people.backends.Backend")
    return person


def ask(client, email: str = "ana@ejemplo.cl"):
    return client.post("/mi-cuenta/correo/", {"email": email, "next": "/mi-empresa/"})


def link_of(written) -> str:
    return list(written.values())[-1]["context"]["link"].removeprefix(settings.SITE_ADDRESS)


class TestTheEmail:
    def test_is_asked_for_and_a_link_is_mailed(self, client, ana, written):
        response = ask(client, " Ana@Ejemplo.cl ")
        assert response.url == "/mi-empresa/"
        (letter,) = written.values()
        assert letter["template"] == "people/confirm_email"
        assert (letter["to_address"], letter["to_name"], letter["language"]) == ("ana@ejemplo.cl", "Ana Rojas", "es")
        ana.refresh_from_db()
        assert ana.email is None, "not theirs before they open the link"
        assert "ana@ejemplo.cl" in client.get("/mi-cuenta/").content.decode()

    def test_the_link_is_of_the_system_by_whichever_host_it_was_asked(self, client, ana, written, settings):
        settings.SITE_ADDRESS = "https://acompana.example"
        ask(client)
        [letter] = written.values()
        assert letter["context"]["link"].startswith("https://acompana.example/")

    def test_asked_for_twice_at_once_is_mailed_once(self, client, ana, written):
        ask(client)
        ask(client)
        assert len(written) <= 2, "two only if ten minutes turned between them"

    @pytest.mark.parametrize(
        ("email", "sentence"), [("", "Escribe tu correo."), ("ana@", "Escribe un correo completo")]
    )
    def test_that_is_none_is_told_at_the_field(self, client, ana, written, email, sentence):
        response = ask(client, email)
        assert response.status_code == 200
        assert sentence in response.content.decode()
        assert not written

    def test_is_theirs_after_the_link_and_its_button(self, client, ana, written):
        ask(client)
        page = client.get(link_of(written))
        assert "Confirmar este correo" in page.content.decode()
        ana.refresh_from_db()
        assert ana.email is None, "reading the link changes nothing"
        assert client.post(link_of(written)).url == "/mi-cuenta/"
        ana.refresh_from_db()
        assert ana.email == "ana@ejemplo.cl"
        assert ana.email_verified_at is not None
        again = client.get(link_of(written)).content.decode()
        assert "Este correo ya está confirmado" in again
        assert "Confirmar este correo" not in again

    def test_of_another_account_is_refused_to_who_reads_its_mail_only(self, client, ana, written):
        Person.objects.create(email="ana@ejemplo.cl", joined_at=read_clock())
        assert ask(client).status_code == 302, "asking tells nothing"
        response = client.post(link_of(written))
        assert response.status_code == 400
        assert "ya lo usa otra cuenta" in response.content.decode()

    def test_link_of_another_person_does_not_serve(self, client, ana, written):
        ask(client)
        other = Person.objects.create(rut="421837465", joined_at=read_clock())
        client.force_login(other, backend="acompana.people.backends.Backend")
        response = client.post(link_of(written))
        assert response.status_code == 400
        assert "es de otra cuenta" in response.content.decode()

    def test_link_that_was_cut_does_not_serve(self, client, ana, written):
        ask(client)
        response = client.get(link_of(written)[:-6] + "/")
        assert response.status_code == 400
        assert "está incompleto" in response.content.decode()

    def test_link_expires(self, client, ana, written, monkeypatch):
        ask(client)
        later = read_clock() + entry.EMAIL_LINK_LIFE + timedelta(minutes=1)
        monkeypatch.setattr("acompana.shell.middleware.read_clock", lambda: later)
        response = client.post(link_of(written))
        assert response.status_code == 400
        assert "Este enlace venció" in response.content.decode()

    def test_is_asked_of_nobody_who_did_not_enter(self, client, db):
        assert client.get("/mi-cuenta/correo/").url == "/entrar/?next=%2Fmi-cuenta%2Fcorreo%2F"


class TestTheDemonstration:
    def test_lists_its_people_and_lets_anybody_be_them(self, client, ana, settings):
        settings.DEMO = True
        client.logout()
        Person.objects.filter(pk=ana.pk).update(demonstration_role="Dueña de Conservas Alto Roble")
        page = client.get("/entrar/?next=/mi-cuenta/").content.decode()
        assert "Dueña de Conservas Alto Roble" in page
        response = client.post("/entrar/como/", {"person": ana.pk, "next": "/mi-cuenta/"})
        assert response.url == "/mi-cuenta/"
        assert client.session["_auth_user_id"] == str(ana.pk)

    @pytest.mark.parametrize("chosen", ["", "0", "x", "999999"])
    def test_lets_nobody_be_somebody_else(self, client, ana, settings, chosen):
        settings.DEMO = True
        assert client.post("/entrar/como/", {"person": chosen}).status_code == 404
        assert client.post("/entrar/como/", {"person": ana.pk}).status_code == 404, "not of the cast"
        assert client.get("/entrar/como/").status_code == 405

    def test_exists_nowhere_else(self, client, ana):
        Person.objects.filter(pk=ana.pk).update(demonstration_role="Dueña")
        client.logout()
        assert "Entrar como" not in client.get("/entrar/").content.decode()
        assert client.post("/entrar/como/", {"person": ana.pk}).status_code == 404


def test_leaving_asks_first_and_then_closes_the_session(client, ana):
    assert "¿Quieres salir?" in client.get("/salir/").content.decode()
    assert "_auth_user_id" in client.session
    assert client.post("/salir/").url == "/"
    assert "_auth_user_id" not in client.session
