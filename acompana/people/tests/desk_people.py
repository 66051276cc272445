"""Staff of the desk for tests: an administrator, an executive."""

from datetime import UTC, date, datetime

from acompana.people.actors import Actor
from acompana.people.models import Person, Role
from acompana.people.operations import appoint_staff, grant_role
from acompana.people.queries import office_by_code

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def staff(given, family, office="CL-VS", *roles):
    person = Person.objects.create_user(
        f"{given}.{family}@agencia.example".lower(), None, given_names=given, family_names=family, joined_at=NOW
    )
    actor = Actor(person=person)
    member = appoint_staff(
        person=person, office=office_by_code(office), since_on=date(2026, 1, 5), actor=actor, now=NOW
    )
    for slug in roles:
        grant_role(staff_member=member, role=Role.objects.get(slug=slug), actor=actor, now=NOW)
    return member


def enter(client, member):
    client.force_login(member.person, backend="acompana.people.backends.Backend")
    return client
