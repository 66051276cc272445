"""Small definitions, and the people and companies that answer them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from acompana.companies.models import Company
from acompana.people.actors import Actor
from acompana.people.models import Office, Person, StaffMember
from acompana.questionnaires.models import Version
from acompana.questionnaires.operations import publish_shipped
from acompana.reference.models import Country

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def small_definition(**changes) -> dict:
    """Two dimensions of equal weight, a condition, an option that does not count, and a free text."""
    definition = {
        "instrument": "small",
        "title": "Pequeño",
        "notice": "No oficial.",
        "dimensions": [
            {"slug": "one", "label": "Una", "explanation": "La primera.", "weight": 1},
            {"slug": "two", "label": "Dos", "weight": 1},
        ],
        "bands": [
            {"slug": "low", "label": "Bajo", "from": 0},
            {"slug": "high", "label": "Alto", "from": 65, "meaning": "Muy bien.", "tone": "good"},
            {"slug": "medium", "label": "Medio", "from": 40},
        ],
        "questions": [
            {
                "slug": "plan",
                "dimension": "one",
                "kind": "single",
                "text": "¿Tienes un plan?",
                "options": [
                    {"value": "written", "label": "Por escrito", "points": 4},
                    {"value": "idea", "label": "Una idea", "points": 2},
                    {"value": "no", "label": "No", "points": 0},
                    {"value": "na", "label": "No aplica", "counts": False},
                ],
                "gap": {"below": 4, "text": "Falta un plan escrito.", "closes": ["export-business-plan"]},
            },
            {
                "slug": "goals",
                "dimension": "one",
                "kind": "yes_no",
                "text": "¿Tiene metas?",
                "show_if": [{"question": "plan", "equals": ["written", "idea"]}],
                "options": [
                    {"value": "yes", "label": "Sí", "points": 4},
                    {"value": "no", "label": "No", "points": 0},
                ],
            },
            {
                "slug": "years",
                "dimension": "two",
                "kind": "number",
                "unit": "años",
                "minimum": 0,
                "maximum": 100,
                "text": "¿Cuántos años llevas?",
                "steps": [{"at_least": 2, "points": 2}, {"at_least": 5, "points": 4}],
            },
            {
                "slug": "channels",
                "dimension": "two",
                "kind": "multiple",
                "cap": 4,
                "text": "¿Por dónde vendes?",
                "options": [
                    {"value": "web", "label": "Web", "points": 3},
                    {"value": "shop", "label": "Tienda", "points": 2},
                    {"value": "none", "label": "Ninguno", "points": 0, "exclusive": True},
                ],
                "gap": {"below": 2, "text": "Faltan canales.", "closes": ["digital-platforms"]},
            },
            {"slug": "remarks", "dimension": "two", "kind": "text", "text": "¿Algo más?", "required": False},
        ],
    }
    definition.update(changes)
    return definition


FULL = {"plan": "written", "goals": "yes", "years": 6, "channels": ["web", "shop"]}


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def shipped(db) -> None:
    """The shipped instruments, also where a test has emptied the database."""
    publish_shipped(now=NOW)


@pytest.fixture
def small_version(db) -> Version:
    return Version.objects.create(
        instrument="small", number=1, title="Pequeño", definition=small_definition(), drafted_at=NOW, published_at=NOW
    )


@pytest.fixture
def chile(db) -> Country:
    return Country.objects.get_or_create(alpha2="CL", defaults={"alpha3": "CHL", "name": "Chile", "name_en": "Chile"})[
        0
    ]


@pytest.fixture
def company(chile: Country) -> Company:
    return Company.objects.create(legal_name="Conservas Alto Roble SpA", country=chile, created_at=NOW)


@pytest.fixture
def ana(db) -> Actor:
    """Owner of the company."""
    person = Person.objects.create_user("ana@ejemplo.cl", given_names="Ana", family_names="Rojas", joined_at=NOW)
    return Actor(person=person)


def make_staff(chile: Country, name: str, *roles: str) -> Actor:
    office = Office.objects.get_or_create(
        code="XX-TEST",
        defaults={
            "kind": "commercial",
            "name": "Oficina de prueba",
            "country": chile,
            "city": "Valparaíso",
            "time_zone": "America/Santiago",
        },
    )[0]
    given, family = name.split()
    person = Person.objects.create_user(
        f"{given.lower()}@agencia.example", given_names=given, family_names=family, joined_at=NOW
    )
    member = StaffMember.objects.create(person=person, office=office, since_on=date(2024, 1, 2))
    return Actor(person=person, staff_member=member, roles=frozenset(roles))


@pytest.fixture
def carolina(chile: Country) -> Actor:
    return make_staff(chile, "Carolina Soto", "regional-executive")


@pytest.fixture
def raul(chile: Country) -> Actor:
    return make_staff(chile, "Raúl Mena", "administrator")
