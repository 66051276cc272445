"""An intake being told, and the chances by which it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.companies.rules import size_of
from acompana.demonstration.bulk.companies import Made
from acompana.demonstration.bulk.ground import Ground
from acompana.demonstration.bulk.walks import Walk
from acompana.intake.models import Intake, Interview, Referral
from acompana.people.models import Person

# How many days a state lasts, and how often. The agency is mostly in time, and sometimes not.
WAITS: dict[str, tuple[tuple[tuple[int, int], float], ...]] = {
    "characterization": (((0, 1), 45), ((2, 6), 35), ((7, 25), 20)),
    "self_test": (((0, 1), 60), ((2, 9), 40)),
    "to_contact": (((0, 1), 38), ((2, 3), 40), ((4, 7), 15), ((8, 20), 7)),
    "to_interview": (((3, 8), 45), ((9, 15), 35), ((16, 26), 15), ((27, 50), 5)),
    "to_validate": (((0, 2), 60), ((3, 9), 40)),
    "preadmissibility": (((0, 3), 55), ((4, 14), 45)),
    "preadmissibility_review": (((0, 3), 70), ((4, 9), 30)),
}
# Share of the companies that go no further: the agency does not leave anybody lying for years, companies do stop.
STALLS = {"characterization": 0.09, "self_test": 0.05, "preadmissibility": 0.05}
WITHDRAWS = 0.025
LATE_TO_REGISTER = 0.5  # of the interviews whose term ended in these days, those that were agreed for its last day
SENT_ON = 0.4  # of those that their classification refers; the rest is validated all the same
POTENTIALS = (("high", 36), ("medium", 39), ("low", 25))
AGENCY_STATES = ("to_contact", "to_interview", "to_validate", "preadmissibility_review")
OUTCOMES = (("attended", 40), ("in_progress", 30), ("returned", 18), ("not_attended", 12))
MODES = {
    "video": "https://videollamada.example/sala",
    "visit": "Planta de la empresa",
    "office": "",  # the address of its own
}


@dataclass(slots=True)
class Story:
    """An intake being told."""

    made: Made
    walk: Walk
    intake: Intake
    until: datetime
    stop: str = ""
    interview_level: str = "high"
    executive: Person | None = None
    wanted: Person | None = None
    interview: Interview | None = None
    referral: Referral | None = None
    referral_commitment: Commitment | None = None
    arrivals: dict[str, date] = field(default_factory=dict)

    @property
    def company(self) -> Company:
        return self.made.company


def size_code(company: Company, ground: Ground) -> str:
    """Micro, small, medium or large, by the rule in force (DEF-6)."""
    value = ground.rule("DEF-6", ground.today).value
    bracket = company.sales_bracket
    return size_of(
        uf_min=bracket.uf_min if bracket else None,
        uf_max=bracket.uf_max if bracket else None,
        workers=company.workers,
        commercial_year=company.commercial_year,
        by_sales=value["uf"],
        by_workers=value["workers"],
    ).code
