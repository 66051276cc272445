"""A person looks again at an automatic result (INT-29, LAW-4)."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.operations import record_potential
from acompana.intake import mail, rules
from acompana.intake.models import Intake, Potential, Referral, Review
from acompana.intake.operations.attention import check_can_attend
from acompana.intake.operations.duties import hand_to_contact_person, tell_contact_person
from acompana.intake.operations.referrals import end_referrals
from acompana.intake.queries import ADDED_TO_REVIEW, EXPORTS_REVIEWED, due_words, policy, was_referred_after_interview
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.matters.operations import hold_matter
from acompana.people.actors import Actor
from acompana.progress.operations import open_matter, take_step


@verb
def ask_review(
    *, intake: Intake, because: str, actor: Actor, now: datetime, channel: str = "portal", exports: bool = False
) -> Matter:
    """The company asks that a person reviews its result; the office owes an answer by DL-27, which both are told.

    `exports`: nobody asked in words, its form was corrected (`operations.exports`), and letters and logbook say so.
    Errors: Refused without a result, without a reason, or while another review is open.
    """
    if not intake.potential:
        raise Refused("Todavía no hay un resultado que revisar.", "INT-29")
    if not because.strip():
        raise Refused("Cuéntanos por qué no estás de acuerdo con el resultado.", "INT-29")
    hold_matter(intake.matter)
    if intake.reviews.filter(decision="").exists():
        raise Refused("Ya pediste una revisión y la estamos viendo.", "INT-29")
    parent = intake.matter
    matter = open_matter(
        kind="review",
        company=parent.company,
        office=parent.office,
        owner=parent.owner,
        person=None if actor.is_staff else actor.person,
        parent=parent,
        actor=actor,
        now=now,
        channel=channel,
        fact=EXPORTS_REVIEWED if exports else "",
    )
    Review.objects.create(
        matter=matter, intake=intake, asked_because=because.strip(), automatic_potential=intake.potential
    )
    assert parent.company is not None
    due = due_words(matter)
    told = {"due": due, "exports": exports}
    notice = {**told, "because": because.strip()}
    mail.write_to_office("review_asked", company=parent.company, matter=matter, now=now, context=notice)
    mail.write_to_company(
        "review_received",
        company=parent.company,
        matter=matter,
        now=now,
        context={**told, "number": matter.number},
    )
    return matter


@verb
def add_to_review(*, review: Review, because: str, actor: Actor, now: datetime) -> Review:
    """Somebody of the company adds what they have to say to a review that was asked already: an entry of its matter,
    which whoever decides reads (INT-29). Refused without words, or once it is decided."""
    hold_matter(review.matter)
    review.refresh_from_db(fields=["decision"])
    if review.decision:
        raise Refused("Esta revisión ya está resuelta.", "INT-29")
    if not because.strip():
        raise Refused("Cuéntanos por qué no estás de acuerdo con el resultado.", "INT-29")
    record_entry(
        kind="note",
        fact=ADDED_TO_REVIEW,
        matter=review.matter,
        channel="portal",
        direction="in",
        visibility="company",
        text=because.strip(),
        actor=actor,
        now=now,
    )
    return review


@verb
def decide_review(*, review: Review, potential: str, because: str, actor: Actor, now: datetime) -> Review:
    """Upholds or overturns with a reason; both results are kept. A Low that is overturned is attended (INT-10)."""
    check_can_attend(actor=actor, matter=review.matter)
    if review.decision:
        raise Refused("Esta revisión ya está resuelta.", "INT-29")
    if not because.strip():
        raise Refused("Escribe el motivo: la empresa lo va a leer.", "INT-29")
    if potential not in Potential.values:
        raise Refused("Elige el resultado que corresponde.", "INT-29")
    changed = potential != review.automatic_potential
    review.decision = Review.Decision.OVERTURNED if changed else Review.Decision.UPHELD
    review.decided_potential, review.decided_because = potential, because.strip()
    review.decided_at, review.decided_by = now, actor.person
    review.save()
    take_step(matter=review.matter, transition="decide_review", actor=actor, now=now, reason=because.strip())
    intake = Intake.objects.select_related("matter__company", "matter__office").get(pk=review.intake_id)
    ended = _apply(intake, review, actor=actor, now=now) if changed else []
    assert intake.matter.company is not None
    mail.write_to_company(
        "review_decided",
        company=intake.matter.company,
        matter=review.matter,
        now=now,
        context={
            "decision": Review.Decision(review.decision).label,
            **mail.both_potentials(review.automatic_potential, review.decided_potential),
            "because": review.decided_because,
            "body": ", ".join(referral.body.name for referral in ended),
            "due": due_words(intake.matter) if ended else "",
        },
    )
    return review


def _apply(intake: Intake, review: Review, *, actor: Actor, now: datetime) -> list[Referral]:
    """What follows from another result; the referrals that it ends."""
    assert intake.matter.company is not None
    potential, because = review.decided_potential, review.decided_because
    by_its_test = intake.matter.state == "referred" and not was_referred_after_interview(intake)
    was_low_and_referred = by_its_test and potential != Potential.LOW
    decision = rules.route_result(potential=potential, region="", exempt_regions=())
    # From here on it is classified by its exports, as who told of them at once (INT-12, INT-26).
    intake.is_exporter = bool(intake.is_exporter or (was_low_and_referred and intake.matter.company.exported_recently))
    intake.potential, intake.routing_reason = potential, f"Revisión por una persona. {decision.reason}"
    intake.supervised_by = rules.supervising_role(
        potential=potential, is_exporter=bool(intake.is_exporter), units=policy("INT-7", now)
    )
    intake.save(update_fields=["is_exporter", "potential", "routing_reason", "supervised_by"])
    # The decision counts for the company too: without it a Low that was overturned could never be validated.
    record_potential(company=intake.matter.company, potential=potential, actor=actor, now=now)
    if not was_low_and_referred:
        return []
    ended = end_referrals(
        matter=intake.matter, outcome=Referral.Outcome.WITHDRAWN, reason=because, actor=actor, now=now
    )
    hand_to_contact_person(matter=intake.matter, now=now)
    take_step(matter=intake.matter, transition="overturn_low", actor=actor, now=now)
    due = due_words(intake.matter)
    mail.tell_office_of_potential(intake, due=due, now=now, review=review)
    why = f"La revisión del resultado de {intake.matter.company.name} lo cambió: se la atiende. El motivo: {because}"
    tell_contact_person(matter=intake.matter, now=now, due=due, why=why)
    return ended
