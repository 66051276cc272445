"""What an officer may do with a company just registered from a card (INT-2). Processes above register their verbs.

register_next_step(NextStep("invite", "Invitar por correo", "Le llega un enlace personal.", take=invite_from_card))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from acompana.companies.models import Company
from acompana.people.actors import Actor


@dataclass(frozen=True, slots=True)
class NextStep:
    """`take` does it in the transaction of the registration, and gives a sentence to show; it may raise Refused."""

    slug: str
    label: str
    hint: str
    take: Callable[[Company, Actor, datetime], str]
    order: int = 50


KeepCard = Callable[[Company, Mapping[str, str], Actor, datetime], str]
"""Keeps what a card says on the record of the company that has its RUT already, and gives a sentence to show."""

_keepers: list[KeepCard] = []


def register_card_keeper(keep: KeepCard) -> None:
    _keepers[:] = [keep]


def keep_card(company: Company, card: Mapping[str, str], actor: Actor, now: datetime) -> str:
    """Nothing of a card that was typed is lost where its company is known (INT-1). `card`: the fields of its form."""
    return _keepers[0](company, card, actor, now)


_steps: dict[str, NextStep] = {}


def register_next_step(step: NextStep) -> None:
    _steps[step.slug] = step


def next_steps() -> list[NextStep]:
    return sorted(_steps.values(), key=lambda step: step.order)


def next_step(slug: str) -> NextStep | None:
    """The step that was chosen; without a choice the last one, which leaves the decision for later."""
    return _steps.get(slug) or next(reversed(next_steps()), None)
