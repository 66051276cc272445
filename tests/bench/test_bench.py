"""The bench does not rot: the same code, over 300 companies, on the database of the tests. Nothing is timed."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.kernel.models import SearchRow
from acompana.logbook.models import Entry
from acompana.people.models import Person
from bench import asking, country, working
from bench.asked import choose
from bench.routing import routing
from bench.task import PEOPLE, token_of

COMPANIES = 300


class ClientAsker:
    """The test client in the place of a connection."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path):
        response = self.client.get(path)
        return response.status_code, response.content

    def post(self, path, body):
        response = self.client.post(path, json.dumps(body), content_type="application/json")
        return response.status_code, response.content


@pytest.mark.django_db
def test_country_is_made_and_everything_is_asked_of_it():
    country.make(COMPANIES)
    assert Company.objects.count() == COMPANIES
    assert Entry.objects.count() == 5 * COMPANIES
    assert Commitment.objects.open().count() == COMPANIES // 5
    assert SearchRow.objects.filter(kind="company").count() == COMPANIES
    people = Person.objects.filter(email__endswith=PEOPLE).order_by("pk")[:2]
    found = asking.measure_reads([(person.pk, ClientAsker(token_of(person))) for person in people], choose(10))
    assert len(found) == 7
    assert working.duplicates()["companies"] == COMPANIES
    assert working.deadlines(10)["many"] == 10
    routed = routing(30)
    assert routed["many"] == 30
    assert routed["referred"] + routed["exempt"] == 10
    assert routed["referred"] + routed["to_contact"] == 30
    late = Commitment.objects.open().filter(due_at__lt=country.NOON)
    before = late.filter(breached_at=None).count()
    assert working.sweep()["claimed"] >= before > 0
    assert late.filter(breached_at=None).count() == before
