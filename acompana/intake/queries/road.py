"""Reads of the road of a company: where it stands, what it lacks, whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.companies import queries as companies
from acompana.companies.models import Assignment, Company
from acompana.companies.outdated import outdated
from acompana.companies.permissions import assignable_by, may_take
from acompana.companies.rules import Missing
from acompana.intake.models import Intake, Referral, Standing
from acompana.intake.permissions import (
    may_attend,
    may_attend_company,
    may_pass_on,
    stands_in_for_owner,
    why_not_decide,
)
from acompana.intake.queries.rises import waiting_rise_of
from acompana.intake.rules import WAY_BACK, ChecklistPoint, CutOffs, check_can_open, cut_offs, must_be_referred
from acompana.intake.states import VERDICT_RULES
from acompana.kernel.rulebook import get_rule
from acompana.kernel.statements import Statement, given_id
from acompana.matters.models import Matter, Step
from acompana.matters.queries import lifecycle_of
from acompana.people.actors import Actor
from acompana.progress.operations import StepOption, available_steps
from acompana.questionnaires.queries import definition_of
from acompana.shell.words import later_date

NEW_FOR = timedelta(days=3)

OPEN_STATES = (
    "characterization",
    "self_test",
    "to_contact",
    "to_interview",
    "to_validate",
    "preadmissibility",
    "preadmissibility_review",
)

ATTENDED_STATES = OPEN_STATES[2:]
LEFT_STATES = ("referred", "not_preadmitted")


def policy(rule: str, now: datetime) -> Mapping[str, Any]:
    """The value of an intake rule in force."""
    return get_rule(rule, timezone.localdate(now)).value


def cut_offs_of(intake: Intake) -> CutOffs:
    """The cut-offs of the final score, of the version that the interview was marked with (INT-16, INT-26)."""
    interview = intake.interview_response
    final = definition_of(interview).final if interview else ()
    return cut_offs({band.slug: band.from_points for band in final})


# Every page and verb of a company's road asks both, several times.
_OPEN = Statement(
    lambda: (
        Matter.objects.filter(company=given_id("company"), kind="intake", state__in=OPEN_STATES)
        .select_related("company", "office", "intake")
        .order_by("-opened_at")[:1]
    )
)
_LATEST = Statement(
    lambda: (
        Intake.objects.filter(matter__company=given_id("company"))
        .select_related("matter__company", "matter__office", "matter__owner")
        .select_related("test__version", "test__finished_by", "test__told_by", "interview_response__version")
        .order_by("-matter__opened_at")[:1]
    )
)


def open_intake_of(company: Company) -> Matter | None:
    """The company's intake under way, if there is one (a referred one has left the road)."""
    return next(iter(_OPEN.objects(company=company.pk)), None)


def latest_intake_of(company: Company) -> Intake | None:
    """The newest intake, open or not, with what its page needs."""
    return next(iter(_LATEST.objects(company=company.pk)), None)


def latest_intakes_of(companies: Collection[int]) -> dict[int, Intake]:
    """The newest intake of each of these companies. One query; without companies none."""
    if not companies:
        return {}
    rows = Intake.objects.filter(matter__company__in=companies).select_related("matter").order_by("matter__opened_at")
    return {row.matter.company_id: row for row in rows if row.matter.company_id is not None}


def preadmitted_among(companies: Iterable[int]) -> set[str]:
    """Of these companies, the ids (as text) of those whose newest intake ended in pre-admission. One query; without
    companies none."""
    asked = list(companies)
    if not asked:
        return set()
    rows = Matter.objects.filter(company__in=asked, kind="intake").order_by("opened_at", "pk")
    newest = dict(rows.values_list("company", "state"))
    return {str(pk) for pk, state in newest.items() if state == "preadmitted"}


def why_no_intake(last: Intake | None, *, status: str) -> str:
    """Why a company may not begin an intake after its last one, in a sentence; empty: it may (INT-3)."""
    state = last.matter.state if last else ""
    prepared = (
        last is not None
        and state not in (*OPEN_STATES, *WAY_BACK)
        and last.matter.referrals.filter(outcome=Referral.Outcome.RETURNED).exists()
    )
    interviewed = last is not None and last.interview_response_id is not None
    why = check_can_open(last_state=state, status=status, came_back_prepared=prepared, was_interviewed=interviewed)
    return why or ""


