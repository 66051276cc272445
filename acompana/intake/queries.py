"""Reads of the intake that more than one caller needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from acompana.companies import queries as companies
from acompana.companies.models import Company
from acompana.companies.permissions import assignable_by
from acompana.intake.models import Colour, Intake, Referral, Standing
from acompana.intake.permissions import may_attend
from acompana.intake.rules import ChecklistPoint
from acompana.kernel.rulebook import get_rule
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import RoleGrant
from acompana.shell.words import later_date

REFERRED_COLOURS = (Colour.RED, "")

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
    return later_date(commitment.due_at.astimezone(ZoneInfo(matter.office.time_zone)).date())


def check_list(matter: Matter, now: datetime) -> list[ChecklistPoint]:
    """The pre-admissibility checklist of a matter with what is met (INT-27; the points are data)."""
    company = matter.company
    assert company is not None
    intake = Intake.objects.select_related("declarations").get(matter=matter)
    declarations = intake.declarations
    met = {
        "who_may": company.started_on is not None and bool(company.tax_category),
        "complete_form": not companies.completeness(company, timezone.localdate(now)),
        "interview": matter.steps.filter(transition="hold_interview").exists(),
        "validation": company.validations.filter(withdrawn_at=None).exists(),
        "declarations": declarations is not None and declarations.band == "accepted",
    }
    return [
        ChecklistPoint(
            slug=point["slug"],
            label=point["label"],
            met=met.get(point["slug"], point["slug"] in intake.confirmed_points),
            own=point["slug"] not in met,
        )
        for point in policy("INT-27", now)["points"]
    ]


def companies_to_assign(actor: Actor) -> QuerySet[Company]:
    """Companies that the actor must give an executive: those without one, and those that rose to green while with
    the programme's executive, who pass to a regional one (ROL-2, POR-9, INT-20). Each has `colour`; oldest first."""
    newest = Standing.objects.filter(company=OuterRef("pk")).order_by("-since_at", "-id").values("colour")[:1]
    held = RoleGrant.objects.filter(until_on=None, staff_member__person=OuterRef("executive"))
    rows = companies.known_companies().filter(assignable_by(actor)).annotate(colour=Subquery(newest))
    if actor.has_role("regional-director") and actor.office_id is not None:
        rows = rows.filter(office_id=actor.office_id)
    risen = (
        Q(colour=Colour.GREEN)
        & Exists(held.filter(role__slug="cpe-executive"))
        & ~Exists(held.filter(role__slug="regional-executive"))
    )
    return (
        rows.filter(Q(executive=None, related_on__isnull=False) | risen)
        .select_related("region", "office", "executive")
        .order_by("related_on", "id")
    )


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion on the record: what follows from where the company stands, and where it is done."""

    tone: str
    text: str
    href: str
    action: str


def advice_on(intake: Intake, actor: Actor, now: datetime) -> list[Advice]:
    """What the team of the office may do next that no step asks for (INT-17 to INT-20). Empty for others."""
    matter, company = intake.matter, intake.matter.company
    if company is None or not may_attend(actor, matter):
        return []
    found = []
    standing = company.standings.first()
    referrals = list(Referral.objects.filter(company=company).select_related("body").order_by("-referred_on", "-id"))
    returned = next((one for one in referrals if one.outcome == Referral.Outcome.RETURNED), None)
    if matter.state == "referred" and returned and intake.test_id:
        text = (
            f"Volvió preparada de {returned.body.name}. Actualiza su test con lo que cambió: si sube, se la atiende."
        )
        href = reverse("intake:update_test", args=[matter.number])
        found.append(Advice("info", text, href, "Actualizar el test"))
    if standing and standing.colour in REFERRED_COLOURS and not _referred_since(referrals, standing):
        text = "Por su clasificación no entra al programa: corresponde derivarla a otro organismo."
        found.append(Advice("warn", text, reverse("intake:refer", args=[company.pk]), "Derivar"))
    if standing and standing.colour == Colour.GREEN and _is_with_programme(company, now):
        text = "Quedó en verde: pasa del programa a un ejecutivo o ejecutiva regional, y libera un cupo."
        href = reverse("intake:to_assign") if actor.has_role("regional-director") else ""
        found.append(Advice("good", text, href, "Asignarla" if href else ""))
    return found


def _referred_since(referrals: list[Referral], standing: Standing) -> bool:
    since = timezone.localdate(standing.since_at)
    return any(one.direction == Referral.Direction.OUT and one.referred_on >= since for one in referrals)


def _is_with_programme(company: Company, now: datetime) -> bool:
    """Whether its executive belongs to the programme and not to the regional team."""
    if company.executive_id is None:
        return False
    roles = set(
        RoleGrant.objects.filter(staff_member__person=company.executive_id, until_on=None).values_list(
            "role__slug", flat=True
        )
    )
    return "cpe-executive" in roles and "regional-executive" not in roles
