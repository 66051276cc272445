"""Who may take a step of a matter, and who may see the matter at all (ROL-16)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from acompana.commitments.permissions import rules_owed
from acompana.companies.permissions import limited_mandate, may_act_for
from acompana.kernel.lifecycle import Transition
from acompana.matters.models import Matter
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Role
from acompana.shell.words import within_sentence

# Roles of one office: they act on the matters of their office, or on those they own or attend the company of. The
# other roles (Client management, administration, supervising units) belong to the central level and act everywhere.
OFFICE_ROLES = frozenset(
    {"regional-executive", "regional-director", "regional-sector-lead", "commercial-executive", "cpe-executive"}
)


def may_see_matter(actor: Actor, matter: Matter) -> bool:
    """Everybody of the agency; a person, their own; a company's people, its matters."""
    return actor.is_staff or speaks_for_company(actor, matter)


def speaks_for_company(actor: Actor, matter: Matter) -> bool:
    """Whether the actor is on the other side of the matter: its person, or somebody with a mandate of its company.

    A limited mandate reaches only the matters that its person opened (INT-24).
    """
    if actor.person is None:
        return False
    if matter.person_id == actor.person.pk:
        return True
    if matter.company is None:
        return False
    if may_act_for(actor, matter.company):
        return True
    return matter.opened_by_id == actor.person.pk and limited_mandate(actor, matter.company) is not None


def is_near(actor: Actor, matter: Matter) -> bool:
    """Of the matter's office, its owner, or the executive of its company."""
    if actor.person is None:
        return False
    if matter.office_id == actor.office_id or matter.owner_id == actor.person.pk:
        return True
    return matter.company is not None and matter.company.executive_id == actor.person.pk


def why_not_theirs(
    actor: Actor, matter: Matter, transition: Transition, owed: Callable[[], frozenset[str]] | None = None
) -> str | None:
    """The sentence that says who takes this step, when the actor is not of them; None when they are.

    Who owes by name what the step fulfils takes it, whatever their role: so who stands in for somebody absent
    (POR-10). Who owes anything on the matter, and has the role, is as near as its own. `owed` reads what the actor
    owes there, for a caller who asks about several steps.
    """
    if actor is SYSTEM or actor.has_role("system"):
        return None
    who = set(transition.who)
    if "company" in who and not actor.is_staff and speaks_for_company(actor, matter):
        return None
    if actor.is_staff:
        if "staff" in who:
            return None
        held = actor.roles & who
        if held - OFFICE_ROLES or (held and is_near(actor, matter)):
            return None
        theirs = (owed or partial(rules_owed, actor, matter))()
        if not theirs.isdisjoint(transition.fulfils) or (held and theirs):
            return None
        if held:
            return f"Le corresponde a la {within_sentence(matter.office.name)}."
    return f"Este paso lo da {who_takes(transition.who)}."


def who_takes(who: tuple[str, ...]) -> str:
    """In words: «la empresa, o Ejecutivo regional»."""
    words = {"company": "la empresa", "staff": "cualquier persona de la agencia", "system": "el sistema"}
    slugs = [slug for slug in who if slug not in words]
    names = dict(Role.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    parts = [words.get(slug) or names.get(slug, slug.replace("-", " ")) for slug in who] or [words["system"]]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " o " + parts[-1]
