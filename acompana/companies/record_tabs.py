"""The tabs of a company's record. Rooms above register theirs; the record shows them in order.

register_tab(RecordTab("log", "Bitácora", "desk:log", order=20))    # its address takes `company_id`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from acompana.companies.models import Company


@dataclass(frozen=True, slots=True)
class RecordTab:
    slug: str
    label: str
    url_name: str
    order: int
    argument: str = "company_id"


_tabs: dict[str, RecordTab] = {}


def register_tab(tab: RecordTab) -> None:
    """Adds a tab; the same slug again replaces the earlier one, so that `ready` may run twice."""
    _tabs[tab.slug] = tab


def tabs_of(company: Company, current: str) -> list[dict[str, Any]]:
    """The tabs of a record, as the shell's tabs take them."""
    return [
        {
            "label": tab.label,
            "href": reverse(tab.url_name, kwargs={tab.argument: company.pk}),
            "current": tab.slug == current,
        }
        for tab in sorted(_tabs.values(), key=lambda tab: tab.order)
    ]


def address_of_tab(slug: str, company: Company) -> str:
    """The address of one tab of a record; empty where no room registered it."""
    tab = _tabs.get(slug)
    return reverse(tab.url_name, kwargs={tab.argument: company.pk}) if tab else ""


register_tab(RecordTab("data", "Datos", "companies:data", order=80, argument="pk"))
register_tab(RecordTab("history", "Historial", "companies:history", order=90, argument="pk"))
