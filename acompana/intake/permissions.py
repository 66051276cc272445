"""Who may attend a company on its road (ROL-1, ROL-2, ROL-8, ROL-16)."""

from __future__ import annotations

from acompana.companies.models import Company
from acompana.intake.states import EXECUTIVES
from acompana.matters.models import Matter
from acompana.people.actors import Actor


def may_attend(actor: Actor, matter: Matter) -> bool:
    """The team of the matter's office, or the company's executive."""
    if not actor.has_role(*EXECUTIVES):
        return False
    executive = matter.company.executive_id if matter.company else None
    return actor.office_id == matter.office_id or (actor.person is not None and executive == actor.person.pk)


def may_attend_company(actor: Actor, company: Company) -> bool:
    """The team of the company's office, or its executive."""
    if not actor.has_role(*EXECUTIVES):
        return False
    return actor.office_id == company.office_id or (
        actor.person is not None and company.executive_id == actor.person.pk
    )
