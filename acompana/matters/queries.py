"""Reads about where things stand."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from acompana.companies.models import Company
from acompana.kernel.lifecycle import Lifecycle, get_lifecycle, stations
from acompana.matters.models import Matter, Step


def lifecycle_of(matter: Matter) -> Lifecycle:
    """The table that the matter started under."""
    return get_lifecycle(matter.kind, matter.lifecycle_version)


def state_label(matter: Matter) -> str:
    return lifecycle_of(matter).state(matter.state).label


def matters_of(company: Company, kind: str | None = None) -> QuerySet[Matter]:
    """A company's matters, newest first."""
    matters = Matter.objects.filter(company=company).order_by("-opened_at", "-id")
    return matters.filter(kind=kind) if kind else matters


def open_matter_of(company: Company, kind: str) -> Matter | None:
    """The newest matter of that kind that is still open, if any."""
    return matters_of(company, kind).filter(closed_at=None).first()


def steps_of(matter: Matter) -> QuerySet[Step]:
    """The steps that the matter took, oldest first."""
    return matter.steps.select_related("taken_by").order_by("taken_at", "id")


def visited_states(matter: Matter) -> list[str]:
    """The states that the matter has been in, in order, without those that it left undone (`Transition.skips`)."""
    skipping = {row.name: row.source for row in lifecycle_of(matter).transitions if row.skips}
    been: list[str] = []
    for transition, target in matter.steps.order_by("taken_at", "id").values_list("transition", "to_state"):
        been = [state for state in been if state not in skipping.get(transition, ())]
        been.append(target)
    return been


def state_before(matter: Matter) -> str:
    """The state from which the matter came to the one where it stands; empty if it has been in no other."""
    return matter.steps.order_by("taken_at", "id").values_list("from_state", flat=True).last() or ""


def route_of(matter: Matter) -> list[dict[str, str]]:
    """The stations of the matter for the route component (INT-5)."""
    return stations(lifecycle_of(matter), visited_states(matter), matter.state)


def open_counts(kind: str) -> dict[int, dict[str, int]]:
    """How many open matters of a kind stand in each state, by the version of the table that they started under."""
    rows = Matter.objects.filter(kind=kind, closed_at=None).order_by().values_list("lifecycle_version", "state")
    counts: dict[int, dict[str, int]] = {}
    for version, state, count in rows.annotate(Count("id")):
        counts.setdefault(version, {})[state] = count
    return counts


def open_counts_by_kind() -> dict[str, tuple[int, int]]:
    """How many matters of each kind are open, and in how many of those nobody has a turn."""
    rows = Matter.objects.filter(closed_at=None).order_by().values("kind")
    rows = rows.annotate(many=Count("id"), resting=Count("id", filter=Q(turn="nobody")))
    return {row["kind"]: (row["many"], row["resting"]) for row in rows}


def last_move_words(*, matter: Matter) -> str:
    """Who moved the matter last, where to, and when they registered it, within a sentence; empty if nobody did."""
    last = Step.objects.filter(matter_id=matter.pk).select_related("taken_by").order_by("taken_at", "id").last()
    if last is None:
        return ""
    label = lifecycle_of(matter).state(last.to_state).label
    at = timezone.localtime(last.recorded_at or last.taken_at)
    who = f"{last.taken_by.full_name} lo pasó" if last.taken_by else "pasó"
    return f"{who} a «{label}» el {at:%d-%m-%Y} a las {at:%H:%M}"


def what_happened_meanwhile(*, matter: Matter) -> str:
    """The sentence for whom was second: who moved the matter, where to, and when."""
    moved = last_move_words(matter=matter)
    what = f"Mientras tanto {moved}." if moved else "Este asunto cambió mientras lo mirabas."
    return f"{what} Revisa cómo está ahora."
