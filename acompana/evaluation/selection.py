"""What somebody asks to see, from the address: a period, a place, a branch, a unit. Links say it back in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from acompana.evaluation.forms import SelectionForm
from acompana.evaluation.rules import BY_DATES, LAST_YEAR, Period, known_periods, period_of_dates, preset
from acompana.people.actors import Actor
from acompana.people.models import Office
from acompana.people.queries import offices_in_service
from acompana.reference.models import Region

FIELD_OF = {"region": "region", "oficina": "office", "rama": "branch", "unidad": "unit"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which intakes or commitments are counted. Empty: all of them."""

    period: Period
    region: str = ""
    office: str = ""
    branch: str = ""
    unit: str = ""

    @property
    def since(self) -> datetime:
        return _midnight(self.period.first)

    @property
    def until(self) -> datetime:
        """Not included."""
        return _midnight(self.period.after)

    def query(self) -> dict[str, str]:
        """The address's query that asks for exactly this; the period is always said, so that no preset comes in."""
        said = {"region": self.region, "oficina": self.office, "rama": self.branch, "unidad": self.unit}
        dates = {}
        if self.period.code == BY_DATES:
            dates = {"desde": self.period.first.isoformat(), "hasta": self.period.last.isoformat()}
        return {"periodo": self.period.code, **dates, **{name: value for name, value in said.items() if value}}

    def href(self, name: str, **more: str) -> str:
        """The address of a page of figures on this selection."""
        return f"{reverse(f'evaluation:{name}')}?{urlencode({**self.query(), **more})}"

    def within(self, period: Period) -> Selection:
        return replace(self, period=replace(period, code=BY_DATES))

    def where(self, grouping: str, value: str) -> Selection:
        """The same, only for one group of a breakdown."""
        changes: dict[str, Any] = {FIELD_OF[grouping]: value}
        return replace(self, **changes)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


@dataclass(frozen=True, slots=True)
class Asked:
    """The form with what was asked, the selection it makes, and the places to choose from. Two queries."""

    form: SelectionForm
    selection: Selection
    regions: Mapping[str, Region]
    offices: Mapping[str, Office]

    @property
    def words(self) -> str:
        """The selection in a sentence."""
        chosen = self.selection
        labels = [
            self.regions[chosen.region].short_name if chosen.region in self.regions else "",
            self.offices[chosen.office].name if chosen.office in self.offices else "",
            dict(self.form.fields["rama"].choices).get(chosen.branch, "") if chosen.branch else "",  # type: ignore[attr-defined]
            dict(self.form.fields["unidad"].choices).get(chosen.unit, "") if chosen.unit else "",  # type: ignore[attr-defined]
        ]
        return " · ".join([label for label in labels if label] or ["Todo el país"])


def asked(query: QueryDict, *, actor: Actor, today: date) -> Asked:
    """Read an address. One that says no period gets the view of the actor's role (INT-7); a wrong part is left out."""
    regions = {row.iso: row for row in Region.objects.all()}
    offices = {row.code: row for row in offices_in_service()}
    data: dict[str, Any] = {name: query.get(name, "") for name in SelectionForm.base_fields}
    if not data["periodo"] and data["desde"] and data["hasta"]:
        data["periodo"] = BY_DATES
    if not data["periodo"]:
        office = actor.staff_member.office if actor.staff_member else None
        first = preset(roles=actor.roles, region=office.region.iso if office and office.region else "")
        data = {**data, "periodo": LAST_YEAR, **({} if any(data.values()) else first)}
    form = SelectionForm(data, today=today, regions=regions, offices=offices)
    form.is_valid()
    clean = form.cleaned_data
    period = known_periods(today).get(clean.get("periodo") or LAST_YEAR) or known_periods(today)[LAST_YEAR]
    if clean.get("periodo") == BY_DATES and clean.get("desde") and clean.get("hasta"):
        period = period_of_dates(clean["desde"], clean["hasta"])
    selection = Selection(
        period=period,
        region=clean.get("region") or "",
        office=clean.get("oficina") or "",
        branch=clean.get("rama") or "",
        unit=clean.get("unidad") or "",
    )
    return Asked(form, selection, regions, offices)
