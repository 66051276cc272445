"""Who may see and change what of the registry (ROL-16, INT-24)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from acompana.companies.models import Company, Contact, DefaultView, Mandate, SavedView
from acompana.kernel.search.engine import SearchScope
from acompana.people.actors import Actor
from acompana.people.queries import who_holds

# The roles above an office, and those who help companies with their form (ROL-8).
ABOVE_OFFICES = ("national-directorate", "strategic-development", "administrator", "client-management")
OPEN_STATES = (Mandate.State.LIMITED, Mandate.State.ACTIVE)


# A room above says on which companies somebody owes something by name (POR-10).
Duties = Callable[[Actor, Collection[int]], frozenset[int]]
_duties: dict[str, Duties] = {}


def register_duties(name: str, duties: Duties) -> None:
    """Called once by the room that keeps who owes what; `name` so that doing it twice changes nothing."""
    _duties[name] = duties


def with_a_duty(actor: Actor, companies: Collection[int]) -> frozenset[int]:
    """Of these companies (ids), those on whose matters the actor owes something by name, also for somebody absent."""
    return frozenset().union(*(duties(actor, companies) for duties in _duties.values()))


def _mandates(actor: Actor, company: Company) -> QuerySet[Mandate]:
    return Mandate.objects.filter(person=actor.person, company=company)


def may_see(actor: Actor, company: Company) -> bool:
    """Everybody of the agency reads the registry; representatives, their own companies (ROL-16)."""
    if actor.is_staff:
        return True
    return actor.person is not None and _mandates(actor, company).filter(state__in=OPEN_STATES).exists()


def may_act_for(actor: Actor, company: Company) -> bool:
    """Whether the person holds a mandate in force for the company; a limited one is not enough (INT-24)."""
    return actor.person is not None and _mandates(actor, company).filter(state=Mandate.State.ACTIVE).exists()


def limited_mandate(actor: Actor, company: Company) -> Mandate | None:
    """The mandate under which the person sees only what they typed themselves (INT-24); None if there is none."""
    if actor.person is None or actor.is_staff:
        return None
    return _mandates(actor, company).filter(state=Mandate.State.LIMITED).first()


def _is_head(actor: Actor, company: Company) -> bool:
    own_office = company.office_id is None or actor.office_id == company.office_id
    return actor.has_role(*ABOVE_OFFICES) or (actor.has_role("regional-director") and own_office)


def may_change(actor: Actor, company: Company, owed: Collection[int] | None = None) -> bool:
    """The executive, the head of the office, the roles above, and who represents it.

    While nobody is in charge: also who registered it and the executives of its office. Besides, who owes something on
    it by name, also for an executive who is absent: what they owe may need its data put right (POR-10). `owed`: for
    who asks of several, those of them `with_a_duty`.
    """
    if not actor.is_staff or actor.person is None:
        return may_act_for(actor, company)
    if company.executive_id == actor.person.pk or _is_head(actor, company) or _of_nobody(actor, company):
        return True
    return company.pk in (with_a_duty(actor, [company.pk]) if owed is None else owed)


def those_may_change(actor: Actor, companies: Iterable[Company]) -> frozenset[int]:
    """Of these companies, those (ids) that the actor `may_change`. One query, or none where no duty decides."""
    rows = list(companies)
    mine = {company.pk for company in rows if may_change(actor, company, ())}
    rest = [company.pk for company in rows if company.pk not in mine]
    return frozenset(mine | with_a_duty(actor, rest)) if rest else frozenset(mine)


def _of_nobody(actor: Actor, company: Company) -> bool:
    """Whether nobody is in charge of the company, and the actor registered it or is of the team of its office."""
    if company.executive_id is not None:
        return False
    of_office = actor.has_role("regional-executive", "regional-sector-lead", "commercial-executive", "cpe-executive")
    mine = actor.person is not None and company.created_by_id == actor.person.pk
    return mine or (of_office and company.office_id in (None, actor.office_id))


def may_change_contact(actor: Actor, contact: Contact) -> bool:
    """Its own people, the main one alone: of whom the portal's form asks them (CHA-5)."""
    return may_change(actor, contact.company) and (actor.is_staff or contact.is_main)


def may_add_contact(actor: Actor, company: Company) -> bool:
    """Its own people, the first one alone: with it their form begins, and the rest are the agency's (CHA-5)."""
    if not may_change(actor, company):
        return False
    return actor.is_staff or not Contact.objects.filter(company=company, ended_on=None).exists()


def may_end_contact(actor: Actor, contact: Contact) -> bool:
    """The agency notes that somebody left: the portal asks it of nobody."""
    return actor.is_staff and may_change(actor, contact.company)


def may_validate(actor: Actor, company: Company, on: date) -> bool:
    """The act of DEF-2 is that of a regional executive or head who `has_in_hand` the company."""
    return actor.has_role("regional-executive", "regional-director") and has_in_hand(actor, company, on)


def has_in_hand(actor: Actor, company: Company, on: date) -> bool:
    """Who decides on the company: its executive, or the head of its office; while that executive is absent also who
    stands in (POR-10)."""
    if actor.person is None:
        return False
    if company.executive_id == actor.person.pk:
        return True
    if actor.has_role("regional-director") and company.office_id in (None, actor.office_id):
        return True
    return company.executive is not None and who_holds(company.executive, on)[0] == actor.person


