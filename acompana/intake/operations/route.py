"""The company's own steps: open the intake, send the form, finish the test — and where that leads."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.companies import queries as companies
from acompana.companies.models import Company, Contact
from acompana.companies.operations import record_potential, settle_office
from acompana.intake import mail, rules
from acompana.intake.models import Intake, Review
from acompana.intake.operations.duties import contact_owner, hand_to_contact_person, tell_contact_person
from acompana.intake.operations.interviews import call_off
from acompana.intake.operations.referrals import call_off_outcomes, keep_referral, refer_low_result
from acompana.intake.permissions import may_take_test
from acompana.intake.queries import (
    due_words,
    latest_intake_of,
    missing_to_send,
    open_intake_of,
    policy,
    why_no_intake,
)
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.matters.operations import assign_owner, move_office
from acompana.people.actors import SYSTEM, Actor
from acompana.people.models import Channel
from acompana.people.queries import central_office
from acompana.progress.operations import open_matter, take_step
from acompana.progress.permissions import speaks_for_company
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import note_help, start_response
from acompana.questionnaires.queries import draft_of, latest_response
from acompana.shell.words import within_sentence

ROUTED = ("matter__company__region", "matter__office", "matter__person")
KEPT_RESULT = "Sigue con el resultado que ya tenía, del "
ACTIVITY_LEFT = "La empresa no sabe su actividad del SII: la busca la oficina"


@verb
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
    if sentence := why_no_intake(latest_intake_of(company), status=status):
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
    # Who comes by itself needs no invitation: nobody has to decide about its card any more (INT-2).
    for card in Matter.objects.filter(company=company, kind="potential_account", closed_at=None):
        who = actor if speaks_for_company(actor, card) else SYSTEM
        take_step(matter=card, transition="join", actor=who, now=now, channel=channel)
    return matter


def _intake_in(matter: Matter, *states: str) -> Intake:
    """The intake of a matter, locked; Refused when it stands elsewhere."""
    intake = Intake.objects.select_for_update(of=("self",)).select_related(*ROUTED).get(matter=matter)
    if intake.matter.state not in states:
        raise Refused("Este paso ya se hizo: la ruta de la empresa avanzó mientras tanto.", "INT-5")
    return intake


@verb
def leave_activity(*, company: Company, left: bool, actor: Actor, now: datetime) -> None:
    """The company does not know its activity of the tax service and leaves it to its office, or no longer does; the
    form may be sent so (DEF-5). Without an open form nothing is noted."""
    found = Intake.objects.filter(matter__company=company, matter__state="characterization").first()
    if found is None:
        return
    if not (speaks_for_company(actor, found.matter) or actor.is_staff):
        raise Refused("Solo quien representa a la empresa puede llenar su ficha.", "INT-24")
    Intake.objects.filter(pk=found.pk).update(activity_left=left)


@verb
def submit_characterization(*, matter: Matter, actor: Actor, now: datetime, channel: str = "portal") -> Matter:
    """The form is sent: to the test, or to be contacted if it exports (INT-4, INT-12, INT-13).

    Errors: Refused with what is missing while the form is incomplete (DEF-5). An activity that the company left to
    the office is noted for the staff.
    """
    intake = _intake_in(matter, "characterization")
    company = intake.matter.company
    assert company is not None
    if missing := missing_to_send(company, timezone.localdate(now)):
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
    if intake.is_exporter:
        hand_to_contact_person(matter=intake.matter, now=now)
    take_step(matter=intake.matter, transition=decision.value, actor=actor, now=now, channel=channel)
    if intake.activity_left and not company.activities.exists():
        record_entry(
            kind=Entry.Kind.NOTE, fact=ACTIVITY_LEFT, text="Búscala con ella y anótala en su ficha.", matter=matter,
            channel="system", actor=SYSTEM, now=now,
        )  # fmt: skip
    if not (intake.is_exporter or former) and (done := latest_response(company=company, instrument="export-test")):
        # One test per company (INT-15): who comes back goes on with the result that it had.
        return finish_test(matter=matter, response=done, actor=actor, now=now, channel=channel, again=True)
    if intake.is_exporter:
        _tell_of_exporter(intake, company, now)
    return intake.matter


def _tell_of_exporter(intake: Intake, company: Company, now: datetime, *, corrected: bool = False) -> None:
    """The company, its office and who contacts it learn that it goes on without a test (INT-12, INT-13); `corrected`:
    its form said otherwise when it was sent."""
    due = due_words(intake.matter)
    told: dict[str, object] = {"due": due, "corrected": corrected}
    mail.write_to_company("exporter_company", company=company, matter=intake.matter, now=now, context=told)
    told |= mail.coming_back(intake)
    mail.write_to_office("exporter_office", company=company, matter=intake.matter, now=now, context=told)
    was = "Es una antigua usuaria que exporta" if intake.way_in == Intake.WayIn.FORMER else "Exporta"
    name = company.name
    did = f"La ficha de {name} se corrigió mientras estaba en el test" if corrected else f"{name} envió su ficha"
    why = f"{did}. {was}: no hace el test."
    tell_contact_person(matter=intake.matter, now=now, due=due, why=why)


@verb
def leave_test(*, matter: Matter, actor: Actor, now: datetime, channel: str = "portal") -> Matter:
    """Its form was corrected while it stood at its test, and says that it exports: it goes the exporter's way, with
    its date and letters (INT-4, INT-12, INT-13). What it had answered of the test stays, as a draft.

    Refused while somebody is sending that test: then its result decides.
    """
    waits = Intake.objects.filter(matter=matter, matter__state="self_test").select_related(*ROUTED)
    # Who sends the test holds its intake and asks for the company, which who corrects the form holds: nobody waits.
    intake = waits.select_for_update(of=("self",), skip_locked=True).first()
    if intake is None:
        raise Refused("Justo ahora alguien envía el test de la empresa: mira cómo quedó y guarda de nuevo.", "INT-4")
    company = intake.matter.company
    assert company is not None
    decision = rules.leave_test(is_former_user=intake.way_in == Intake.WayIn.FORMER)
    intake.is_exporter = True
    _route(intake, decision, potential="", now=now)
    hand_to_contact_person(matter=intake.matter, now=now)
    take_step(matter=intake.matter, transition=decision.value, actor=actor, now=now, channel=channel)
    _tell_of_exporter(intake, company, now, corrected=True)
    return intake.matter


@verb
def back_to_test(*, matter: Matter, actor: Actor, now: datetime, channel: str = "portal") -> Matter | None:
    """Its form says that it does not export after all, while it waits as an exporter for its first contact: that is
    not owed any more, and it stands at its test, as far as it had answered it (INT-4, INT-13); one that has a result
    of before goes on with it (INT-15). None, and nothing happens, where somebody contacted it meanwhile.
    """
    waits = Intake.objects.filter(matter=matter, matter__state="to_contact", is_exporter=True, test=None)
    intake = waits.select_for_update(of=("self",)).select_related(*ROUTED, "matter__owner").first()
    if intake is None:
        return None
    company, owner = intake.matter.company, intake.matter.owner
    assert company is not None
    owes = contact_owner(intake.matter)
    former = intake.way_in == Intake.WayIn.FORMER
    decision = rules.back_to_test(is_former_user=former)
    intake.is_exporter = False
    _route(intake, decision, potential="", now=now)
    take_step(matter=intake.matter, transition=decision.value, actor=actor, now=now, channel=channel)
    if owner is not None and owner != company.executive:
        assign_owner(matter=intake.matter, owner=None)  # who contacts it is chosen again, after its test (INT-10)
    mail.write_to_office("back_to_test_office", company=company, matter=intake.matter, now=now)
    if owes is not None:
        mail.write_to_person("back_to_test_office", person=owes, matter=intake.matter, now=now)
    if not former and (done := latest_response(company=company, instrument="export-test")):
        who = actor if speaks_for_company(actor, intake.matter) else SYSTEM
        return finish_test(matter=matter, response=done, actor=who, now=now, channel=channel)
    mail.write_to_company("back_to_test", company=company, matter=intake.matter, now=now)
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


@verb
def take_test_with(*, matter: Matter, channel: str, told_by: Contact | None, actor: Actor, now: datetime) -> Response:
    """Staff take the self-test with a company that cannot do it alone: the draft, with who of it answers and by which
    channel (INT-6, ROL-8). One that the company began is gone on with.

    Refused: for who neither is of Client management nor attends it, a company that is not at its test, a contact of
    another company, without the channel.
    """
    if not may_take_test(actor, matter):
        raise Refused("Lo hace Gestión de clientes o el equipo de su oficina regional.", "INT-6")
    intake = _intake_in(matter, "self_test")
    company = intake.matter.company
    assert company is not None
    if channel not in Channel.values:
        raise Refused("Indica por dónde responde la empresa.", "INT-6")
    if told_by is not None and (told_by.company_id != company.pk or told_by.ended_on is not None):
        raise Refused("Esa persona no es contacto de la empresa.", "INT-6")
    draft = draft_of(instrument="export-test", company=company, matter=matter) or start_response(
        instrument=rules.test_for(company.offer),
        company=company,
        matter=matter,
        again=intake.way_in == Intake.WayIn.FORMER,
        actor=actor,
        now=now,
    )
    return note_help(response=draft, channel=channel, told_by=told_by)


def help_words(response: Response) -> str:
    """With whose help a test was taken, for the company and for staff: «Con la ayuda de Jorge Pinto, por teléfono.»"""
    words = f"Con la ayuda de {response.finished_by}, canal: {within_sentence(response.get_channel_display())}."
    return f"{words} Respondió {response.told_by.name}." if response.told_by else words


@verb
def finish_test(
    *, matter: Matter, response: Response, actor: Actor, now: datetime, channel: str = "portal", again: bool = False
) -> Matter:
    """A finished self-test routes its company (INT-9 to INT-11): contact owed, or referral with an explanation.

    One that staff took with the company says so, with whom and by which channel (INT-6). `again`: nobody made it now,
    the company goes on with the result that it had, and with its referral of then (INT-15).
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
    if decision.value != "finish_test_low":
        hand_to_contact_person(matter=intake.matter, now=now)
    helped = response.with_help and response.matter_id == matter.pk
    take_step(
        matter=intake.matter,
        transition=decision.value,
        actor=actor,
        now=now,
        channel=response.channel if helped else channel,
        note=help_words(response) if helped else "",
        fact=f"{KEPT_RESULT}{timezone.localtime(response.finished_at):%d-%m-%Y}" if again else "",
    )
    if decision.value == "finish_test_low":
        if not (again and keep_referral(intake=intake, actor=actor, now=now)):
            refer_low_result(intake=intake, actor=actor, now=now)
    else:
        due = due_words(intake.matter)
        mail.write_to_company("result_attended", company=company, matter=intake.matter, now=now, context={"due": due})
        mail.tell_office_of_potential(intake, due=due, now=now)
        why = f"{company.name} terminó su test con potencial {intake.get_potential_display().lower()}."
        tell_contact_person(matter=intake.matter, now=now, due=due, why=why)
    return intake.matter


@verb
def withdraw(*, matter: Matter, actor: Actor, now: datetime, reason: str, channel: str = "portal") -> Matter:
    """The company leaves the route, saying why; it can begin another intake whenever it wants.

    What was to come is called off: the interview, and a review that nobody answered yet.
    """
    call_off_outcomes(matter=matter, because="La empresa dejó la ruta", actor=actor, now=now)
    take_step(matter=matter, transition="withdraw", actor=actor, now=now, channel=channel, reason=reason)
    for interview in matter.interviews.filter(cancelled_at=None, held_at=None).select_related("executive"):
        call_off(interview=interview, reason=f"La empresa dejó la ruta: {reason.strip()}", actor=actor, now=now)
    for review in Review.objects.filter(intake__matter=matter, decision="").select_related("matter"):
        if review.matter.state == "asked":
            take_step(matter=review.matter, transition="drop_review", actor=SYSTEM, now=now)
    assert matter.company is not None
    mail.write_to_office("withdrawn", company=matter.company, matter=matter, now=now, context={"reason": reason})
    matter.refresh_from_db()
    return matter
