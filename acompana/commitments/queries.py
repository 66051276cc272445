"""Reads of commitments that more than one caller needs: what is owed, why by then, and which stretches counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from acompana.commitments.models import Commitment, CommitmentQuerySet, Pause
from acompana.commitments.rules import percentile, time_taken
from acompana.companies.models import Company
from acompana.kernel.deadlines import compute_due
from acompana.kernel.lifecycle import all_lifecycles
from acompana.kernel.rulebook import UnknownRule, get_rule
from acompana.kernel.terms import PauseSpan, Term
from acompana.logbook.models import Entry
from acompana.logbook.queries import visible_to
from acompana.logbook.rules import CONTACT_KINDS
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.calendars import calendars_of
from acompana.people.models import Office
from acompana.people.queries import in_place_order


@dataclass(frozen=True, slots=True)
class Buckets:
    """What is owed, by when: each is a queryset for a list, oldest due first."""

    late: CommitmentQuerySet
    today: CommitmentQuerySet
    soon: CommitmentQuerySet
    paused: CommitmentQuerySet


_doers: dict[str, frozenset[str]] = {}


def register_doers(rule: str, *roles: str) -> None:
    """A room says who does the work of a term that no lifecycle gives to anybody."""
    _doers[rule] = frozenset(roles)


_beside: set[str] = set()


def register_beside(rule: str) -> None:
    """A room says of a term that, where a company owes it, its office owes it beside that company: either keeps it."""
    _beside.add(rule)


def rules_of_others(actor: Actor) -> list[str]:
    """Rules whose work the lifecycles, or their rooms, give to other roles alone: at an office of many roles, who may
    not do the work does not owe it (ROL-8)."""
    doers: dict[str, set[str]] = {rule: set(roles) for rule, roles in _doers.items()}
    for lifecycle in all_lifecycles():
        for row in lifecycle.transitions:
            for rule in row.fulfils:
                doers.setdefault(rule, set()).update(row.who)
    return sorted(rule for rule, who in doers.items() if "staff" not in who and not who & actor.roles)


def open_for(actor: Actor) -> CommitmentQuerySet:
    """What the actor owes: what is theirs, and what their office owes, nobody in it has taken and their role does;
    also beside a company (`register_beside`)."""
    if actor.person is None:
        return Commitment.objects.none()
    of_company = Q(debtor=Commitment.Debtor.COMPANY)
    owed = Q(owner=actor.person) & ~of_company
    if actor.office_id is not None:
        by_office = Q(debtor=Commitment.Debtor.OFFICE) | (of_company & Q(rule__in=_beside))
        of_office = Q(office_id=actor.office_id, owner=None) & by_office
        owed |= of_office & ~Q(rule__in=rules_of_others(actor))
    return Commitment.objects.open().filter(owed)


def due_buckets(actor: Actor, now: datetime) -> Buckets:
    """What the actor owes: late, due today (in the zone of their office), later, and standing still."""
    owed = open_for(actor)
    running = owed.running()
    zone = ZoneInfo(actor.staff_member.office.time_zone) if actor.staff_member else timezone.get_current_timezone()
    tomorrow = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    return Buckets(
        late=owed.late(now).for_lists(),
        today=running.filter(due_at__gte=now, due_at__lt=tomorrow).for_lists(),
        soon=running.filter(due_at__gte=tomorrow).for_lists(),
        paused=owed.paused().for_lists(),
    )


def owed_to(company: Company) -> CommitmentQuerySet:
    """What the agency owes a company (INT-5)."""
    return Commitment.objects.open().filter(company=company).exclude(debtor=Commitment.Debtor.COMPANY).for_lists()


def owed_by(company: Company) -> CommitmentQuerySet:
    """What a company owes the agency."""
    return Commitment.objects.open().filter(company=company, debtor=Commitment.Debtor.COMPANY).for_lists()


def agreed_with(company: Company) -> CommitmentQuerySet:
    """What a company agreed with the agency to do (INT-5). What a rule has it do its pages say at that step."""
    return owed_by(company).filter(rule="")


def open_of(matter: Matter) -> CommitmentQuerySet:
    """What is owed on a matter, by whomever."""
    return Commitment.objects.open().filter(matter=matter).for_lists()


EVIDENCE_KINDS = (*CONTACT_KINDS, Entry.Kind.NOTE, Entry.Kind.STEP, Entry.Kind.MESSAGE)
EVIDENCE_AT_MOST = 20


def entries_about(commitment: Commitment) -> QuerySet[Entry]:
    """What the logbook says of its company or its matter."""
    about = Q(pk__in=[])
    if commitment.company_id:
        about |= Q(company=commitment.company_id)
    if commitment.matter_id:
        about |= Q(matter=commitment.matter_id)
    return Entry.objects.filter(about)


def evidence_for(commitment: Commitment, actor: Actor) -> QuerySet[Entry]:
    """The newest entries that may show why its clock stands still, of those that the actor may read (EXP-8)."""
    seen = entries_about(commitment).filter(visible_to(actor), kind__in=EVIDENCE_KINDS)
    newest = seen.order_by("-happened_at", "-id").values_list("pk", flat=True)[:EVIDENCE_AT_MOST]
    return Entry.objects.filter(pk__in=list(newest)).order_by("-happened_at", "-id")


# --- compliance (EVA-13) ----------------------------------------------------------------------------------------

FIGURES = ("all", "in_time", "late", "settled", "done", "running", "overdue_now")


@dataclass(frozen=True, slots=True)
class Compliance:
    """How a deadline was kept in a period, at an office or everywhere (`office` None), by a person or by everybody
    (`owner` None: also what nobody had taken). Times in the rule's unit."""

    rule: str
    office: Office | None
    owner: int | None
    all: int
    in_time: int
    late: int
    settled: int
    done: int
    running: int
    overdue_now: int
    median: float | None
    ninetieth: float | None
    unit: str

    @property
    def share_in_time(self) -> float | None:
        """Kept in time among those that had to be by now, 0 to 1; None while there is none."""
        return self.in_time / self.settled if self.settled else None


