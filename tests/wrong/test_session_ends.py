"""A session that ends in the middle of a long form: after entering again, what was typed is there."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.test import Client

from acompana.demonstration.cast import PASSWORD, make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake.models import Draft
from acompana.intake.operations import submit_characterization
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.models import EntryText

pytestmark = pytest.mark.django_db
TOKEN_AND_MARK = re.compile(r'name="(csrfmiddlewaretoken|page_of)" value="(\w+)"')
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


def entered(person, **more) -> Client:
    client = Client(**more)
    client.force_login(person, backend="acompana.people.backends.Backend")
    return client


def carried(client: Client, page: str) -> dict[str, str]:
    """What every form of a page carries: the protection token, and whose page it is."""
    return dict(TOKEN_AND_MARK.findall(client.get(page).content.decode()))


def mark_for(person, page: str) -> dict[str, str]:
    return {"page_of": carried(entered(person), page)["page_of"]}


def test_what_was_typed_comes_back_and_is_saved_once(people, page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    sent = {"kind": "note", "text": TEXT, "visibility": "staff", "password": "no se guarda"}
    entrance = client.get("/entrar/").content.decode()
    assert "guardamos lo que escribiste" not in entrance
    answer = client.post(page, sent | mark_for(people["executive"], page))
    assert answer.status_code == 302
    assert answer["Location"] == "/entrar/?next=%2Fentrar%2Fretomar%2F"
    assert "Tu sesión terminó; guardamos lo que escribiste" in client.get("/entrar/").content.decode()
    email = people["executive"].email
    entered = client.post(answer["Location"], {"login": email, "password": PASSWORD, "next": "/entrar/retomar/"})
    assert (entered.status_code, entered["Location"]) == (302, "/entrar/retomar/")
    shown = client.get("/entrar/retomar/").content.decode()
    assert "Tu sesión se cerró antes de guardar" in shown
    assert "&lt;b&gt;Corea&lt;/b&gt; &amp; el frío. 🫒" in shown
    assert f'action="{page}"' in shown
    assert '<p class="eyebrow">Conservas Alto Roble SpA</p>' in shown
    assert "no se guarda" not in shown
    del sent["password"]
    assert client.post(page, sent).status_code == 302
    assert EntryText.objects.get(body=TEXT)
    assert client.post("/entrar/retomar/").status_code == 302
    assert client.get("/entrar/retomar/").status_code == 302


def test_a_note_of_the_desk_is_told_in_the_words_of_its_form(people, page):
    """Its form goes to where it is shown, so that what was a call is read as one."""
    begun = entered(people["executive"]).get(page, {"anotar": "call"}).content.decode()
    address = re.search(r'class="ask__form note__form stack" method="post" action="([^"]+)"', begun)[1]
    client = Client()
    client.post(address, {"noting": "call", "kind": "call", "text": TEXT} | mark_for(people["executive"], page))
    client.force_login(people["executive"], backend="acompana.people.backends.Backend")
    rows = {row.label: row.value for row in client.get("/entrar/retomar/").context["rows"]}
    assert rows == {"Qué fue": "Llamada", "Qué pasó": TEXT}


def test_a_form_with_nothing_in_it_leads_back_to_its_page(page):
    client = Client(headers={"Referer": f"http://testserver{page}"})
    assert client.post(page, {})["Location"] == f"/entrar/?next={page.replace('/', '%2F')}"


def test_what_another_person_typed_is_neither_shown_nor_sent(people, page):
    client, words = Client(), {"kind": "note", "text": TEXT, "visibility": "staff"}
    client.post(page, words | mark_for(people["executive"], page))
    client.force_login(people["director"], backend="acompana.people.backends.Backend")
    assert client.get("/entrar/retomar/").status_code == 302
    assert "interrupted_form" not in client.session
    client = Client()
    assert "retomar" not in client.post(page, words)["Location"], "nobody knows whose it is"


def test_what_was_answered_is_told_in_the_words_of_its_page(people):
    """The name of the page, the question and the answer; no code."""
    company = register(
        people, "owner", rut_number=41_203_876, name="Quesos del Alto SpA", region="CL-VS", now=read_clock()
    )
    actor = people.actor("owner", read_clock())
    fill_form(company, actor=actor, now=read_clock())
    submit_characterization(matter=latest_intake_of(company).matter, actor=actor, now=read_clock())
    address = entered(people["owner"]).post(f"/mi-empresa/{company.pk}/test/")["Location"]
    question = entered(people["owner"]).get(address).context["question"]
    option, client = question.options[-1], Client()
    client.post(address, {question.slug: option.value, "continue": ""} | mark_for(people["owner"], address))
    client.force_login(people["owner"], backend="acompana.people.backends.Backend")
    answer = client.get("/entrar/retomar/")
    shown = {row.label: row.value for row in answer.context["rows"]}
    assert shown == {question.text: option.label}
    assert question.text in answer.context["page"].title
    assert '<p class="eyebrow">Quesos del Alto SpA</p>' in answer.content.decode()


def test_a_form_with_the_token_of_an_earlier_session_is_sent_again_after_a_look(people, page):
    client = entered(people["executive"], enforce_csrf_checks=True)
    sent = {"kind": "note", "text": TEXT, "visibility": "staff"} | carried(client, page)
    del client.cookies["csrftoken"]  # entering again, in another tab, makes a new one
    client.get(page)
    refused = client.post(page, sent)
    assert refused.status_code == 403
    shown = refused.content.decode()
    assert "&lt;b&gt;Corea&lt;/b&gt; &amp; el frío. 🫒" in shown
    assert not EntryText.objects.filter(body=TEXT).exists()
    again = dict(TOKEN_AND_MARK.findall(shown.partition(f'action="{page}"')[2]))
    assert client.post(page, sent | again).status_code == 302
    assert EntryText.objects.filter(body=TEXT).count() == 1
    client.force_login(people["director"], backend="acompana.people.backends.Backend")
    client.get(page)
    others = client.post(page, sent)
    assert (others.status_code, "Corea" in others.content.decode()) == (403, False)
    assert "Esta página era de otra persona" in others.content.decode()
    forged = client.post(page, {"text": "De otro sitio, con palabras"}, headers={"Origin": "https://otro.example"})
    assert (forged.status_code, "con palabras" in forged.content.decode()) == (403, False)


def test_a_draft_takes_the_token_that_holds(people, page):
    company = register(
        people, "owner", rut_number=41_203_877, name="Lanas del Alto SpA", region="CL-VS", now=read_clock()
    )
    address = f"/mi-empresa/{company.pk}/ficha/identificacion/"
    draft = {"headers": {"X-Autosave": "1"}}
    client = entered(people["owner"], enforce_csrf_checks=True)
    sent = {"trade_name": "Lanas"} | carried(client, address)
    del client.cookies["csrftoken"]
    client.get(address)
    refused = client.post(f"{address}borrador/", sent, **draft)
    assert (refused.status_code, refused["X-Page-Of"]) == (403, sent["page_of"])
    saved = client.post(f"{address}borrador/", sent | {"csrfmiddlewaretoken": refused["X-Fresh-Token"]}, **draft)
    assert saved.status_code == 200
    assert Draft.objects.get(company=company).data == {"trade_name": "Lanas"}
    ended = Client().post(f"{address}borrador/", sent, **draft)
    assert (ended.status_code, ended.json()) == (401, {"ended": True})


def test_what_was_typed_and_not_saved_can_be_discarded(people):
    """After a save that was refused the step opens with what was typed, until it is saved or thrown away (INT-23)."""
    company = register(
        people, "owner", rut_number=41_203_878, name="Mieles del Alto SpA", region="CL-VS", now=read_clock()
    )
    client, button = entered(people["owner"]), "Descartar lo que escribí y ver lo guardado"
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    assert button not in client.get(address).content.decode()
    assert button in client.post(address, {"version": company.version, "address": "Calle Nueva 5"}).content.decode()
    resumed = client.get(address).content.decode()
    assert "Calle Nueva 5" in resumed
    assert button in resumed
    assert client.post(address, {"discard": "1", "address": "Calle Nueva 5"})["Location"] == address
    shown = client.get(address).content.decode()
    assert "Calle Nueva 5" not in shown
    assert button not in shown
    assert not Draft.objects.filter(company=company).exists()
