"""Who asks: a token, with the actor that its person is today, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from acompana.api.models import ApiToken
from acompana.api.rules import digest_of
from acompana.kernel.planned import planned_cursor
from acompana.people.actors import Actor
from acompana.people.models import Office, Person, StaffMember

SYSTEM_ROLES = frozenset({"system"})


@dataclass(slots=True)
class Caller:
    """A token as a request needs it. `actor` is its person's, or the system's."""

    token_id: int
    name: str
    shown: str
    scopes: frozenset[str]
    rate: int
    minute: int
    taken: int
    actor: Actor
    usable: bool

    @property
    def is_system(self) -> bool:
        return self.actor.person is None


# In the order of each model, in which `from_db` takes them.
PERSON = ("id", "email", "given_names", "family_names", "language", "is_active")
MEMBER = ("id", "person_id", "office_id", "since_on")
OFFICE = ("id", "code", "kind", "name", "country_id", "region_id", "time_zone")


@cache
def _sql() -> str:
    columns = ", ".join(
        [f"p.{name}" for name in PERSON] + [f"s.{name}" for name in MEMBER] + [f"o.{name}" for name in OFFICE]
    )
    return (
        "SELECT t.id, t.name, t.shown, t.scopes, t.rate, t.minute, t.taken, "
        f"t.revoked_at IS NULL AND t.expires_at > %s, r.slug, {columns} FROM api_apitoken t "
        "LEFT JOIN people_person p ON p.id = t.person_id "
        "LEFT JOIN people_staffmember s ON s.person_id = p.id "
        "AND s.since_on <= %s AND (s.until_on IS NULL OR s.until_on >= %s) "
        "LEFT JOIN people_office o ON o.id = s.office_id "
        "LEFT JOIN people_rolegrant g ON g.staff_member_id = s.id "
        "AND g.since_on <= %s AND (g.until_on IS NULL OR g.until_on >= %s) "
        "LEFT JOIN people_role r ON r.id = g.role_id WHERE t.digest = %s"
    )


def find_caller(secret: str, now: datetime) -> Caller | None:
    """The token of a secret; None if there is none. One statement; the same actor as `people.actors.actor_of`."""
    today = timezone.localdate(now)
    instant, day = connection.ops.adapt_datetimefield_value(now), connection.ops.adapt_datefield_value(today)
    with planned_cursor() as cursor:  # to plan it takes six times as long as to run it
        cursor.execute(_sql(), [instant, day, day, day, day, digest_of(secret)])
        rows = cursor.fetchall()
    if not rows:
        return None
    token_id, name, shown, scopes, rate, minute, taken, usable, _, *rest = rows[0]
    roles = frozenset(row[8] for row in rows if row[8])
    actor, active = _actor(rest, roles)
    return Caller(
        token_id=token_id,
        name=name,
        shown=shown,
        scopes=frozenset(scopes.split()),
        rate=rate,
        minute=minute,
        taken=taken,
        actor=actor,
        usable=bool(usable) and active,
    )


def _actor(values: list[Any], roles: frozenset[str]) -> tuple[Actor, bool]:
    person_values, member_values = values[: len(PERSON)], values[len(PERSON) : len(PERSON) + len(MEMBER)]
    if person_values[0] is None:
        return Actor(person=None, roles=SYSTEM_ROLES), True
    person = Person.from_db("default", PERSON, person_values)
    active = bool(person_values[-1])
    if member_values[0] is None:
        return Actor(person=person), active
    member = StaffMember.from_db("default", MEMBER, member_values)
    member.person = person
    member.office = Office.from_db("default", OFFICE, values[-len(OFFICE) :])
    return Actor(person=person, staff_member=member, roles=roles), active


def tokens_of(person: Person) -> QuerySet[ApiToken]:
    """A person's tokens, the newest first."""
    return ApiToken.objects.filter(person=person).order_by("-created_at", "-id")


def system_tokens() -> QuerySet[ApiToken]:
    """The tokens of systems, the newest first."""
    return ApiToken.objects.filter(person=None).select_related("created_by").order_by("-created_at", "-id")