def promised_between(
    since: datetime, until: datetime, offices: Iterable[Office] | None = None, among: Q | None = None
) -> CommitmentQuerySet:
    """What began to run under a rule in a period (`until` not included) and was not called off; `among` narrows it."""
    found = Commitment.objects.filter(starts_at__gte=since, starts_at__lt=until, cancelled_at=None).exclude(rule="")
    found = found.filter(among) if among is not None else found
    return found if offices is None else found.filter(office__in=list(offices))


def figure(name: str, now: datetime) -> Q:
    """The condition of one of FIGURES: what is counted, and what its list shows."""
    overdue = Q(fulfilled_at=None, due_at__lt=now) & ~_paused()
    return {
        "all": Q(),
        "in_time": Q(fulfilled_at__lte=F("due_at")),
        "late": Q(fulfilled_at__gt=F("due_at")) | overdue,
        "settled": Q(fulfilled_at__isnull=False) | overdue,
        "done": Q(fulfilled_at__isnull=False),
        "running": Q(fulfilled_at=None) & ~overdue,
        "overdue_now": overdue,
    }[name]


def rows_behind(
    name: str, *, rule: str, since: datetime, until: datetime, now: datetime, offices: Iterable[Office] | None = None
) -> CommitmentQuerySet:
    """The commitments that a figure counts, for its list."""
    return promised_between(since, until, offices).filter(figure(name, now), rule=rule).for_lists()


def compliance(
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    offices: Iterable[Office] | None = None,
    among: Q | None = None,
    by_office: bool = False,
    by_owner: bool = False,
) -> list[Compliance]:
    """Per rule, and per office or owner if so asked: share in time, median and 90th percentile, overdue now.

    A constant number of queries. Times leave out what is not done yet; pauses are taken off. `among` narrows what is
    looked at (a supervising unit's, say).
    """
    keys = ("rule", *(["office"] if by_office else []), *(["owner"] if by_owner else []))
    return compliance_by((keys,), since=since, until=until, now=now, offices=offices, among=among)[0]


def compliance_by(
    groupings: Sequence[tuple[str, ...]],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    offices: Iterable[Office] | None = None,
    among: Q | None = None,
) -> list[list[Compliance]]:
    """As `compliance`, for several groupings at once (by rule, and by rule and office): what was kept is read once."""
    promised = promised_between(since, until, offices, among)
    places = Office.objects.select_related("country", "region", "seat").filter(pk__in=promised.values("office"))
    known = {office.pk: office for office in places}
    taken: list[dict[tuple[Any, ...], list[float]]] = [{} for _ in groupings]
    for kept, spent in _times_taken(promised, known, now):
        for keys, times in zip(groupings, taken, strict=True):
            times.setdefault(tuple(kept[key] for key in keys), []).append(spent)
    return [_compliance_rows(promised, keys, known, times, now) for keys, times in zip(groupings, taken, strict=True)]


def _compliance_rows(
    promised: CommitmentQuerySet,
    keys: tuple[str, ...],
    known: dict[int, Office],
    taken: dict[tuple[Any, ...], list[float]],
    now: datetime,
) -> list[Compliance]:
    counted = (
        promised.order_by(*keys)
        .values(*keys)
        .annotate(**{f"n_{name}": Count("pk", filter=figure(name, now)) for name in FIGURES})
    )
    rows = []
    for row in counted:
        times = taken.get(tuple(row[key] for key in keys), [])
        rows.append(
            Compliance(
                rule=row["rule"],
                office=known[row["office"]] if "office" in keys else None,
                owner=row["owner"] if "owner" in keys else None,
                **{name: row[f"n_{name}"] for name in FIGURES},
                median=percentile(times, 0.5),
                ninetieth=percentile(times, 0.9),
                unit=unit_of(row["rule"], timezone.localdate(now)),
            )
        )
    places = {office.pk: number for number, office in enumerate(in_place_order(known.values()))}
    return sorted(rows, key=lambda row: (rule_order(row.rule), places[row.office.pk] if row.office else 0))


