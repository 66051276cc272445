"""Reads of cases that more than one caller needs."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from acompana.cases.models import HelpRequest
from acompana.commitments.models import Transfer
from acompana.commitments.queries import open_of
from acompana.companies.models import Company
from acompana.files.models import StoredFile
from acompana.kernel.deadline_words import amount_words
from acompana.kernel.phones import shown_phone
from acompana.kernel.rulebook import get_rule, term_of
from acompana.logbook.models import Attachment, Entry
from acompana.matters.models import Matter, Step
from acompana.messages.reaching import against_words, why_kept_from
from acompana.people.models import Absence, Person
from acompana.people.queries import staff_with_role
from acompana.shell.languages import spoken
from acompana.shell.words import within_sentence


def term_of_answer(*, day: date) -> str:
    """How long Client management has to answer what is asked on a day (DL-26), in the language that is spoken."""
    term = term_of(get_rule("DL-26", day))
    assert term is not None
    return amount_words(term.amount, term.unit, spoken())


def term_of_executive(*, day: date) -> str:
    """How long an executive has to answer what a company wrote to them on a day (DL-5)."""
    term = term_of(get_rule("DL-5", day))
    assert term is not None
    return amount_words(term.amount, term.unit, spoken())


def files_of(request: HelpRequest) -> list[StoredFile]:
    """What came with it, oldest first: it lies in the logbook, with the entries of its matter."""
    rows = Attachment.objects.filter(entry__matter=request.matter_id).select_related("file").order_by("pk")
    return [row.file for row in rows]


def written_by(company: Company) -> QuerySet[HelpRequest]:
    """What a company wrote to its executive, the newest first."""
    rows = HelpRequest.objects.filter(matter__company=company, matter__kind="enquiry")
    return rows.select_related("matter").order_by("-matter__opened_at", "-pk")


def said_since(request: HelpRequest) -> str:
    """What the person wrote after the last answer; empty while they did not come back to it."""
    if request.answered_at is None or request.matter.state != "received":
        return ""
    entry = (
        Entry.objects.filter(matter=request.matter_id, kind=Entry.Kind.STEP, happened_at__gte=request.answered_at)
        .exclude(author=request.answered_by_id)
        .select_related("text")
        .order_by("-happened_at", "-id")
        .first()
    )
    return entry.text.body if entry is not None and hasattr(entry, "text") else ""


def passed_words(request: HelpRequest) -> str:
    """To whom it was passed on last, by whom and when, within a sentence; empty of one that nobody passed (EXP-13)."""
    passed = Transfer.objects.filter(commitment__matter=request.matter_id)
    last = passed.select_related("to_owner", "to_office", "transferred_by").order_by("transferred_at", "id").last()
    if last is None:
        return ""
    at = timezone.localtime(last.transferred_at)
    to = last.to_owner.full_name if last.to_owner else within_sentence(last.to_office.name)
    who = f"{last.transferred_by.full_name} la pasó" if last.transferred_by else "pasó"
    return f"{who} a {to} el {at:%d-%m-%Y} a las {at:%H:%M}"


def passing_of(request: HelpRequest) -> Step | None:
    """How Client management passed it on last, with its note for who answers; None of one that it kept (INT-6)."""
    steps = Step.objects.filter(matter=request.matter_id, transition="derive_help").select_related("taken_by")
    return steps.order_by("taken_at", "id").last()


def had_it(person: Person, request: HelpRequest) -> bool:
    """Whether the answer was owed by a person before it was passed on, or was passed to them: to stand in (POR-10)."""
    passed = Transfer.objects.filter(commitment__matter=request.matter_id)
    return passed.filter(Q(from_owner=person) | Q(to_owner=person)).exists()


def who_owes(request: HelpRequest) -> Person | None:
    """Who owes the answer by name: its owner or who stands in for them (POR-10); its owner while none is owed."""
    owed = open_of(request.matter).first()
    return (owed.owner if owed else None) or request.matter.owner


def next_to_answer(now: datetime) -> Person | None:
    """Who of Client management answers the next help request: who is there today and has the fewest (INT-6)."""
    today = timezone.localdate(now)
    away = Absence.objects.on(today).values("staff_member")
    mine = Matter.objects.filter(kind="help_request", closed_at=None, owner=OuterRef("person")).order_by()
    waiting = Coalesce(Subquery(mine.values("owner").annotate(many=Count("pk")).values("many")), 0)
    there = staff_with_role("client-management", on=today).exclude(pk__in=away)
    member = there.annotate(waiting=waiting).order_by("waiting", "pk").first()
    return member.person if member else None


def why_not_mailed(request: HelpRequest) -> str:
    """That the letter with the answer will not reach whoever asked, why, and how to tell them; empty when it will. Who
    has an account reads it in the portal all the same (CHA-5, FUP-8)."""
    against = why_kept_from(request.asker_email, "account")
    if request.asker_email and not against:
        return ""
    because = against_words(against, "account") if against else "no dejó un correo"
    call = f"Avísale por teléfono: {shown_phone(request.asker_phone)}." if request.asker_phone else ""
    if request.matter.person_id:
        call = f"La ve en su portal. {call}"
    return f"A {request.asker_name} no le llega por correo: {because}. {call or 'Avísale de otra forma.'}".strip()


def how_it_is_read(request: HelpRequest, unreached: str) -> str:
    """Where whoever asked will read the answer, for who writes it."""
    ways = [] if unreached else ["la recibe por correo"]
    ways += ["la ve en su portal"] if request.matter.person_id else []
    return f"La persona {' y '.join(ways)}." if ways else ""
