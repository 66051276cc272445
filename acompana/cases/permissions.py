"""Who reads and answers a help request (ROL-8, CHA-4)."""

from __future__ import annotations

from acompana.cases.models import HelpRequest
from acompana.commitments.permissions import rules_owed
from acompana.people.actors import Actor


def may_derive(actor: Actor) -> bool:
    """Client management passes a request to an executive."""
    return actor.has_role("client-management")


def may_answer(actor: Actor, request: HelpRequest) -> bool:
    """Who has it, and who owes its answer by name, also for somebody absent (POR-10). Besides, Client management; or,
    of what a company wrote to its executive, its executive of today and the head of the office."""
    if not actor.is_staff or actor.person is None:
        return False
    matter = request.matter
    if matter.owner_id == actor.person.pk:
        return True
    if request.is_to_executive:
        in_charge = matter.company is not None and matter.company.executive_id == actor.person.pk
        besides = in_charge or (actor.has_role("regional-director") and matter.office_id == actor.office_id)
    else:
        besides = actor.has_role("client-management")
    return besides or bool(rules_owed(actor, matter))


def who_answers(request: HelpRequest) -> str:
    """In a sentence, for who does not."""
    if request.is_to_executive:
        return "La responde quien atiende a la empresa, o la dirección de su oficina."
    return "La responde Gestión de clientes, o a quien se la derivó."


def may_see(actor: Actor, request: HelpRequest) -> bool:
    """Staff, and the person who asked."""
    return actor.is_staff or (actor.person is not None and request.matter.person_id == actor.person.pk)
