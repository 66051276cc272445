"""Who reads and answers a help request (ROL-8)."""

from __future__ import annotations

from acompana.cases.models import HelpRequest
from acompana.people.actors import Actor


def may_answer(actor: Actor) -> bool:
    """Client management answers."""
    return actor.has_role("client-management")


def may_see(actor: Actor, request: HelpRequest) -> bool:
    """Staff, and the person who asked."""
    return actor.is_staff or (actor.person is not None and request.matter.person_id == actor.person.pk)
