"""Who may do what with commitments and with the rules behind them."""

from __future__ import annotations

from acompana.commitments.models import Commitment
from acompana.people.actors import Actor


def may_amend_rules(actor: Actor) -> bool:
    """The administrator configures the protocol (ROL-15)."""
    return actor.has_role("administrator")


def may_settle(actor: Actor, commitment: Commitment) -> bool:
    """Who owes it, or anybody of the office that does, may keep it, pause it or call it off."""
    if not actor.is_staff or actor.person is None:
        return False
    return commitment.owner_id == actor.person.pk or commitment.office_id == actor.office_id


def may_hand_over(actor: Actor, commitment: Commitment) -> bool:
    """The head of the office hands over what its people owe; the administrator, anything (POR-10)."""
    if actor.has_role("administrator"):
        return True
    return actor.has_role("regional-director") and commitment.office_id == actor.office_id
