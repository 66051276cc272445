"""What follows where a form says that its company exports: who does needs no test (INT-4, INT-12, INT-13)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.companies.models import Company
from acompana.companies.queries import status_of
from acompana.intake.models import Intake, Potential
from acompana.intake.operations.reviews import ask_review
from acompana.intake.operations.route import leave_test
from acompana.intake.queries import due_words, latest_intake_of, was_referred_after_interview
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Channel

TOLD_BY_COMPANY = "La empresa corrigió su ficha: ahora dice que exporta"
TOLD_BY_AGENCY = "La agencia corrigió su ficha: ahora dice que exporta"
WHY = "La ficha se corrigió y ahora dice que exporta{what}. Quien exportó hace poco no necesita el test."
# What who saved the form is told: the company, in its portal; the agency, at the desk.
NEEDS_NONE = "Con exportaciones recientes no necesitas el test: tu oficina regional {does} a más tardar el {due}."
TO_COMPANY = {"contact": "te contacta", "review": "lo revisa y te responde"}
TO_AGENCY = {
    "contact": "Como exporta, dejó el test: hay que contactarla a más tardar el {due}.",
    "review": "Su test la había derivado y ahora dice que exporta: hay que revisar su resultado y responderle a más "
    "tardar el {due}.",
}


def heed_exports(company: Company, told_before: bool, actor: Actor, now: datetime, channel: str) -> str:
    """Its form was saved and says of its exports what it says. One that exports leaves the test at which it stands; of
    one whose test referred it a person looks at the result by DL-27. What follows, in a sentence for who saved it.

    Listens to the registry (`companies.operations.news`), in its transaction: so it is whoever corrects the form, in
    the portal, at the desk or by the API. `told_before`: the form said so already.
    """
    found = latest_intake_of(company) if company.exported_recently else None
    if found is None:
        return ""
    channel = channel if channel in Channel.values else Channel.SYSTEM
    if found.matter.state == "self_test":
        return _said("contact", leave_test(matter=found.matter, actor=actor, now=now, channel=channel), actor)
    review = _look_again(found, company, told_before, actor, now, channel)
    return _said("review", review, actor) if review else ""


def _said(what: str, matter: Matter, actor: Actor) -> str:
    due = due_words(matter)
    if actor.is_staff:
        return TO_AGENCY[what].format(due=due)
    return NEEDS_NONE.format(does=TO_COMPANY[what], due=due)


def _look_again(
    found: Intake, company: Company, told_before: bool, actor: Actor, now: datetime, channel: str
) -> Matter | None:
    """The review that waits, of a Low that was referred (INT-12, INT-15); None where nothing follows.

    What the form said before is looked at only if nobody ever did. A review that waits is not asked for twice: its
    office reads in the logbook what was corrected. Of a former user nobody looks at the result of then: it updates
    its form to begin again (INT-13).
    """
    by_its_test = found.matter.state == "referred" and not was_referred_after_interview(found)
    if found.potential != Potential.LOW or not by_its_test or (told_before and found.reviews.exists()):
        return None
    if status_of(company, timezone.localdate(now)).code == "former":
        return None
    if waiting := found.reviews.filter(decision="").select_related("matter__office").first():
        fact = TOLD_BY_AGENCY if actor.is_staff else TOLD_BY_COMPANY
        record_entry(kind=Entry.Kind.NOTE, fact=fact, matter=waiting.matter, channel=channel, actor=actor, now=now)
        return waiting.matter
    rows = company.exports.select_related("market").order_by("-year", "market")
    what = "; ".join(f"{row.year}, {row.market.name}" for row in rows)
    because = WHY.format(what=f" ({what})" if what else "")[:1000]
    return ask_review(intake=found, because=because, actor=actor, now=now, channel=channel, exports=True)