def may_assign(actor: Actor, company: Company) -> bool:
    """The head of the company's office and the roles above give it an executive (ROL-2)."""
    return actor.is_staff and _is_head(actor, company)


def may_take(actor: Actor, company: Company) -> bool:
    """An executive, and a company of their office that nobody has (ROL-1)."""
    of_office = company.office_id in (None, actor.office_id)
    return company.executive_id is None and of_office and actor.has_role("regional-executive", "cpe-executive")


def assignable_by(actor: Actor) -> Q:
    """`may_assign` as a condition on companies, for lists and bulk actions."""
    if actor.has_role(*ABOVE_OFFICES):
        return Q()
    if actor.has_role("regional-director"):
        return Q(office=None) | Q(office_id=actor.office_id)
    return Q(pk__in=[])


def may_register_potential(actor: Actor) -> bool:
    """Any officer can register a company from partial data (INT-1); so can a system that acts for the agency."""
    return actor.is_staff or actor.has_role("system")


# Who of the company's office decides who may act for it.
MANDATE_DECIDERS = ("regional-executive", "regional-director", "regional-sector-lead")


def may_decide_mandate(actor: Actor, mandate: Mandate) -> bool:
    """Who represents the company, or its regional office; of a company without office, any office or who stands above
    them. Nobody decides their own request (INT-24)."""
    if actor.person is None or actor.person.pk == mandate.person_id:
        return False
    if not actor.is_staff:
        return may_act_for(actor, mandate.company)
    if mandate.company.office_id is None:
        return actor.has_role(*MANDATE_DECIDERS, *ABOVE_OFFICES)
    return mandate.company.office_id == actor.office_id and actor.has_role(*MANDATE_DECIDERS)


def mandates_to_decide(actor: Actor) -> QuerySet[Mandate]:
    """The requests that wait for the actor, oldest first; the condition of `may_decide_mandate` for lists."""
    waiting = Mandate.objects.filter(state__in=(Mandate.State.REQUESTED, Mandate.State.LIMITED)).select_related(
        "company__office", "company__region", "person"
    )
    if actor.person is None:
        return waiting.none()
    waiting = waiting.exclude(person=actor.person).order_by("requested_at", "id")
    if not actor.is_staff:
        mine = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE).values("company")
        return waiting.filter(company__in=mine)
    if actor.has_role(*MANDATE_DECIDERS):
        return waiting.filter(Q(company__office=None) | Q(company__office_id=actor.office_id))
    return waiting.filter(company__office=None) if actor.has_role(*ABOVE_OFFICES) else waiting.none()


def search_scope(actor: Actor, *, with_registry: bool = False) -> SearchScope:
    """What an actor may find: staff, what staff may read; representatives, what is of their companies (EXP-3)."""
    if actor.is_staff:
        audiences = {"all", "staff"} | ({"complaints"} if actor.has_role("citizen-attention") else set())
        return SearchScope(frozenset(audiences), None, with_registry)
    if actor.person is None:
        return SearchScope()
    companies = Mandate.objects.filter(person=actor.person, state=Mandate.State.ACTIVE).values_list(
        "company", flat=True
    )
    return SearchScope(frozenset({"all"}), frozenset(companies), with_registry)


def may_merge(actor: Actor, one: Company, other: Company) -> bool:
    """Who says whether two companies are one: the head of the office of both, and the roles above (ROL-16).

    A merge gives the people of each the whole of the other: the executive of one of them does not decide it alone.
    """
    return actor.is_staff and _is_head(actor, one) and _is_head(actor, other)


def mergeable_by(actor: Actor) -> Q | None:
    """The half of `may_merge` that is about one company, as a condition; None: every company."""
    return None if actor.has_role(*ABOVE_OFFICES) else assignable_by(actor)


# Who asks for a search of pairs over the whole registry: those who decide some of them.
PAIR_SEARCHERS = (*ABOVE_OFFICES, "regional-director")


def views_of(actor: Actor) -> QuerySet[SavedView]:
    """The saved views that the actor may use: their own, and those shared with their office or with all.

    `opens`: their list opens with it.
    """
    shared = Q(share=SavedView.Share.ALL) | Q(owner=actor.person)
    if actor.office_id is not None:
        shared |= Q(share=SavedView.Share.OFFICE, office_id=actor.office_id)
    chosen = DefaultView.objects.filter(person=actor.person, view=OuterRef("pk"))
    return SavedView.objects.filter(shared).annotate(opens=Exists(chosen))


def may_share_with_all(actor: Actor) -> bool:
    return actor.has_role(*ABOVE_OFFICES)


def may_change_view(actor: Actor, view: SavedView) -> bool:
    """Who saved it; one that an office shares, also its head; one of the whole agency, also the roles above."""
    if actor.person is not None and view.owner_id == actor.person.pk:
        return True
    if view.share == SavedView.Share.OFFICE:
        own_office = view.office_id == actor.office_id
        return actor.has_role(*ABOVE_OFFICES) or (actor.has_role("regional-director") and own_office)
    return view.share == SavedView.Share.ALL and actor.has_role(*ABOVE_OFFICES)
