"""Companies: their status follows from dated facts, and who attends them may do so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies.models import Assignment, Company, CountingAction, Mandate, Validation
from acompana.companies.queries import count_by_region_and_status, known_companies, with_status
from acompana.companies.rules import match_key, years_after
from acompana.demonstration.invariants.violation import Check
from acompana.intake.models import Intake, Review
from acompana.kernel.rulebook import get_rule
from acompana.kernel.rut import check_rut
from acompana.logbook.models import Entry
from acompana.logbook.rules import CONTACT_KINDS
from acompana.matters.models import Matter, Step
from acompana.people.models import Person, RoleGrant

UNASSIGNED_RUTS = range(40_000_000, 45_000_000)  # IDN-3
ATTENDING = (
    "regional-executive",
    "regional-director",
    "regional-sector-lead",
    "cpe-executive",
    "commercial-executive",
)


def ruts(now: datetime) -> Iterator[str]:
    """Valid; in a demonstration also of the range that nobody has."""
    for model in (Company, Person):
        for pk, rut in model._default_manager.values_list("pk", "rut"):
            if rut is None:
                continue
            try:
                check_rut(rut)
            except ValidationError:
                yield f"{model.__name__} {pk} has the RUT {rut}, whose check digit is wrong."
                continue
            if settings.DEMO and int(rut[:-1]) not in UNASSIGNED_RUTS:
                yield f"{model.__name__} {pk} has the RUT {rut}, which may be somebody's: it is of no demonstration."


def worked(now: datetime) -> Iterator[str]:
    """The three dates of DEF-3 and DEF-4 come from the newest action that counts."""
    newest = dict(CountingAction.objects.values_list("company").annotate(newest=Max("done_on")))
    for company in Company.objects.iterator(chunk_size=2000):
        last: date | None = newest.get(company.pk)
        if company.last_worked_on != last:
            yield f"Company {company.pk} says that it last worked on {company.last_worked_on}; its actions say {last}."
            continue
        until = date(last.year, 12, 31) if last else None
        if company.user_until != until:
            yield f"Company {company.pk} is a user until {company.user_until}; by its actions until {until}."
        years = get_rule("DEF-4", last).value["years"] if last else 0
        former = years_after(last, years) if last else None
        if company.former_from != former:
            yield f"Company {company.pk} is former from {company.former_from}; by its actions from {former}."


def counted(now: datetime) -> Iterator[str]:
    """An interview that a regional executive held counts on its day, for the company of its matter (DEF-3)."""
    actions = set(CountingAction.objects.filter(kind="interview").values_list("company", "done_on"))
    posts: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    grants = RoleGrant.objects.filter(role__slug="regional-executive")
    for person, since_on, until_on in grants.values_list("staff_member__person", "since_on", "until_on"):
        posts[person].append((since_on, until_on))
    held = Step.objects.filter(transition="hold_interview", matter__kind="intake").order_by("id")
    for number, company, person, at, recorded_at in held.values_list(
        "matter__number", "matter__company", "taken_by", "taken_at", "recorded_at"
    ):
        day, noted = timezone.localdate(at), timezone.localdate(recorded_at or at)
        executive = any(since <= noted and (until is None or until >= noted) for since, until in posts[person])
        if executive and "interview" in get_rule("DEF-3", noted).value["types"] and (company, day) not in actions:
            yield f"{number}: its interview of {day} by an executive does not count for company {company}."


def cited(now: datetime) -> Iterator[str]:
    """A status cites the days of actions that count: the logbook tells of each (EXP-6)."""
    told: set[tuple[int, date]] = set()
    entries = Entry.objects.filter(kind__in=(Entry.Kind.ACTION, Entry.Kind.STEP), company__isnull=False)
    of_kept = Coalesce("company__merged_into", "company")
    for company, at in entries.values_list(of_kept, "happened_at").iterator(chunk_size=5000):
        told.add((company, timezone.localdate(at)))
    for company, kind, day in CountingAction.objects.values_list("company", "kind", "done_on"):
        if (company, day) not in told:
            yield f"Company {company} counts {kind} on {day}, of which its logbook tells nothing."


def validated(now: datetime) -> Iterator[str]:
    rows = Validation.objects.filter(withdrawn_at=None).values_list("company_id", "validated_at")
    in_force = {company_id: timezone.localdate(at) for company_id, at in rows}
    for pk, day in Company.objects.values_list("pk", "validated_on"):
        if day != in_force.get(pk):
            yield f"Company {pk} was validated on {day}; the validation in force is of {in_force.get(pk)}."


def assigned(now: datetime) -> Iterator[str]:
    holders = dict(Assignment.objects.filter(until_at=None).values_list("company_id", "executive_id"))
    for pk, executive_id in Company.objects.values_list("pk", "executive_id"):
        if executive_id != holders.get(pk):
            yield f"Company {pk} has the executive {executive_id}; its assignment in force says {holders.get(pk)}."


def attended(now: datetime) -> Iterator[str]:
    """Who is a company's executive held a role that attends companies, some day at least."""
    able = set(RoleGrant.objects.filter(role__slug__in=ATTENDING).values_list("staff_member__person_id", flat=True))
    rows = Company.objects.exclude(executive=None).exclude(executive_id__in=able)
    for pk, executive_id in rows.values_list("pk", "executive_id"):
        yield f"Company {pk} has the executive {executive_id}, who holds no role that attends companies."


