"""Walking the road through operations, as people would: for the cast's history, the bulk's samples and the tests."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.demonstration.cast import Cast
from acompana.demonstration.catalogue import answers_to
from acompana.intake import operations as intake
from acompana.intake.interview_hours import taken_by
from acompana.intake.queries import latest_intake_of
from acompana.kernel.rut import rut_with_check_digit
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.calendars import calendar_of
from acompana.people.models import Office
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import finish_response, save_answers, start_response
from acompana.questionnaires.queries import answers_of, definition_of
from acompana.questionnaires.rules import maximum_of, points_of, visible_questions
from acompana.reference.models import Activity, Commune, Country, Region, SalesBracket, Sector


def register(cast: Cast, key: str, *, rut_number: int, name: str, region: str, now: datetime) -> Company:
    """A person of the cast registers a company and opens its intake."""
    actor = cast.actor(key, now)
    mandate = intake.register_own_company(
        rut=rut_with_check_digit(rut_number),
        legal_name=name,
        region=Region.objects.get(iso=region),
        person=cast[key],
        actor=actor,
        now=now,
        channel="portal",
    )
    return mandate.company


def fill_form(
    company: Company,
    *,
    actor: Actor,
    now: datetime,
    exporter: bool = False,
    bracket: int = 5,
    product: str = "Aceite de oliva extra virgen",
    activity: str = "104000",
) -> Company:
    """A complete characterisation."""
    company.refresh_from_db()
    assert company.region is not None
    commune = Commune.objects.filter(region=company.region, name=company.region.capital).first()
    year = now.year
    company = companies.update_characterization(
        company=company,
        version=company.version,
        values={
            "started_on": date(2015, 3, 2),
            "tax_category": "first",
            "commune": commune or Commune.objects.filter(region=company.region).first(),
            "address": "Camino Los Aromos 1250",
            "sector": Sector.objects.first(),
            "sales_bracket": SalesBracket.objects.get(number=bracket),
            "commercial_year": year - 1,
            "workers": 12,
            "offer": "goods",
            "exported_recently": exporter,
            "women_role": "leads",
            "sells_online": True,
        },
        products=[{"description": product, "is_service": False, "heading": None}],
        activities=[{"activity": Activity.objects.get(code=activity), "is_main": True}],
        markets=[Country.objects.get(alpha2="KR")],
        exports=[{"year": year - 1, "market": Country.objects.get(alpha2="BR"), "amount_usd": 40_000}]
        if exporter
        else [],
        actor=actor,
        now=now,
    )
    contact = company.contacts.filter(ended_on=None).first()
    assert contact is not None
    companies.update_contact(
        contact=contact,
        values={"position": "Gerenta", "phone": "+56 9 8123 4567", "preferred_channel": "whatsapp"},
        actor=actor,
        now=now,
    )
    return company


def answer(response: Response, *, share: float, actor: Actor, now: datetime) -> None:
    """Answers every question that is asked, near a share (0 to 1) of its points, and finishes."""
    give_answers(response, share=share, actor=actor, now=now)
    finish_response(response=response, actor=actor, now=now)


def give_answers(response: Response, *, share: float, actor: Actor, now: datetime) -> None:
    """Answers every question that is asked, and leaves the draft open."""
    definition = definition_of(response)
    answered = -1
    while answered != len(visible_questions(definition, answers_of(response))):
        asked = visible_questions(definition, answers_of(response))
        answered = len(asked)
        values = {}
        for question in asked:
            wanted = float(maximum_of(question)) * share
            if question.options:
                best = min(
                    (option for option in question.options if option.counts),
                    key=lambda option: abs(float(points_of(question, option.value) or 0) - wanted),
                )
                values[question.slug] = [best.value] if question.kind == "multiple" else best.value
            elif question.kind == "text":
                values[question.slug] = next(iter(answers_to(question.slug)), "Sin observaciones.")
            else:
                steps = sorted(question.steps, key=lambda step: abs(float(step.points) - wanted))
                low = question.minimum if question.minimum is not None else 0
                values[question.slug] = str(int(steps[0].at_least)) if steps else str(int(low))
        save_answers(response=response, answers=values, actor=actor, now=now)
        response.refresh_from_db()


SHARES = {"high": 1.0, "medium": 0.5, "low": 0.0}


def answer_test(company: Company, *, actor: Actor, now: datetime, level: str) -> Matter:
    """The self-test with a result of that level."""
    found = latest_intake_of(company)
    assert found is not None
    instrument = "export-test-services" if company.offer == "services" else "export-test-goods"
    response = start_response(instrument=instrument, company=company, matter=found.matter, actor=actor, now=now)
    answer(response, share=SHARES[level], actor=actor, now=now)
    return intake.finish_test(matter=found.matter, response=response, actor=actor, now=now)


def hold_interview(
    matter: Matter, *, executive: Actor, now: datetime, share: float = 0.8, otherwise: bool = False
) -> Matter:
    """The interview, scored near a share of its points; `otherwise`: not when or how it was agreed."""
    response = start_response(
        instrument="interview", company=matter.company, matter=matter, actor=executive, now=now, again=True
    )
    answer(response, share=share, actor=executive, now=now)
    return intake.hold_interview(matter=matter, response=response, otherwise=otherwise, actor=executive, now=now)


def open_hour(office: Office, at: datetime, minutes: int = 60) -> datetime:
    """The instant, or when the office opens after it, from which it stays open so long."""
    calendar = calendar_of(office)
    at = calendar.next_open(at)
    while (closes_at := calendar.closing_after(at)) and closes_at - at < timedelta(minutes=minutes):
        at = calendar.next_open(closes_at)
    return at


def free_hour(office: Office, executive: Actor, at: datetime, minutes: int) -> datetime:
    """The instant, or the first one after it at which the office is open and its executive has no other interview."""
    assert executive.person is not None
    at = open_hour(office, at, minutes)
    while other := taken_by(executive.person, at, minutes):
        at = open_hour(office, other.starts_at + timedelta(minutes=other.minutes), minutes)
    return at


def walk_to_preadmission(matter: Matter, *, executive: Actor, owner: Actor, now: datetime) -> Matter:
    """From contact to pre-admission, a few days a step."""
    company = matter.company
    assert company is not None
    contact = company.contacts.first()
    intake.record_contact(
        matter=matter, contact=contact, channel="phone", text="Acordamos una visita.", actor=executive, now=now
    )
    held = free_hour(matter.office, executive, now + timedelta(days=5), 60)
    intake.arrange_interview(
        matter=matter,
        mode="visit",
        place="Planta de la empresa",
        starts_at=held,
        minutes=60,
        actor=executive,
        now=now,
    )
    hold_interview(matter, executive=executive, now=held)
    intake.validate(matter=matter, actor=executive, now=held + timedelta(days=1))
    response = start_response(
        instrument="preadmissibility",
        company=company,
        matter=matter,
        actor=owner,
        now=held + timedelta(days=2),
        again=True,
    )
    answer(response, share=1.0, actor=owner, now=held + timedelta(days=2))
    intake.submit_preadmissibility(matter=matter, response=response, actor=owner, now=held + timedelta(days=2))
    return intake.preadmit(matter=matter, actor=executive, now=held + timedelta(days=3))
