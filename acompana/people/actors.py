"""Who acts: a person with the roles, offices and companies for which they may, loaded once per request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.db.models import DateField, Q

from acompana.kernel.statements import Given, Statement, columns_of, given_id
from acompana.people.models import Office, Person, RoleGrant, StaffMember
from acompana.reference.models import Region


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request or a job, with what permissions need and nothing more."""

    person: Person | None
    staff_member: StaffMember | None = None
    roles: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        return self.staff_member is not None

    @property
    def office_id(self) -> int | None:
        return self.staff_member.office_id if self.staff_member else None

    def has_role(self, *slugs: str) -> bool:
        return not self.roles.isdisjoint(slugs)


NOBODY = Actor(person=None)
SYSTEM = Actor(person=None, roles=frozenset({"system"}))
"""Who acts when a job or a computed step does: nobody's request ever carries it."""

DAY = Given("on", DateField())
IN_FORCE = Q(since_on__lte=DAY) & (Q(until_on=None) | Q(until_on__gte=DAY))


# Every request asks both: written anew each time, they are a third of the processor time of a short answer.
_POST = Statement(
    lambda: (
        StaffMember.objects.filter(IN_FORCE, person=given_id("person"))
        .order_by()  # there is one at most
        .values_list(
            *columns_of(StaffMember), *columns_of(Office, "office__"), *columns_of(Region, "office__region__")
        )
    )
)
_ROLES = Statement(
    lambda: RoleGrant.objects.filter(IN_FORCE, staff_member=given_id("member")).values_list("role__slug")
)


def actor_of(person: Person | None, on: date) -> Actor:
    """The actor that a person is on a day. Two queries for staff, one for others."""
    if person is None or not person.is_authenticated:
        return NOBODY
    if person.pk is None or not (posts := _POST.rows(person=person.pk, on=on)):
        return Actor(person=person)
    staff = _member(posts[0])
    staff.person = person
    return Actor(person=person, staff_member=staff, roles=frozenset(_ROLES.column(member=staff.pk, on=on)))


def _member(values: Sequence[Any]) -> StaffMember:
    """The post of a row, with its office and region."""
    names, of_office, of_region = columns_of(StaffMember), columns_of(Office), columns_of(Region)
    office_at, region_at = len(names), len(names) + len(of_office)
    staff = StaffMember.from_db(connection.alias, names, values[:office_at])
    staff.office = Office.from_db(connection.alias, of_office, values[office_at:region_at])
    if staff.office.region_id is not None:
        staff.office.region = Region.from_db(connection.alias, of_region, values[region_at:])
    return staff


# --- for statements that are written once ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Manner:
    """What a condition on rows may be written by: everything of an actor but who it is and of which office."""

    roles: frozenset[str]
    is_person: bool
    is_staff: bool

    def stand_in(self) -> Actor:
        """Somebody of this manner, whose person and office are said when the statement runs (`who_and_where`).

        A condition that asks anything else of its actor's person or post fails, rather than being kept for others.
        """
        person: Any = given_id("person") if self.is_person else None
        post: Any = SimpleNamespace(office_id=given_id("office")) if self.is_staff else None
        return Actor(person=person, staff_member=post, roles=self.roles)


def manner_of(actor: Actor) -> Manner:
    return Manner(actor.roles, actor.person is not None, actor.is_staff)


def who_and_where(actor: Actor) -> dict[str, int | None]:
    """What a statement that was written for a stand-in wants to know."""
    return {"person": actor.person.pk if actor.person else None, "office": actor.office_id}