def times_of(commitments: Sequence[Commitment], now: datetime) -> dict[int, float]:
    """How long each of these that is kept took, by id, in its rule's unit. Four queries, offices included."""
    chosen = Commitment.objects.filter(pk__in=[row.pk for row in commitments])
    places = Office.objects.select_related("country", "region", "seat").filter(
        pk__in={c.office_id for c in commitments}
    )
    return {row["pk"]: spent for row, spent in _times_taken(chosen, {place.pk: place for place in places}, now)}


@dataclass(frozen=True, slots=True)
class Replay:
    """What a changed term would have made of what was promised in a period (EXP-11)."""

    settled: int
    in_time: int
    would_be_in_time: int


REPLAY_AT_MOST = 2000


def replay(*, term: Term, since: datetime, until: datetime, now: datetime) -> Replay:
    """Past commitments of a rule under another term: how many were kept in time, and how many would have been.

    The newest 2,000 at most. What nobody kept yet counts as late once it is overdue under the term in question.
    """
    rows = promised_between(since, until).filter(rule=term.rule, due_at__lt=now).exclude(_paused())
    found = list(
        rows.select_related("office__country", "office__region", "office__seat").order_by("-starts_at")[
            :REPLAY_AT_MOST
        ]
    )
    pauses: dict[int, list[PauseSpan]] = {}
    for row in Pause.objects.filter(commitment__in=[commitment.pk for commitment in found]):
        pauses.setdefault(row.commitment_id, []).append(PauseSpan(row.paused_at, row.resumed_at))
    calendars = calendars_of({commitment.office for commitment in found})
    would_be = 0
    for commitment in found:
        calendar, spans = calendars[commitment.office_id], pauses.get(commitment.pk, [])
        due = compute_due(term=term, start=commitment.counted_from, calendar=calendar, pauses=spans)
        would_be += (commitment.fulfilled_at or now) <= due.due_at
    return Replay(len(found), sum(commitment.was_kept for commitment in found), would_be)


def unit_of(rule: str, on: date) -> str:
    """The unit of a rule, "calendar_days" for one that the rulebook no longer has."""
    try:
        return get_rule(rule, on).unit
    except UnknownRule:
        return "calendar_days"


def rule_order(rule: str) -> tuple[str, int, str]:
    """DL-2 before DL-10."""
    prefix, _, rest = rule.partition("-")
    number, _, tail = rest.partition("-")
    return prefix, int(number) if number.isascii() and number.isdigit() else 0, tail


def _times_taken(
    promised: CommitmentQuerySet, offices: dict[int, Office], now: datetime
) -> Iterator[tuple[dict[str, Any], float]]:
    """Each kept commitment, as `pk, rule, office, owner, starts_at, fulfilled_at`, with how long it took."""
    kept = promised.filter(fulfilled_at__isnull=False)
    pauses: dict[int, list[PauseSpan]] = {}
    for pause in Pause.objects.filter(commitment__in=kept.values("pk"), resumed_at__isnull=False):
        pauses.setdefault(pause.commitment_id, []).append(PauseSpan(pause.paused_at, pause.resumed_at))
    calendars = calendars_of(offices.values())
    units: dict[str, str] = {}
    counted: dict[tuple[Any, ...], float] = {}  # thousands start and end on the same two days: those are counted once
    rows: Iterable[Any] = kept.order_by().values("pk", "rule", "office", "owner", "starts_at", "fulfilled_at")
    for row in rows:
        if row["rule"] not in units:
            units[row["rule"]] = unit_of(row["rule"], timezone.localdate(now))
        unit, calendar, spans = units[row["rule"]], calendars[row["office"]], pauses.get(row["pk"], ())
        start, end = row["starts_at"].astimezone(calendar.zone), row["fulfilled_at"].astimezone(calendar.zone)
        key = (row["office"], unit, start.date(), end.date())
        alike = unit != "hours" and not spans
        spent = counted.get(key) if alike else None
        if spent is None:
            spent = time_taken(unit=unit, start=start, end=end, calendar=calendar, pauses=spans)
        if alike:
            counted[key] = spent
        yield row, spent


def _paused() -> Q:
    return Q(pk__in=Pause.objects.filter(resumed_at=None).values("commitment"))
