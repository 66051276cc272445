"""Who may attend a company on its road (ROL-1, ROL-2, ROL-8, ROL-16)."""

from __future__ import annotations

from acompana.companies.models import Company
from acompana.intake.states import EXECUTIVES
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Office


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


def may_take_test(actor: Actor, matter: Matter) -> bool:
    """Who takes the test with a company that cannot alone: Client management, or who attends it (INT-6, ROL-8)."""
    return actor.has_role("client-management") or may_attend(actor, matter)


def is_head_of(actor: Actor, office_id: int) -> bool:
    """The head of the region of an office (ROL-2)."""
    return actor.has_role("regional-director") and actor.office_id == office_id


def may_name_contact(actor: Actor, office: Office) -> bool:
    """The head of a region names who contacts its companies (INT-10, ROL-2)."""
    return is_head_of(actor, office.pk)


def may_act_on_account(actor: Actor, matter: Matter) -> bool:
    """Any officer, until a potential account is derived: then the head of its region alone decides (INT-2)."""
    return is_head_of(actor, matter.office_id) or (actor.is_staff and matter.state != "derived")


def may_see_rises(actor: Actor) -> bool:
    """The head of a region, for its office; the national directorate and administrators, for all (INT-20)."""
    return actor.has_role("regional-director", "national-directorate", "administrator")
