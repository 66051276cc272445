"""A page in Spanish is in Spanish throughout, also in a browser that asks for English; English is what a person chose,
and only where a page has it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from acompana.shell import errors
from acompana.shell.languages import speaking, spoken

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}

# What a foreigner reads before there is an account: each address, and a sentence of it in English.
IN_ENGLISH = {
    "/": "Export with someone by your side",
    "/ruta/": "How the route works",
    "/quienes-pueden/": "Who can work with the agency",
    "/oficinas/": "Regions on the map",
    "/oficinas/cl-vs/": "Opening hours",
    "/ayuda/": "How can we help you?",
    "/ayuda/?empresa=no": "For a complaint, a suggestion, a compliment or anything else.",
    "/ayuda/?empresa=si": "Does your company have an account with us?",
    "/ayuda/?empresa=si&cuenta=si": "Your executive will answer you",
    "/ayuda/?empresa=si&cuenta=no": "Start by registering your company",
    "/ayuda/solicitud/": "What do you need help with?",
    "/entrar/": "Agency staff",
    "/salir/": "Do you want to sign out?",
    "/invitacion/no-existe/": "This link is not valid.",
    "/confirmar-acceso/no-existe/": "This link does not work.",
    "/correo/preferencias/no-existe/": "This link does not work",
    "/no-hay-nada/": "There is no page here",
}
# Words that no English sentence has, and that a page forgotten in the catalogue would show.
SPANISH = (" para ", " tu ", " tus ", " qué ", " una ", " con ", " y ", " está ", "información", "atención")


def choose_english(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"


def words_of(page: str) -> str:
    """What a person reads of a page: the text of its body, without drawings and the link to the other language."""
    body = re.sub(r"(?s)<(script|svg|style).*?</\1>", " ", page.partition("<body")[2])
    body = re.sub(r"(?s)<a [^>]*hreflang=.*?</a>", " ", body)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_browser_does_not_change_the_dates(client: Client) -> None:
    answer = client.get("/oficinas/cl-vs/", headers=ENGLISH)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<html lang="es"' in page
    assert answer["Content-Language"] == "es-cl"
    assert "1 de enero" in page
    assert "January" not in page


def test_the_browser_does_not_change_the_refusals_of_a_form(client: Client) -> None:
    answer = client.post("/ayuda/solicitud/", {"asker_email": "no es un correo"}, headers=ENGLISH)
    page = answer.content.decode()
    assert "This field is required" not in page
    assert "Enter a valid" not in page
    assert "correo" in page


@pytest.mark.parametrize("address", IN_ENGLISH)
def test_who_chose_english_reads_it(address: str, client: Client) -> None:
    choose_english(client)
    answer = client.get(address)
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert answer["Content-Language"] == "en"
    assert IN_ENGLISH[address] in page
    read = words_of(page).lower().replace("arica y parinacota", "").replace("y de la antártica", "")
    assert [word for word in SPANISH if word in f" {read} "] == []


@pytest.mark.parametrize("address", IN_ENGLISH)
def test_who_chose_nothing_reads_spanish(address: str, client: Client) -> None:
    page = client.get(address).content.decode()
    assert '<html lang="es"' in page
    assert IN_ENGLISH[address] not in page


def test_the_switch_is_a_link_that_keeps_the_page_and_is_remembered(client: Client) -> None:
    page = client.get("/ayuda/?empresa=si").content.decode()
    assert 'href="?empresa=si&amp;idioma=en" lang="en" hreflang="en">English</a>' in page
    page = client.get("/ayuda/?empresa=si&idioma=en").content.decode()
    assert "Does your company have an account with us?" in page
    page = client.get("/").content.decode()
    assert "Export with someone by your side" in page
    assert 'lang="es" hreflang="es">Español</a>' in page
    client.get("/?idioma=es")
    assert "Exporta con alguien a tu lado" in client.get("/").content.decode()


@pytest.mark.parametrize("chosen", ["fr", "", "en; Path=/x", "ES"])
def test_a_language_that_we_do_not_speak_changes_nothing(chosen: str, client: Client) -> None:
    answer = client.get("/", {"idioma": chosen})
    assert '<html lang="es"' in answer.content.decode()
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_a_page_without_english_says_so_and_stays_spanish(client: Client) -> None:
    choose_english(client)
    answer = client.get("/manual/")
    page = answer.content.decode()
    assert '<html lang="es"' in page
    assert answer["Content-Language"] == "es-cl"
    assert "This page is in Spanish only." in page
    assert "This page is in Spanish only." not in client.get("/").content.decode()


def test_a_form_refuses_in_english(client: Client) -> None:
    choose_english(client)
    page = client.post("/ayuda/solicitud/", {"asker_email": "x", "rut_given": "41.203.875-5"}).content.decode()
    assert "things to check" in page
    assert "This is missing: Your name." in page
    assert "Choose an answer: What do you need help with?" in page
    assert "The check digit of 41.203.875-5 does not match. Check the RUT." in page
    assert "Falta este dato" not in page


def test_no_cache_gives_one_persons_language_to_another(client: Client) -> None:
    assert "Cookie" in client.get("/ruta/")["Vary"]


@pytest.mark.parametrize(
    "trouble",
    [value for value in vars(errors).values() if isinstance(value, errors.Trouble)],
    ids=lambda trouble: str(trouble.status),
)
def test_every_trouble_is_told_in_english(trouble: errors.Trouble, rf) -> None:
    request = rf.get("/", {"idioma": "en"})
    page = errors.trouble_page(trouble, request, "Solo la jefatura puede asignar.").content.decode()
    assert "What is safe" in page
    assert "Solo la jefatura" not in page
    with speaking("es"):
        spanish = [str(trouble.title), str(trouble.safe), *map(str, trouble.todo)]
    assert [sentence for sentence in spanish if sentence in page] == []


def test_speaking_ends_where_it_ends() -> None:
    with translation.override("es-cl"):
        with speaking("en"):
            assert spoken() == "en"
            with speaking("es"):
                assert spoken() == "es"
        assert spoken() == "es"


def test_a_page_that_is_not_there_keeps_the_public_places(client: Client) -> None:
    page = client.get("/no-hay-nada/").content.decode()
    assert '<a href="/ayuda/">Ayuda</a>' in page
    choose_english(client)
    page = client.get("/no-hay-nada/").content.decode()
    places = re.findall(r'<li class="bar__public"><a href="([^"]+)">([^<]+)</a>', page)
    assert places == [
        ("/ruta/", "How it works"),
        ("/oficinas/", "Offices"),
        ("/quienes-pueden/", "Who can apply"),
        ("/ayuda/", "Help"),
    ]


def test_offices_have_their_english_name(client: Client) -> None:
    assert "<h1>Oficina central</h1>" in client.get("/oficinas/cl-central/").content.decode()
    choose_english(client)
    assert "<h1>Central office</h1>" in client.get("/oficinas/cl-central/").content.decode()
    assert "<h1>Valparaíso regional office</h1>" in client.get("/oficinas/cl-vs/").content.decode()
    assert "Oficina" not in words_of(client.get("/oficinas/").content.decode())
