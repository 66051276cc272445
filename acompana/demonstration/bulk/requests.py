"""Reviews of results, help requests, and people who ask to act for a company (INT-29, INT-6, INT-24)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from acompana.cases.models import HelpRequest
from acompana.cases.operations import how_to_go_on
from acompana.cases.queries import term_of_answer
from acompana.commitments.models import Commitment
from acompana.companies.models import Mandate
from acompana.demonstration.bulk import referrals
from acompana.demonstration.bulk.chance import Chance, address_of
from acompana.demonstration.bulk.companies import Made
from acompana.demonstration.bulk.ground import HOME, Ground
from acompana.demonstration.bulk.intakes import Intakes
from acompana.demonstration.bulk.rows import Letter, Rows
from acompana.demonstration.bulk.staff import Staff
from acompana.demonstration.bulk.story import Story
from acompana.demonstration.bulk.walks import Walk, note_clock
from acompana.demonstration.catalogue import words
from acompana.intake import mail, rules
from acompana.intake.models import AccessTerm, Review
from acompana.intake.rules import ACCESS_RULE
from acompana.people.models import Person
from acompana.shell.words import later_date

ABOUT = (("register", 25), ("characterization", 35), ("test", 20), ("disagree", 10), ("other", 10))


class Requests:
    """What people ask of the agency beside the route."""

    def __init__(self, rows: Rows, chance: Chance, ground: Ground, staff: Staff, intakes: Intakes) -> None:
        self.rows, self.chance, self.ground = rows, chance, ground
        self.staff, self.intakes = staff, intakes

    # --- reviews (INT-29) ---------------------------------------------------------------------------------------

    def review(self, story: Story, *, asked_at: datetime, open_still: bool = False) -> None:
        """A company whose result was Low asks that a person looks again."""
        made, parent = story.made, story.walk.matter
        walk = Walk(
            self.rows,
            self.ground,
            kind="review",
            office=made.office,
            at=asked_at,
            by=made.owner,
            company=made.company,
            person=made.owner,
            parent=parent,
        )
        review = self.rows.add(
            Review(
                matter=walk.matter,
                intake=story.intake,
                asked_because=self.chance.pick(words()["review"]),
                automatic_potential=story.intake.potential,
            )
        )
        first = min(one.due_at for one in walk.open_commitments)
        due = later_date(first.astimezone(self.ground.calendar(made.office).zone).date())
        told = {"due": due, "exports": False}
        self._review_letter("review_asked", "office", story, walk, asked_at, **told, because=review.asked_because)
        self._review_letter("review_received", "company", story, walk, asked_at, **told)
        calendar = self.ground.calendar(made.office)
        day = asked_at.astimezone(calendar.zone).date() + timedelta(days=self.chance.whole(1, 8))
        at = self.chance.office_instant(day, calendar)
        if not open_still and asked_at < at < self.ground.until:
            self._decide(story, walk, review, at)

    def _decide(self, story: Story, walk: Walk, review: Review, at: datetime) -> None:
        overturned = self.chance.happens(0.35) and referrals.can_end(story, at)
        executive = self.chance.pick(self.staff.executives[story.made.office.pk])
        because = self.chance.pick(words()["overturned" if overturned else "upheld"])
        review.decision = Review.Decision.OVERTURNED if overturned else Review.Decision.UPHELD
        review.decided_potential = "medium" if overturned else review.automatic_potential
        review.decided_because, review.decided_at, review.decided_by = because, at, executive
        walk.take("decide_review", at=at, by=executive, reason=because)
        decision = review.get_decision_display().lower()
        both = mail.both_potentials(review.automatic_potential, review.decided_potential)
        self._review_letter("review_decided", "company", story, walk, at, decision=decision, because=because, **both)
        if overturned:
            company, intake = story.made.company, story.intake
            route = rules.route_result(potential="medium", region="", exempt_regions=())
            intake.potential, intake.routing_reason = "medium", f"Revisión por una persona. {route.reason}"
            company.potential, company.potential_on = "medium", at.astimezone(HOME).date()
            referrals.end(story, at=at, by=executive, because=because)
            asking = story.referral_commitment
            if asking is not None and asking.is_open:
                asking.cancelled_at = at
                asking.cancelled_because = "La revisión cambió el resultado: la atiende la oficina"
                note_clock(asking, at)
            story.walk.take("overturn_low", at=at, by=executive)
            self.intakes.resume(story)

    def _review_letter(
        self, template: str, kind: str, story: Story, walk: Walk, at: datetime, **context: object
    ) -> None:
        self.rows.letters.append(
            Letter(
                template=f"intake/{template}",
                kind=kind,
                at=at,
                matter=walk.matter,
                company=story.made.company,
                contact=story.made.contact,
                context=lambda: context,
            )
        )

    # --- help requests (INT-6) ----------------------------------------------------------------------------------

    def help(self, made: Made, *, at: datetime, open_still: bool = False) -> None:
        """Somebody of a company asks Client management for help, and is answered, in time or late."""
        policy = self.ground.rule("INT-6", self.ground.today).value
        office, person = self.ground.offices[policy["office"]], made.owner
        assert person is not None
        walk = Walk(
            self.rows,
            self.ground,
            kind="help_request",
            office=office,
            at=at,
            by=person,
            company=made.company,
            person=person,
        )
        request = self.rows.add(
            HelpRequest(
                matter=walk.matter,
                about=self.chance.weighted(ABOUT),
                what_went_wrong=self.chance.pick(words()["help_story"]),
                asker_name=person.full_name,
                asker_email=person.email or "",
                asker_phone=person.phone,
                rut_given=made.company.rut or "",
            )
        )
        about = request.get_about_display()
        self._help_letter(
            "help_asked",
            walk,
            made,
            at,
            to=policy["mailbox"],
            about=about,
            page=lambda: f"{settings.SITE_ADDRESS}/escritorio/ayuda/{walk.matter.number}/",
        )
        day = at.astimezone(HOME).date()
        told = {"term": term_of_answer(day=day), "asked_at": later_date(day)}
        self._help_letter("help_received", walk, made, at, to=request.asker_email, **told)
        if not open_still:
            self._answer(walk, made, request, at)

    def _answer(self, walk: Walk, made: Made, request: HelpRequest, at: datetime) -> None:
        calendar = self.ground.calendar(walk.matter.office)
        day = at.astimezone(calendar.zone).date() + timedelta(days=self.chance.weighted(((1, 60), (2, 25), (6, 15))))
        answered_at = self.chance.office_instant(day, calendar)
        if not at < answered_at < self.ground.until:
            return
        officer = self.chance.pick(self.staff.client_management)
        request.answer = self.chance.pick(words()["help_answer"])
        request.answered_at, request.answered_by = answered_at, officer
        walk.take("answer", at=answered_at, by=officer, note=request.answer)
        further = {name: lambda name=name: how_to_go_on(request)[name] for name in ("asked", "has_account", "page")}
        told = {"answer": request.answer, **further}
        self._help_letter("help_answered", walk, made, answered_at, to=request.asker_email, **told)
        closed_at = answered_at + timedelta(days=self.chance.whole(1, 9), hours=self.chance.whole(0, 5))
        if closed_at < self.ground.until and self.chance.happens(0.8):
            walk.take("close", at=closed_at, by=made.owner, channel="portal")

    def _help_letter(self, template: str, walk: Walk, made: Made, at: datetime, *, to: str, **context: object) -> None:
        self.rows.letters.append(
            Letter(
                template=f"cases/{template}",
                kind="person",
                at=at,
                matter=walk.matter,
                company=made.company,
                to_address=to,
                to_name=made.owner.full_name if made.owner and to == made.owner.email else "Gestión de clientes",
                person=made.owner if made.owner and to == made.owner.email else None,
                context=lambda: {name: value() if callable(value) else value for name, value in context.items()},
            )
        )

    # --- mandates (INT-24) --------------------------------------------------------------------------------------

    def ask_for_access(self, made: Made, *, at: datetime, decided: bool) -> None:
        """Another person asks to act for a company: waits, or was granted or refused."""
        given, family, _ = self.chance.person_name()
        person = self.rows.add(
            Person(
                rut=self.chance.rut(),
                email=f"{self.chance.whole(100, 99999)}.{address_of(given, family, domain='correo.example')}",
                email_verified_at=at,
                given_names=given,
                family_names=family,
                joined_at=at,
                password="!",
            )
        )
        mandate = self.rows.add(
            Mandate(
                company=made.company,
                person=person,
                state="requested" if made.owner else "limited",
                requested_at=at,
                reason="Trabajo en la administración de la empresa.",
            )
        )
        commitment = self._owe_decision(made, mandate)
        decided_at = at + timedelta(days=self.chance.whole(0, 4), hours=3)
        if not decided or decided_at >= self.ground.until:
            return
        granted = self.chance.happens(0.75)
        by_representative = made.owner is not None and self.chance.happens(0.6)
        mandate.state = "active" if granted else "refused"
        mandate.basis = ("representative" if by_representative else "office") if granted else ""
        executives = self.staff.executives[made.office.pk]
        mandate.decided_by = made.owner if by_representative else self.chance.pick(executives)
        mandate.decided_at = decided_at
        commitment.fulfilled_at, commitment.fulfilled_by = decided_at, mandate.decided_by
        note_clock(commitment, decided_at)
        if not granted:
            mandate.reason = "No pudimos confirmar que trabaje en la empresa."

    def _owe_decision(self, made: Made, mandate: Mandate) -> Commitment:
        """As `intake.operations.access`: by who represents the company, else by its office."""
        due = self.ground.due(ACCESS_RULE, made.office, mandate.requested_at)
        commitment = self.rows.add(
            Commitment(
                rule=ACCESS_RULE,
                rule_version=due.rule_version,
                what=self.ground.rule(ACCESS_RULE, self.ground.today).label,
                company=made.company,
                debtor="company" if made.owner else "office",
                office=made.office,
                starts_at=mandate.requested_at,
                due_at=due.due_at,
                explanation=list(due.explanation),
                warn_at=due.warn_at,
                created_by=mandate.person,
            )
        )
        self.rows.add(AccessTerm(mandate=mandate, commitment=commitment))
        return commitment
