"""A year and more of intakes: some walked through operations, most in bulk, with every way a journey may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from acompana.commitments.models import Commitment, Pause
from acompana.companies.models import Company
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register, walk_to_preadmission
from acompana.intake import operations as intake
from acompana.intake.models import Intake
from acompana.intake.queries import latest_intake_of
from acompana.intake.states import INTAKE
from acompana.matters.models import Matter, Step
from acompana.people.models import Office

NOW = datetime(2026, 9, 16, 15, 0, tzinfo=ZoneInfo("America/Santiago"))
REGIONS = ("CL-VS", "CL-BI", "CL-MA")
TEST = ("characterization", "submit_to_test", "self_test")
REST = (
    ("record_contact", "to_interview"),
    ("hold_interview", "to_validate"),
    ("validate", "preadmissibility"),
    ("submit_preadmissibility", "preadmissibility_review"),
    ("preadmit", "preadmitted"),
)
# The way to the office's hands: (transition, state) after the opening, with what the intake then says of itself.
WAYS = {
    "high": ([("submit_to_test", "self_test"), ("finish_test_high", "to_contact")], {"potential": "high"}),
    "medium": ([("submit_to_test", "self_test"), ("finish_test_medium", "to_contact")], {"potential": "medium"}),
    "low": ([("submit_to_test", "self_test"), ("finish_test_low", "referred")], {"potential": "low"}),
    "attended": ([("submit_to_test", "self_test"), ("finish_test_low_attended", "to_contact")], {"potential": "low"}),
    "exporter": ([("submit_exporter", "to_contact")], {"is_exporter": True}),
    "former": ([("submit_former_exporter", "to_contact")], {"is_exporter": True, "way_in": "former"}),
    "unfinished": ([("submit_to_test", "self_test")], {}),
    "untouched": ([], {}),
}
UNIT = {"low": "strategic-development", "attended": "strategic-development", "unfinished": "", "untouched": ""}
RULE = {"high": "DL-1", "medium": "DL-1", "attended": "DL-1", "exporter": "DL-3", "former": "DL-4"}


@dataclass(frozen=True, slots=True)
class World:
    cast: Cast
    now: datetime


def build(*, bulk: int = 60) -> World:
    """Three intakes through operations, `bulk` more by rows: the same whenever it is made."""
    cast = make_people(now=NOW)
    for number, (level, exporter) in enumerate((("high", False), ("low", False), ("high", True))):
        _walk(cast, 41_900_001 + number, level, exporter)
    Bulk(cast, Random(7)).make(bulk)
    return World(cast, NOW)


def _walk(cast: Cast, rut: int, level: str, exporter: bool) -> None:
    began = NOW - timedelta(days=40)
    owner = cast.actor("newcomer", NOW)
    company = register(cast, "newcomer", rut_number=rut, name=f"Aceites {rut} SpA", region="CL-VS", now=began)
    fill_form(company, actor=owner, now=began, exporter=exporter)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=owner, now=began)
    if not exporter:
        answer_test(company, actor=owner, now=began + timedelta(days=1), level=level)
    if level == "high" and not exporter:
        matter = latest_intake_of(company).matter
        walk_to_preadmission(
            matter, executive=cast.actor("executive", NOW), owner=owner, now=began + timedelta(days=3)
        )


class Bulk:
    """Rows written straight, as the demonstration's are."""

    def __init__(self, cast: Cast, chance: Random) -> None:
        self.cast, self.chance = cast, chance
        self.offices = {code: Office.objects.select_related("region").get(code=code) for code in REGIONS}

    def make(self, count: int) -> None:
        for number in range(count):
            self.one(number, list(WAYS)[number % len(WAYS)], self.offices[REGIONS[number % 3]])

    def one(self, number: int, way: str, office: Office) -> Matter:
        opened = NOW - timedelta(days=self.chance.randint(2, 480), hours=self.chance.randint(0, 20))
        company = Company.objects.create(
            legal_name=f"=Empresa {number} Ltda." if number % 9 == 0 else f"Empresa {number} Ltda.",
            country=office.country,
            region=office.region if number % 11 else None,
            office=office,
            created_at=opened,
        )
        steps = self.steps(way, opened)
        state, since = steps[-1][1], steps[-1][2]
        final = INTAKE.state(state).final
        matter = Matter.objects.create(
            kind="intake",
            number=f"ING-2025-9{number:05}",
            lifecycle_version=INTAKE.version,
            state=state,
            state_since=since,
            turn=INTAKE.state(state).turn,
            company=company,
            office=office,
            owner=self.cast["executive"] if number % 2 else None,
            opened_at=opened,
            closed_at=since if final else None,
        )
        before = ""
        rows = []
        for transition, target, at in steps:
            rows.append(Step(matter=matter, transition=transition, from_state=before, to_state=target, taken_at=at))
            before = target
        Step.objects.bulk_create(rows)
        Intake.objects.create(matter=matter, supervised_by=UNIT.get(way, "national-directorate"), **WAYS[way][1])
        if way in RULE:
            self.promise(matter, RULE[way], opened, number)
        return matter

    def steps(self, way: str, opened: datetime) -> list[tuple[str, str, datetime]]:
        chance = self.chance
        path = [("open_intake", "characterization"), *WAYS[way][0]]
        if path[-1][1] == "to_contact":
            path += REST[: chance.randint(0, len(REST))]
        last = path[-1][1]
        if last == "preadmissibility_review" and chance.random() < 0.7:
            path += [("refuse_preadmission", "not_preadmitted")]
        elif last == "to_validate" and opened.day % 2:
            path += [("decline", "not_preadmitted")]
        elif last == "to_validate" and opened.day % 4:
            path += [("refer_interviewed", "referred")]
        elif last != "preadmitted" and chance.random() < 0.3:
            path += [("withdraw", "withdrawn")]
        elif last == "referred" and chance.random() < 0.5:
            path += [("overturn_low", "to_contact"), REST[0]]
        at, found = opened, []
        for transition, state in path:
            found.append((transition, state, at))
            at = min(at + timedelta(hours=chance.randint(3, 400)), NOW)
        return found

    def promise(self, matter: Matter, rule: str, opened: datetime, number: int) -> None:
        due = opened + timedelta(days=5)
        done = opened + timedelta(days=self.chance.randint(1, 9)) if self.chance.random() < 0.7 else None
        if done and done > NOW:
            done = None
        commitment = Commitment.objects.create(
            rule=rule,
            rule_version=0,
            what="Contactar a la empresa",
            company=matter.company,
            matter=matter,
            debtor="office",
            office=matter.office,
            owner=matter.owner,
            starts_at=opened,
            due_at=due,
            fulfilled_at=done,
            cancelled_at=None if done or number % 13 else NOW,
        )
        if number % 5 == 0 and not done:
            Pause.objects.create(commitment=commitment, paused_at=opened + timedelta(days=1), reason="Espera")
