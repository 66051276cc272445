"""The Low branch: a company sent to another body, and what came of it (INT-11, INT-19)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from acompana.commitments.models import Commitment
from acompana.demonstration.bulk.ground import HOME
from acompana.demonstration.bulk.story import OUTCOMES, Story, size_code
from acompana.demonstration.bulk.walks import note_clock
from acompana.demonstration.catalogue import words
from acompana.intake.mail import materials_page
from acompana.intake.models import Referral
from acompana.intake.rules import OUTCOME_RULE
from acompana.people.models import Person

if TYPE_CHECKING:
    from acompana.demonstration.bulk.intakes import Intakes


LOW = "Potencial bajo en el test: prepararse antes de exportar."


def refer(intakes: Intakes, story: Story, at: datetime, *, reason: str = LOW, by: Person | None = None) -> None:
    """The Low branch, as `intake.operations.referrals.refer_low_result`; its outcome comes back when it is asked.

    `by`: who interviewed it and refers it with a `reason`, as `intake.operations.refer_after_interview`.
    """
    company, walk = story.company, story.walk
    referrer = by or story.made.owner
    by_size = intakes.ground.rule("INT-11", intakes.ground.today).value["body_by_size"]
    body = intakes.ground.bodies[by_size.get(size_code(company, intakes.ground), by_size["unknown"])]
    desk = intakes.ground.desks.get((body.pk, company.region_id or 0), body)
    referral = intakes.rows.add(
        Referral(
            company=company,
            matter=walk.matter,
            direction="out",
            body=body,
            contact_name=desk.contact_name,
            contact_address=desk.contact_address,
            is_nationwide=desk is body,
            is_default_contact=desk.is_default,
            referred_on=at.astimezone(HOME).date(),
            reason=reason,
            referred_by=referrer,
        )
    )
    story.referral = referral
    _log(story, f"Derivada a {body.name}", at, referrer, referral.reason)
    if by is not None:
        walk.take("refer_interviewed", at=at, by=by, reason=reason)
        story.intake.outcome_reason = f"{reason} Te derivamos a {body.name}."
    intakes.letter(
        story,
        "declined" if by else "result_low",
        at,
        reason=reason,
        body=body.name,
        what_for=body.what_for,
        contact_name=desk.contact_name,
        contact_address=desk.contact_address,
        contact_note=referral.contact_note,
        material=materials_page(),
    )
    story.referral_commitment = commitment = _owe_outcome(intakes, story, referral, at)
    calendar = intakes.ground.calendar(story.made.office)
    low, high = intakes.chance.weighted((((12, 29), 72), ((30, 36), 18), ((37, 75), 10)))
    back = intakes.chance.office_instant(
        at.astimezone(HOME).date() + timedelta(intakes.chance.whole(low, high)), calendar
    )
    if back < story.until:
        executive = intakes.chance.pick(intakes.staff.executives[story.made.office.pk])
        referral.outcome = intakes.chance.weighted(OUTCOMES)
        referral.outcome_note = intakes.chance.pick(words()[f"outcome_{referral.outcome}"])
        referral.outcome_on = back.astimezone(HOME).date()
        referral.outcome_at, referral.outcome_by = back, executive
        commitment.fulfilled_at, commitment.fulfilled_by = back, executive
        note_clock(commitment, back)
        fact = f"Resultado de la derivación a {body.name}: {referral.get_outcome_display()}"
        _log(story, fact, back, executive, referral.outcome_note)


def can_end(story: Story, at: datetime) -> bool:
    """Whether nothing is noted of its referral after an instant, so that a review may still end it then."""
    return story.referral is None or story.referral.outcome_at is None or story.referral.outcome_at < at


def end(story: Story, *, at: datetime, by: Person, because: str) -> None:
    """A review raised its result: the referral has no effect any more, as `intake.operations.referrals`."""
    referral = story.referral
    if referral is None or referral.outcome:
        return
    referral.outcome, referral.outcome_note = Referral.Outcome.WITHDRAWN, because[:300]
    referral.outcome_on, referral.outcome_at, referral.outcome_by = at.astimezone(HOME).date(), at, by
    _log(story, f"Quedó sin efecto la derivación a {referral.body.name}", at, by, because)


def _owe_outcome(intakes: Intakes, story: Story, referral: Referral, at: datetime) -> Commitment:
    """As `intake.operations.referrals`: by the company's executive, else by its office."""
    office, executive = story.made.office, story.company.executive
    due = intakes.ground.due(OUTCOME_RULE, office, at)
    commitment: Commitment = intakes.rows.add(
        Commitment(
            rule=OUTCOME_RULE,
            rule_version=due.rule_version,
            what=f"Preguntar qué resultó de la derivación a {referral.body.name}",
            company=story.company,
            matter=story.walk.matter,
            debtor="person" if executive else "office",
            office=office,
            owner=executive,
            starts_at=at,
            due_at=due.due_at,
            explanation=list(due.explanation),
            warn_at=due.warn_at,
            created_by=referral.referred_by,
        )
    )
    referral.commitment = commitment
    return commitment


def _log(story: Story, fact: str, at: datetime, by: Person | None, text: str) -> None:
    story.walk.log(
        kind="referral",
        fact=fact,
        at=at,
        by=by,
        channel="system",
        direction="out",
        visibility="company",
        text=text,
    )
