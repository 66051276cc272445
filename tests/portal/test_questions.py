"""The number of questions of the test is told as it is, and the same everywhere (INT-22)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client

from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from tests.kept import made_once

pytestmark = pytest.mark.django_db
NOW = read_clock() - timedelta(hours=1)


kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


def test_one_number_of_questions_on_every_page(cast):
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    fill_form(company, actor=cast.actor("owner", NOW), now=NOW)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=cast.actor("owner", NOW), now=NOW)
    client = Client()
    client.force_login(cast["owner"], backend="acompana.people.backends.Backend")

    def read(address: str) -> str:
        return client.get(address, follow=True).content.decode()

    test = f"/mi-empresa/{company.pk}/test/"
    assert "Son hasta 32 preguntas" in read("/ruta/")
    assert "Son hasta 32 preguntas" in read(test)
    first = client.post(test)["Location"]
    assert "Pregunta 1 de hasta 32 ·" in read(first)
    assert "(0 de hasta 32)" in read(test)
    answer = re.search(r'name="(\w+)" value="(\w+)"[^>]*class="choice__input', read(first))
    client.post(first, {answer[1]: answer[2]})
    assert "(1 de hasta 32)" in read(test)
