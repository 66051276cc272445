"""The cast at the desk, with companies on the road."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils.timezone import localdate

from acompana.commitments.jobs import follow_absences
from acompana.companies.models import Company
from acompana.companies.operations import assign_executive
from acompana.demonstration.cast import Cast, make_people
from acompana.demonstration.roads import answer_test, fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.kernel.rut import rut_with_check_digit
from acompana.matters.models import Matter
from acompana.people.models import Absence, Person
from acompana.people.operations import end_absence, record_absence
from tests.kept import copy_of, made_once

SANTIAGO = ZoneInfo("America/Santiago")
BACKEND = "acompana.people.backends.Backend"


@pytest.fixture
def now() -> datetime:
    """The clock of requests, so that what views write and what tests wrote before agree."""
    return read_clock()


kept_cast = made_once(lambda: make_people(now=read_clock() - timedelta(days=200)))
cast = copy_of("kept_cast")


@pytest.fixture
def enter():
    def enter_(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    return enter_


def road_of(
    cast: Cast, now: datetime, number: int = 0, level: str = "high", days: int = 0, assigned: bool = True
) -> Company:
    """A company with a result, written `days` ago, in charge of Carolina if `assigned`."""
    at = now - timedelta(days=days)
    owner = cast.actor("owner", at)
    rut = 41_910_000 + number
    company = register(cast, "owner", rut_number=rut, name=f"Aceites {number} SpA", region="CL-VS", now=at)
    fill_form(company, actor=owner, now=at)
    matter = latest_intake_of(company).matter
    intake.submit_characterization(matter=matter, actor=owner, now=at)
    answer_test(company, actor=owner, now=at, level=level)
    company = Company.objects.get(rut=rut_with_check_digit(rut))
    if assigned:
        executive, director = cast["executive"], cast.actor("director", at)
        assign_executive(company=company, executive=executive, actor=director, now=at)
        company.refresh_from_db()
    return company


@pytest.fixture
def road(cast, now):
    """`road(number, level)`: see `road_of`."""
    return partial(road_of, cast, now)


def company_made_once(
    name: str = "kept_company", then: Callable[[Cast, datetime, Company], Any] | None = None, **more: Any
) -> tuple[Any, Any]:
    """A company with a result, for those tests of a module that need it: `kept_low, low =
    company_made_once("kept_low", level="low")`; or what `then` makes of it."""

    def make(kept_cast: Cast) -> Any:
        cast, now = deepcopy(kept_cast), read_clock()
        company = road_of(cast, now, 1, **more)
        return then(cast, now, company) if then else company

    return made_once(make, upon="kept_cast"), copy_of(name)


kept_company, company = company_made_once()
kept_waiting, waiting = company_made_once("kept_waiting", assigned=False)  # for somebody to take it
kept_low, low = company_made_once("kept_low", level="low")


@pytest.fixture
def matter(company):
    return latest_intake_of(company).matter


def made_of_company(then: Callable[[Cast, datetime, Any], Any], upon: str = "kept_company") -> Any:
    """What `then` makes once of the company that is kept, or of what is kept by another name."""

    def make(kept_cast: Cast, kept: Any) -> Any:
        return then(deepcopy(kept_cast), read_clock(), deepcopy(kept))

    return made_once(make, upon=("kept_cast", upon))


def contact(cast: Cast, now: datetime, company: Company) -> Matter:
    matter, executive = latest_intake_of(company).matter, cast.actor("executive", now)
    intake.record_contact(matter=matter, contact=None, channel="whatsapp", text="", actor=executive, now=now)
    matter.refresh_from_db()
    return matter


kept_contacted = made_of_company(contact)
contacted = copy_of("kept_contacted")


@pytest.fixture
def away(cast, now):
    """`away(substitute, who, first, last)`: absent from today on, or between days counted from today; what they owe
    goes over as the worker does it."""

    def away_(substitute: str = "other_executive", who: str = "executive", first: int = 0, last: int = 40) -> Absence:
        today = localdate(now)
        absence = record_absence(
            staff_member=cast[who].staff_member,
            substitute=cast[substitute].staff_member,
            from_on=today + timedelta(days=first),
            until_on=today + timedelta(days=last),
            actor=cast.actor("administrator", now),
            now=now,
        )
        follow_absences(now)
        return absence

    return away_


@pytest.fixture
def back(cast, now):
    def back_(absence: Absence) -> list[str]:
        return end_absence(absence=absence, actor=cast.actor("administrator", now), now=now)

    return back_
