"""A session that ends in the middle of a long form: after entering again, what was typed is there."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from acompana.demonstration.cast import PASSWORD, make_people
from acompana.demonstration.roads import register
from acompana.kernel.clock import read_clock
from acompana.logbook.models import EntryText

pytestmark = pytest.mark.django_db
TEXT = "Conversamos largo sobre <b>Corea</b> & el frío. 🫒"


@pytest.fixture
def people():
    cache.clear()  # how often somebody entered from here, in the tests before
    return make_people(now=read_clock())


@pytest.fixture
def page(people):
    company = register(
        people,
        "owner",
        rut_number=41_203_875,
        name="Conservas Alto Roble SpA",
        region="CL-VS",
        now=read_clock(),
    )
    return company.get_absolute_url()


def test_what_was_typed_comes_back_and_is_saved_once(people, page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    sent = {"kind": "note", "text": TEXT, "visibility": "staff", "password": "no se guarda"}
    answer = client.post(page, sent)
    assert answer.status_code == 302
    assert answer["Location"] == "/entrar/?next=%2Fentrar%2Fretomar%2F"
    email = people["executive"].email
    entered = client.post(answer["Location"], {"login": email, "password": PASSWORD, "next": "/entrar/retomar/"})
    assert (entered.status_code, entered["Location"]) == (302, "/entrar/retomar/")
    shown = client.get("/entrar/retomar/").content.decode()
    assert "Tu sesión se cerró antes de guardar" in shown
    assert "&lt;b&gt;Corea&lt;/b&gt; &amp; el frío. 🫒" in shown
    assert f'action="{page}"' in shown
    assert "no se guarda" not in shown
    del sent["password"]
    assert client.post(page, sent).status_code == 302
    assert EntryText.objects.get(body=TEXT)
    assert client.post("/entrar/retomar/").status_code == 302
    assert client.get("/entrar/retomar/").status_code == 302


def test_a_form_with_nothing_in_it_leads_back_to_its_page(page):
    client = Client(headers={"Referer": f"http://testserver{page}"})
    assert client.post(page, {})["Location"] == f"/entrar/?next={page.replace('/', '%2F')}"
