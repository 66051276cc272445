"""The way back of a company that was referred elsewhere and comes back prepared (INT-18, INT-20)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.companies.queries import size_of
from acompana.intake import mail
from acompana.intake.models import Intake, Referral
from acompana.intake.operations.attention import check_can_attend
from acompana.intake.operations.duties import hand_to_contact_person, tell_contact_person
from acompana.intake.operations.referrals import end_referrals
from acompana.intake.queries import due_words, open_intake_of, was_referred_after_interview
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.progress.operations import take_step


@verb
def return_prepared(*, matter: Matter, reason: str, actor: Actor, now: datetime) -> Matter:
    """Who was referred after its interview comes back prepared: it is contacted again, by DL-1, and told so (INT-18).

    One that its test referred comes back with an updated test, which shows it (`update_test`). Errors: Refused for
    another office's team, without reason, from anywhere else, and while the company is a micro one.
    """
    check_can_attend(actor=actor, matter=matter)
    check_can_return(matter, now)
    if not reason.strip():
        raise Refused("Escribe con qué vuelve preparada.", "INT-18")
    contact_again(matter=matter, reason=reason, why="vuelve preparada", actor=actor, now=now)
    return matter


def check_can_return(matter: Matter, now: datetime) -> None:
    """Refused with why an interviewed company is not attended again from where it stands."""
    company = matter.company
    assert company is not None
    if not was_referred_after_interview(Intake.objects.select_related("matter").get(matter=matter)):
        raise Refused("Se vuelve por aquí después de una derivación tras la entrevista.", "INT-18")
    if open_intake_of(company) is not None:
        raise Refused("La empresa ya empezó otro ingreso: atiéndela en ese.", "INT-18")
    if size_of(company, timezone.localdate(now)).code == "micro":
        raise Refused(
            "Según su ficha sigue siendo microempresa: si ya no lo es, actualiza antes sus ventas.", "INT-18"
        )


def contact_again(*, matter: Matter, reason: str, why: str, actor: Actor, now: datetime) -> None:
    """The step back, what it owes, and who is told of it: the company and who contacts it. Part of the transaction of
    a verb; `why` follows the company's name."""
    company = matter.company
    assert company is not None
    hand_to_contact_person(matter=matter, now=now)
    end_referrals(matter=matter, outcome=Referral.Outcome.RETURNED, reason=reason, actor=actor, now=now)
    take_step(matter=matter, transition="return_prepared", actor=actor, now=now, reason=reason)
    due = due_words(matter)
    mail.write_to_company("return_prepared", company=company, matter=matter, now=now, context={"due": due})
    tell_contact_person(matter=matter, now=now, due=due, why=f"{company.name} {why}.")