def begins_with(company: Company, today: date) -> str:
    """What a company that never began the route does first, once somebody represents it; empty where it has another
    road, or needs none (INT-3, INT-13)."""
    status = companies.status_of(company, today).code
    if company.kind != Company.Kind.NATIONAL or why_no_intake(None, status=status):
        return ""
    return "actualizar su ficha" if status == "former" else "completar su ficha"


def was_referred_after_interview(intake: Intake) -> bool:
    """Whether it stands referred because of its interview, and not of its test (INT-17)."""
    return intake.matter.state == "referred" and intake.interview_response_id is not None


def step_that_refers(matter: Matter) -> str:
    """The step with which an interviewed company is referred: until version 2 it was the one that validates none."""
    known = {row.name for row in lifecycle_of(matter).transitions}
    return "refer_interviewed" if "refer_interviewed" in known else "decline"


def intakes_of_office(office_id: int) -> QuerySet[Intake]:
    """Intakes that an office attends, those that wait longest first."""
    return (
        Intake.objects.filter(matter__office_id=office_id)
        .select_related("matter__company", "matter__owner", "matter__office")
        .order_by("matter__state_since")
    )


def due_words(matter: Matter) -> str:
    """The date by which the agency owes something on a matter, in words; empty when nothing is owed."""
    commitment = matter.commitments.filter(fulfilled_at=None, cancelled_at=None).order_by("due_at").first()
    if commitment is None:
        return ""
    return later_date(commitment.due_at.astimezone(ZoneInfo(matter.office.time_zone)).date())


def check_list(matter: Matter, now: datetime) -> list[ChecklistPoint]:
    """The pre-admissibility checklist of a matter with what is met (INT-27; the points are data)."""
    company = matter.company
    assert company is not None
    intake = Intake.objects.select_related("declarations").get(matter=matter)
    declarations, today = intake.declarations, timezone.localdate(now)
    met = {
        "who_may": company.started_on is not None and company.started_on <= today and bool(company.tax_category),
        "complete_form": not companies.completeness(company, today),
        "interview": matter.steps.filter(transition="hold_interview").exists(),
        "validation": company.validations.filter(withdrawn_at=None).exists(),
        "declarations": declarations is not None and declarations.band == "accepted",
    }
    return [
        ChecklistPoint(
            slug=point["slug"],
            label=point["label"],
            met=met.get(point["slug"], point["slug"] in intake.confirmed_points),
            own=point["slug"] not in met,
        )
        for point in policy("INT-27", now)["points"]
    ]


def is_activity_left(company: Company) -> bool | None:
    """Whether it said in the form that it is filling in that it does not know its activity of the tax service (DEF-5);
    None if it has no form to send."""
    found = Intake.objects.filter(matter__company=company, matter__state="characterization")
    return found.values_list("activity_left", flat=True).first()


def missing_to_send(company: Company, today: date) -> list[Missing]:
    """What keeps the form from being sent: what it lacks to be complete (DEF-5) and what was answered long ago, which
    its own part would not take any more (INT-13); but for an activity left to the office, which goes on being missing
    at the desk."""
    missing = companies.completeness(company, today)
    missing += [one for one in outdated(company, today) if one.field not in {item.field for item in missing}]
    if any(item.field == "activity" for item in missing) and is_activity_left(company):
        return _but_the_activity(missing)
    return missing


def still_asked(company: Company, intake: Intake | None, today: date) -> list[Missing]:
    """What a company's route asks it to complete: all that its form must have where it is not sent yet; later not the
    activity that it left to its office (DEF-5)."""
    if intake is not None and intake.matter.state == "characterization":
        return missing_to_send(company, today)
    missing = companies.completeness(company, today)
    return _but_the_activity(missing) if intake is not None and intake.activity_left else missing


def _but_the_activity(missing: list[Missing]) -> list[Missing]:
    return [item for item in missing if item.field != "activity"]


def asked_to_correct(matter: Matter) -> str:
    """What the company was last asked to correct in its pre-admissibility; empty if nothing was (INT-27)."""
    step = matter.steps.filter(transition="return_preadmissibility").last()
    return step.reason if step else ""


