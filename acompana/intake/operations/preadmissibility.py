"""The last station of the road: declarations sent, looked at, asked to be corrected, decided (INT-27)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from acompana.companies.models import Company
from acompana.intake import mail
from acompana.intake.declarations import check_declarations, marked_among, questions_of, read_declarations
from acompana.intake.models import Intake
from acompana.intake.operations.attention import check_can_decide
from acompana.intake.queries import check_list
from acompana.intake.rules import check_preadmissibility
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.progress.operations import take_step
from acompana.progress.permissions import speaks_for_company
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import start_response


def _company(matter: Matter) -> Company:
    assert matter.company is not None
    return matter.company


@verb
def begin_declarations(*, matter: Matter, actor: Actor, now: datetime) -> Response:
    """The draft of its declarations, begun or gone on with. What was sent and is to be corrected comes filled in:
    only what is wrong is changed (INT-27).

    Refused: for who does not speak for the company, and while it is not its turn.
    """
    if not speaks_for_company(actor, matter):
        raise Refused("Las declaraciones las responde quien representa a la empresa.", "INT-27")
    intake = Intake.objects.select_related("matter__company", "declarations__version").get(matter=matter)
    if intake.matter.state != "preadmissibility":
        raise Refused("Este paso ya se hizo: la ruta de la empresa avanzó mientras tanto.", "INT-5")
    return start_response(
        instrument="preadmissibility",
        company=intake.matter.company,
        matter=intake.matter,
        again=True,
        earlier=intake.declarations,
        actor=actor,
        now=now,
    )


@verb
def submit_preadmissibility(*, matter: Matter, response: Response, actor: Actor, now: datetime) -> Matter:
    """The company answers its declarations and sends its pre-admissibility (INT-27); one that it declines goes with
    the reason."""
    if response.finished_at is None or response.matter_id != matter.pk:
        raise Refused("Primero responde las declaraciones.", "INT-27")
    if sentence := check_declarations(read_declarations(response)):
        raise Refused(sentence, "INT-27")
    Intake.objects.filter(matter=matter).update(declarations=response, to_correct=[])
    take_step(matter=matter, transition="submit_preadmissibility", actor=actor, now=now, channel="portal")
    return matter


@verb
def preadmit(
    *, matter: Matter, actor: Actor, now: datetime, reason: str = "", confirmed: Collection[str] = ()
) -> Matter:
    """The executive pre-admits the company; refused while a point of the checklist is not met (INT-27).

    `confirmed`: points of the agency's own list that the executive saw met; kept with who and when.
    """
    check_can_decide(actor=actor, matter=matter, now=now)
    own = {slug: [actor.person.pk if actor.person else None, now.isoformat()] for slug in confirmed}
    if own:
        intake = Intake.objects.select_for_update().get(matter=matter)
        intake.confirmed_points = {**intake.confirmed_points, **own}
        intake.save(update_fields=["confirmed_points"])
    if missing := check_preadmissibility(check_list(matter, now)):
        raise Refused(missing, "INT-27")
    take_step(matter=matter, transition="preadmit", actor=actor, now=now, reason=reason)
    Intake.objects.filter(matter=matter).update(outcome_reason=reason)
    company = _company(matter)
    told = {"executive": company.executive.full_name if company.executive else ""}
    mail.write_to_company("preadmitted", company=company, matter=matter, now=now, context=told)
    return matter


@verb
def refuse_preadmission(*, matter: Matter, reason: str, actor: Actor, now: datetime) -> Matter:
    """Not pre-admitted, with the reason in writing (CHA-6, INT-27)."""
    check_can_decide(actor=actor, matter=matter, now=now)
    take_step(matter=matter, transition="refuse_preadmission", actor=actor, now=now, reason=reason)
    Intake.objects.filter(matter=matter).update(outcome_reason=reason)
    mail.write_to_company(
        "not_preadmitted", company=_company(matter), matter=matter, now=now, context={"reason": reason}
    )
    return matter


@verb
def return_preadmissibility(
    *, matter: Matter, reason: str, actor: Actor, now: datetime, parts: Collection[str] = ()
) -> Matter:
    """Asks the company to correct something, saying what; `parts`: the declarations that it is about, by question."""
    check_can_decide(actor=actor, matter=matter, now=now)
    intake = Intake.objects.select_for_update(of=("self",)).select_related("declarations__version").get(matter=matter)
    asked = questions_of(intake.declarations) if intake.declarations else []
    intake.to_correct = [slug for slug, _ in asked if slug in parts]
    intake.save(update_fields=["to_correct"])
    take_step(matter=matter, transition="return_preadmissibility", actor=actor, now=now, reason=reason)
    marked = "\n".join(f"- {text}" for text in marked_among(intake.declarations, intake.to_correct))
    mail.write_to_company(
        "preadmissibility_returned",
        company=_company(matter),
        matter=matter,
        now=now,
        context={"reason": reason, "declarations": marked},
    )
    return matter
