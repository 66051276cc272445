"""The registry's list: filters from the address, chips that take them off, pages counted up to a thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from acompana.companies.models import Company
from acompana.companies.permissions import search_scope
from acompana.companies.queries import known_companies, of_status, with_status
from acompana.companies.rules import STATUS_LABELS
from acompana.kernel.search.engine import COUNT_CAP, matching_companies
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.reference.models import Region, Sector

PER_PAGE = 25
SHOWN = ("region", "commune", "sector", "executive", "office", "country")


class CappedPaginator(Paginator):
    """Counts no further than the cap: at a million rows a whole count costs more than the page."""

    @cached_property
    def real_count(self) -> int:
        companies: Any = self.object_list
        return companies.order_by()[: COUNT_CAP + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self.real_count, COUNT_CAP)

    @property
    def count_text(self) -> str:
        if self.real_count > COUNT_CAP:
            return "Más de 1.000 empresas"
        return f"{self.count:,}".replace(",", ".") + (" empresa" if self.count == 1 else " empresas")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the list: its name in the address, its label, and its choices as (value, text)."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    everything: str = "Todos"

    @property
    def chosen_text(self) -> str:
        return dict(self.choices).get(self.chosen, "")


class CompanyList:
    """The companies that an address asks for, for one actor on one day."""

    def __init__(self, query: QueryDict, *, actor: Actor, today: date) -> None:
        self.query, self.actor, self.today = query, actor, today
        self.text = query.get("q", "").strip()[:100]
        self.with_registry = query.get("registro") == "1"
        self._id_of: dict[tuple[str, str], int] = {}

    @cached_property
    def filters(self) -> list[Filter]:
        regions = list(Region.objects.all())
        offices = list(Office.objects.filter(retired_on=None))
        sectors = list(Sector.objects.all())
        # Ids at hand spare the planner a join, and let it see which index orders the list.
        self._id_of = {
            **{("region", row.iso): row.pk for row in regions},
            **{("oficina", row.code): row.pk for row in offices},
            **{("sector", row.slug): row.pk for row in sectors},
        }
        executives = Person.objects.filter(staff_member__isnull=False, is_active=True)
        offered: tuple[tuple[str, str, str, list[tuple[str, str]]], ...] = (
            ("estado", "Estado", "Todos", [*STATUS_LABELS.items()]),
            ("region", "Región", "Todas", [(r.iso, r.short_name) for r in regions]),
            ("oficina", "Oficina", "Todas", [(o.code, o.name) for o in offices]),
            ("sector", "Sector", "Todos", [(s.slug, s.name) for s in sectors]),
            (
                "ejecutivo",
                "A cargo de",
                "Cualquiera",
                [("nadie", "Nadie"), *((str(p.pk), str(p)) for p in executives)],
            ),
        )
        return [
            Filter(
                name,
                label,
                tuple(choices),
                asked if (asked := self.query.get(name, "")) in dict(choices) else "",
                all_,
            )
            for name, label, all_, choices in offered
        ]

    @cached_property
    def chosen(self) -> Mapping[str, str]:
        return {item.name: item.chosen for item in self.filters if item.chosen}

    def companies(self) -> QuerySet[Company]:
        """All that match, in the order of the list. Filters are applied in the database."""
        found = known_companies()
        chosen = self.chosen
        if "region" in chosen:
            found = found.filter(region_id=self._id_of["region", chosen["region"]])
        if "oficina" in chosen:
            found = found.filter(office_id=self._id_of["oficina", chosen["oficina"]])
        if "sector" in chosen:
            found = found.filter(sector_id=self._id_of["sector", chosen["sector"]])
        if executive := chosen.get("ejecutivo"):
            found = found.filter(executive=None) if executive == "nadie" else found.filter(executive_id=int(executive))
        if "estado" in chosen:
            found = of_status(found, chosen["estado"], self.today)
        with_registry = self.with_registry or chosen.get("estado") == "registry"
        if not with_registry:
            found = found.filter(related_on__isnull=False)
        scope = search_scope(self.actor, with_registry=with_registry)
        if self.text:
            found = found.filter(pk__in=matching_companies(self.text, scope=scope, kinds=("company", "contact")) or [])
        return found.order_by("legal_name", "id")

    @cached_property
    def page(self) -> Page:
        """The page asked for, or the nearest; its companies carry their status."""
        paginator = CappedPaginator(self.companies().select_related(*SHOWN), PER_PAGE)
        page = paginator.get_page(self.query.get("page"))
        # Status is worked out for the rows of the page alone, whatever the order costs.
        rows = list(page.object_list)
        on_page: Any = with_status(Company.objects.filter(pk__in=[row.pk for row in rows]), self.today)
        codes = dict(on_page.values_list("pk", "status_code"))
        for row in rows:
            row.status = status_tag(row, codes[row.pk])
        page.object_list = rows
        return page

    def chips(self) -> list[dict[str, str]]:
        chips = [
            {"label": item.label, "value": item.chosen_text, "remove_href": self._without(item.name)}
            for item in self.filters
            if item.chosen
        ]
        if self.text:
            chips.insert(0, {"label": "Contiene", "value": self.text, "remove_href": self._without("q")})
        return chips

    def _without(self, name: str) -> str:
        query = self.query.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        return f"?{query.urlencode()}"


TONES = {"user": "good", "lapsed": "soon", "potential": "blue", "former": "plain", "registry": "plain"}


def status_tag(company: Company, code: str) -> dict[str, Any]:
    """Label and tone of a status, for lists."""
    label = STATUS_LABELS[code]
    if code == "user" and company.user_until:
        label = f"{label} {company.user_until.year}"
    return {"code": code, "label": label, "tone": TONES.get(code, "plain")}