def sent_elsewhere_by(matter: Matter, now: datetime) -> Standing | None:
    """The classification for which an interviewed company is referred and not validated; None where it may go on, and
    wherever its road has moved on (INT-17, INT-26)."""
    if matter.state != "to_validate" or matter.company is None:
        return None
    standing = matter.company.standings.first()
    if standing is None:
        return None
    size = companies.size_of(matter.company, timezone.localdate(now)).code
    return standing if must_be_referred(colour=standing.colour, size=size) else None


def companies_to_assign(actor: Actor, now: datetime) -> QuerySet[Company]:
    """Companies without an executive that the actor must give one (ROL-2, POR-9), who waits longest first.

    One waits while its intake is the agency's to attend, from the result or the declared exports on; while it is of
    the portfolio or a user; and where whoever was in charge of it is so no more. Of the rest, who did not finish its
    form or test, was referred, or worked with the agency years ago waits for nobody. Each has `waits_since`.
    """
    rows = companies.known_companies().filter(assignable_by(actor))
    if actor.has_role("regional-director") and actor.office_id is not None:
        rows = rows.filter(office_id=actor.office_id)
    attended = Matter.objects.filter(company=OuterRef("pk"), kind="intake", state__in=ATTENDED_STATES)
    begun = Step.objects.filter(
        matter__company=OuterRef("pk"),
        matter__kind="intake",
        matter__state__in=ATTENDED_STATES,
        to_state="to_contact",
    ).order_by("-taken_at")
    left = Assignment.objects.filter(company=OuterRef("pk"), until_at__isnull=False).order_by("-until_at")
    waits_since = Case(  # who was left without an executive on the way waits since then (POR-10)
        When(left_at__gt=F("begun_at"), then=F("left_at")),
        default=Coalesce("begun_at", "left_at", "created_at"),
    )
    served = Q(validated_on__isnull=False) | Q(user_until__gte=timezone.localdate(now))
    return (
        rows.filter(executive=None, related_on__isnull=False)
        .filter(served | Exists(attended) | Exists(left))
        .annotate(begun_at=Subquery(begun.values("taken_at")[:1]), left_at=Subquery(left.values("until_at")[:1]))
        .annotate(waits_since=waits_since)
        .select_related("region", "office", "sector")
        .order_by("waits_since", "id")
    )


def steps_on_road(matter: Matter, actor: Actor, now: datetime) -> list[StepOption]:
    """`available_steps` of an intake, where yes and no to the company are open to who decides them alone."""
    options, table = available_steps(matter=matter, actor=actor, now=now), lifecycle_of(matter)
    verdicts = {one.name for one in options if set(table.transition(one.name).fulfils) & set(VERDICT_RULES)}
    why = why_not_decide(actor, matter, timezone.localdate(now)) if verdicts else ""
    if not why:
        return options
    return [
        replace(one, allowed=False, why_not=one.why_not or why) if one.name in verdicts else one for one in options
    ]


def who_keeps(matter: Matter, actor: Actor, now: datetime) -> str:
    """Who is in charge of the company once the actor reaches it, said before they note it (INT-10, POR-9); empty where
    nothing changes, or the contact was made."""
    company = matter.company
    if company is None or matter.state != "to_contact" or not may_attend(actor, matter):
        return ""
    if company.executive is not None:
        mine = actor.person is not None and company.executive_id == actor.person.pk
        return "" if mine else f"Está a cargo de {company.executive}: aunque la contactes tú, sigue así."
    if may_take(actor, company):
        return "No tiene ejecutivo o ejecutiva: si hablas con ella, quedará a tu cargo."
    if stands_in_for_owner(actor, matter, timezone.localdate(now)):
        return f"No tiene ejecutivo o ejecutiva: reemplazas a {matter.owner}, que responde por su ingreso."
    return "No tiene ejecutivo o ejecutiva: si hablas con ella respondes por su ingreso, y falta asignarla."


def access_terms(mandate_ids: Iterable[int]) -> dict[int, Commitment]:
    """Of these requests for access, what is owed on each: the decision, by whom and by when (INT-24). One query."""
    owed = Commitment.objects.open().filter(access__mandate__in=list(mandate_ids))
    return {row.access.mandate_id: row for row in owed.select_related("access", "office")}


def with_what_is_owed(through: str) -> Prefetch:
    """For a list: what is open on each matter, as `owed` of it, the soonest first."""
    return Prefetch(through, queryset=Commitment.objects.open().for_lists(), to_attr="owed")


