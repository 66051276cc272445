"""Reads of where companies are sent: the body and its desk, and who follows what came of it (INT-11, INT-19)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet, Subquery
from django.utils import timezone

from acompana.companies import queries as companies
from acompana.companies.models import Company
from acompana.intake.models import Referral, ReferralBody, ReferralDesk
from acompana.intake.queries.road import LEFT_STATES, policy
from acompana.kernel.statements import Statement, given_id
from acompana.matters.models import Matter
from acompana.people.models import Person


def usual_body(company: Company, now: datetime) -> ReferralBody:
    """Where a company of its size is referred, by the rulebook (INT-11)."""
    by_size = policy("INT-11", now)["body_by_size"]
    size = companies.size_of(company, timezone.localdate(now)).code
    return ReferralBody.objects.get(slug=by_size.get(size, by_size["unknown"]))


def desk_of(body: ReferralBody, company: Company) -> ReferralDesk | ReferralBody:
    """With whom a company speaks at a body: the desk of its region, else the one for the whole country (INT-19)."""
    return body.desks.filter(region=company.region_id).first() or body


def desks_of(company: Company) -> list[tuple[ReferralBody, ReferralDesk | ReferralBody]]:
    """Each body in service with the desk of it that attends a company, as `desk_of`. Two queries."""
    here = {desk.body_id: desk for desk in ReferralDesk.objects.filter(region=company.region_id)}
    return [(body, here.get(body.pk, body)) for body in ReferralBody.objects.filter(retired_on=None)]


def _derivation() -> QuerySet[Referral]:
    newest = Matter.objects.filter(company=given_id("company"), kind="intake").order_by("-opened_at").values("pk")[:1]
    return (
        Referral.objects.filter(matter=Subquery(newest), direction=Referral.Direction.OUT)
        .filter(matter__state__in=LEFT_STATES)
        .select_related("body", "referred_by__staff_member", "commitment__owner")
        .order_by("-referred_on", "-id")[:1]
    )


_DERIVATION = Statement(_derivation)


def derivation_of(company: Company) -> Referral | None:
    """The referral with which a company left its road; None while it is on it, or is of the portfolio.

    One query; none for the portfolio.
    """
    if company.validated_on is not None:
        return None
    return next(iter(_DERIVATION.objects(company=company.pk)), None)


def follower_of(referral: Referral, company: Company) -> Person | None:
    """Who asks what came of a referral: who owes it; before it is owed, the company's executive, else who of its
    office referred it. None where its result did, and the office follows it up."""
    if referral.commitment is not None and referral.commitment.is_open:
        return referral.commitment.owner
    if company.executive is not None:
        return company.executive
    staff_member = getattr(referral.referred_by, "staff_member", None)
    return referral.referred_by if staff_member and staff_member.office_id == company.office_id else None


def follower_words(referral: Referral, company: Company) -> str:
    """Who follows a referral up, within a sentence: a person by name, or «la oficina regional de …»."""
    if (follower := follower_of(referral, company)) is not None:
        return follower.full_name
    return f"la {company.office.name[:1].lower()}{company.office.name[1:]}" if company.office else "la agencia"


def derived_words(company: Company) -> str:
    """Who has a company that was referred elsewhere, for the head of its record; empty for the rest."""
    referral = derivation_of(company)
    return f"Derivada a {referral.body.name}; la sigue {follower_words(referral, company)}" if referral else ""
