from __future__ import annotations

import types

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import Http404, HttpResponse
from django.test import override_settings
from django.urls import path

from acompana.config.urls import urlpatterns as site
from acompana.people import access
from acompana.people.actors import Actor
from acompana.people.models import Person, StaffMember

PERSON = Actor(person=Person(given_names="Ana"))
STAFF = Actor(person=Person(), staff_member=StaffMember())
DIRECTOR = Actor(person=Person(), staff_member=StaffMember(), roles=frozenset({"regional-director"}))


def page(request):
    return HttpResponse("dentro")


def view(decorate):
    def inner(request):
        return HttpResponse("dentro")

    return decorate(inner)


urls = types.ModuleType("urls_of_the_access_test")
urls.urlpatterns = [
    *site,
    path("abierta/", view(access.public)),
    path("propia/", view(access.signed_in)),
    path("interna/", view(access.staff)),
    path("jefatura/", view(access.staff_with("regional-director"))),
]
undeclared = types.ModuleType("urls_without_declaration")
undeclared.urlpatterns = [*site, path("olvidada/", page)]


@pytest.mark.parametrize(
    ("declared", "admitted"),
    [
        (access.PUBLIC, [True, True, True, True]),
        (access.SIGNED_IN, [False, True, True, True]),
        (access.STAFF, [False, False, True, True]),
        (access.Access("staff", frozenset({"regional-director", "administrator"})), [False, False, False, True]),
    ],
)
def test_a_declaration_admits_those_it_names(declared, admitted):
    assert [declared.admits(actor) for actor in (Actor(person=None), PERSON, STAFF, DIRECTOR)] == admitted


def test_staff_with_no_role_is_a_mistake():
    with pytest.raises(ValueError, match="at least one role"):
        access.staff_with()


def test_deny_unless_tells_what_may_be_known():
    access.deny_unless(True)
    with pytest.raises(PermissionDenied, match="No tienes permiso"):
        access.deny_unless(False)
    with pytest.raises(Http404):
        access.deny_unless(False, known=False)


@pytest.mark.urls(urls)
class TestAnonymous:
    def test_enters_the_public_page(self, client):
        assert client.get("/abierta/").content == b"dentro"

    @pytest.mark.parametrize("address", ["/propia/", "/interna/", "/jefatura/"])
    def test_is_sent_to_the_entrance_and_back(self, client, address):
        response = client.get(f"{address}?pagina=2")
        assert response.status_code == 302
        assert response.url == f"/entrar/?next={address.replace('/', '%2F')}%3Fpagina%3D2"

    def test_whose_session_ended_while_writing_comes_back_to_the_form(self, client):
        response = client.post("/propia/", headers={"referer": "http://testserver/formulario/?paso=3"})
        assert response.url == "/entrar/?next=%2Fformulario%2F%3Fpaso%3D3"
        response = client.post("/propia/", headers={"referer": "https://otro.example/formulario/"})
        assert response.url == "/entrar/?next=%2F"

    def test_is_taken_there_whole_by_htmx(self, client):
        response = client.get("/propia/", headers={"hx-request": "true"})
        assert response["HX-Redirect"] == "/entrar/?next=%2Fpropia%2F"


@pytest.mark.django_db
@pytest.mark.urls(urls)
def test_a_person_without_the_role_gets_a_clear_no(client, django_user_model):
    from acompana.kernel.clock import read_clock

    person = django_user_model.objects.create_user(email="berta@ejemplo.cl", joined_at=read_clock())
    client.force_login(person, backend="acompana.people.backends.Backend")
    assert client.get("/propia/").content == b"dentro"
    response = client.get("/interna/")
    assert response.status_code == 403
    assert "Tu cuenta no tiene permiso" in response.content.decode()
    assert client.get("/jefatura/").status_code == 403


def test_a_view_without_declaration_is_refused_and_reported(client, caplog):
    with override_settings(ROOT_URLCONF=undeclared):
        assert client.get("/olvidada/").status_code == 403
        assert "/olvidada/ declares no access" in caplog.text
        with pytest.raises(SystemCheckError, match=r"people\.E001"):
            call_command("check")
