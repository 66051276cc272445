"""Derivations to and from other bodies, with an outcome that comes back (INT-11, INT-17, INT-19)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy

from acompana.commitments.models import Commitment
from acompana.commitments.operations import cancel, fulfil, promise
from acompana.companies.models import Company
from acompana.intake import mail
from acompana.intake.models import Intake, Referral, ReferralBody
from acompana.intake.models.referrals import outcomes_of
from acompana.intake.permissions import may_attend_company, may_note_outcome
from acompana.intake.queries import desk_of, follower_of, usual_body
from acompana.intake.rules import OUTCOME_RULE
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.verbs import verb
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.queries import central_office

NOON = time(12)
NOTED = ("outcome", "outcome_note", "outcome_on", "outcome_at", "outcome_by")
NOT_ASKED = {
    Referral.Outcome.WITHDRAWN.value: "La revisión cambió el resultado: la atiende la oficina",
    Referral.Outcome.RETURNED.value: "La empresa volvió preparada",
}
"""Why nobody asks any more what came of a referral that ended so."""


def _log(referral: Referral, fact: str, *, actor: Actor, now: datetime, text: str, day: date) -> None:
    """The fact says its day where that is not the one on which it is noted."""
    if day != timezone.localdate(now):
        fact = f"{fact}, el {day:%d-%m-%Y}"
    record_entry(
        kind="referral",
        fact=fact,
        company=referral.company,
        matter=referral.matter,
        channel="system",
        direction=referral.direction,
        visibility="company",
        text=text,
        actor=actor,
        now=now,
    )


@verb
def refer_company(
    *,
    company: Company,
    body: ReferralBody,
    reason: str,
    actor: Actor,
    now: datetime,
    matter: Matter | None = None,
    contact_name: str = "",
    contact_address: str = "",
    referred_on: date | None = None,
    by_result: bool = False,
) -> Referral:
    """Sends a company to another body, to a named contact there, with date and reason (INT-19): by default the desk
    of its region, or the one for the whole country where that body has no other. `referred_on`: today, or the earlier
    day that is told; the term to ask what came of it counts from it. Refused: a day to come.

    `by_result`: the result of its test refers it, whoever finished the test: Client management too, who attends no
    companies (INT-6). Otherwise refused to who does not attend it.
    """
    if actor.is_staff and not by_result and not may_attend_company(actor, company):
        raise Refused("Solo el equipo de la oficina responsable puede derivar a esta empresa.", "ROL-16")
    day = _day_of(referred_on, now)
    desk = desk_of(body, company)
    is_usual = not (contact_name and contact_address)
    referral = Referral(
        company=company,
        matter=matter,
        direction=Referral.Direction.OUT,
        body=body,
        contact_name=contact_name or desk.contact_name,
        contact_address=contact_address or desk.contact_address,
        is_nationwide=is_usual and isinstance(desk, ReferralBody),
        is_default_contact=is_usual and desk.is_default,
        referred_on=day,
        reason=reason,
        referred_by=actor.person,
    )
    referral.commitment = _owe_outcome(referral, actor=actor, now=now)
    referral.save()
    _log(referral, f"Derivada a {body.name}", actor=actor, now=now, text=reason, day=day)
    return referral


@verb
def receive_referral(
    *,
    company: Company,
    body: ReferralBody,
    contact_name: str,
    contact_address: str,
    reason: str,
    actor: Actor,
    now: datetime,
    referred_on: date | None = None,
) -> Referral:
    """A company that another body sent to us, today or on the earlier day that is told (INT-19). Refused: a day to
    come."""
    day = _day_of(referred_on, now)
    desk = desk_of(body, company)
    referral = Referral.objects.create(
        company=company,
        direction=Referral.Direction.IN,
        body=body,
        contact_name=contact_name or desk.contact_name,
        contact_address=contact_address or desk.contact_address,
        referred_on=day,
        reason=reason,
        referred_by=actor.person,
    )
    _log(referral, f"Recibida de {body.name}", actor=actor, now=now, text=reason, day=day)
    return referral


@verb
def record_outcome(
    *, referral: Referral, outcome: str, note: str, actor: Actor, now: datetime, outcome_on: date | None = None
) -> Referral:
    """What came of a referral, today or on the earlier day that is told (INT-19); noted again, it takes the place of
    what was noted before.

    Errors: Refused for another office's team, of one without effect, for what does not fit its direction, and for a
    day to come or before the referral; Stale where somebody noted it since `referral` was read, with who, what and
    when (EXP-13).
    """
    if not may_note_outcome(actor, referral):
        raise Refused("Solo el equipo de la oficina responsable puede registrar el resultado.", "ROL-16")
    # Without who noted it: a row joined to one that was waited for is as it was before.
    there = Referral.objects.select_for_update().get(pk=referral.pk)
    if sentence := why_no_outcome(there):
        raise Refused(sentence, "INT-19")
    if there.outcome_at != referral.outcome_at:
        raise Stale(outcome_meanwhile(there), "EXP-13")
    if outcome == Referral.Outcome.WITHDRAWN:
        raise Refused("Una derivación queda sin efecto por una revisión, no a mano.", "INT-19")
    if outcome not in outcomes_of(referral):
        raise Refused("Ese resultado es de una empresa que derivamos, no de una que recibimos.", "INT-19")
    day = _day_of(outcome_on, now)
    if sentence := why_not_on(referral, day):
        raise Refused(sentence, "INT-19")
    referral.outcome, referral.outcome_note = outcome, note.strip()
    referral.outcome_on, referral.outcome_at, referral.outcome_by = day, now, actor.person
    referral.save(update_fields=NOTED)
    if referral.commitment is not None and referral.commitment.is_open:
        fulfil(commitment=referral.commitment, actor=actor, now=now)
    _log(referral, _outcome_fact(referral), actor=actor, now=now, text=referral.outcome_note, day=day)
    return referral


def why_not_on(referral: Referral, day: date) -> str:
    """Why an outcome cannot be of a day, in a sentence; empty where it can (INT-19)."""
    before = day < referral.referred_on
    return (
        f"El resultado no puede ser anterior a la derivación, que es del {referral.referred_on:%d-%m-%Y}."
        if before
        else ""
    )


def _day_of(told: date | None, now: datetime) -> date:
    """The day that is told, else today. Refused: one to come."""
    today = timezone.localdate(now)
    if told is not None and told > today:
        raise Refused("Esa fecha todavía no llega. Revisa el año.", "INT-19")
    return told or today


def _outcome_fact(referral: Referral) -> str:
    way = "de" if referral.direction == Referral.Direction.IN else "a"
    return f"Resultado de la derivación {way} {referral.body.name}: {referral.outcome_words}"


def why_no_outcome(referral: Referral) -> str:
    """Why nothing more can come of a referral, in a sentence; empty while something can."""
    withdrawn = referral.outcome == Referral.Outcome.WITHDRAWN
    return "Esta derivación quedó sin efecto: ya no se registra en qué terminó." if withdrawn else ""


def outcome_meanwhile(referral: Referral) -> str:
    """Who noted what came of a referral, what and when, for whom was second and did not see it (EXP-13)."""
    assert referral.outcome_at is not None
    at = timezone.localtime(referral.outcome_at)
    who = f"{referral.outcome_by} anotó" if referral.outcome_by else "se anotó"
    said = f" («{referral.outcome_note}»)" if referral.outcome_note else ""
    what = f"{who} «{referral.outcome_words}»{said} el {at:%d-%m-%Y} a las {at:%H:%M}"
    onward = "" if why_no_outcome(referral) else ": si hay que cambiarlo, revísalo y guárdalo"
    return f"Mientras tanto {what}. Lo tuyo no quedó registrado{onward}."


def end_referrals(*, matter: Matter, outcome: str, reason: str, actor: Actor, now: datetime) -> list[Referral]:
    """The referrals of a matter whose outcome nobody knows yet end, because it goes on with us: without effect after a
    review, returned where the company came back prepared (INT-18, INT-29). Part of the transaction of a verb."""
    call_off_outcomes(matter=matter, because=NOT_ASKED[outcome], actor=actor, now=now)
    waiting = matter.referrals.filter(direction=Referral.Direction.OUT, outcome="")
    ended = list(waiting.select_for_update(of=("self",)).select_related("body", "company").order_by("id"))
    for referral in ended:
        referral.outcome, referral.outcome_note = outcome, reason.strip()[:300]
        referral.outcome_on, referral.outcome_at, referral.outcome_by = timezone.localdate(now), now, actor.person
        referral.save(update_fields=NOTED)
        withdrawn = outcome == Referral.Outcome.WITHDRAWN
        fact = f"Quedó sin efecto la derivación a {referral.body.name}" if withdrawn else _outcome_fact(referral)
        _log(referral, fact, actor=actor, now=now, text=reason.strip(), day=referral.outcome_on)
    return ended


def _owe_outcome(referral: Referral, *, actor: Actor, now: datetime) -> Commitment:
    """What came of it is asked by a date: by who has the company or referred it, else by its office (INT-19)."""
    company = referral.company
    follower = follower_of(referral, company)
    earlier = referral.referred_on < timezone.localdate(now)
    return promise(
        rule=OUTCOME_RULE,
        what=f"Preguntar qué resultó de la derivación a {referral.body.name}",
        debtor=Commitment.Debtor.PERSON if follower else Commitment.Debtor.OFFICE,
        office=company.office or central_office(),
        owner=follower,
        starts_at=timezone.make_aware(datetime.combine(referral.referred_on, NOON)) if earlier else now,
        now=now,
        actor=actor,
        company=company,
        matter=referral.matter,
    )


def call_off_outcomes(*, matter: Matter, because: str, actor: Actor, now: datetime) -> None:
    """Nobody asks any more what came of the referrals of an intake. Part of the transaction of who moves it on."""
    for commitment in Commitment.objects.open().filter(referral__matter=matter):
        cancel(commitment=commitment, because=because, actor=actor, now=now)


def refer_low_result(*, intake: Intake, actor: Actor, now: datetime) -> Referral:
    """The Low branch: a referral by the company's stage, and a letter that explains the steps (INT-11).

    Part of the transaction of `finish_test`.
    """
    company = intake.matter.company
    assert company is not None
    body = usual_body(company, now)
    referral = refer_company(
        company=company,
        body=body,
        reason="Potencial bajo en el test: prepararse antes de exportar.",
        actor=actor,
        now=now,
        matter=intake.matter,
        by_result=True,
    )
    mail.write_to_company(
        "result_low",
        company=company,
        matter=intake.matter,
        now=now,
        context={
            "body": body.name,
            "what_for": gettext_lazy(body.what_for),
            "contact_name": referral.contact_name,
            "contact_address": referral.contact_address,
            "contact_note": mail.later_note(referral),
            "material": mail.materials_page(),
        },
    )
    return referral


def keep_referral(*, intake: Intake, actor: Actor, now: datetime) -> Referral | None:
    """Of a company that begins again with the result that it had: its referral of then, whose outcome nobody knows,
    goes on with its new intake, and is asked about again (INT-15, INT-19). None where there is none.

    Part of the transaction of `finish_test`.
    """
    company = intake.matter.company
    assert company is not None
    sent = Referral.objects.filter(company=company, direction=Referral.Direction.OUT, outcome="")
    by_its_test = sent.filter(matter__intake__test=intake.test, matter__intake__interview_response=None)
    kept = by_its_test.select_for_update(of=("self",)).select_related("body").first()
    if kept is None:
        return None
    kept.company, kept.matter = company, intake.matter
    if kept.commitment is None or not kept.commitment.is_open:  # leaving the route called it off
        kept.commitment = _owe_outcome(kept, actor=actor, now=now)
    kept.save(update_fields=["matter", "commitment"])
    return kept
