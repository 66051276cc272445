"""A new installation has somebody who administers it, by one command and one link."""

from __future__ import annotations

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import localdate

from acompana.kernel.clock import read_clock
from acompana.people.actors import actor_of
from acompana.people.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "una clave larga y rara 81"


def appoint(*who: str) -> str:
    said = StringIO()
    call_command("appoint_administrator", *who, stdout=said)
    return said.getvalue()


def test_the_link_lets_the_first_administrator_choose_a_password(client: Client) -> None:
    link = appoint("Ana@agencia.example", "Ana", "Rojas").strip().splitlines()[-1]
    page = client.get(urlsplit(link).path, follow=True)
    assert page.status_code == 200
    address = page.redirect_chain[-1][0]
    answer = client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    person = Person.objects.get(email="ana@agencia.example")
    assert person.check_password(PASSWORD)
    assert actor_of(person, localdate(read_clock())).has_role("administrator")


def test_there_is_one_first_administrator_only() -> None:
    appoint("ana@agencia.example", "Ana", "Rojas")
    with pytest.raises(CommandError, match="already"):
        appoint("luis@agencia.example", "Luis", "Tapia")


def test_a_wrong_address_appoints_nobody() -> None:
    with pytest.raises(CommandError):
        appoint("ana", "Ana", "Rojas")
    assert not Person.objects.exists()
