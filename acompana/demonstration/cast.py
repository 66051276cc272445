"""The named cast: invented people and companies that the tests and the demonstration share.

People are made here in one go; what they did is made through operations, so that it obeys every rule.
RUTs come from the range that is not assigned (IDN-3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as _

from acompana.kernel.rut import rut_with_check_digit
from acompana.people.actors import Actor, actor_of
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember

PASSWORD = "acompana-demostracion"
DOMAIN = "acompana.example"


@dataclass(frozen=True, slots=True)
class StaffPart:
    """A member of staff in the cast."""

    key: str
    given: str
    family: str
    office: str
    title: str
    roles: tuple[str, ...]


STAFF_PARTS = (
    StaffPart("executive", "Carolina", "Soto Rivas", "CL-VS", _("Ejecutiva regional"), ("regional-executive",)),
    StaffPart("other_executive", "Pedro", "Lagos Muñoz", "CL-BI", _("Ejecutivo regional"), ("regional-executive",)),
    StaffPart("far_executive", "Isabel", "Oyarzo Vera", "CL-MA", _("Ejecutiva regional"), ("regional-executive",)),
    StaffPart("director", "Marta", "Fuentes Leal", "CL-VS", _("Directora regional"), ("regional-director",)),
    StaffPart(
        "client_management", "Jorge", "Pinto Salas", "CL-CENTRAL", _("Gestión de clientes"), ("client-management",)
    ),
    StaffPart("control", "Elena", "Vidal Cáceres", "CL-CENTRAL", _("Control de gestión"), ("management-control",)),
    StaffPart(
        "directorate", "Sofía", "Paredes Luna", "CL-CENTRAL", _("Dirección nacional"), ("national-directorate",)
    ),
    StaffPart(
        "strategy", "Tomás", "Araya Neira", "CL-CENTRAL", _("Desarrollo estratégico"), ("strategic-development",)
    ),
    StaffPart(
        "administrator", "Raúl", "Mena Ortiz", "CL-CENTRAL", _("Administración del sistema"), ("administrator",)
    ),
)

CITIZEN_PARTS = (
    ("owner", 41_203_876, "Ana", "Rojas Pérez", "ana.rojas@altoroble.example", _("Dueña de Conservas Alto Roble")),
    ("rival", 41_517_220, "Luis", "Tapia Godoy", "luis.tapia@cerropardo.example", _("Dueño de Viña Cerro Pardo")),
    (
        "limited",
        42_118_903,
        "Rosa",
        "Miranda Paz",
        "rosa.miranda@correo.example",
        _("Dice representar una empresa conocida"),
    ),
    (
        "newcomer",
        43_006_512,
        "Valentina",
        "Ríos Campos",
        "valentina.rios@oliva.example",
        _("Hace aceite de oliva; no conoce la agencia"),
    ),
    ("citizen", 40_777_101, "Berta", "Núñez Soto", "berta.nunez@correo.example", _("Persona sin empresa")),
)

OWN_COMPANY = rut_with_check_digit(41_203_875)
RIVAL_COMPANY = rut_with_check_digit(41_880_114)


@dataclass(slots=True)
class Cast:
    """People by their part. `actor(key, now)` is who they are on a day."""

    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    def actor(self, key: str, now: datetime) -> Actor:
        return actor_of(self.people[key], localdate(now))


@transaction.atomic
def make_people(*, now: datetime, since: date | None = None) -> Cast:
    """The cast's people, staff with their roles first. Running it twice changes nothing."""
    since = since or localdate(now).replace(month=1, day=1)
    cast = Cast()
    for part in STAFF_PARTS:
        cast.people[part.key] = make_staff(part, now=now, since=since)
    for key, number, given, family, email, who in CITIZEN_PARTS:
        person, made = Person.objects.get_or_create(
            rut=rut_with_check_digit(number),
            defaults={
                "given_names": given,
                "family_names": family,
                "email": email,
                "email_verified_at": now,
                "joined_at": now,
                "demonstration_role": who,
            },
        )
        if made:
            person.set_unusable_password()
            person.save()
        cast.people[key] = person
    return cast


@cache
def hashed_password() -> str:
    """Slow on purpose, so that it is computed once for everybody."""
    return make_password(PASSWORD)


def email_of(part: StaffPart) -> str:
    """The institutional address of somebody of the cast."""
    email = f"{part.given}.{part.family.split()[0]}@{DOMAIN}".lower()
    return email.translate(str.maketrans("áéíóúñ", "aeioun"))


def make_staff(part: StaffPart, *, now: datetime, since: date) -> Person:
    """Somebody of the agency with their roles; the one who is there already if the part was made before."""
    email = email_of(part)
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person(
            email=email,
            email_verified_at=now,
            given_names=part.given,
            family_names=part.family,
            joined_at=now,
            demonstration_role=part.title,
        )
        person.password = hashed_password()
        person.save()
        member = StaffMember.objects.create(
            person=person, office=Office.objects.get(code=part.office), title=part.title, since_on=since
        )
        for slug in part.roles:
            RoleGrant.objects.create(staff_member=member, role=Role.objects.get(slug=slug), since_on=since)
    return person
