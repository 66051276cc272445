"""Who reads and answers a help request (ROL-8, CHA-4)."""

from __future__ import annotations

from acompana.cases.models import HelpRequest
from acompana.people.actors import Actor


def may_derive(actor: Actor) -> bool:
    """Client management passes a request to an executive."""
    return actor.has_role("client-management")


def may_answer(actor: Actor, request: HelpRequest) -> bool:
    """Client management answers, or the member of staff to whom it was derived. What a company wrote to its executive
    is answered by who has it, by its executive of today, or by the head of the office."""
    if not actor.is_staff or actor.person is None:
        return False
    matter = request.matter
    if matter.owner_id == actor.person.pk:
        return True
    if not request.is_to_executive:
        return actor.has_role("client-management")
    if matter.company is not None and matter.company.executive_id == actor.person.pk:
        return True
    return actor.has_role("regional-director") and matter.office_id == actor.office_id


def who_answers(request: HelpRequest) -> str:
    """In a sentence, for who does not."""
    if request.is_to_executive:
        return "La responde quien atiende a la empresa, o la dirección de su oficina."
    return "La responde Gestión de clientes, o a quien se la derivó."


def may_see(actor: Actor, request: HelpRequest) -> bool:
    """Staff, and the person who asked."""
    return actor.is_staff or (actor.person is not None and request.matter.person_id == actor.person.pk)
