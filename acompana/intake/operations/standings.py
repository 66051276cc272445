"""Segment and colour of a company, as a series with its evidence (INT-17, INT-20, INT-26)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from acompana.companies import queries as companies
from acompana.intake import rules
from acompana.intake.models import Intake, Standing
from acompana.intake.operations.rises import note_rise
from acompana.intake.queries import cut_offs_of, policy
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor


@verb
def record_standing(*, intake: Intake, actor: Actor, now: datetime, evidence: str = "") -> Standing:
    """Classifies the company by test, interview, exports and size, and keeps the change with its reasons.

    `evidence` says what changed since the last one (INT-20): it is the first of the reasons.
    """
    company = intake.matter.company
    assert company is not None
    ceiling = policy("INT-18", now)
    points = {
        "test_points": intake.test.points if intake.test else None,
        "interview_points": intake.interview_response.points if intake.interview_response else None,
    }
    score = rules.final_score(**points)
    bracket = company.sales_bracket
    result = rules.classify(
        score=score,
        cuts=cut_offs_of(intake),
        is_exporter=bool(intake.is_exporter),
        export_years=list(company.exports.values_list("year", flat=True)),
        this_year=timezone.localdate(now).year,
        size=companies.size_of(company, timezone.localdate(now)).code,
        over_ceiling=bool(bracket and bracket.uf_min is not None and bracket.uf_min > Decimal(ceiling["uf_max"])),
        colours=policy("INT-26", now)["colours"],
        parts=rules.made_of(**points),
    )
    before = company.standings.first()
    intake.final_score = score
    intake.save(update_fields=["final_score"])
    standing = Standing.objects.create(
        company=company,
        matter=intake.matter,
        segment=result.segment,
        colour=result.colour,
        reasons=[*([evidence] if evidence else []), *result.reasons],
        final_score=score,
        since_at=now,
        recorded_by=actor.person,
    )
    note_rise(standing=standing, before=before, actor=actor, now=now)
    return standing
