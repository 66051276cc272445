"""Reads of the companies that came to green (INT-20)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from acompana.companies.models import Company
from acompana.intake.models import Rise
from acompana.intake.permissions import may_see_rises
from acompana.people.actors import Actor
from acompana.people.models import Person, RoleGrant
from acompana.people.queries import holds_on

WAITING = Q(programme_executive__isnull=False, passed_at=None, dropped_at=None)


def rises_seen_by(actor: Actor) -> QuerySet[Rise]:
    """Companies that came to green: of the office of its head, or of all; besides, those that the actor owes by name
    to pass on, also for a head who is absent (POR-10), or passed on."""
    rows = Rise.objects.select_related("company__region", "company__office", "standing", "programme_executive")
    if actor.person is None:
        return rows.none()
    in_hand = Q(commitment__owner=actor.person, commitment__fulfilled_at=None, commitment__cancelled_at=None)
    own = in_hand | Q(passed_by=actor.person)
    if actor.has_role("regional-director") and actor.office_id is not None:
        return rows.filter(Q(company__office_id=actor.office_id) | own)
    return rows if may_see_rises(actor) else rows.filter(own)


def rises_to_pass(actor: Actor) -> QuerySet[Rise]:
    """Those that wait to pass from the programme to a regional executive, the oldest first (INT-20)."""
    still = Q(company__executive=F("programme_executive"))
    return rises_seen_by(actor).filter(WAITING, still).select_related("commitment__owner").order_by("risen_at", "id")


def waiting_rise_of(company: Company) -> Rise | None:
    """The rise of a company that waits to pass from the programme, if there is one. One query."""
    return Rise.objects.filter(WAITING, company=company).select_related("commitment").first()


def programme_executive_of(company: Company, now: datetime) -> Person | None:
    """Its executive, if they are of the programme and not of the regional team; None otherwise."""
    if company.executive_id is None:
        return None
    today = timezone.localdate(now)
    grants = RoleGrant.objects.filter(holds_on(today), staff_member__person=company.executive_id)
    roles = set(grants.values_list("role__slug", flat=True))
    return company.executive if "cpe-executive" in roles and "regional-executive" not in roles else None
