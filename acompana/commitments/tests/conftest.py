"""The named cast that commitments need: an executive, a colleague, an office and a company."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from acompana.commitments.operations import promise
from acompana.companies.models import Company
from acompana.people.actors import actor_of
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember
from acompana.people.operations import load_offices_and_roles
from acompana.reference.operations import load_reference_data

NOW = datetime(2026, 9, 16, 18, 0, tzinfo=UTC)  # Wednesday 16 September, 15:00 in Valparaíso


def staff(given, family, office):
    person = Person.objects.create(given_names=given, family_names=family, joined_at=NOW)
    StaffMember.objects.create(person=person, office=office, since_on=date(2024, 1, 1))
    return person


@pytest.fixture
def cast(db):
    if not Office.objects.exists():  # a transactional test before this one flushed every table
        load_reference_data()
        load_offices_and_roles()
    office = Office.objects.get(code="CL-VS")
    carolina, hugo = staff("Carolina", "Soto", office), staff("Hugo", "Leiva", office)
    RoleGrant.objects.create(
        staff_member=carolina.staff_member,
        role=Role.objects.get(slug="regional-executive"),
        since_on=date(2024, 1, 1),
    )
    company = Company.objects.create(
        legal_name="Conservas Alto Roble SpA", country=office.country, created_at=NOW, office=office
    )
    return SimpleNamespace(
        now=NOW,
        office=office,
        biobio=Office.objects.get(code="CL-BI"),
        carolina=carolina,
        hugo=hugo,
        company=company,
        actor=actor_of(carolina, NOW.date()),
    )


@pytest.fixture
def owe(cast):
    """Promises something by a rule, DL-1 by the office unless told otherwise."""

    def owe(rule="DL-1", **changes):
        given = {
            "what": "Contactar a Conservas Alto Roble",
            "debtor": "office",
            "office": cast.office,
            "starts_at": cast.now,
            "now": cast.now,
            "actor": cast.actor,
            "company": cast.company,
        }
        return promise(rule=rule, **(given | changes))

    return owe
