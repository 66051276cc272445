"""The agency's people: every role, every regional office with its director and executives, some offices abroad."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from acompana.demonstration.bulk.chance import Chance, address_of
from acompana.demonstration.cast import DOMAIN, hashed_password
from acompana.demonstration.catalogue import places
from acompana.kernel.search.text import normalise
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember

CAPACITY = 50  # POR-9
# How many hold each role at the central office; the cast holds some already.
CENTRAL = {
    "client-management": 3,
    "help-centre": 2,
    "citizen-attention": 2,
    "management-control": 2,
    "oci-coordinator": 1,
    "sector-officer": 6,
    "sector-head": 1,
    "macrozone-coordinator": 4,
    "geographic-officer": 2,
    "contest-supervisor": 1,
    "mentor": 2,
    "administrator": 2,
}
CPE_OFFICES = ("CL-RM", "CL-BI", "CL-CO")
SECTOR_LEADS = ("CL-RM", "CL-VS", "CL-BI", "CL-LL")
ABROAD = (
    "AR-BUENOS-AIRES",
    "BR-SAO-PAULO",
    "US-NUEVA-YORK",
    "CN-SHANGHAI",
    "KR-SEUL",
    "DE-BERLIN",
    "ES-MADRID",
    "PE-LIMA",
)
REACH_EXECUTIVE = 0.68  # share of the companies of a region that come to have an executive


@dataclass(slots=True)
class Staff:
    """Who works where, for the history to be done by somebody."""

    executives: dict[int, list[Person]] = field(default_factory=dict)
    directors: dict[int, Person] = field(default_factory=dict)
    commercial: list[Person] = field(default_factory=list)
    client_management: list[Person] = field(default_factory=list)


class StaffMaker:
    """Appoints people in sets; the password of all is the demonstration's, computed once."""

    def __init__(self, chance: Chance, *, now: datetime, since: date) -> None:
        self.chance, self.now, self.since = chance, now, since
        self.password = hashed_password()
        self.roles = {role.slug: role for role in Role.objects.all()}
        self.held: dict[tuple[int, str], list[Person]] = {}
        self.emails = set(Person.objects.exclude(email=None).values_list("email", flat=True))
        self.people: list[Person] = []
        self.posts: list[StaffMember] = []
        self.grants: list[RoleGrant] = []
        for grant in RoleGrant.objects.filter(until_on=None).select_related("role", "staff_member__person"):
            self.held.setdefault((grant.staff_member.office_id, grant.role.slug), []).append(grant.staff_member.person)

    def fill(self, office: Office, role: str, count: int, *, title: str = "", capacity: int | None = None) -> None:
        """Appoints people until so many hold the role at the office."""
        holders = self.held.setdefault((office.pk, role), [])
        while len(holders) < count:
            holders.append(self._appoint(office, role, title or self.roles[role].name, capacity))

    def _appoint(self, office: Office, role: str, title: str, capacity: int | None) -> Person:
        given, family, _ = self.chance.person_name()
        email = address_of(given, family, domain=DOMAIN)
        number = 2
        while email in self.emails:
            email = address_of(f"{normalise(given).split(' ')[0]}{number}", family, domain=DOMAIN)
            number += 1
        self.emails.add(email)
        person = Person(
            email=email,
            email_verified_at=self.now,
            given_names=given,
            family_names=family,
            phone=self.chance.mobile(),
            joined_at=self.now,
            password=self.password,
        )
        post = StaffMember(person=person, office=office, title=title[:80], capacity=capacity, since_on=self.since)
        self.people.append(person)
        self.posts.append(post)
        self.grants.append(RoleGrant(staff_member=post, role=self.roles[role], since_on=self.since))
        return person

    def write(self) -> int:
        Person.objects.bulk_create(self.people)
        StaffMember.objects.bulk_create(self.posts)
        RoleGrant.objects.bulk_create(self.grants)
        return len(self.people)


def executives_wanted(region: str, companies: int) -> int:
    """Two to four executives to an office, more in the capital, so that portfolios come near fifty."""
    whole = sum(place.weight for place in places())
    share = next(place.weight for place in places() if place.region == region) / whole
    return max(2, min(8 if region == "CL-RM" else 4, round(companies * share * REACH_EXECUTIVE / CAPACITY)))


@transaction.atomic
def make_staff(chance: Chance, *, companies: int, now: datetime, since: date) -> tuple[Staff, int]:
    """Staff for every role and office, beside the cast; gives who does what and how many were made."""
    maker = StaffMaker(chance, now=now, since=since)
    offices = {office.code: office for office in Office.objects.filter(retired_on=None)}
    staff = Staff()
    for place in places():
        office = offices[place.region]
        maker.fill(office, "regional-director", 1, title="Dirección regional")
        wanted = executives_wanted(place.region, companies)
        maker.fill(office, "regional-executive", wanted, title="Atención regional", capacity=CAPACITY)
        staff.directors[office.pk] = maker.held[office.pk, "regional-director"][0]
        staff.executives[office.pk] = maker.held[office.pk, "regional-executive"]
    for code in CPE_OFFICES:
        maker.fill(offices[code], "cpe-executive", 1, capacity=CAPACITY)
    for code in SECTOR_LEADS:
        maker.fill(offices[code], "regional-sector-lead", 1)
    central = offices["CL-CENTRAL"]
    units = {slug: 1 for slug, role in maker.roles.items() if role.kind == Role.Kind.UNIT}
    for slug, count in {**units, **CENTRAL}.items():
        maker.fill(central, slug, count)
    for code in ABROAD:
        maker.fill(offices[code], "commercial-executive", 2, title="Atención comercial")
        staff.commercial += maker.held[offices[code].pk, "commercial-executive"]
    maker.fill(offices["KR-SEUL"], "investment-attache", 1)
    staff.client_management = maker.held[central.pk, "client-management"]
    made = maker.write()
    StaffMember.objects.filter(capacity=None, grants__role__slug="regional-executive").update(capacity=CAPACITY)
    return staff, made
