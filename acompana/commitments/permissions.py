"""Who may do what with commitments and with the rules behind them."""

from __future__ import annotations

from collections.abc import Collection

from acompana.commitments.models import Commitment
from acompana.matters.models import Matter
from acompana.people.actors import Actor


def may_amend_rules(actor: Actor) -> bool:
    """The administrator configures the protocol (ROL-15)."""
    return actor.has_role("administrator")


def may_settle(actor: Actor, commitment: Commitment) -> bool:
    """Who owes it, or anybody of the office that does, may keep it, pause it or call it off."""
    if not actor.is_staff or actor.person is None:
        return False
    return commitment.owner_id == actor.person.pk or commitment.office_id == actor.office_id


def owes(actor: Actor, commitment: Commitment) -> bool:
    """Whether the actor owes this by name: promised, handed over, or standing in for who is absent (POR-10)."""
    return (
        actor.is_staff and actor.person is not None and commitment.is_open and commitment.owner_id == actor.person.pk
    )


def rules_owed(actor: Actor, matter: Matter) -> frozenset[str]:
    """The terms of the protocol that the actor owes by name on a matter, also for somebody absent (POR-10).

    The one rule by which a duty brings the means: who owes it by name may do it, whatever their role and their office;
    once it is done, or another owes it, no more. What people promise by hand gives them nothing: anybody may. One
    query for staff.
    """
    if not actor.is_staff or actor.person is None:
        return frozenset()
    by_name = Commitment.objects.open().filter(matter=matter, owner=actor.person).exclude(rule="")
    return frozenset(by_name.exclude(debtor=Commitment.Debtor.COMPANY).values_list("rule", flat=True))


def companies_owed(actor: Actor, companies: Collection[int]) -> frozenset[int]:
    """Of these companies (ids), those on whose matters the actor owes by name a term of the protocol: what
    `rules_owed` says of one matter. One query for staff."""
    if not actor.is_staff or actor.person is None:
        return frozenset()
    by_name = Commitment.objects.open().filter(owner=actor.person, matter__company__in=companies).exclude(rule="")
    theirs = by_name.exclude(debtor=Commitment.Debtor.COMPANY).order_by()
    return frozenset(theirs.values_list("matter__company", flat=True))


def may_hand_over(actor: Actor, commitment: Commitment) -> bool:
    """The head of the office hands over what its people owe; the administrator, anything (POR-10)."""
    if actor.has_role("administrator"):
        return True
    return actor.has_role("regional-director") and commitment.office_id == actor.office_id
