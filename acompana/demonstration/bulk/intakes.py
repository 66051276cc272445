"""Intakes: companies on the route, as far as time and chance took them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from acompana.companies.models import Assignment, Validation
from acompana.demonstration.bulk.answers import Answers
from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.companies import CompanyMaker, Made
from acompana.demonstration.bulk.ground import HOME, Ground
from acompana.demonstration.bulk.referrals import refer
from acompana.demonstration.bulk.rows import Letter, Rows
from acompana.demonstration.bulk.staff import Staff
from acompana.demonstration.bulk.standings import learn_from_interview
from acompana.demonstration.bulk.story import (
    AGENCY_STATES,
    LATE_TO_REGISTER,
    MODES,
    POTENTIALS,
    SENT_ON,
    STALLS,
    WAITS,
    WITHDRAWS,
    Story,
    size_code,
)
from acompana.demonstration.bulk.walks import Walk
from acompana.demonstration.catalogue import words
from acompana.intake import mail, rules
from acompana.intake.interview_hours import agreed_words
from acompana.intake.models import Intake, Interview
from acompana.intake.operations.attention import CHANNEL_OF_MODE
from acompana.intake.operations.contacts import TAKEN_OVER
from acompana.logbook.rules import kind_of
from acompana.people.models import Person
from acompana.shell.words import later_date


class Intakes:
    """Tells intakes. `loads` counts the companies of each executive, so that portfolios fill evenly."""

    def __init__(
        self, rows: Rows, chance: Chance, ground: Ground, staff: Staff, maker: CompanyMaker, answers: Answers
    ) -> None:
        self.rows, self.chance, self.ground = rows, chance, ground
        self.staff, self.maker, self.answers = staff, maker, answers
        self.loads: dict[int, int] = {}
        self.told: list[Story] = []
        self.by_state: dict[str, Callable[[Story, datetime], None]] = {
            "characterization": self._submit,
            "self_test": self._test,
            "to_contact": self._contact,
            "to_interview": self._interview,
            "to_validate": self._validate,
            "preadmissibility": self._declare,
            "preadmissibility_review": self._decide,
        }

    def tell(
        self,
        made: Made,
        *,
        at: datetime,
        stop: str = "",
        arrivals: dict[str, date] | None = None,
        former: bool = False,
        executive: Person | None = None,
    ) -> Story:
        """An intake from its opening to wherever it stands today.

        `stop`: the state in which it stays; `arrivals`: the days on which it leaves states, instead of chance's;
        `executive`: who reaches it, instead of whoever has the fewest companies.
        """
        walk = Walk(
            self.rows,
            self.ground,
            kind="intake",
            office=made.office,
            at=at,
            by=made.owner,
            company=made.company,
            person=made.owner,
        )
        intake = self.rows.add(Intake(matter=walk.matter, way_in="former" if former else "new"))
        story = Story(made, walk, intake, self.ground.until, stop, arrivals=arrivals or {})
        story.wanted = executive
        self.told.append(story)
        return self.resume(story)

    def resume(self, story: Story) -> Story:
        """Go on from where it stands, as far as chance and today let it."""
        while self._go_on(story):
            pass
        return story

    def _go_on(self, story: Story) -> bool:
        state = story.walk.state
        act = self.by_state.get(state)
        if act is None or state == story.stop:
            return False
        if not story.stop and self.chance.happens(STALLS.get(state, 0)):
            return False
        at = self._leave_at(story)
        if at is None or at >= story.until:
            return False
        if not story.stop and state != "characterization" and self.chance.happens(WITHDRAWS):
            self._withdraw(story, at)
            return False
        act(story, at)
        return True

    def _leave_at(self, story: Story) -> datetime | None:
        """When it leaves its state: the agency in its hours, a company at any hour, never before it came."""
        state, since = story.walk.state, story.walk.since
        if state == "to_interview" and story.interview is not None:
            return story.interview.starts_at + timedelta(minutes=story.interview.minutes)
        calendar = self.ground.calendar(story.made.office)
        draw = self.chance.office_instant if state in AGENCY_STATES else self.chance.any_instant
        if day := story.arrivals.get(state):
            return max(draw(day, calendar), since + timedelta(minutes=7))
        low, high = self.chance.weighted(WAITS[state])
        at = draw(since.astimezone(calendar.zone).date() + timedelta(days=self.chance.whole(low, high)), calendar)
        if at <= since + timedelta(minutes=5):
            late = since + timedelta(minutes=self.chance.whole(12, 70))
            next_day = since.astimezone(calendar.zone).date() + timedelta(days=1)
            at = late if state not in AGENCY_STATES else self.chance.office_instant(next_day, calendar)
        return at

    def _withdraw(self, story: Story, at: datetime) -> None:
        """The company stops; where an interview is agreed, some day before it."""
        by = story.made.owner
        if story.interview and story.interview.held_at is None:
            at = story.walk.since + (story.interview.starts_at - story.walk.since) / 2
        story.walk.take("withdraw", at=at, by=by, channel="portal", reason=self.chance.pick(words()["withdraw"]))
        if story.interview and story.interview.held_at is None:
            story.interview.cancelled_at = at

    # --- the company's steps ------------------------------------------------------------------------------------

    def _submit(self, story: Story, at: datetime) -> None:
        company, owner = story.company, story.made.owner
        if company.started_on is None:
            self.maker.fill_form(story.made, at=at)
        former = story.intake.way_in == "former"
        decision = rules.next_after_characterization(
            exported_recently=bool(company.exported_recently), is_former_user=former
        )
        story.intake.is_exporter = bool(company.exported_recently)
        self._route(story, decision, potential="")
        if company.exported_recently:
            self._hand_over(story)
        story.walk.take(decision.value, at=at, by=owner, channel="portal")
        if company.exported_recently:
            self.letter(story, "exporter_company", at, due=self._due_words(story))
            self.letter(story, "exporter_office", at, kind="office", due=self._due_words(story))

    def _hand_over(self, story: Story) -> None:
        """Who has the company already owes the contact (INT-10), as `intake.operations.duties`."""
        story.walk.matter.owner = story.walk.matter.owner or story.company.executive

    def _route(self, story: Story, decision: rules.Decision, *, potential: str) -> None:
        intake = story.intake
        intake.routing_rule, intake.routing_reason, intake.potential = decision.rule, decision.reason, potential
        intake.supervised_by = rules.supervising_role(
            potential=potential,
            is_exporter=bool(intake.is_exporter),
            units=self.ground.rule("INT-7", self.ground.today).value,
        )

    def _test(self, story: Story, at: datetime) -> None:
        company, matter, owner = story.company, story.walk.matter, story.made.owner
        assert owner is not None
        assert company.region is not None
        level = self.chance.weighted(POTENTIALS)
        if story.stop:
            level = self.chance.weighted(POTENTIALS[:2])
        instrument = "export-test-services" if company.offer == "services" else "export-test-goods"
        response = self.answers.respond(
            instrument=instrument,
            level=level,
            company=company,
            matter=matter,
            by=owner,
            started_at=max(story.walk.since, at - timedelta(minutes=self.chance.whole(6, 30))),
            finished_at=at,
        )
        decision = rules.route_result(
            potential=level,
            region=company.region.iso,
            exempt_regions=self.ground.rule("INT-11", self.ground.today).value["regions"],
        )
        story.intake.test = response
        story.interview_level = level
        company.potential, company.potential_on = level, at.astimezone(HOME).date()
        self._route(story, decision, potential=level)
        if decision.value != "finish_test_low":
            self._hand_over(story)
        story.walk.take(decision.value, at=at, by=owner, channel="portal")
        if decision.value == "finish_test_low":
            refer(self, story, at)
        else:
            word = story.intake.get_potential_display().lower()
            self.letter(story, "result_attended", at, due=self._due_words(story))
            self.letter(story, "result_office", at, kind="office", due=self._due_words(story), potential=word)

    # --- the agency's steps -------------------------------------------------------------------------------------

    def _contact(self, story: Story, at: datetime) -> None:
        walk, company = story.walk, story.company
        taken = company.executive is None
        story.executive = company.executive or self._take_over(story, at)
        executive = story.executive
        for _ in range(self.chance.weighted(((0, 60), (1, 28), (2, 12)))):
            tried = walk.since + (at - walk.since) * self.chance.random.uniform(0.2, 0.9)
            tried = self.chance.office_instant(tried.astimezone(HOME).date(), self.ground.calendar(story.made.office))
            if walk.since < tried < at:
                walk.log(
                    kind="call",
                    fact="Intento de contacto sin respuesta",
                    at=tried,
                    by=executive,
                    channel="phone",
                    direction="out",
                    outcome="not_reached",
                    text=self.chance.pick(words()["attempt"]),
                )
        channel = self.chance.weighted((("phone", 60), ("email", 20), ("whatsapp", 15), ("counter", 5)))
        entry = walk.log(
            kind=kind_of(channel),
            fact="Contacto con la empresa para acordar una entrevista",
            at=at,
            by=executive,
            channel=channel,
            direction="out",
            outcome="reached",
            text=self.chance.pick(words()["contact"]),
        )
        entry.contact = story.made.contact
        if taken:
            walk.log(kind="change", fact=TAKEN_OVER, at=at, by=executive, channel="system", visibility="company")
        walk.matter.owner = executive
        walk.take("record_contact", at=at, by=executive, channel=channel)
        if self.chance.happens(0.75):
            self._arrange(story, at)

    def _take_over(self, story: Story, at: datetime) -> Person:
        """Who reaches the company is its executive from then on (POR-9): whoever of the office has the fewest."""
        company, executives = story.company, self.staff.executives[story.made.office.pk]
        fewest = min(executives, key=lambda person: (self.loads.get(person.pk, 0), person.pk))
        executive = story.wanted or fewest
        self.loads[executive.pk] = self.loads.get(executive.pk, 0) + 1
        company.executive = executive
        self.rows.add(
            Assignment(
                company=company, executive=executive, assigned_by=executive, since_at=at, reason="Primer contacto"
            )
        )
        return executive

    def _arrange(self, story: Story, at: datetime) -> None:
        """An interview, held when its hour comes."""
        executive, calendar = story.executive, self.ground.calendar(story.made.office)
        assert executive is not None
        mode = self.chance.weighted((("video", 45), ("visit", 35), ("office", 20)))
        day = self._day_of_interview(story, at.astimezone(calendar.zone).date())
        if day is None:
            return
        story.interview = self.rows.add(
            Interview(
                matter=story.walk.matter,
                mode=mode,
                place=MODES[mode] or story.made.office.address,
                starts_at=self.chance.office_instant(day, calendar).replace(minute=0, second=0),
                minutes=60,
                executive=executive,
                arranged_at=at,
                arranged_by=executive,
            )
        )
        story.walk.log(
            kind="interview",
            fact=f"Entrevista acordada para el {agreed_words(story.interview, at.astimezone(calendar.zone).date())}",
            at=at,
            by=executive,
            channel=CHANNEL_OF_MODE[story.interview.mode],
            direction="out",
            visibility="company",
        )
        interview, zone = story.interview, story.made.office.time_zone
        self.letter(
            story,
            "interview",
            at,
            when_words=mail.later_moment(interview.starts_at, zone),
            mode=interview.get_mode_display().lower(),
            place=interview.whereabouts,
            executive=executive.full_name,
        )

    def _day_of_interview(self, story: Story, contacted_on: date) -> date | None:
        """For when it is agreed: to be held still, within its term; else for its last day, late to be registered."""
        due_on = next(one.due_at for one in story.walk.open_commitments if one.rule == "DL-2").astimezone(HOME).date()
        if story.stop != "to_interview":
            day = contacted_on + timedelta(days=self.chance.whole(*self.chance.weighted(WAITS["to_interview"])))
            last = self.ground.calendar(story.made.office).previous_business_day(due_on)
            return day if day < self.ground.today else min(day, last)
        left = (due_on - self.ground.today).days
        if left > 0:
            return self.ground.today + timedelta(days=self.chance.whole(1, left))
        return due_on if left < 0 and self.chance.happens(LATE_TO_REGISTER) else None

    def _interview(self, story: Story, at: datetime) -> None:
        executive = story.executive
        assert executive is not None
        if story.interview is not None:
            story.interview.held_at = story.interview.starts_at
        level = self.chance.weighted(((story.interview_level, 60), ("high", 20), ("medium", 20)))
        story.intake.interview_response = self.answers.respond(
            instrument="interview",
            level=level,
            company=story.company,
            matter=story.walk.matter,
            by=executive,
            started_at=at - timedelta(minutes=40),
            finished_at=at,
        )
        text = self.chance.pick(words()["interview"])
        channel = CHANNEL_OF_MODE[story.interview.mode] if story.interview else "visit"
        story.walk.take("hold_interview", at=at, by=executive, channel=channel, note=text)
        learn_from_interview(self.rows, self.ground, story.made, story.intake, at=at, by=executive)

    def _validate(self, story: Story, at: datetime) -> None:
        company, executive = story.company, story.executive
        assert executive is not None
        can = company.exported_recently or company.potential in ("high", "medium")
        can = bool(can and company.sector and company.sector.strategic)
        size = size_code(company, self.ground)
        elsewhere = rules.must_be_referred(colour=story.made.colour or "", size=size)
        if elsewhere and not story.stop and (not can or self.chance.happens(SENT_ON)):
            refer(self, story, at, reason=rules.why_elsewhere(story.made.colour or ""), by=executive)
            return
        if not can:
            self._withdraw(story, at)
            return
        self.rows.add(Validation(company=company, validated_at=at, validated_by=executive))
        company.validated_on = at.astimezone(HOME).date()
        story.walk.take("validate", at=at, by=executive, channel="system")
        self.letter(story, "preadmissibility_open", at)

    def _declare(self, story: Story, at: datetime) -> None:
        owner = story.made.owner
        assert owner is not None
        if story.intake.declarations is None:
            story.intake.declarations = self.answers.respond(
                instrument="preadmissibility",
                level="accepted",
                company=story.company,
                matter=story.walk.matter,
                by=owner,
                started_at=max(story.walk.since, at - timedelta(minutes=5)),
                finished_at=at,
            )
        story.walk.take("submit_preadmissibility", at=at, by=owner, channel="portal")

    def _decide(self, story: Story, at: datetime) -> None:
        executive = story.executive
        ending = self.chance.weighted((("preadmit", 90), ("return_preadmissibility", 7), ("refuse_preadmission", 3)))
        if ending == "preadmit":
            story.walk.take("preadmit", at=at, by=executive)
            self.letter(story, "preadmitted", at)
            return
        reason = self.chance.pick(words()[ending])
        story.walk.take(ending, at=at, by=executive, reason=reason)
        if ending == "refuse_preadmission":
            story.intake.outcome_reason = reason
            self.letter(story, "not_preadmitted", at, reason=reason)
        else:
            self.letter(story, "preadmissibility_returned", at, reason=reason, declarations="")

    # --- letters ------------------------------------------------------------------------------------------------

    def letter(self, story: Story, template: str, at: datetime, *, kind: str = "company", **context: Any) -> None:
        self.rows.letters.append(
            Letter(
                template=f"intake/{template}",
                kind=kind,
                at=at,
                matter=story.walk.matter,
                company=story.company,
                contact=story.made.contact,
                context=lambda: context,
            )
        )

    def _due_words(self, story: Story) -> str:
        due = min(one.due_at for one in story.walk.open_commitments)
        return later_date(due.astimezone(self.ground.calendar(story.made.office).zone).date())
