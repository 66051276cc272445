"""The executive's steps after the contact: the interview held, referral, validation."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy

from acompana.companies import operations as companies
from acompana.companies.models import Company
from acompana.intake import mail
from acompana.intake.models import Intake, Interview, Referral, ReferralBody, Segment
from acompana.intake.operations.interview_letters import tell_held_early
from acompana.intake.operations.referrals import refer_company
from acompana.intake.operations.standings import record_standing
from acompana.intake.permissions import may_attend
from acompana.intake.queries import sent_elsewhere_by, step_that_refers
from acompana.intake.rules import agreed_otherwise
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.matters.operations import hold_matter
from acompana.people.actors import Actor
from acompana.progress.moments import moment_of, why_not_then
from acompana.progress.operations import take_step
from acompana.questionnaires.models import Response

CHANNEL_OF_MODE = {"video": "video", "phone": "phone", "visit": "visit", "office": "counter"}
MODE_OF_CHANNEL = {channel: mode for mode, channel in CHANNEL_OF_MODE.items()}
WAS_IT_SO = "Di cuándo y cómo fue, y regístrala."


def check_can_attend(*, actor: Actor, matter: Matter) -> None:
    """Refused unless the actor attends the matter (ROL-16, POR-10), and it stands where they saw it. Part of a
    transaction, which then holds the matter."""
    if not may_attend(actor, matter):
        raise Refused("Solo el equipo de la oficina responsable puede registrar esta atención.", "ROL-16")
    hold_matter(matter)


def _company(matter: Matter) -> Company:
    assert matter.company is not None
    return matter.company


def moment_told(matter: Matter, told: datetime | None, now: datetime) -> datetime:
    """When something on the road was, by who registers it; refused with why it cannot have been then (INT-25)."""
    if told is not None and (sentence := why_not_then(matter=matter, told=told, now=now)):
        raise Refused(sentence, "INT-25")
    return moment_of(matter=matter, told=told, now=now)


@verb
def hold_interview(
    *,
    matter: Matter,
    response: Response,
    actor: Actor,
    now: datetime,
    mode: str = "",
    otherwise: bool = False,
    happened_at: datetime | None = None,
) -> Matter:
    """The interview took place and was scored: final score, segment and colour follow (INT-16, INT-17).

    `mode`: how it was, that of the one agreed if empty. Refused where it was agreed for later or in another way,
    unless `otherwise` says that it was so; the log keeps it, as it keeps that it was told to be after the hour agreed,
    and a date that was still to come leaves both calendars.
    `happened_at`: when it was, if it is noted later; the terms go by it (INT-7, DL-2), as with `record_contact`.
    """
    check_can_attend(actor=actor, matter=matter)
    at = moment_told(matter, happened_at, now)
    agreed = matter.interviews.filter(cancelled_at=None, held_at=None).first()
    mode = mode or (agreed.mode if agreed else Interview.Mode.VISIT)
    text = unlike_agreed(agreed, mode, at, may_be_later=happened_at is None) if agreed else ""
    if agreed and not otherwise and (why := unlike_agreed(agreed, mode, at, may_be_later=True)):
        raise Refused(f"{why} {WAS_IT_SO}", "INT-10")
    own = response.matter_id == matter.pk and response.version.instrument == "interview"
    if response.finished_at is None or not own:
        raise Refused("Falta puntuar la entrevista.", "INT-16")
    intake = Intake.objects.select_related("matter__company", "test").get(matter=matter)
    intake.interview_response = response
    intake.save(update_fields=["interview_response"])
    matter.interviews.filter(cancelled_at=None, held_at=None).update(held_at=at)
    if agreed and agreed.starts_at > now:
        tell_held_early(agreed, now=now)
    channel = CHANNEL_OF_MODE[mode]
    take_step(matter=matter, transition="hold_interview", actor=actor, now=now, channel=channel, happened_at=at)
    if text:
        # For the staff alone: it is no news for the company, which was there.
        record_entry(
            kind=Entry.Kind.NOTE, fact="No fue como se acordó", text=text, channel=channel, matter=matter,
            happened_at=at, actor=actor, now=now,
        )  # fmt: skip
    standing = record_standing(intake=intake, actor=actor, now=now)
    company = _company(matter)
    if standing.segment != Segment.WITHOUT_POTENTIAL:
        companies.record_capacity(company=company, actor=actor, now=now)
    if actor.has_role("regional-executive") and companies.does_count("interview", now):
        # While the rule says that it counts, the company is a user of the year (DEF-3).
        companies.record_counting_action(
            company=company, kind="interview", done_on=timezone.localdate(at), actor=actor, now=now, channel=channel
        )
    return matter


def unlike_agreed(agreed: Interview, mode: str, held_at: datetime, *, may_be_later: bool) -> str:
    """In words, in what an interview held so and then is not the one agreed; empty where it is that one.
    `may_be_later`: that it was after the hour agreed is nothing to tell."""
    differs = agreed_otherwise(agreed_at=agreed.starts_at, agreed_mode=agreed.mode, held_at=held_at, mode=mode)
    zone, words = agreed.matter.office.time_zone, []
    if "early" in differs or ("late" in differs and not may_be_later):
        then, at = mail.moment_words(agreed.starts_at, zone), mail.moment_words(held_at, zone)
        words.append(f"La entrevista estaba acordada para el {then} y fue el {at}.")
    if "mode" in differs:
        was, is_now = agreed.get_mode_display(), str(Interview.Mode(mode).label)
        words.append(f"Estaba acordada así: {was}; y fue así: {is_now}.")
    return " ".join(words)


@verb
def decline(*, matter: Matter, reason: str, actor: Actor, now: datetime) -> Matter:
    """After the interview the company is not validated, with the reason in writing (CHA-6, INT-17)."""
    check_can_attend(actor=actor, matter=matter)
    _leave_road(matter, "decline", reason=reason, actor=actor, now=now)
    return matter


def _leave_road(
    matter: Matter, transition: str, *, reason: str, actor: Actor, now: datetime, referral: Referral | None = None
) -> None:
    """The step that ends its road for now, and the letter with the reason and, where it is referred, to whom."""
    take_step(matter=matter, transition=transition, actor=actor, now=now, reason=reason)
    where = (
        {
            "body": referral.body.name,
            "what_for": gettext_lazy(referral.body.what_for),
            "contact_name": referral.contact_name,
            "contact_address": referral.contact_address,
            "contact_note": mail.later_note(referral),
        }
        if referral
        else {}
    )
    outcome = f"{reason} Te derivamos a {referral.body.name}." if referral else reason
    Intake.objects.filter(matter=matter).update(outcome_reason=outcome[:500])
    context = {"reason": reason, **where}
    mail.write_to_company("declined", company=_company(matter), matter=matter, now=now, context=context)


def check_is_sent_elsewhere(matter: Matter, now: datetime) -> None:
    """Refused unless the classification after the interview asks to refer the company (INT-17, INT-26)."""
    if sent_elsewhere_by(matter, now) is None:
        raise Refused("Su clasificación no pide derivarla: decide si la validas.", "INT-26")


@verb
def refer_after_interview(
    *,
    matter: Matter,
    body: ReferralBody,
    reason: str,
    actor: Actor,
    now: datetime,
    contact_name: str = "",
    contact_address: str = "",
) -> Referral:
    """What follows from red, or from being micro: referred to a named contact and told so. Its intake rests there
    until it comes back prepared; it may begin again too (INT-17, INT-18, INT-26). One of an earlier version ends.

    Errors: Refused when its classification does not ask for it.
    """
    check_can_attend(actor=actor, matter=matter)
    check_is_sent_elsewhere(matter, now)
    company = _company(matter)
    referral = refer_company(
        company=company,
        body=body,
        reason=reason,
        actor=actor,
        now=now,
        matter=matter,
        contact_name=contact_name,
        contact_address=contact_address,
    )
    _leave_road(matter, step_that_refers(matter), reason=reason, actor=actor, now=now, referral=referral)
    return referral


def check_can_validate(matter: Matter, actor: Actor, now: datetime) -> None:
    """Refused with what `validate` would refuse about the company: what it lacks, whose act it is (DEF-2, POR-11)."""
    company = _company(matter)
    if _lacks_validation(company):
        companies.check_can_validate(company, actor, now)


def _lacks_validation(company: Company) -> bool:
    return not company.validations.filter(withdrawn_at=None).exists()


@verb
def validate(*, matter: Matter, actor: Actor, now: datetime, reason: str = "") -> Matter:
    """The executive validates the company (DEF-2) and opens its pre-admissibility (INT-27).

    `reason`: why it goes on although its classification sends it to another body (INT-26); kept with the step.
    Errors: Refused with what is missing.
    """
    check_can_attend(actor=actor, matter=matter)
    company = _company(matter)
    if sent_elsewhere_by(matter, now) is not None and not reason.strip():
        raise Refused(
            "Por su clasificación corresponde derivarla: escribe por qué la validas de todos modos.", "INT-26"
        )
    if _lacks_validation(company):
        companies.validate_company(company=company, actor=actor, now=now)
    take_step(matter=matter, transition="validate", actor=actor, now=now, channel="system", reason=reason)
    mail.write_to_company("preadmissibility_open", company=company, matter=matter, now=now)
    return matter