def matched(now: datetime) -> Iterator[str]:
    rows = Company.objects.values_list("pk", "legal_name", "trade_name", "match_name", "match_trade_name")
    for pk, legal, trade, key, trade_key in rows.iterator(chunk_size=2000):
        if key != match_key(legal) or trade_key != match_key(trade):
            yield f"Company {pk} has match keys of another name: its duplicates would not be seen."


def related(now: datetime) -> Iterator[str]:
    """With whom anything was done is registry only no longer: a matter, somebody who represents it, an executive,
    something that people wrote in its log or agreed with it (DEF-7)."""
    unrelated: QuerySet[Company] = Company.objects.filter(related_on=None)
    by_hand = Entry.objects.filter(kind__in=(*CONTACT_KINDS, Entry.Kind.NOTE)).exclude(author=None)
    having = {
        "matter": Matter.objects.values("company"),
        "mandate": Mandate.objects.values("company"),
        "executive": Assignment.objects.filter(until_at=None).values("company"),
        "note or a conversation in its log": by_hand.values("company"),
        "commitment by hand": Commitment.objects.filter(rule="").values("company"),
    }
    for name, companies in having.items():
        for pk in unrelated.filter(Exists(companies.filter(company=OuterRef("pk")))).values_list("pk", flat=True):
            yield f"Company {pk} is known from a register alone, and has a {name}."


def potentials(now: datetime) -> Iterator[str]:
    """The potential of an intake is that of its test, unless a person decided otherwise (INT-29)."""
    decided = set(Review.objects.exclude(decision="").values_list("intake_id", "decided_potential"))
    rows = Intake.objects.exclude(test=None).values_list("pk", "matter__number", "potential", "test__band")
    for pk, number, potential, band in rows.iterator(chunk_size=2000):
        if potential != band and (pk, potential) not in decided:
            yield f"{number} has the potential {potential!r}; its test gave {band!r} and no review changed it."
    for pk in Company.objects.exclude(potential="").filter(potential_on=None).values_list("pk", flat=True):
        yield f"Company {pk} has a potential without its date."


def tallied(now: datetime) -> Iterator[str]:
    """The counts that figures are told from are those of the companies."""
    today = timezone.localdate(now)
    counted = count_by_region_and_status(today)
    by_status: Any = with_status(known_companies().order_by(), today)
    told = by_status.values_list("region", "status_code").annotate(many=Count("*"))
    rows = {(region, status): many for region, status, many in told}
    for region, status in sorted({*counted, *rows}, key=str):
        says, there = counted.get((region, status), 0), rows.get((region, status), 0)
        if says != there:
            yield f"Region {region} counts {says} companies as {status}, and has {there}: manage.py recount_companies."


CHECKS = (
    Check("ruts", "A RUT has its check digit; in a demonstration it is nobody's", ruts),
    Check("worked", "User and former dates follow from the newest action that counts", worked),
    Check("counted", "An interview that an executive held counts for its company", counted),
    Check("cited", "What counts for a status is in the logbook of its company", cited),
    Check("validated", "The date of validation is that of the validation in force", validated),
    Check("assigned", "A company's executive is the one of its assignment in force", assigned),
    Check("attended", "A company's executive holds a role that attends companies", attended),
    Check("matched", "Match keys are those of the names", matched),
    Check("related", "With whom anything was done has a relation with the agency", related),
    Check("tallied", "The counts by region and status are those of the companies", tallied),
    Check("potentials", "A potential comes from a test or from a person's decision", potentials),
)
