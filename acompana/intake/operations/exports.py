"""What follows where a form says that its company exports: who does needs no test (INT-4, INT-12, INT-13)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from acompana.companies.models import Company
from acompana.companies.queries import status_of
from acompana.intake.models import Intake, Potential
from acompana.intake.operations.reviews import ask_review
from acompana.intake.operations.route import back_to_test, leave_test
from acompana.intake.queries import NO_MORE_EXPORTS, due_words, latest_intake_of, was_referred_after_interview
from acompana.kernel.models import ChangeSet
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
# And where it says after all that it does not: back at its test, or with the result that it had (INT-15).
BACK_TO_COMPANY = {
    "test": "Como no exportas, lo que sigue es el test: no tiene plazo, hazlo cuando quieras.",
    "result": "Como no exportas, seguimos con el resultado de tu test.",
}
BACK_TO_AGENCY = {
    "test": "Como no exporta, volvió al test: ya no hay que contactarla.",
    "result": "Como no exporta, sigue con el resultado que ya tenía de su test.",
}
STILL_REVIEWED = {
    "company": "Igual revisamos tu resultado: quien lo revisa ve que tu ficha ahora dice que no exportas.",
    "agency": "Su resultado está en revisión: en ella quedó anotado que su ficha ahora dice que no exporta.",
}


def heed_exports(company: Company, told_before: bool, actor: Actor, now: datetime, channel: str) -> str:
    """Its form was saved and says of its exports what it says. One that exports leaves the test at which it stands; of
    one whose test referred it a person looks at the result by DL-27. One that does not, after all, goes back to its
    test while nobody contacted it. What follows, in a sentence for who saved it.

    Listens to the registry (`companies.operations.news`), in its transaction: so it is whoever corrects the form, in
    the portal, at the desk or by the API. `told_before`: the form said so already.
    """
    found = latest_intake_of(company) if company.exported_recently is not None else None
    if found is None:
        return ""
    channel = channel if channel in Channel.values else Channel.SYSTEM
    if not company.exported_recently:
        return _does_not(found, told_before, actor, now, channel)
    if found.matter.state == "self_test":
        return _said("contact", leave_test(matter=found.matter, actor=actor, now=now, channel=channel), actor)
    review = _look_again(found, company, told_before, actor, now, channel)
    return _said("review", review, actor) if review else ""


def heed_merge(kept: Company, gone: Company, change_set: ChangeSet, actor: Actor, now: datetime) -> str:
    """Two records became one, or two again. Where the form under which a road stands says now something else of its
    exports than the form under which it stood, what follows is the same as correcting it by hand (INT-4).

    Listens to merges and their undoing (`companies.operations.merging`), in their transaction. What follows, in
    sentences for who did it.
    """
    said = {company.pk: _said_before(company, change_set) for company in (kept, gone)}
    followed = []
    for company in (kept, gone):
        found = None if company.merged_into_id else latest_intake_of(company)
        if found is None:
            continue
        moved = change_set.changes.filter(model="matters.matter", object_id=found.matter_id).first()
        before = said[(moved.before or {})["company"] if moved else company.pk]
        if before != company.exported_recently:
            followed.append(heed_exports(company, bool(before), actor, now, Channel.SYSTEM))
    return " ".join(sentence for sentence in followed if sentence)


def _said_before(company: Company, change_set: ChangeSet) -> bool | None:
    """Whether its form said that it exports, before what is changed."""
    change = change_set.changes.filter(model="companies.company", object_id=company.pk).first()
    said: bool | None = ((change and change.before) or {}).get("exported_recently", company.exported_recently)
    return said


def _does_not(found: Intake, told_before: bool, actor: Actor, now: datetime, channel: str) -> str:
    """What follows where it does not export: a «Yes» before it is taken back, if nobody acted on it."""
    if found.matter.state == "to_contact" and found.is_exporter and found.test_id is None:
        back = back_to_test(matter=found.matter, actor=actor, now=now, channel=channel)
        said = BACK_TO_AGENCY if actor.is_staff else BACK_TO_COMPANY
        return said["test" if back.state == "self_test" else "result"] if back else ""
    waiting = found.reviews.filter(decision="").select_related("matter__office").first() if told_before else None
    if waiting is None:
        return ""
    record_entry(
        kind=Entry.Kind.NOTE, fact=NO_MORE_EXPORTS, matter=waiting.matter, channel=channel, actor=actor, now=now
    )
    return STILL_REVIEWED["agency" if actor.is_staff else "company"]


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
