"""Reads of the intake that more than one caller needs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from acompana.companies import queries as companies
from acompana.companies.models import Company
from acompana.intake.models import Intake
from acompana.intake.rules import ChecklistPoint
from acompana.kernel.rulebook import get_rule
from acompana.matters.models import Matter
from acompana.shell.words import long_date

OPEN_STATES = (
    "characterization",
    "self_test",
    "to_contact",
    "to_interview",
    "to_validate",
    "preadmissibility",
    "preadmissibility_review",
)


def policy(rule: str, now: datetime) -> Mapping[str, Any]:
    """The value of an intake rule in force."""
    return get_rule(rule, timezone.localdate(now)).value


def open_intake_of(company: Company) -> Matter | None:
    """The company's intake under way, if there is one (a referred one has left the road)."""
    return (
        Matter.objects.filter(company=company, kind="intake", state__in=OPEN_STATES)
        .select_related("company", "office", "intake")
        .order_by("-opened_at")
        .first()
    )


def latest_intake_of(company: Company) -> Intake | None:
    """The newest intake, open or not, with what its page needs."""
    return (
        Intake.objects.filter(matter__company=company)
        .select_related("matter__company", "matter__office", "matter__owner", "test__version", "interview_response")
        .order_by("-matter__opened_at")
        .first()
    )


def intakes_of_office(office_id: int) -> QuerySet[Intake]:
    """Intakes that an office attends, those that wait longest first."""
    return (
        Intake.objects.filter(matter__office_id=office_id)
        .select_related("matter__company", "matter__owner", "matter__office")
        .order_by("matter__state_since")
    )


def due_words(matter: Matter) -> str:
    """The date by which the agency owes something on a matter, in words; empty when nothing is owed."""
    commitment = matter.commitments.filter(fulfilled_at=None, cancelled_at=None).order_by("due_at").first()
    if commitment is None:
        return ""
    return long_date(commitment.due_at.astimezone(ZoneInfo(matter.office.time_zone)).date())


def check_list(matter: Matter, now: datetime) -> list[ChecklistPoint]:
    """The pre-admissibility checklist of a matter with what is met (INT-27; the points are data)."""
    company = matter.company
    assert company is not None
    declarations = Intake.objects.select_related("declarations").get(matter=matter).declarations
    met = {
        "who_may": company.started_on is not None and bool(company.tax_category),
        "complete_form": not companies.completeness(company),
        "interview": matter.steps.filter(transition="hold_interview").exists(),
        "validation": company.validations.filter(withdrawn_at=None).exists(),
        "declarations": declarations is not None and declarations.band == "accepted",
    }
    return [
        ChecklistPoint(slug=point["slug"], label=point["label"], met=met[point["slug"]])
        for point in policy("INT-27", now)["points"]
    ]
