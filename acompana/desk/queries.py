"""Reads of the desk: who has not heard from us, what companies did, what an office's people owe, what roles do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from acompana.commitments.models import Commitment, CommitmentQuerySet, Pause
from acompana.companies.models import Assignment, Company
from acompana.companies.queries import known_companies
from acompana.desk.rules import READERS
from acompana.kernel.alphabet import alphabetical
from acompana.kernel.deadlines import compute_due
from acompana.kernel.rulebook import get_rule, term_of
from acompana.logbook.models import Entry
from acompana.logbook.queries import visible_to
from acompana.logbook.rules import CONTACT_KINDS
from acompana.people.actors import Actor
from acompana.people.calendars import calendar_of
from acompana.people.models import Absence, Office, Person, Role, StaffMember
from acompana.people.queries import staff_of, staying, working_on
from acompana.shell.words import within_sentence

NEWS_DAYS = timedelta(days=7)
ROAD = ("intake", "review")  # the kinds of matter on which the agency decides about a company
FARTHEST = timedelta(days=5 * 366)


def without_contact(actor: Actor, now: datetime, executives: Collection[int]) -> QuerySet[Company]:
    """The companies of these executives (ids: the actor, and for whom they stand in, POR-10) that nobody of the agency
    reached within the term of DL-25, the longest first.

    One that was never reached counts from the day it was assigned. Each has `reached_at`, empty if never, and
    `counted_at`, the instant from which the term is counted. One query.
    """
    cutoff = latest_expired_start(actor, now)
    if cutoff is None:
        return Company.objects.none()
    contacts = (
        Entry.objects.filter(kind__in=CONTACT_KINDS)
        .exclude(outcome=Entry.Outcome.NOT_REACHED)
        .order_by("-happened_at", "-id")
    )
    own = contacts.filter(company=OuterRef("pk")).values("happened_at")[:1]
    before_merge = contacts.filter(company__merged_into=OuterRef("pk")).values("happened_at")[:1]
    assigned = Assignment.objects.filter(company=OuterRef("pk"), until_at=None).order_by("-since_at")
    return (
        known_companies()
        .filter(executive__in=executives)
        .filter(Q(closed_on=None) | Q(closed_on__gt=timezone.localdate(now)))
        .annotate(
            reached_itself_at=Subquery(own),
            reached_as_another_at=Subquery(before_merge),
            assigned_at=Subquery(assigned.values("since_at")[:1]),
        )
        .annotate(
            # Of two instants the later; SQLite knows none when one is missing.
            reached_at=Coalesce(
                Greatest("reached_itself_at", "reached_as_another_at"), "reached_itself_at", "reached_as_another_at"
            )
        )
        .annotate(counted_at=Coalesce("reached_at", "assigned_at", "created_at", output_field=DateTimeField()))
        .filter(counted_at__lte=cutoff)
        .select_related("region", "executive")
        .prefetch_related("contacts")
        .order_by("counted_at", "pk")
    )


def latest_expired_start(actor: Actor, now: datetime) -> datetime | None:
    """The latest start whose term of DL-25 has run by now, on the calendar of the actor's office; None without term.

    Found by halving: what starts later is due later, whatever the unit of the rule.
    """
    term = term_of(get_rule("DL-25", timezone.localdate(now)))
    if term is None or actor.staff_member is None:
        return None
    calendar = calendar_of(actor.staff_member.office)

    def has_run(days_ago: int) -> bool:
        return compute_due(term=term, start=now - timedelta(days=days_ago), calendar=calendar).due_at < now

    low, high = 0, FARTHEST.days
    while low < high:
        middle = (low + high) // 2
        if has_run(middle):
            high = middle
        else:
            low = middle + 1
    return now - timedelta(days=low)


def news(actor: Actor, now: datetime, executives: Collection[int]) -> QuerySet[Entry]:
    """What the companies of these executives (ids: the actor, and for whom they stand in, POR-10) did in the last
    days: they wrote or called, or took a step themselves (POR-15); and the steps of their road that a colleague
    took, of which nobody tells them else."""
    steps = Q(kind=Entry.Kind.STEP, author__isnull=False)
    theirs = Q(direction=Entry.Direction.IN) | (steps & Q(author__staff_member__isnull=True))
    by_colleagues = steps & Q(author__staff_member__isnull=False, matter__kind__in=ROAD) & ~Q(author__in=executives)
    companies = Company.objects.filter(executive__in=executives).values("pk")
    merged = Company.objects.filter(merged_into__executive__in=executives).values("pk")
    return (
        Entry.objects.filter(theirs | by_colleagues, visible_to(actor), company__in=companies.union(merged, all=True))
        .filter(happened_at__gte=now - NEWS_DAYS)
        .select_related("company__executive", "author", "matter")
        .order_by("-happened_at", "-id")
    )


# --- cover of absences (POR-10) ----------------------------------------------------------------------------------


def absences_around(person: Person, now: datetime) -> list[Absence]:
    """The absences under way of a person, and those in which they stand in for somebody."""
    today = timezone.localdate(now)
    return list(
        Absence.objects.on(today)
        .filter(Q(staff_member__person=person) | Q(substitute__person=person))
        .select_related("staff_member__person", "substitute__person")
        .order_by("until_on", "pk")
    )


# --- supervision of an office ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MemberLoad:
    """What somebody of an office owes. Without a member: what the office owes and nobody has taken. `left`: they do
    not work at the agency any more."""

    member: StaffMember | None
    late: int
    open: int
    oldest_due_at: datetime | None
    companies: int
    absence: Absence | None
    left: bool = False

    @property
    def name(self) -> str:
        return str(self.member) if self.member else "De la oficina, sin responsable"


def owed_by_people(office: Office) -> CommitmentQuerySet:
    """What an office and its people owe, open; what companies owe stays out."""
    return Commitment.objects.open().filter(office=office).of_the_agency()


def owed_by(person: Person) -> CommitmentQuerySet:
    """What a person owes, open, at whatever office."""
    return Commitment.objects.open().filter(owner=person).of_the_agency()


def loads_of(office: Office, now: datetime) -> list[MemberLoad]:
    """What each person of an office owes, as their list shows it, who is late first; what stands in pause is open and
    not late. Also who left and owes something still. Four queries,
    however many people, and one more while somebody who is not of the office owes something of it."""
    today = timezone.localdate(now)
    members = list(staff_of(office, today))
    running = ~Q(pk__in=Pause.objects.filter(resumed_at=None).values("commitment"))
    owed: dict[int | None, Any] = {
        row["owner"]: row
        for row in owed_by_people(office)
        .order_by()
        .values("owner")
        .annotate(
            total=Count("pk"),
            late=Count("pk", filter=running & Q(due_at__lt=now)),
            oldest=Min("due_at", filter=running),
        )
    }
    strangers = owed.keys() - {None, *(member.person_id for member in members)}
    left = list(
        StaffMember.objects.filter(person__in=strangers)
        .exclude(pk__in=working_on(today).values("pk"))
        .select_related("person", "office")
    ) if strangers else []  # fmt: skip
    in_charge = dict(
        known_companies()
        .filter(executive__in=[member.person_id for member in [*members, *left]])
        .order_by()
        .values_list("executive")
        .annotate(Count("pk"))
    )
    away = {
        absence.staff_member_id: absence
        for absence in Absence.objects.on(today)
        .filter(staff_member__in=members)
        .select_related("substitute__person")
        .order_by("recorded_at")
    }
    nobody: dict[str, Any] = {}
    rows = [
        MemberLoad(
            member,
            owed.get(member.person_id, nobody).get("late", 0),
            owed.get(member.person_id, nobody).get("total", 0),
            owed.get(member.person_id, nobody).get("oldest"),
            in_charge.get(member.person_id, 0),
            away.get(member.pk),
            member in left,
        )
        for member in [*members, *left]
    ]
    if None in owed:
        unowned = owed[None]
        rows.append(MemberLoad(None, unowned["late"], unowned["total"], unowned["oldest"], 0, None))
    return sorted(rows, key=lambda row: (-row.late, -row.open, alphabetical(row.name)))


# --- bulk reassignment -------------------------------------------------------------------------------------------


def colleagues_of(office: Office, now: datetime) -> QuerySet[StaffMember]:
    """Who may take over: the people of the office who are not away today, and do not leave today."""
    today = timezone.localdate(now)
    away = Absence.objects.on(today).values("staff_member")
    return staying(staff_of(office, today), today).exclude(pk__in=away)


# --- who only reads ----------------------------------------------------------------------------------------------


def summaries_of_roles(actor: Actor) -> list[str]:
    """What the roles do of those who only read here, in a sentence for each. One query, if there are any."""
    held = actor.roles & READERS
    roles = Role.objects.filter(slug__in=held) if held else Role.objects.none()
    return [f"{role.name}: {within_sentence(role.summary)}" for role in roles]
