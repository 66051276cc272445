"""Compliance as the selection asks for it: which commitments, and the figures over them (EVA-13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils import timezone

from acompana.commitments import queries as commitments
from acompana.commitments.models import CommitmentQuerySet
from acompana.commitments.queries import FIGURES, Compliance
from acompana.evaluation.rules import NONE, DeadlineFigure, Thresholds, slices
from acompana.evaluation.selection import Selection
from acompana.evaluation.showing import DeadlineRow, deadline_figures
from acompana.kernel.rulebook import UnknownRule, get_rule
from acompana.people.models import Person

NOBODY = "nadie"  # in an address: what an office owes and nobody in it has taken
BY = {"": "Plazo", "oficina": "Oficina", "responsable": "Responsable"}
KEY_OF = {"oficina": ("office",), "responsable": ("owner",)}


def among(selection: Selection) -> Q:
    """The selection over commitments: by the office that owes, and by the unit that supervises the intake (INT-7)."""
    found = Q()
    if selection.region == NONE:
        found &= Q(office__region=None)
    elif selection.region:
        found &= Q(office__region__iso=selection.region)
    if selection.office:
        found &= Q(office__code=selection.office)
    if selection.unit == NONE:
        found &= Q(matter__kind="intake", matter__intake__supervised_by="")
    elif selection.unit:
        found &= Q(matter__intake__supervised_by=selection.unit)
    return found


def rows_of(
    figure: DeadlineFigure, selection: Selection, now: datetime, *, rule: str = "", owner: str = ""
) -> CommitmentQuerySet:
    """The commitments that a figure counts, of one rule or of all, of one person or of everybody."""
    found = commitments.promised_between(selection.since, selection.until, among=among(selection))
    found = found.filter(commitments.figure(figure.name, now))
    found = found.filter(rule=rule) if rule else found
    return found.filter(owned_by(owner)).for_lists()


def owned_by(owner: str) -> Q:
    """Of a person by id, of nobody, or of everybody (empty)."""
    if not owner:
        return Q()
    return Q(owner=None) if owner == NOBODY else Q(owner=int(owner))


def deadline_rows(selection: Selection, now: datetime, by: str = "") -> list[DeadlineRow]:
    """Compliance per rule, or per rule and office or person. A constant number of queries."""
    return _deadline_rows(selection, now, (by,))[0]


def deadline_rows_and_parts(
    selection: Selection, now: datetime, by: str
) -> tuple[list[DeadlineRow], list[DeadlineRow]]:
    """Compliance per rule, and broken down; what was kept is read once for both."""
    found = _deadline_rows(selection, now, ("", by) if by else ("",))
    return found[0], found[-1]


def thresholds(today: date) -> Thresholds:
    """What a deadline is judged by (EVA-13)."""
    return Thresholds(**get_rule("EVA-13", today).value)


@dataclass(frozen=True, slots=True)
class Kept:
    """Of what a list shows: how many could be measured and were kept in time, and how long those took."""

    in_time: int
    settled: int
    median: float | None
    ninetieth: float | None
    unit: str


def kept_in(selection: Selection, now: datetime, *, rule: str, owner: str) -> Kept | None:
    """What the page says of the commitments of a rule (empty: of all of them, which have no time in common)."""
    found = among(selection) & (Q(rule=rule) if rule else Q()) & owned_by(owner)
    keys = (("rule",),)
    (rows,) = commitments.compliance_by(keys, since=selection.since, until=selection.until, now=now, among=found)
    if not rows:
        return None
    alone = rows[0] if rule else None
    return Kept(
        in_time=sum(row.in_time for row in rows),
        settled=sum(row.settled for row in rows),
        median=alone.median if alone else None,
        ninetieth=alone.ninetieth if alone else None,
        unit=alone.unit if alone else "",
    )


def _deadline_rows(selection: Selection, now: datetime, by: Sequence[str]) -> list[list[DeadlineRow]]:
    found = commitments.compliance_by(
        [("rule", *KEY_OF.get(one, ())) for one in by],
        since=selection.since,
        until=selection.until,
        now=now,
        among=among(selection),
    )
    return [_shown(rows, selection, now, one) for rows, one in zip(found, by, strict=True)]


def _shown(found: list[Compliance], selection: Selection, now: datetime, by: str) -> list[DeadlineRow]:
    people = {row.pk: row.full_name for row in Person.objects.filter(pk__in={row.owner for row in found if row.owner})}
    today = timezone.localdate(now)
    judged = thresholds(today)
    return [_row(row, selection, by, people, today, judged) for row in found]


def _row(
    row: Compliance, selection: Selection, by: str, people: dict[int, str], today: date, judged: Thresholds
) -> DeadlineRow:
    where, chosen, who = {"regla": row.rule}, selection, ""
    if by == "oficina" and row.office:
        chosen, who = selection.where("oficina", row.office.code), row.office.brief_name
    if by == "responsable":
        where["responsable"] = str(row.owner or NOBODY)
        who = people[row.owner] if row.owner else "De la oficina, sin responsable"
    counts = {name: getattr(row, name) for name in FIGURES}
    figures = deadline_figures(chosen, counts, **where)
    return DeadlineRow(row, rule_label(row.rule, today), who, figures, judged.grade(row.share_in_time))


def rule_label(rule: str, today: date) -> str:
    """What the rulebook calls it; its id where it no longer has it."""
    try:
        return get_rule(rule, today).label
    except UnknownRule:
        return rule


@dataclass(frozen=True, slots=True)
class KeptIn:
    """A month (or year): how many of what could be measured was kept in time."""

    selection: Selection
    label: str
    in_time: int
    settled: int


def by_month(selection: Selection, now: datetime) -> list[KeptIn]:
    """Commitments by the month in which they began to run. One query."""
    parts = slices(selection.period)
    found = commitments.promised_between(selection.since, selection.until, among=among(selection))
    month = Case(
        *(When(starts_at__lt=selection.within(part).until, then=Value(number)) for number, part in enumerate(parts)),
        output_field=IntegerField(),
    )
    counted = (
        found.order_by()
        .annotate(part=month)
        .values("part")
        .annotate(
            n_kept=Count("pk", filter=commitments.figure("in_time", now)),
            n_all=Count("pk", filter=commitments.figure("settled", now)),
        )
    )
    by_part = {row["part"]: (row["n_kept"], row["n_all"]) for row in counted}
    return [KeptIn(selection.within(part), part.label, *by_part.get(n, (0, 0))) for n, part in enumerate(parts)]
