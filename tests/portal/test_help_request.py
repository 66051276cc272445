"""Asking for help says of which company it is: chosen among one's own, by its RUT otherwise (INT-6, INT-24)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from acompana.cases.models import HelpRequest
from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import register
from acompana.kernel.clock import read_clock
from acompana.kernel.rulebook import get_rule
from acompana.kernel.rut import rut_with_check_digit
from acompana.people.models import Person
from acompana.reference.models import Region
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)
ASK = "/ayuda/solicitud/"
STORY = {
    "about": "test",
    "what_went_wrong": "El test no avanza.",
    "asker_name": "Ana Rojas",
    "asker_email": "ana.rojas@altoroble.example",
}
BACKEND = "acompana.people.backends.Backend"


kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


def of(cast: Cast, key: str) -> Client:
    client = Client()
    client.force_login(cast[key], backend=BACKEND)
    return client


def owned(cast: Cast, number: int, name: str, key: str = "owner") -> Company:
    return register(cast, key, rut_number=number, name=name, region="CL-VS", now=NOW)


def test_with_one_company_it_is_chosen_already(cast):
    company = owned(cast, 41_203_875, "Conservas Alto Roble SpA")
    client = of(cast, "owner")
    page = client.get(ASK).content.decode()
    assert "Conservas Alto Roble SpA" in page
    assert page.count(" checked") == 1
    Person.objects.filter(pk=cast["owner"].pk).update(language="en")
    receipt = client.post(ASK, {**STORY, "company": company.pk}, follow=True).text
    request = HelpRequest.objects.get()
    assert f"<strong>{request.matter.number}</strong>" in receipt
    assert re.search(rf"El \w+ \d+ de \w+ a las {timezone.localtime(request.matter.opened_at):%H:%M}\.", receipt)
    assert (request.matter.company, request.rut_given) == (company, company.rut)
    assert request.language == "es"  # of the page, and not of their account


def test_with_several_one_is_chosen_and_the_rut_is_for_another(cast):
    owned(cast, 41_203_875, "Conservas Alto Roble SpA")
    second = owned(cast, 41_203_877, "Aceites Alto Roble SpA")
    other = owned(cast, 41_880_114, "Viña Cerro Pardo Ltda.", "rival")
    client = of(cast, "owner")
    page = client.get(ASK).content.decode()
    assert " checked" not in page
    assert page.index("Aceites Alto Roble") < page.index("Conservas Alto Roble")
    assert client.post(ASK, STORY).status_code == 422
    assert client.post(ASK, {**STORY, "company": second.pk, "rut_given": "41.203.875-5"}).status_code == 302
    assert HelpRequest.objects.get().matter.company == second
    assert client.post(ASK, {**STORY, "company": other.pk}).status_code == 422
    assert client.post(ASK, {**STORY, "company": "otra", "rut_given": "41.203.875-5"}).status_code == 422
    client.post(ASK, {**STORY, "company": "otra", "rut_given": other.rut})
    request = HelpRequest.objects.order_by("pk").last()
    assert (request.matter.company, request.rut_given) == (None, other.rut)


def test_who_has_no_company_types_its_rut(cast):
    page = of(cast, "citizen").get(ASK).content.decode()
    assert 'name="company"' not in page
    assert 'name="rut_given"' in page
    assert 'name="company"' not in of(cast, "executive").get(ASK).content.decode()


def test_a_limited_mandate_reads_only_what_it_typed(cast):
    rut = rut_with_check_digit(42_500_111)
    companies.register_potential_account(
        actor=cast.actor("executive", NOW), now=NOW, channel="event", name="Secreto", rut=rut
    )
    mandate = companies.register_company(
        rut=rut,
        legal_name="Quesos SpA",
        person=cast["limited"],
        region=Region.objects.get(iso="CL-VS"),
        actor=cast.actor("limited", NOW),
        now=NOW,
        channel="portal",
    )
    assert mandate.state == "limited"
    page = of(cast, "limited").get(ASK).content.decode()
    assert "Quesos SpA" in page
    assert "Secreto" not in page


@pytest.mark.one_database
def test_as_many_queries_for_three_companies_as_for_one(cast, django_assert_num_queries):
    client = of(cast, "owner")
    owned(cast, 41_203_875, "Conservas Uno SpA")
    client.get(ASK)
    with django_assert_num_queries(QUERIES):
        client.get(ASK)
    owned(cast, 41_203_877, "Conservas Dos SpA")
    owned(cast, 41_203_878, "Conservas Tres SpA")
    with django_assert_num_queries(QUERIES):
        client.get(ASK)


QUERIES = 6


def test_a_person_without_a_company_is_told_to_whom_to_write_and_when(cast):
    page = Client().get("/ayuda/?empresa=no").content.decode()
    for unit in get_rule("CHA-4", timezone.localdate()).value.values():
        assert f'<a href="mailto:{unit}">' in page
    assert "Lunes a jueves: 9:00 a 13:00 y 14:00 a 17:30" in page
    assert "Las dos casillas están por confirmar." in page
    client = Client()
    client.force_login(cast["citizen"], backend="acompana.people.backends.Backend")
    assert (
        '<a class="button button--quiet" href="/ayuda/?empresa=no">No tengo empresa</a>'
        in client.get("/mi-empresa/").content.decode()
    )
