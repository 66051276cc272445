"""Who acts: a person with the roles, offices and companies for which they may, loaded once per request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from acompana.people.models import Person, RoleGrant, StaffMember


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


def actor_of(person: Person | None, on: date) -> Actor:
    """The actor that a person is on a day. Two queries for staff, one for others."""
    if person is None or not person.is_authenticated:
        return NOBODY
    standing = (
        StaffMember.objects.select_related("office__region")
        .filter(person=person, since_on__lte=on)
        .filter(Q(until_on=None) | Q(until_on__gte=on))
        .order_by()  # there is one at most, and each request asks: without order, a third cheaper to write
    )
    staff = next(iter(standing), None)
    if staff is None:
        return Actor(person=person)
    staff.person = person
    slugs = (
        RoleGrant.objects.filter(staff_member=staff, since_on__lte=on)
        .filter(Q(until_on=None) | Q(until_on__gte=on))
        .values_list("role__slug", flat=True)
    )
    return Actor(person=person, staff_member=staff, roles=frozenset(slugs))
