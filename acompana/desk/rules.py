"""What a role has at the desk."""

from __future__ import annotations

from acompana.people.actors import Actor

# They set up the system or look at its figures: no rule gives them a term (ROL-11, ROL-15, ROL-17).
WITHOUT_DUTIES = frozenset({"administrator", "management-control", "national-directorate", "strategic-development"})


def owes_nothing_by_role(actor: Actor) -> bool:
    """Whether no duty reaches them but what somebody hands over by hand; they have no portfolio either."""
    return bool(actor.roles) and actor.roles <= WITHOUT_DUTIES