# --- the queue ------------------------------------------------------------------------------------------------------


def with_what_is_due(rows: QuerySet[Intake]) -> QuerySet[Intake]:
    """Intakes with `next_due_at`, when the agency owes something next on each; that is their order, the rest after."""
    owed = Commitment.objects.open().filter(matter=OuterRef("matter")).exclude(debtor=Commitment.Debtor.COMPANY)
    due = Subquery(owed.order_by("due_at").values("due_at")[:1])
    order = (F("next_due_at").asc(nulls_last=True), "matter__state_since", "pk")
    return rows.annotate(next_due_at=due).order_by(*order)


def owed_next(matters: Iterable[int]) -> dict[int, Commitment]:
    """Of these matters, what the agency owes next on each; one query."""
    owed = Commitment.objects.open().filter(matter__in=list(matters)).exclude(debtor=Commitment.Debtor.COMPANY)
    rows = owed.select_related("office").order_by("-due_at", "-id")
    return {row.matter_id: row for row in rows if row.matter_id is not None}  # of several, what is due first


def in_queue_of(actor: Actor, now: datetime) -> dict[str, Q]:
    """The parts of a queue of intakes, by slug: mine, the office's that nobody has taken, those just come."""
    mine = Q(matter__owner=actor.person) | Q(matter__company__executive=actor.person)
    return {
        "mias": mine,
        "oficina": Q(matter__owner=None, matter__company__executive=None, next_due_at__isnull=False),
        "nuevas": Q(matter__state="to_contact", matter__state_since__gte=now - NEW_FOR),
    }


@dataclass(frozen=True, slots=True)
class Advice:
    """A suggestion on the record: what follows from where the company stands, and where it is done."""

    tone: str
    text: str
    href: str
    action: str


def was_in_vain(newest: Referral) -> bool:
    """Whether a company left its road for a body that did not attend it: nobody does, until it is sent to another.
    `newest`: its last referral; where the company came to the portfolio since, it has who attends it."""
    left = newest.matter is not None and newest.matter.state in LEFT_STATES and newest.company.validated_on is None
    return left and newest.outcome == Referral.Outcome.NOT_ATTENDED


def advice_on(intake: Intake, actor: Actor, now: datetime) -> list[Advice]:
    """What the team of the office may do next that no step asks for (INT-17 to INT-20). Empty for others."""
    matter, company = intake.matter, intake.matter.company
    if company is None or not may_attend(actor, matter):
        return []
    found = []
    sent = Referral.objects.filter(company=company).select_related("body", "matter", "company")
    referrals = list(sent.order_by("-referred_on", "-id"))
    returned = next((one for one in referrals if one.outcome == Referral.Outcome.RETURNED), None)
    newest = next((one for one in referrals if one.matter_id == matter.pk), None)
    if newest is not None and was_in_vain(newest) and may_attend_company(actor, company):
        text = f"{newest.body.name} no la atendió: derívala a otro organismo."
        found.append(Advice("info", text, reverse("intake:refer", args=[company.pk]), "Derivarla a otro organismo"))
    elif was_referred_after_interview(intake):
        if newest is not None and newest.outcome == Referral.Outcome.RETURNED:
            text = f"Volvió preparada de {newest.body.name}: vuelve a atenderla, y se la contacta otra vez."
            href = reverse("intake:come_back", args=[matter.number])
            found.append(Advice("info", text, href, "Volver a atenderla"))
    elif matter.state == "referred" and returned and intake.test_id:
        text = (
            f"Volvió preparada de {returned.body.name}. Actualiza su test con lo que cambió: si sube, se la atiende."
        )
        href = reverse("intake:update_test", args=[matter.number])
        found.append(Advice("info", text, href, "Actualizar el test"))
    elif matter.state == "not_preadmitted" and newest is not None and newest.outcome == Referral.Outcome.RETURNED:
        text = f"Volvió preparada de {newest.body.name}. Su ingreso terminó: desde su portal puede empezar otro."
        found.append(Advice("info", text, "", ""))
    if (rise := waiting_rise_of(company)) is not None:
        text = "Llegó a verde: pasa del programa a un ejecutivo o ejecutiva regional, y libera un cupo."
        href = reverse("intake:risen") if may_pass_on(actor, rise) else ""
        found.append(Advice("good", text, href, "Pasarla" if href else ""))
    return found
