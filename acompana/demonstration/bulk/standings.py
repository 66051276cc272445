"""What an action with a company says of it: that it counts, its segment and its colour, by the rules of operations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from acompana.companies.models import CountingAction
from acompana.companies.rules import size_of, years_after
from acompana.demonstration.bulk.companies import Made
from acompana.demonstration.bulk.ground import HOME, Ground
from acompana.demonstration.bulk.rows import Rows
from acompana.intake import rules
from acompana.intake.models import Colour, Intake, Rise, Segment, Standing
from acompana.intake.queries import cut_offs_of
from acompana.people.models import Person


def count_action(rows: Rows, ground: Ground, made: Made, *, kind: str, at: datetime, by: Person) -> None:
    """An action that counts, and the dates that follow, as `companies.record_counting_action` (DEF-3, DEF-4)."""
    company, on = made.company, at.astimezone(HOME).date()
    rows.add(CountingAction(company=company, kind=kind, done_on=on, registered_by=by, registered_at=at))
    if company.last_worked_on is None or on > company.last_worked_on:
        company.last_worked_on = on
        company.former_from = years_after(on, ground.rule("DEF-4", on).value["years"])
        company.user_until = date(on.year, 12, 31)


def classify(ground: Ground, made: Made, intake: Intake, *, score: Decimal | None, at: datetime, parts: str = ""):
    """What the rules make of a score and the company's exports and size, on a day."""
    day = at.astimezone(HOME).date()
    mapping, ceiling = ground.rule("INT-26", day).value, ground.rule("INT-18", day).value
    size = ground.rule("DEF-6", day).value
    bracket = made.company.sales_bracket
    return rules.classify(
        score=score,
        cuts=cut_offs_of(intake),
        is_exporter=bool(intake.is_exporter),
        export_years=made.export_years,
        this_year=day.year,
        size=size_of(
            uf_min=bracket.uf_min if bracket else None,
            uf_max=bracket.uf_max if bracket else None,
            workers=made.company.workers,
            commercial_year=made.company.commercial_year,
            by_sales=size["uf"],
            by_workers=size["workers"],
        ).code,
        over_ceiling=bool(bracket and bracket.uf_min is not None and bracket.uf_min > Decimal(ceiling["uf_max"])),
        colours=mapping["colours"],
        parts=parts,
    )


def record_standing(
    rows: Rows,
    ground: Ground,
    made: Made,
    intake: Intake,
    *,
    at: datetime,
    by: Person,
    score: Decimal | None = None,
) -> Standing:
    """One row of the company's series: from test and interview, or from a score given later."""
    parts = ""
    if score is None:
        points = {
            "test_points": intake.test.points if intake.test else None,
            "interview_points": intake.interview_response.points if intake.interview_response else None,
        }
        score, parts = rules.final_score(**points), rules.made_of(**points)
        intake.final_score = score
    result = classify(ground, made, intake, score=score, at=at, parts=parts)
    standing: Standing = rows.add(
        Standing(
            company=made.company,
            matter=intake.matter,
            segment=result.segment,
            colour=result.colour,
            reasons=list(result.reasons),
            final_score=score,
            since_at=at,
            recorded_by=by,
        )
    )
    if made.colour not in (None, Colour.GREEN) and result.colour == Colour.GREEN:
        rows.add(Rise(company=made.company, standing=standing, from_colour=made.colour, risen_at=at))
    made.colour = result.colour
    return standing


def learn_from_interview(rows: Rows, ground: Ground, made: Made, intake: Intake, *, at: datetime, by: Person) -> None:
    """What follows from an interview that a regional executive held, as `intake.operations.hold_interview`."""
    standing = record_standing(rows, ground, made, intake, at=at, by=by)
    if standing.segment != Segment.WITHOUT_POTENTIAL:
        made.company.capacity_seen_on = made.company.capacity_seen_on or at.astimezone(HOME).date()
    count_action(rows, ground, made, kind="interview", at=at, by=by)
