"""New evidence: the test or interview of a company is updated, and what follows from it (INT-15, INT-20)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from acompana.companies.operations import record_potential
from acompana.intake import rules
from acompana.intake.models import Intake, Potential
from acompana.intake.operations.attention import check_can_attend
from acompana.intake.operations.returns import contact_again
from acompana.intake.operations.standings import record_standing
from acompana.intake.queries import policy, was_referred_after_interview
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.people.actors import Actor
from acompana.questionnaires.models import Response
from acompana.questionnaires.operations import replace_response


@verb
def update_test(
    *, response: Response, answers: Mapping[str, object], reason: str, actor: Actor, now: datetime
) -> Response:
    """The executive updates the self-test with what changed in the company and why; each version is kept (INT-15).

    The potential is that of the new answers. A company that its test had referred and now has High or Medium is
    attended again (the way back of INT-18); one that was interviewed gets a new segment and colour with this evidence
    (INT-20).
    Errors: Refused for another office's team, without reason, when nothing changed, or when it was updated meanwhile.
    """
    intake = _intake_with(response, "test", actor)
    new = replace_response(response=response, answers=answers, reason=reason, actor=actor, now=now)
    matter = intake.matter
    company = matter.company
    assert company is not None
    before, intake.test, intake.potential = intake.potential, new, new.band
    decision = rules.route_result(potential=new.band, region="", exempt_regions=())
    if before != new.band:
        intake.routing_reason = f"El test se actualizó. {decision.reason}"
    intake.supervised_by = rules.supervising_role(
        potential=new.band, is_exporter=bool(intake.is_exporter), units=policy("INT-7", now)
    )
    intake.save(update_fields=["test", "potential", "routing_reason", "supervised_by"])
    record_potential(company=company, potential=new.band, actor=actor, now=now)
    _log(intake, f"Se actualizó el test: potencial {intake.get_potential_display().lower()}", reason, actor, now)
    by_its_test = matter.state == "referred" and not was_referred_after_interview(intake)
    if by_its_test and new.band != Potential.LOW:
        why = "volvió preparada: su test se actualizó"
        contact_again(matter=matter, reason=reason, why=why, actor=actor, now=now)
    if intake.interview_response_id:
        record_standing(intake=intake, actor=actor, now=now, evidence=f"Test actualizado: {reason.strip()}")
    return new


@verb
def update_interview(
    *, response: Response, answers: Mapping[str, object], reason: str, actor: Actor, now: datetime
) -> Response:
    """The interview is scored again with new evidence (production capacity, say); each version is kept (INT-20).

    Errors: as those of `update_test`.
    """
    intake = _intake_with(response, "interview_response", actor)
    new = replace_response(response=response, answers=answers, reason=reason, actor=actor, now=now)
    intake.interview_response = new
    intake.save(update_fields=["interview_response"])
    _log(intake, "Se actualizó el puntaje de la entrevista", reason, actor, now)
    record_standing(intake=intake, actor=actor, now=now, evidence=f"Entrevista actualizada: {reason.strip()}")
    return new


def _intake_with(response: Response, field: str, actor: Actor) -> Intake:
    """The intake whose evidence this is, locked; Refused when it is not the newest, or for who does not attend it."""
    intake = (
        Intake.objects.select_for_update(of=("self",))
        .select_related("matter__company__executive", "matter__office", "test__version", "interview_response__version")
        .filter(**{field: response})
        .first()
    )
    if intake is None:
        raise Refused("Estas respuestas ya fueron actualizadas; trabaja sobre la versión más nueva.", "INT-15")
    check_can_attend(actor=actor, matter=intake.matter)
    return intake


def _log(intake: Intake, fact: str, reason: str, actor: Actor, now: datetime) -> None:
    """For the staff: why they scored again is not written for the company, which sees its new result (INT-15)."""
    record_entry(
        kind="change",
        fact=fact,
        company=intake.matter.company,
        matter=intake.matter,
        channel="system",
        text=reason,
        actor=actor,
        now=now,
    )
