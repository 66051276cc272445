"""The number of questions of the test is told as it is, and the same everywhere (INT-22)."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from acompana.companies import operations as companies
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.questionnaires.models import Answer
from acompana.shell.meanwhile import opened_with
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


def test_what_another_person_answered_meanwhile_is_told_before_it_is_written_over(cast):
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    owner = cast.actor("owner", NOW)
    fill_form(company, actor=owner, now=NOW)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=owner, now=NOW)
    asked = companies.request_mandate(company=company, person=cast["citizen"], now=NOW)
    companies.decide_mandate(mandate=asked, granted=True, actor=owner, now=NOW)
    first, second = Client(), Client()
    first.force_login(cast["owner"], backend="acompana.people.backends.Backend")
    second.force_login(cast["citizen"], backend="acompana.people.backends.Backend")
    address = first.post(f"/mi-empresa/{company.pk}/test/")["Location"]
    page = second.get(address)
    slug = page.context["question"].slug
    one, two, *_ = [value for value, _ in page.context["field"].field.choices if value]
    opened = opened_with(page.context["form"])
    assert f'name="opened" value="{escape(opened)}"' in page.content.decode()
    assert first.post(address, {slug: one, "opened": opened}).status_code == 302
    assert first.post(address, {slug: two, "opened": opened}).status_code == 302, "back by the browser is no conflict"
    refused = second.post(address, {slug: one, "opened": opened})
    told = f"Mientras tanto {cast['owner'].full_name} respondió: «"
    assert told in refused.content.decode()
    assert second.post(address, {slug: two, "opened": opened}).status_code == 302, "both say the same"
    assert first.post(address, {slug: two, "opened": opened}).status_code == 302
    again = second.post(address, {slug: "", "opened": opened})
    assert again.status_code == 302, "what they left as it was is not theirs"
    assert Answer.objects.get(question=slug).value == two
    assert first.post(address, {slug: two, "opened": opened}).status_code == 302
    refused = second.post(address, {slug: one, "opened": opened})
    assert second.post(address, {slug: one, "opened": opened_with(refused.context["form"])}).status_code == 302
    assert Answer.objects.get(question=slug).value == one
