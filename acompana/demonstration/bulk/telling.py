"""The whole bulk, in order: who is where on the route, whose day is full, what waits for a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from acompana.commitments.models import Commitment
from acompana.demonstration.bulk.accounts import Accounts
from acompana.demonstration.bulk.answers import Answers
from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.companies import CompanyMaker, Made
from acompana.demonstration.bulk.ground import Ground
from acompana.demonstration.bulk.intakes import Intakes
from acompana.demonstration.bulk.portfolio import Portfolio
from acompana.demonstration.bulk.requests import Requests
from acompana.demonstration.bulk.rows import Rows
from acompana.demonstration.bulk.staff import Staff
from acompana.demonstration.bulk.walks import note_clock
from acompana.people.models import Office

# Of a hundred companies.
SHARES = {"registry": 5, "account": 7, "former": 6, "foreign": 2, "institution": 1.5}
TWO_YEARS = 728
RECENT = 42
FEW = 500  # companies under which only the first of the cast's regions is made busy
CAST_REGIONS = ("CL-VS", "CL-BI", "CL-MA")
REVIEWS, HELP, ACCESSES = 14, 3.2, 2.4  # of a hundred Low results; of a hundred companies


class Bulk:
    """Makes the companies of the demonstration with their history. `count`: how many, beside the cast's."""

    def __init__(self, *, count: int, now: datetime, chance: Chance, staff: Staff) -> None:
        self.count, self.chance, self.staff = count, chance, staff
        self.rows, self.ground = Rows(), Ground(now)
        self.maker = CompanyMaker(self.rows, chance, self.ground)
        self.answers = Answers(self.rows, chance)
        self.intakes = Intakes(self.rows, chance, self.ground, staff, self.maker, self.answers)
        self.accounts = Accounts(self.rows, chance, self.ground, staff, self.maker, self.intakes)
        self.requests = Requests(self.rows, chance, self.ground, staff, self.intakes)
        self.portfolio = Portfolio(self.rows, chance, self.ground)
        self.registered: list[Made] = []

    def share(self, name: str) -> int:
        return round(self.count * SHARES[name] / 100)

    def tell(self, told: Callable[[str], None]) -> Rows:
        """Everything, in memory; nothing is written."""
        self.registry()
        self.others()
        self.accounts_of_cards()
        self.former_users()
        pressing = self.pressing()
        special = sum(self.share(name) for name in SHARES)
        self.on_the_route(max(0, self.count - special - pressing))
        self.at_the_test()
        told(f"{len(self.rows.opened):>9} asuntos en su ruta")
        for story in self.intakes.told:
            self.portfolio.live_on(story)
        self.promises()
        self.asked()
        for commitment in self.rows.of(Commitment):
            if commitment.is_open:
                note_clock(commitment, self.ground.now)
        return self.rows

    # --- who they are -------------------------------------------------------------------------------------------

    def registry(self) -> None:
        """Known from a public register alone (DEF-7)."""
        for _ in range(self.share("registry")):
            at = self._instant(self.chance.whole(30, TWO_YEARS))
            made = self.maker.national(at=at, origin="register", related=False)
            made.company.sector = self.ground.sectors[made.line.sector]

    def others(self) -> None:
        """Foreign companies and institutions, registered by officers."""
        abroad = [office for office in self.ground.offices.values() if office.kind == Office.Kind.COMMERCIAL]
        worked = [
            office for office in abroad if any(p.staff_member.office_id == office.pk for p in self.staff.commercial)
        ]
        for kind in ("foreign", "institution"):
            for _ in range(self.share(kind)):
                office = self.chance.pick(worked)
                by = next(p for p in self.staff.commercial if p.staff_member.office_id == office.pk)
                country = office.country.alpha2
                at = self._instant(self.chance.whole(5, TWO_YEARS))
                if kind == "institution":
                    made = self.maker.other(kind, at=at, office=self.ground.offices["CL-RM"], by=by)
                    assert made.company.region is not None
                    made.company.office = made.office = self.ground.offices[made.company.region.iso]
                    by = made.company.created_by = self.chance.pick(self.staff.executives[made.office.pk])
                else:
                    made = self.maker.other(kind, at=at, office=office, by=by, country=country)
                self.maker.stranger(made, at=at)
                self.portfolio.note(made, at=at + timedelta(hours=1), by=by)

    def accounts_of_cards(self) -> None:
        count = self.share("account")
        for number in range(count):
            recent = number < count * 0.45
            made = self.accounts.tell(self.chance.whole(1, 25) if recent else self.chance.whole(26, TWO_YEARS))
            if made.owner is None:
                self.registered.append(made)

    def former_users(self) -> None:
        """Companies that worked with the agency years ago; some of them come back by the route."""
        for _ in range(self.share("former")):
            worked_on = self.ground.today - timedelta(days=self.chance.whole(3 * 366 + 30, 5 * 365))
            at = self._instant((self.ground.today - worked_on).days + self.chance.whole(40, 300))
            made = self.maker.national(at=at)
            self.maker.owner(made, at=at)
            self.maker.fill_form(made, at=at)
            by = self.chance.pick(self.staff.executives[made.office.pk])
            self.portfolio.counting_action(made, on=worked_on, by=by)
            if self.chance.happens(0.4):
                back = self._instant(self.chance.whole(2, TWO_YEARS - 100))
                self.intakes.tell(made, at=back, former=True)

    def on_the_route(self, count: int) -> None:
        """Most: they registered in the last two years, a good part of them in the last weeks."""
        for _ in range(count):
            recent = self.chance.happens(0.09)
            days = self.chance.whole(1, RECENT) if recent else self.chance.whole(RECENT, TWO_YEARS)
            at = self._instant(days)
            made = self.maker.national(at=at)
            self.maker.owner(made, at=at)
            self.intakes.tell(made, at=at)

    def at_the_test(self) -> None:
        """However few companies there are, one has its test to do."""
        while not any(story.walk.state == "self_test" for story in self.intakes.told):
            at = self._instant(30)
            made = self.maker.national(at=at)
            self.maker.owner(made, at=at)
            self.intakes.tell(made, at=at, stop="self_test")

    def _instant(self, days_ago: int) -> datetime:
        """Some instant of a waking hour, so many days ago."""
        start = self.ground.until - timedelta(days=days_ago)
        return start + timedelta(minutes=self.chance.whole(8 * 60, 23 * 60), seconds=self.chance.whole(0, 59))

    # --- what presses -------------------------------------------------------------------------------------------

    def pressing(self) -> int:
        """Contacts and interviews that fall due yesterday, today and in the next days; more where the cast works."""
        before = len(self.intakes.told)
        for _ in range(max(1, self.count // 1500)):
            for days in (-2, -1, 0, 1, 2, 3):
                self._due_on("DL-1", days)
                self._due_on("DL-2", days)
        for region in CAST_REGIONS if self.count > FEW else CAST_REGIONS[:1]:
            for days in (-1, 0, 2, 3):
                self._due_on("DL-1", days, region)
            for days in (-1, 0, 0, 1, 2, 5, 8):
                self._due_on("DL-2", days, region)
        return len(self.intakes.told) - before

    def _due_on(self, rule: str, days: int, region: str = "") -> None:
        """A company whose term falls due so many days from today; none where no start gives that day (a holiday)."""
        at = self._instant(40)
        made = self.maker.national(at=at, region=region)
        self.maker.owner(made, at=at)
        start = self.ground.start_for_due(rule, made.office, self.ground.today + timedelta(days=days))
        if start is None:
            self.intakes.tell(made, at=at)
            return
        arrivals = {"characterization": start - timedelta(days=4)}
        if rule == "DL-1":
            self.maker.fill_form(made, at=at)
            arrivals |= {"characterization": start} if made.company.exported_recently else {"self_test": start}
        else:
            arrivals |= {"self_test": start - timedelta(days=3), "to_contact": start}
        # Where the cast works, its executive is the first of the office.
        executive = self.staff.executives[made.office.pk][0] if region else None
        stop = "to_contact" if rule == "DL-1" else "to_interview"
        self.intakes.tell(made, at=at, stop=stop, arrivals=arrivals, executive=executive)

    def promises(self) -> None:
        """What was agreed by hand and is still open: late, for today, for the next days."""
        attended = [story for story in self.intakes.told if story.walk.state == "preadmitted"]
        mine = {region: self.staff.executives[self.ground.offices[region].pk][0].pk for region in CAST_REGIONS}
        chosen = self.chance.random.sample(attended, min(len(attended), self.count // 25))
        for executive in mine.values():
            chosen += [s for s in attended if s.executive and s.executive.pk == executive and s not in chosen][:4]
        for number, story in enumerate(chosen):
            at = max(story.walk.since, self._instant(self.chance.whole(6, 15)))
            due_on = self.ground.today + timedelta(days=(0, 2, 4, -1, 3, 9)[number % 6])
            if story.executive is not None and at < self.ground.until and at.date() < due_on:
                self.portfolio.agree_by_hand(story.made, at=at, by=story.executive, due_on=due_on, is_open=True)

    # --- what is asked ------------------------------------------------------------------------------------------

    def asked(self) -> None:
        """Reviews, help requests and accesses: mostly answered, some waiting now."""
        entered = [story.made for story in self.intakes.told if story.made.owner is not None]
        left = [story for story in self.intakes.told if story.walk.state == "referred"]
        low = [story for story in left if story.intake.interview_response is None]
        for story in self.chance.random.sample(low, round(len(low) * REVIEWS / 100)):
            asked_at = story.walk.since + timedelta(days=self.chance.whole(1, 12), hours=2)
            if asked_at < self.ground.until:
                self.requests.review(story, asked_at=asked_at)
        for story in [s for s in low if s.walk.state == "referred"][-max(1, self.count // 500) :]:
            asked_at = self._instant(self.chance.whole(1, 5))
            if story.walk.since < asked_at:
                self.requests.review(story, asked_at=asked_at, open_still=True)
        for made in self.chance.random.sample(entered, min(len(entered), round(self.count * HELP / 100))):
            self.requests.help(made, at=self._after(made, TWO_YEARS))
        for made in self.chance.random.sample(entered, max(2, self.count // 350)):
            self.requests.help(made, at=self._after(made, 4), open_still=True)
        for made in self.chance.random.sample(entered, round(self.count * ACCESSES / 200)):
            self.requests.ask_for_access(made, at=self._after(made, TWO_YEARS), decided=True)
        for made in self.chance.random.sample(entered, round(self.count * ACCESSES / 300)):
            self.requests.ask_for_access(made, at=self._after(made, 4), decided=False)
        for made in self.chance.random.sample(self.registered, min(len(self.registered), max(2, self.count // 150))):
            self.requests.ask_for_access(made, at=self._after(made, 4), decided=False)

    def _after(self, made: Made, days: int) -> datetime:
        """An instant of the last so many days, after the company was created."""
        known = (self.ground.until - made.company.created_at).days
        at = self._instant(self.chance.whole(1, max(1, min(days, known - 1))))
        return max(at, made.company.created_at + timedelta(minutes=30))
