"""A person chooses their language; pages follow it in any browser, and letters what a contact declares (CHA-5)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.conf import settings as its
from django.test import Client

from acompana.companies.models import Contact
from acompana.companies.operations import update_contact
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import rut_with_check_digit
from acompana.messages.models import Message
from acompana.people.claveunica import Identity
from acompana.people.models import Person
from acompana.people.operations.entry import enter_with_claveunica
from acompana.people.operations.language import choose_language
from acompana.shell.languages import speaking
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)
CHOOSE = "/mi-cuenta/idioma/"


kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast, settings) -> Cast:
    settings.DEMO = True
    return deepcopy(kept_cast)


def entered(cast: Cast, key: str) -> Client:
    client = Client()
    client.post("/entrar/como/", {"person": cast[key].pk})
    return client


def test_the_choice_is_kept_with_the_person_and_letters_follow_what_the_contact_declares(cast):
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    client = entered(cast, "owner")
    page = client.get("/ayuda/?idioma=es").content.decode()
    assert 'name="language" value="en" lang="en">English</button>' in page
    answer = client.post(CHOOSE, {"language": "en", "next": "/ayuda/?empresa=si&idioma=es"})
    assert answer["Location"] == "/ayuda/?empresa=si"
    told = client.get("/ayuda/").content.decode()
    assert "From now on our public pages will be in English. The route and its forms are in Spanish" in told
    assert Person.objects.get(pk=cast["owner"].pk).language == "en"
    contact = Contact.objects.get(company=company)
    assert contact.language == "es"
    update_contact(contact=contact, values={"language": "en"}, actor=cast.actor("owner", NOW), now=NOW)
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW, exporter=True)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("owner", NOW), now=NOW)
    letter = Message.objects.get(template="intake/exporter_company")
    assert letter.language == "en"
    assert "An executive of the Valparaíso regional office will contact you by" in letter.body


def test_entering_speaks_the_persons_own_language(cast):
    choose_language(person=cast["owner"], language="en", actor=cast.actor("owner", NOW), now=NOW)
    client = entered(cast, "owner")
    assert client.cookies[its.LANGUAGE_COOKIE_NAME].value == "en"
    page = client.get("/mi-cuenta/").content.decode()
    assert '<dd lang="en">English</dd>' in page, page[page.index("<main") :]
    client = Client()
    client.get("/?idioma=en")
    assert '<html lang="en"' in client.get("/").content.decode()
    client.post("/entrar/como/", {"person": cast["rival"].pk})
    assert '<html lang="es"' in client.get("/").content.decode()


def test_a_new_account_has_the_language_that_was_chosen_before_it(db):
    rut = rut_with_check_digit(42_700_001)
    with speaking("en"):
        person = enter_with_claveunica(identity=Identity(rut=rut, given_names="Joan", family_names="Gray"), now=NOW)
    assert person.language == "en"
    person = enter_with_claveunica(identity=Identity(rut=rut, given_names="Joan", family_names="Gray"), now=NOW)
    assert person.language == "en"


def test_it_is_ones_own_choice_among_those_there_are(cast):
    with pytest.raises(Refused, match="propio idioma"):
        choose_language(person=cast["rival"], language="en", actor=cast.actor("owner", NOW), now=NOW)
    assert entered(cast, "owner").post(CHOOSE, {"language": "fr"}).status_code == 422
    assert Person.objects.get(pk=cast["owner"].pk).language == "es"
