"""What keeps a term of the protocol: the step or act that it asks for, where there is one; else somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from acompana.commitments.models import Commitment
from acompana.kernel.refusals import Refused
from acompana.matters.queries import lifecycle_of


@dataclass(frozen=True, slots=True)
class Act:
    """What keeps a term: what it is called, the page where it is done, and how, after «se cumple al»."""

    label: str
    address: str
    how: str


_finders: dict[str, Callable[[Commitment], Act | None]] = {}


def register_act(rule: str, find: Callable[[Commitment], Act | None]) -> None:
    """A room says what keeps a term that no lifecycle keeps, as long as it waits for that."""
    _finders[rule] = find


def acts_that_keep(commitment: Commitment) -> list[Act]:
    """What keeps it: the steps that leave the state where its matter stands, or its room's act; none: it is kept by
    hand."""
    if find := _finders.get(commitment.rule):
        return [act] if (act := find(commitment)) else []
    matter = commitment.matter
    if matter is None or not commitment.rule:
        return []
    ways = [way for way in lifecycle_of(matter).ways_out(matter.state) if commitment.rule in way.fulfils]
    labels = [f"«{way.label}»" for way in ways]
    listed = " o ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]]))
    how = f"dar {'el paso' if len(ways) == 1 else 'uno de estos pasos:'} {listed}, en el asunto {matter}"
    return [Act(way.label, _address(way.page, matter.number), how) for way in ways]


def check_kept_by_hand(commitment: Commitment) -> None:
    """Refused, saying what keeps it, where a step or an act does: without it what waits would wait unreminded."""
    if acts := acts_that_keep(commitment):
        raise Refused(f"Este plazo se cumple al {acts[0].how}.", commitment.rule)


def _address(page: str, number: str) -> str:
    """Where a step is taken: on its own page; on that of its matter, where it has none."""
    try:
        return reverse(page or "progress:matter", args=[number])
    except NoReverseMatch:
        return reverse("progress:matter", args=[number])
