"""What the bulk reads once: offices with calendars, reference data, rules; and due dates by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from acompana.commitments.rules import warning_instant
from acompana.intake.models import ReferralBody, ReferralDesk
from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import Due, compute_due
from acompana.kernel.rulebook import Rule, UnknownRule, get_rule, term_of
from acompana.people.calendars import calendars_of
from acompana.people.models import Office
from acompana.people.queries import offices_in_service
from acompana.reference.models import Activity, Commune, Country, Region, SalesBracket, Sector, TariffHeading

HOME = ZoneInfo("America/Santiago")


@dataclass(frozen=True, slots=True)
class DueRow:
    """What a commitment stores of its due date."""

    due_at: datetime
    explanation: tuple[str, ...]
    warn_at: datetime | None
    rule_version: int
    what: str


class Ground:
    """The installation as the demonstration finds it. `until` is the beginning of today: history ends before it."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today: date = now.astimezone(HOME).date()
        self.until = datetime.combine(self.today, time(), tzinfo=HOME).astimezone(UTC)
        self.offices: dict[str, Office] = {office.code: office for office in offices_in_service()}
        self.calendars: dict[int, OfficeCalendar] = calendars_of(self.offices.values())
        self.regions: dict[str, Region] = {region.iso: region for region in Region.objects.all()}
        self.communes: dict[tuple[str, str], Commune] = {
            (commune.region.iso, commune.name): commune for commune in Commune.objects.select_related("region")
        }
        self.countries: dict[str, Country] = {country.alpha2: country for country in Country.objects.all()}
        self.sectors: dict[str, Sector] = {sector.slug: sector for sector in Sector.objects.all()}
        self.brackets: dict[int, SalesBracket] = {row.number: row for row in SalesBracket.objects.all()}
        self.activities: dict[str, Activity] = {row.code: row for row in Activity.objects.all()}
        self.headings: dict[str, TariffHeading] = {row.code: row for row in TariffHeading.objects.filter(level=6)}
        self.bodies: dict[str, ReferralBody] = {row.slug: row for row in ReferralBody.objects.all()}
        self.desks = {(row.body_id, row.region_id): row for row in ReferralDesk.objects.all()}
        self._rules: dict[tuple[str, date], Rule] = {}
        self._dues: dict[tuple[str, int, date], Due] = {}

    def calendar(self, office: Office) -> OfficeCalendar:
        return self.calendars[office.pk]

    def rule(self, rule_id: str, day: date) -> Rule:
        if (rule_id, day) not in self._rules:
            self._rules[rule_id, day] = get_rule(rule_id, day)
        return self._rules[rule_id, day]

    def due(self, rule_id: str, office: Office, start: datetime) -> DueRow:
        """When something promised at an office ends, as `commitments.promise` would store it.

        Terms in days end alike for every hour of a day, so that they are computed once per office and day.
        """
        calendar = self.calendars[office.pk]
        day = start.astimezone(calendar.zone).date()
        rule = self.rule(rule_id, day)
        term = term_of(rule)
        if term is None:
            raise UnknownRule(f"{rule_id} has no amount")
        key = (rule_id, office.pk, day)
        due = self._dues.get(key)
        if due is None:
            due = compute_due(term=term, start=start, calendar=calendar)
            if term.unit != "hours":
                self._dues[key] = due
        warn_at = warning_instant(start=start, due_at=due.due_at, calendar=calendar)
        return DueRow(due.due_at, due.explanation, warn_at, rule.version, rule.label)

    def start_for_due_today(self, rule_id: str, office: Office) -> date | None:
        """The latest day on which a promise by this rule falls due today; None if there is none (a holiday)."""
        return self.start_for_due(rule_id, office, self.today)

    def start_for_due(self, rule_id: str, office: Office, wanted: date) -> date | None:
        """The latest past day on which a promise by this rule falls due on that day; None if no day does."""
        calendar = self.calendars[office.pk]
        for back in range(1, 30):
            day = self.today - timedelta(days=back)
            noon = datetime.combine(day, time(12), tzinfo=calendar.zone)
            if calendar.is_business_day(day) and self.due(rule_id, office, noon).due_at.date() == wanted:
                return day
        return None
