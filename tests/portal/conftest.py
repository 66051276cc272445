"""A company whose owner fills in its form; a module that needs another cast has its own."""

from __future__ import annotations

import pytest
from django.test import Client

from acompana.companies.models import Company
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import register
from tests.kept import copy_of, made_once
from tests.portal.filling_in import NOW

kept_cast = made_once(lambda: make_people(now=NOW))
cast = copy_of("kept_cast")


@pytest.fixture
def company(cast) -> Company:
    return register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)


@pytest.fixture
def client(cast) -> Client:
    client = Client()
    client.force_login(cast["owner"], backend="acompana.people.backends.Backend")
    return client
