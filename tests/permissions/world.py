"""Who asks, and for what: the cast, each in a session of their own, and two companies with what hangs on one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.conf import settings
from django.test import Client, override_settings

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, Mandate
from acompana.companies.operations import assign_executive
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.logbook.models import Entry
from acompana.messages.models import Message
from tests.permissions import ROLES

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass
class World:
    """`sides["own"]` and `sides["rival"]` hold objects of the same names; `sessions` a session key per role."""

    cast: Cast
    now: datetime
    sides: dict[str, SimpleNamespace] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def __deepcopy__(self, memo: dict) -> World:
        """Itself: Django would copy it whole for each test, and nothing changes it."""
        return self

    def client(self, role: str) -> Client:
        """A browser of somebody who entered, as new."""
        client = Client(raise_request_exception=False)
        if role in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[role]
        return client


def build() -> World:
    """The world, in the transaction of the caller."""
    now = read_clock() - timedelta(days=3)
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        cast = make_people(now=now)
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
    for role in ROLES:
        if role != "anonymous":
            client = Client()
            client.force_login(cast[role], backend=BACKEND)
            world.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
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
        starts_at=now + timedelta(days=9),
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
