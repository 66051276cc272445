"""Life after the route: actions that count, calls and visits, things agreed by hand, colours that change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from acompana.commitments.models import Commitment
from acompana.commitments.operations.promises import BY_HAND
from acompana.commitments.rules import warning_instant
from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.companies import Made
from acompana.demonstration.bulk.ground import HOME, Ground
from acompana.demonstration.bulk.rows import Rows
from acompana.demonstration.bulk.standings import count_action, record_standing
from acompana.demonstration.bulk.story import Story
from acompana.demonstration.bulk.walks import note_clock
from acompana.demonstration.catalogue import action_fact, words
from acompana.logbook.models import Entry, EntryText
from acompana.logbook.rules import kind_of
from acompana.people.models import Person

# What is noted of a company now and then: channel, direction, fact.
NOTED = (
    (("phone", "out", "Llamada a la empresa"), 40),
    (("email", "out", "Correo a la empresa"), 22),
    (("whatsapp", "in", "La empresa escribió"), 14),
    (("visit", "out", "Visita a la empresa"), 10),
    (("system", "none", "Nota"), 14),
)


class Portfolio:
    """Tells what happens with a company that has an executive."""

    def __init__(self, rows: Rows, chance: Chance, ground: Ground) -> None:
        self.rows, self.chance, self.ground = rows, chance, ground
        # An interview counts where it was held, on the route.
        self.kinds = tuple(kind for kind in ground.rule("DEF-3", ground.today).value["types"] if kind != "interview")

    def counting_action(self, made: Made, *, on: date, by: Person) -> None:
        """Something done with the company that counts, whatever it was, and what the logbook tells of it."""
        at = datetime.combine(on, time(15, self.chance.whole(0, 59)), tzinfo=HOME)
        kind = self.chance.pick(self.kinds)
        count_action(self.rows, self.ground, made, kind=kind, at=at, by=by)
        self.rows.add(
            Entry(
                kind="action",
                company=made.company,
                office=made.office,
                author=by,
                channel="system",
                fact=action_fact(kind),
                happened_at=at,
                recorded_at=at,
            )
        )

    def note(self, made: Made, *, at: datetime, by: Person) -> None:
        """One entry of the logbook, with what the executive wrote."""
        channel, direction, fact = self.chance.weighted(NOTED)
        kind = kind_of(channel)
        missed = kind == "call" and self.chance.happens(0.2)
        entry = self.rows.add(
            Entry(
                kind=kind,
                company=made.company,
                contact=made.contact if kind != "note" else None,
                office=made.office,
                author=by,
                channel=channel,
                direction=direction,
                outcome="none" if kind == "note" else "not_reached" if missed else "reached",
                visibility="responsible" if kind == "note" and self.chance.happens(0.2) else "staff",
                fact=fact,
                happened_at=at,
                recorded_at=at,
            )
        )
        text = self.chance.pick(words()["attempt" if missed else kind])
        if text:
            self.rows.add(EntryText(entry=entry, body=text))

    def agree_by_hand(self, made: Made, *, at: datetime, by: Person, due_on: date, is_open: bool = False) -> None:
        """Something that one side promised by a day; kept in time or late, unless it is still open."""
        company_owes = self.chance.happens(0.45)
        calendar = self.ground.calendar(made.office)
        due_at = datetime.combine(due_on, time(18), tzinfo=calendar.zone)
        commitment = self.rows.add(
            Commitment(
                what=self.chance.pick(words()["by_hand_company" if company_owes else "by_hand_person"]),
                company=made.company,
                debtor="company" if company_owes else "person",
                office=made.office,
                owner=by,
                starts_at=at,
                due_at=due_at,
                explanation=[BY_HAND],
                warn_at=warning_instant(start=at, due_at=due_at, calendar=calendar),
                created_by=by,
            )
        )
        ended = due_at - timedelta(hours=5) if self.chance.happens(0.8) else due_at + timedelta(days=2, hours=1)
        if not is_open and at < ended < self.ground.until:
            commitment.fulfilled_at, commitment.fulfilled_by = ended, by
            note_clock(commitment, ended)

    def live_on(self, story: Story) -> None:
        """From the interview to today: a note every couple of months, an action or two a year, a new colour."""
        made, executive = story.made, story.executive
        if executive is None or story.walk.state not in ("preadmitted", "preadmissibility", "preadmissibility_review"):
            return
        calendar = self.ground.calendar(made.office)
        since = story.walk.since
        span = (self.ground.until - since).days
        count = min(9, int(span / 70) + self.chance.whole(0, 1))
        for number in range(count):
            # Most have been called of late, so that few wait without contact.
            lately = number == 0 and span > 60 and self.chance.happens(0.7)
            day = since.date() + timedelta(days=self.chance.whole(span - 50 if lately else 1, max(1, span - 3)))
            at = self.chance.office_instant(day, calendar)
            if since < at < self.ground.until:
                self.note(made, at=at, by=executive)
        if story.walk.state != "preadmitted":
            return
        for _ in range(self.chance.weighted(((0, 25), (1, 40), (2, 25), (3, 10)))):
            day = calendar.next_business_day(since.date() + timedelta(days=self.chance.whole(1, max(1, span - 3))))
            if day < self.ground.today:
                self.counting_action(made, on=day, by=executive)
        if self.chance.happens(0.12) and span > 5:
            at = self.chance.office_instant(since.date() + timedelta(days=self.chance.whole(1, span - 1)), calendar)
            due_on = calendar.next_business_day(at.date() + timedelta(days=self.chance.whole(5, 20)))
            if at < self.ground.until:
                self.agree_by_hand(made, at=at, by=executive, due_on=due_on)
        if span > 150 and self.chance.happens(0.2):
            self._new_colour(story, at=self.ground.until - timedelta(days=self.chance.whole(4, span - 120)))

    def _new_colour(self, story: Story, *, at: datetime) -> None:
        """The company is classified again: its gaps closed, or its business got worse (INT-20)."""
        executive = story.executive
        assert executive is not None
        before = story.intake.final_score
        if before is None:
            return
        change = Decimal(self.chance.whole(16, 52)) * (1 if self.chance.happens(0.75) else -1)
        score = max(Decimal(10), min(Decimal(196), before + change)).quantize(Decimal("0.01"))
        record_standing(self.rows, self.ground, story.made, story.intake, at=at, by=executive, score=score)
