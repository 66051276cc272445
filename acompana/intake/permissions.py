"""Who may attend a company on its road (ROL-1, ROL-2, ROL-8, ROL-16)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from acompana.commitments.models import Commitment
from acompana.commitments.permissions import owes, rules_owed
from acompana.companies.models import Company
from acompana.companies.permissions import has_in_hand
from acompana.intake.models import Referral, Rise
from acompana.intake.states import DECISION_RULE, EXECUTIVES, VERDICT_RULES
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Office
from acompana.people.queries import who_holds
from acompana.progress.permissions import is_near

# Who opens the companies that wait for an executive (ROL-2).
ASSIGNERS = ("regional-director", "administrator", "national-directorate")


def may_attend(actor: Actor, matter: Matter) -> bool:
    """Of who attends companies, those as near as its steps ask for (`progress.permissions.is_near`); and who owes
    something on it by name: also who stands in for somebody absent, from wherever (POR-10)."""
    if actor.has_role(*EXECUTIVES) and is_near(actor, matter):
        return True
    return bool(rules_owed(actor, matter))


def why_not_decide(actor: Actor, matter: Matter, on: date) -> str:
    """Who says yes or no to a company after its interview and at its pre-admissibility, where it is not the actor;
    else empty. It is who has the company in hand, and who owes that decision by name (INT-17, INT-27, POR-10); the
    act of DEF-2 asks for its role besides."""
    if matter.company is not None and has_in_hand(actor, matter.company, on):
        return ""
    if not rules_owed(actor, matter).isdisjoint(VERDICT_RULES):
        return ""
    who = matter.company.executive if matter.company is not None else None
    in_charge = f"{who}, que tiene a su cargo la empresa" if who else "su ejecutivo o ejecutiva"
    return f"Lo decide {in_charge}, quien le reemplaza, o la dirección de su oficina."


def stands_in_for_owner(actor: Actor, matter: Matter, on: date) -> bool:
    """Whether who answers for the matter is absent on a day, and the actor has in hand what is theirs (POR-10)."""
    if matter.owner is None or matter.owner == actor.person:
        return False
    return who_holds(matter.owner, on)[0] == actor.person


def may_attend_company(actor: Actor, company: Company) -> bool:
    """The team of the company's office, or its executive."""
    if not actor.has_role(*EXECUTIVES):
        return False
    return actor.office_id == company.office_id or (
        actor.person is not None and company.executive_id == actor.person.pk
    )


def may_note_outcome(actor: Actor, referral: Referral) -> bool:
    """Who attends the company, and who owes by name to ask how it went (INT-19, POR-10)."""
    if may_attend_company(actor, referral.company):
        return True
    return referral.commitment is not None and owes(actor, referral.commitment)


def may_take_test(actor: Actor, matter: Matter) -> bool:
    """Who takes the test with a company that cannot alone: Client management, or who attends it (INT-6, ROL-8)."""
    return actor.has_role("client-management") or may_attend(actor, matter)


def is_head_of(actor: Actor, office_id: int) -> bool:
    """The head of the region of an office (ROL-2)."""
    return actor.has_role("regional-director") and actor.office_id == office_id


def may_name_contact(actor: Actor, office: Office) -> bool:
    """The head of a region names who contacts its companies (INT-10, ROL-2)."""
    return is_head_of(actor, office.pk)


def may_act_on_account(actor: Actor, matter: Matter, owed: Iterable[Commitment] | None = None) -> bool:
    """Any officer, until a potential account is derived: then the head of its region alone decides (INT-2), or who
    owes that decision while they are absent (POR-10). `owed`: what is open on the matter, if it was read already."""
    return (actor.is_staff and matter.state != "derived") or may_decide_on_account(actor, matter, owed)


def may_invite(actor: Actor, account: Matter | None, owed: Iterable[Commitment] | None = None) -> bool:
    """Who invites a company to its form, alone or with many: any officer; by an account that is open, who
    `may_act_on_account` (INT-2). That needs no charge of the company."""
    return actor.is_staff if account is None else may_act_on_account(actor, account, owed)


def may_decide_on_account(actor: Actor, matter: Matter, owed: Iterable[Commitment] | None = None) -> bool:
    """Who says that a potential account is not invited: `may_act_on_account` of one that was derived (INT-2)."""
    if is_head_of(actor, matter.office_id):
        return True
    if owed is None:
        return DECISION_RULE in rules_owed(actor, matter)
    return any(commitment.rule == DECISION_RULE and owes(actor, commitment) for commitment in owed)


def may_see_rises(actor: Actor) -> bool:
    """The head of a region, for its office; the national directorate and administrators, for all (INT-20)."""
    return actor.has_role("regional-director", "national-directorate", "administrator")


def may_pass_on(actor: Actor, rise: Rise) -> bool:
    """Who sees the queue of those that came to green, and who owes by name to pass this one on, also for the head of
    its office who is absent (INT-20, POR-10)."""
    return may_see_rises(actor) or (rise.commitment is not None and owes(actor, rise.commitment))
