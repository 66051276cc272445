"""A small cast of the registry's own: the executive, her director, an officer elsewhere, an owner and her rival."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client

from acompana.companies.models import Company
from acompana.companies.operations import merge_companies, register_company, update_characterization
from acompana.kernel.models import ChangeSet
from acompana.kernel.rut import rut_with_check_digit
from acompana.people.actors import Actor, actor_of
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember
from acompana.people.queries import office_by_code
from acompana.reference.models import Country, Region, SalesBracket, Sector

NOW = datetime(2026, 9, 16, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TODAY = date(2026, 9, 16)
PAIRS = "/escritorio/empresas/duplicados/"
BACKEND = "acompana.people.backends.Backend"
_numbers = count(40_100_000)


def new_rut() -> str:
    return rut_with_check_digit(next(_numbers))


def make_staff(given: str, family: str, office: str, *roles: str, capacity: int | None = None) -> Actor:
    person = Person.objects.create(
        email=f"{given}.{family}@agencia.example".lower(), given_names=given, family_names=family, joined_at=NOW
    )
    staff = StaffMember.objects.create(
        person=person, office=office_by_code(office), since_on=date(2020, 1, 1), capacity=capacity
    )
    for slug in roles:
        RoleGrant.objects.create(staff_member=staff, role=Role.objects.get(slug=slug), since_on=date(2020, 1, 1))
    return actor_of(person, TODAY)


def make_person(given: str, family: str) -> Actor:
    person = Person.objects.create(
        email=f"{given}.{family}@empresa.example".lower(),
        given_names=given,
        family_names=family,
        email_verified_at=NOW,
        joined_at=NOW,
    )
    return Actor(person=person)


def make_company(name: str, **fields: object) -> Company:
    """A company as an import would leave it; what it does not say has the model's own value."""
    from acompana.companies.operations.keeping import set_match_keys
    from acompana.companies.search import index_companies

    fields.setdefault("country", Country.objects.get(alpha2="CL"))
    company = Company(legal_name=name, created_at=NOW, **{"rut": new_rut(), "related_on": TODAY, **fields})
    set_match_keys(company)
    company.save()
    index_companies([company.pk])
    return company


def fill(company, actor, values, **rows):
    return update_characterization(
        company=company, version=company.version, values=values, actor=actor, now=NOW, **rows
    )


def merge(kept: Company, gone: Company, actor: Actor, **more: Any) -> ChangeSet:
    return merge_companies(kept=kept, gone=gone, actor=actor, now=NOW, **more)


def fresh(company: Company) -> Company:
    """As it is stored now."""
    return Company.objects.get(pk=company.pk)


@pytest.fixture
def boss(db: None) -> Actor:
    """Of Client management: decides for every office."""
    return make_staff("Gloria", "Campos", "CL-CENTRAL", "client-management")


@pytest.fixture
def as_boss(client: Client, boss: Actor) -> Client:
    client.force_login(boss.person, backend=BACKEND)
    return client


@pytest.fixture
def office(db: None) -> Office:
    return office_by_code("CL-VS")


@pytest.fixture
def two(office: Office, carolina: Actor, valparaiso: Region) -> tuple[Company, Company]:
    """A company with RUT and its card without one."""
    kept = make_company("Conservas Alto Roble SpA", office=office, region=valparaiso, address="Calle Uno 12")
    gone = make_company("", rut=None, trade_name="Alto Roble", office=office, website="https://altoroble.example")
    return kept, gone


@pytest.fixture
def carolina(db: None) -> Actor:
    return make_staff("Carolina", "Soto", "CL-VS", "regional-executive", capacity=2)


@pytest.fixture
def marta(db: None) -> Actor:
    return make_staff("Marta", "Fuentes", "CL-VS", "regional-director")


@pytest.fixture
def pedro(db: None) -> Actor:
    return make_staff("Pedro", "Lagos", "CL-BI", "regional-executive")


@pytest.fixture
def ana(db: None) -> Actor:
    return make_person("Ana", "Rojas")


@pytest.fixture
def luis(db: None) -> Actor:
    return make_person("Luis", "Tapia")


@pytest.fixture
def valparaiso(db: None) -> Region:
    return Region.objects.get(iso="CL-VS")


@pytest.fixture
def alto_roble(ana: Actor, valparaiso: Region) -> Company:
    mandate = register_company(
        rut="41.203.875-4",
        legal_name="Conservas Alto Roble SpA",
        region=valparaiso,
        person=ana.person,
        actor=ana,
        now=NOW,
        channel="portal",
    )
    return mandate.company


@pytest.fixture
def full_values(db: None, valparaiso: Region) -> dict[str, object]:
    """What completes the form of a national company, but for its rows."""
    return {
        "started_on": date(2015, 3, 1),
        "tax_category": "first",
        "region": valparaiso,
        "commune": valparaiso.communes.first(),
        "address": "Calle Uno 12",
        "sector": Sector.objects.filter(strategic=True).first(),
        "sales_bracket": SalesBracket.objects.get(number=5),
        "workers": 12,
        "commercial_year": 2025,
        "offer": "goods",
        "exported_recently": True,
        "women_role": "sole",
    }


@pytest.fixture
def as_carolina(client, carolina):
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    return client


@pytest.fixture
def as_pedro(client, pedro):
    client.force_login(pedro.person, backend="acompana.people.backends.Backend")
    return client


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()
