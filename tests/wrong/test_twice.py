"""The same form sent twice has one effect, and both sendings lead to the same page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from acompana.cases.models import HelpRequest
from acompana.companies.models import Company, Mandate
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.models import SentForm
from acompana.logbook.models import Entry
from acompana.matters.models import Step
from acompana.reference.models import Region

pytestmark = pytest.mark.django_db
BACKEND = "acompana.people.backends.Backend"


@pytest.fixture
def cast():
    return make_people(now=read_clock())


@pytest.fixture
def company(cast):
    now = read_clock() - timedelta(days=1)
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=now)
    return fill_form(company, actor=cast.actor("owner", now), now=now)


def browser_of(person) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend=BACKEND)
    return client


def token_of(client: Client, page: str) -> str:
    """The token of one rendering of the page's form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(page).content.decode())
    assert found
    return found[1]


def send_twice(client: Client, page: str, data: dict) -> list:
    sent = {**data, "csrfmiddlewaretoken": token_of(client, page)}
    answers = [client.post(page, sent), client.post(page, sent)]
    assert [answer.status_code for answer in answers] == [302, 302], answers[0].content.decode()[:3000]
    assert answers[0]["Location"] == answers[1]["Location"]
    return answers


def test_a_registration(cast, caplog):
    client = browser_of(cast["newcomer"])
    region = Region.objects.get(iso="CL-VS").pk
    data = {"rut": "41.900.001-2", "legal_name": "Aceites del Valle SpA", "region": region}
    from acompana.kernel.rut import rut_with_check_digit

    data["rut"] = rut_with_check_digit(41_900_001)
    caplog.set_level("INFO", "acompana")
    send_twice(client, "/mi-empresa/registrar/", data)
    assert Mandate.objects.filter(person=cast["newcomer"]).count() == 1
    assert "the same form came again to /mi-empresa/registrar/" in caplog.text


def test_sending_the_form(cast, company):
    send_twice(browser_of(cast["owner"]), f"/mi-empresa/{company.pk}/ficha/revisar/", {})
    assert Step.objects.filter(matter=latest_intake_of(company).matter, transition="submit").count() <= 1
    assert latest_intake_of(company).matter.state == "self_test"


def test_an_entry_of_the_logbook_even_with_the_words_of_another(cast, company):
    Company.objects.filter(pk=company.pk).update(executive=cast["executive"])
    client = browser_of(cast["executive"])
    page = company.get_absolute_url()
    data = {"kind": "call", "outcome": "not_reached", "text": "No contestó.", "visibility": "staff"}
    before = Entry.objects.filter(kind="call").count()
    send_twice(client, page, data)
    assert Entry.objects.filter(kind="call").count() == before + 1
    # Another rendering of the same form is another call, though it says the same.
    send_twice(client, page, data)
    assert Entry.objects.filter(kind="call").count() == before + 2


def test_a_help_request_without_an_account():
    client = Client(enforce_csrf_checks=True)
    data = {
        "about": HelpRequest.About.values[0],
        "what_went_wrong": "No puedo registrar mi empresa.",
        "asker_name": "Berta Núñez",
        "asker_email": "berta.nunez@correo.example",
    }
    send_twice(client, "/ayuda/solicitud/", data)
    assert HelpRequest.objects.count() == 1


def test_what_was_refused_may_be_sent_again(cast):
    client = browser_of(cast["newcomer"])
    page = "/mi-empresa/registrar/"
    sent = {"rut": "1", "csrfmiddlewaretoken": token_of(client, page)}
    assert [client.post(page, sent).status_code for _ in range(2)] == [422, 422]
    assert not SentForm.objects.exists()


def test_a_review(cast, company):
    from acompana.demonstration.roads import answer_test

    now = read_clock() - timedelta(hours=1)
    actor = cast.actor("owner", now)
    intake.submit_characterization(matter=latest_intake_of(company).matter, actor=actor, now=now)
    answer_test(company, actor=actor, now=now, level="low")
    data = {"because": "El test no vio que ya vendemos en Brasil."}
    send_twice(browser_of(cast["owner"]), f"/mi-empresa/{company.pk}/resultado/revision/", data)
    assert latest_intake_of(company).reviews.count() == 1
