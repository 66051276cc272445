"""Who reads and answers a help request (ROL-8)."""

from __future__ import annotations

from acompana.cases.models import HelpRequest
from acompana.people.actors import Actor


def may_derive(actor: Actor) -> bool:
    """Client management passes a request to an executive."""
    return actor.has_role("client-management")


def may_answer(actor: Actor, request: HelpRequest) -> bool:
    """Client management answers, or the member of staff to whom it was derived."""
    if actor.has_role("client-management"):
        return True
    return actor.is_staff and actor.person is not None and request.matter.owner_id == actor.person.pk


def may_see(actor: Actor, request: HelpRequest) -> bool:
    """Staff, and the person who asked."""
    return actor.is_staff or (actor.person is not None and request.matter.person_id == actor.person.pk)
