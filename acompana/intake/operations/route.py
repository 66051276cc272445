"""The company's own steps: open the intake, send the form, finish the test — and where that leads."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from acompana.companies import queries as companies
from acompana.companies.models import Company
from acompana.companies.operations import record_potential, settle_office
from acompana.intake import mail, rules
from acompana.intake.models import Intake, Referral, Review
from acompana.intake.operations.referrals import refer_low_result
from acompana.intake.queries import due_words, latest_intake_of, open_intake_of, policy
from acompana.kernel.refusals import Refused
from acompana.matters.models import Matter
from acompana.matters.operations import move_office
from acompana.people.actors import SYSTEM, Actor
from acompana.people.queries import central_office
from acompana.progress.operations import open_matter, take_step
from acompana.questionnaires.models import Response
from acompana.questionnaires.queries import latest_response


@transaction.atomic
def open_intake(*, company: Company, actor: Actor, now: datetime, channel: str = "portal") -> Matter:
    """The open intake of the company, or a new one (INT-3). A company can go through it again: another matter.

    Errors: Refused for a foreign company or an institution, which have other roads, and for a company that needs no
    new intake (`rules.check_can_open`).
    """
    if company.kind != Company.Kind.NATIONAL:
        raise Refused("Esta ruta es para empresas nacionales.", "INT-3")
    # Two who represent it may press the button together: the second finds what the first one opened.
    Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if existing := open_intake_of(company):
        return existing
    status = companies.status_of(company, timezone.localdate(now)).code
    last = latest_intake_of(company)
    prepared = bool(last and last.matter.referrals.filter(outcome=Referral.Outcome.RETURNED).exists())
    if sentence := rules.check_can_open(
        last_state=last.matter.state if last else "", status=status, came_back_prepared=prepared
    ):
        raise Refused(sentence, "INT-3")
    former = status == "former"
    matter = open_matter(
        kind="intake",
        company=company,
        office=company.office or central_office(),
        person=actor.person if not actor.is_staff else None,
        actor=actor,
        now=now,
        channel=channel,
    )
    Intake.objects.create(matter=matter, way_in=Intake.WayIn.FORMER if former else Intake.WayIn.NEW)
    return matter


def _intake_in(matter: Matter, *states: str) -> Intake:
    """The intake of a matter, locked; Refused when it stands elsewhere."""
    intake = (
        Intake.objects.select_for_update(of=("self",))
        .select_related("matter__company", "matter__office")
        .get(matter=matter)
    )
    if intake.matter.state not in states:
        raise Refused("Este paso ya se hizo: la ruta de la empresa avanzó mientras tanto.", "INT-5")
    return intake


@transaction.atomic
def submit_characterization(*, matter: Matter, actor: Actor, now: datetime, channel: str = "portal") -> Matter:
    """The form is sent: to the test, or to be contacted if it exports (INT-4, INT-12, INT-13).

    Errors: Refused with what is missing while the form is incomplete (DEF-5).
    """
    intake = _intake_in(matter, "characterization")
    company = intake.matter.company
    assert company is not None
    missing = companies.completeness(company, timezone.localdate(now))
    if missing:
        raise Refused("Faltan datos en la ficha: " + ", ".join(item.label for item in missing) + ".", "DEF-5")
    former = intake.way_in == Intake.WayIn.FORMER
    decision = rules.next_after_characterization(
        exported_recently=bool(company.exported_recently), is_former_user=former
    )
    intake.is_exporter = bool(company.exported_recently)
    company = settle_office(company=company, actor=actor, now=now)
    if company.office and intake.matter.office_id != company.office_id:
        move_office(matter=intake.matter, office=company.office)
    _route(intake, decision, potential="", now=now)
    take_step(matter=intake.matter, transition=decision.value, actor=actor, now=now, channel=channel)
    if not (intake.is_exporter or former) and (done := latest_response(company=company, instrument="export-test")):
        # One test per company (INT-15): who comes back goes on with the result that it had.
        return finish_test(matter=matter, response=done, actor=actor, now=now, channel=channel)
    if intake.is_exporter:
        due = due_words(intake.matter)
        mail.write_to_company("exporter_company", company=company, matter=intake.matter, now=now, context={"due": due})
        mail.write_to_office("exporter_office", company=company, matter=intake.matter, now=now, context={"due": due})
    return intake.matter


def _route(intake: Intake, decision: rules.Decision, *, potential: str, now: datetime) -> None:
    intake.routing_rule = decision.rule
    intake.routing_reason = decision.reason
    intake.potential = potential
    intake.supervised_by = rules.supervising_role(
        potential=potential,
        is_exporter=bool(intake.is_exporter),
        units=policy("INT-7", now),
    )
    intake.save()


@transaction.atomic
def finish_test(*, matter: Matter, response: Response, actor: Actor, now: datetime, channel: str = "portal") -> Matter:
    """A finished self-test routes its company (INT-9 to INT-11): contact owed, or referral with an explanation.

    Errors: Refused when the test is not finished or is of another company.
    """
    intake = _intake_in(matter, "self_test")
    company = intake.matter.company
    assert company is not None
    is_test = response.version.instrument.startswith("export-test")
    if response.finished_at is None or response.company_id != company.pk or not is_test:
        raise Refused("Primero termina el test.", "INT-9")
    region = company.region.iso if company.region else ""
    decision = rules.route_result(
        potential=response.band, region=region, exempt_regions=policy("INT-11", now)["regions"]
    )
    intake.test = response
    record_potential(company=company, potential=response.band, actor=actor, now=now)
    _route(intake, decision, potential=response.band, now=now)
    take_step(matter=intake.matter, transition=decision.value, actor=actor, now=now, channel=channel)
    if decision.value == "finish_test_low":
        refer_low_result(intake=intake, actor=actor, now=now)
    else:
        due = due_words(intake.matter)
        mail.write_to_company("result_attended", company=company, matter=intake.matter, now=now, context={"due": due})
        mail.write_to_office(
            "result_office",
            company=company,
            matter=intake.matter,
            now=now,
            context={"due": due, "potential": intake.get_potential_display().lower()},
        )
    return intake.matter


@transaction.atomic
def withdraw(*, matter: Matter, actor: Actor, now: datetime, reason: str, channel: str = "portal") -> Matter:
    """The company leaves the route, saying why; it can begin another intake whenever it wants.

    What was to come is called off: the interview, and a review that nobody answered yet.
    """
    take_step(matter=matter, transition="withdraw", actor=actor, now=now, channel=channel, reason=reason)
    matter.interviews.filter(cancelled_at=None, held_at=None).update(cancelled_at=now)
    for review in Review.objects.filter(intake__matter=matter, decision="").select_related("matter"):
        if review.matter.state == "asked":
            take_step(matter=review.matter, transition="drop_review", actor=SYSTEM, now=now)
    assert matter.company is not None
    mail.write_to_office("withdrawn", company=matter.company, matter=matter, now=now, context={"reason": reason})
    matter.refresh_from_db()
    return matter
