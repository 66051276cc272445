"""What differs from the screens: a system, which is no person, reads as staff does and writes within its scopes.

Everything else is asked of the rooms: a token of a person is that person.
"""

from __future__ import annotations

from django.db.models import Q

from acompana.companies.models import Company
from acompana.companies.permissions import may_act_for, may_change, may_see
from acompana.logbook.models import Entry
from acompana.logbook.queries import visible_to
from acompana.people.actors import Actor
from acompana.people.permissions import ADMINISTRATOR


def is_system(actor: Actor) -> bool:
    """A token without person; its scopes say what it may, and an administrator gave them."""
    return actor.person is None and actor.has_role("system")


def reads_as_staff(actor: Actor) -> bool:
    return actor.is_staff or is_system(actor)


def may_read_company(actor: Actor, company: Company) -> bool:
    """Staff and systems, any; others, with a mandate in force (a limited one shows nothing here)."""
    if is_system(actor):
        return True
    return may_see(actor, company) if actor.is_staff else may_act_for(actor, company)


def may_change_company(actor: Actor, company: Company) -> bool:
    return is_system(actor) or may_change(actor, company)


def entries_for(actor: Actor) -> Q:
    """Which entries: a system reads none that is for the responsible only, whoever they are."""
    return ~Q(visibility=Entry.Visibility.RESPONSIBLE) if is_system(actor) else visible_to(actor)


def may_give_system_tokens(actor: Actor) -> bool:
    """Only an administrator lets a program in that is nobody (ROL-15)."""
    return actor.is_staff and actor.has_role(ADMINISTRATOR)
