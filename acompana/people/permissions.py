"""Who may do what with people and offices."""

from __future__ import annotations

from acompana.people.actors import Actor

ADMINISTRATOR = "administrator"


def may_administer(actor: Actor) -> bool:
    """Only an administrator changes offices, staff, catalogues and holidays (ROL-15); all staff may read them."""
    return actor.is_staff and actor.has_role(ADMINISTRATOR)
