"""The review list: pairs of companies that may be one, filtered and ordered by the address, with capped counts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import QueryDict

from acompana.companies.listing import CappedPaginator
from acompana.companies.models import CompanyPair, PairSearch
from acompana.companies.permissions import PAIR_SEARCHERS, may_merge, mergeable_by
from acompana.people.actors import Actor
from acompana.people.models import Office
from acompana.people.office_choice import office_choices
from acompana.people.queries import offices_in_service

PER_PAGE = 25
STATES = (
    ("", "Por revisar", CompanyPair.State.OPEN),
    ("distintas", "No son la misma", CompanyPair.State.REJECTED),
    ("fusionadas", "Fusionadas", CompanyPair.State.MERGED),
)
ORDERS = (
    ("", "Lo más seguro primero", ("-points", "id")),
    ("antiguas", "Lo más antiguo primero", ("found_at", "id")),
)
SHOWN = ("first__region", "first__commune", "second__region", "second__commune", "decided_by", "office")


def pairs_waiting(actor: Actor | None = None) -> QuerySet[CompanyPair]:
    """Pairs on the review list; given an actor, those that they may decide. For lists and figures."""
    waiting = CompanyPair.objects.filter(state=CompanyPair.State.OPEN)
    if actor is None or (mine := mergeable_by(actor)) is None:
        return waiting
    companies = CompanyPair._meta.get_field("first").related_model._base_manager.filter(mine).values("pk")
    return waiting.filter(first__in=companies, second__in=companies)


class PairPaginator(CappedPaginator):
    """Counted up to the cap, in words of its own."""

    words = ("par", "pares")


class PairList:
    """The pairs that an address asks for. Queries: the page, its count, the offices, the last search."""

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        self.query = query
        self.actor = actor
        self.slug, _, self.state = _asked(STATES, query.get("ver", ""))
        self.order, _, self.columns = _asked(ORDERS, query.get("orden", ""))

    @cached_property
    def offices(self) -> list[Office]:
        return list(offices_in_service())

    @property
    def office_choices(self) -> list[tuple[Any, Any]]:
        return office_choices(self.offices)

    @cached_property
    def office(self) -> Office | None:
        asked = self.query.get("oficina", "")
        return next((office for office in self.offices if office.code == asked), None)

    def pairs(self) -> QuerySet[CompanyPair]:
        found = CompanyPair.objects.filter(state=self.state)
        if self.office is not None:
            found = found.filter(office_id=self.office.pk)
        return found.order_by(*self.columns)

    @cached_property
    def page(self) -> Page:
        page = PairPaginator(self.pairs().select_related(*SHOWN), PER_PAGE).get_page(self.query.get("page"))
        page.object_list = list(page.object_list)
        if not self.slug and self.actor.has_role(*PAIR_SEARCHERS):  # to others, each would say the same
            for pair in page.object_list:
                pair.decided_elsewhere = self._who_decides(pair)
        return page

    def _who_decides(self, pair: CompanyPair) -> str:
        """Who says whether the two are one, if the actor may not: the head of the office of both, or who is above."""
        if may_merge(self.actor, pair.first, pair.second):
            return ""
        theirs = {pair.first.office_id, pair.second.office_id} - {None}
        of_one = [office.name for office in self.offices if {office.pk} == theirs]
        return f"quien dirige la {of_one[0]}" if of_one else "Gestión de clientes"

    def tabs(self) -> list[dict[str, Any]]:
        return [
            {"label": label, "href": self._with(ver=slug), "current": slug == self.slug} for slug, label, _ in STATES
        ]

    def orders(self) -> list[tuple[str, str, bool]]:
        return [(slug, label, slug == self.order) for slug, label, _ in ORDERS]

    def last_search(self) -> PairSearch | None:
        return PairSearch.objects.select_related("requested_by").first()

    def _with(self, **changed: str) -> str:
        query = self.query.copy()
        query.pop("page", None)
        for name, value in changed.items():
            query[name] = value
            if not value:
                query.pop(name)
        return f"?{query.urlencode()}"


def _asked(offered: tuple[tuple[str, str, Any], ...], slug: str) -> tuple[str, str, Any]:
    return next((row for row in offered if row[0] == slug), offered[0])


def pairs_of(company_id: int) -> QuerySet[CompanyPair]:
    """The open pairs of one company, the most certain first; for its record."""
    one_of = Q(first=company_id) | Q(second=company_id)
    return CompanyPair.objects.filter(one_of, state=CompanyPair.State.OPEN).order_by("-points", "id")
