"""Who asks, and for what: the cast, each in a session of their own, and two companies with what hangs on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.test.client import ClientHandler
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, Mandate
from acompana.companies.operations import assign_executive
from acompana.demonstration.cast import Cast, StaffPart, make_people, make_staff
from acompana.demonstration.roads import answer_test, fill_form, open_hour, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from acompana.people.models import Person
from tests.permissions import OTHER_ROLES, ROLES

BACKEND = "acompana.people.backends.Backend"


LOWEST, HIGHEST = "no_role", "every_other_role"
"""Who stands for OTHER_STAFF: staff without any role, and somebody with all of `OTHER_ROLES` at once."""

# Staff whom the demonstration does not need; the names say what they are.
PARTS = (
    StaffPart("other_director", "Dirección", "Biobío", "CL-BI", "Directora regional", ("regional-director",)),
    StaffPart("sector_lead", "Encargada", "Sector", "CL-VS", "Encargada de sector", ("regional-sector-lead",)),
    StaffPart("cpe_executive", "Ejecutivo", "Centro", "CL-VS", "Ejecutivo CPE", ("cpe-executive",)),
    StaffPart(LOWEST, "Nadie", "Ninguna", "CL-CENTRAL", "Sin función", ()),
    StaffPart(HIGHEST, "Alguien", "Todas", "CL-CENTRAL", "Todas las demás", OTHER_ROLES),
    *(StaffPart(slug, "Alguien", slug, "CL-CENTRAL", slug, (slug,)) for slug in OTHER_ROLES),
)


class Browser(RequestFactory):
    """Asks through the whole stack of middleware, as Django's own client, without keeping what was rendered."""

    def __init__(self, handler: ClientHandler, session: str | None) -> None:
        super().__init__()
        self.handler = handler
        if session:
            self.cookies[settings.SESSION_COOKIE_NAME] = session

    def request(self, **environment: object):
        return self.handler(self._base_environ(**environment))


@dataclass
class World:
    """`sides["own"]` and `sides["rival"]` hold objects of the same names; `sessions` a session key per person."""

    cast: Cast
    now: datetime
    sides: dict[str, SimpleNamespace] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def __deepcopy__(self, memo: dict) -> World:
        """Itself: Django would copy it whole for each test, and nothing changes it."""
        return self

    def browser(self, key: str) -> Browser:
        """A browser of somebody who entered, as new."""
        return Browser(self.handler, self.sessions.get(key))


def build() -> World:
    """The world, in the transaction of the caller."""
    now = read_clock() - timedelta(days=3)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        cast = make_people(now=now)
        for part in PARTS:
            cast.people[part.key] = make_staff(part, now=now, since=localdate(now).replace(month=1, day=1))
    cast.people["importer"] = Person.objects.create(
        email="buyer@import.example", given_names="Import", family_names="Buyer", language="en", joined_at=now
    )
    cast["importer"].set_unusable_password()
    cast["importer"].save()
    world = World(cast=cast, now=now)
    world.sides["own"] = _side(world, "owner", "executive", 41_203_875, "Conservas Alto Roble SpA", "CL-VS")
    world.sides["rival"] = _side(world, "rival", "other_executive", 41_880_114, "Viña Cerro Pardo Ltda.", "CL-BI")
    Mandate.objects.create(
        company=world.sides["own"].company,
        person=cast["limited"],
        state=Mandate.State.LIMITED,
        requested_at=now,
        decided_at=now,
    )
    for key in {*ROLES, *(part.key for part in PARTS)} & set(cast.people):
        client = Client()
        client.force_login(cast[key], backend=BACKEND)
        world.sessions[key] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return world


def _side(world: World, person: str, executive: str, rut: int, name: str, region: str) -> SimpleNamespace:
    """A company with a High result, an executive, and an interview arranged."""
    cast, now = world.cast, world.now
    actor = cast.actor(person, now)
    company = register(cast, person, rut_number=rut, name=name, region=region, now=now)
    fill_form(company, actor=actor, now=now)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=actor, now=now)
    matter = answer_test(company, actor=actor, now=now, level="high")
    assign_executive(
        company=Company.objects.get(pk=company.pk),
        executive=cast[executive],
        actor=cast.actor("administrator", now),
        now=now,
    )
    matter.refresh_from_db()
    contact = company.contacts.get()
    officer = cast.actor(executive, now)
    intake.record_contact(matter=matter, contact=contact, channel="phone", text="Acordamos.", actor=officer, now=now)
    intake.arrange_interview(
        matter=matter,
        mode="visit",
        place="Planta",
        starts_at=open_hour(matter.office, now + timedelta(days=9)),
        minutes=60,
        actor=officer,
        now=now,
    )
    matter.refresh_from_db()
    return SimpleNamespace(
        person=cast[person],
        company=Company.objects.get(pk=company.pk),
        matter=matter,
        contact=contact,
        mandate=company.mandates.get(person=cast[person]),
        message=Message.objects.filter(company=company).first(),
        commitment=Commitment.objects.filter(company=company).first(),
        entry=Entry.objects.filter(company=company).first(),
    )
