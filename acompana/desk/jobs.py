"""What the desk does by itself: tell people what they owe before it is late, and when it is (EXP-7)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from acompana.commitments.jobs import claim_breaches, warn_due_commitments
from acompana.commitments.models import Commitment
from acompana.commitments.operations import recount
from acompana.companies.models import BulkAction, PairSearch, WaitingMatch
from acompana.companies.operations import compare_waiting, join_certain, open_search, run_search
from acompana.desk.bulk import run_bulk, undo_bulk
from acompana.desk.leaving import pass_on, still_carrying
from acompana.kernel.clock import read_clock
from acompana.kernel.deadline_words import long_day
from acompana.kernel.refusals import Refused
from acompana.messages.background import Progress, job, start_job
from acompana.messages.operations import write_message
from acompana.people.actors import SYSTEM, actor_of
from acompana.people.calendars import calendar_of
from acompana.people.models import ExtraHoliday, Person

MANY_WAITING = 5000


@transaction.atomic
def tell_what_is_due(now: datetime) -> int:
    """Write to whoever owes something that is about to fall due; only while their office is open. How many."""
    warned = [row for row in warn_due_commitments(now) if row.debtor != Commitment.Debtor.COMPANY]
    for commitment in warned:
        _write("desk/commitment_due", commitment, now, send_after=now)
    return len(warned)


@transaction.atomic
def tell_what_is_late(now: datetime) -> int:
    """Write to whoever owes, or waits for, what was not kept; sent when their office opens. How many."""
    late = claim_breaches(now)
    for commitment in late:
        _write("desk/commitment_late", commitment, now, send_after=calendar_of(commitment.office).next_open(now))
    return len(late)


def pass_on_after_leaving(now: datetime) -> int:
    """Pass on what people still carry whose last day is over, each on their own (POR-10); of how many people."""
    left = list(still_carrying(timezone.localdate(now)))
    for member in left:
        pass_on(member, SYSTEM, now)
    return len(left)


@job(attempts=3)
def search_pairs(search_id: int, *, now: datetime, progress: Progress) -> None:
    """The search for duplicates over the whole registry that somebody asked for (EXP-1)."""
    search = PairSearch.objects.get(pk=search_id)
    if search.running:
        run_search(search=search, now=now, read_clock=read_clock, tell=progress)


def ask_for_search(now: datetime) -> None:
    """The same by itself, every night: it sees what comparing each changed company does not (addresses, domains)."""
    try:
        search = open_search(actor=SYSTEM, now=now)
    except Refused:
        return  # somebody asked for one just now
    start_job(
        search_pairs, title="Buscar fichas repetidas en todo el registro", actor=SYSTEM, now=now, search_id=search.pk
    )


def compare_changed(now: datetime) -> int:
    """Companies registered, changed or imported since the last time are compared with the registry. How many.

    After a large import a search of the whole registry is quicker, and is asked for instead.
    """
    if WaitingMatch.objects.count() > MANY_WAITING:
        ask_for_search(now)
        return 0
    compared = 0
    while compared < MANY_WAITING:
        count, certain = compare_waiting(now=now)
        compared += count
        for pair_id in certain:
            join_certain(pair_id=pair_id, now=now)
        if not count:
            break
    return compared


def _write(template: str, commitment: Commitment, now: datetime, *, send_after: datetime) -> None:
    """To the person who owes it, else to the office's mailbox; the key lets each date be told once."""
    owner, office = commitment.owner, commitment.office
    due_at = commitment.due_at.astimezone(ZoneInfo(office.time_zone))
    write_message(
        template=template,
        to_address=(owner.email if owner and owner.email else office.mailbox),
        to_name=str(owner or office),
        context={
            "what": commitment.what,
            "company": str(commitment.company) if commitment.company else "",
            "due": f"{long_day(due_at.date(), 'es')} a las {due_at:%H:%M}",
            "page": f"{settings.SITE_ADDRESS}{commitment.get_absolute_url()}",
            "of_company": commitment.debtor == Commitment.Debtor.COMPANY,
        },
        key=f"{template}:{commitment.pk}:{commitment.due_at:%Y%m%dT%H%M}",
        now=now,
        company=commitment.company,
        person=owner,
        matter=commitment.matter,
        office=office,
        send_after=send_after,
    )


@job(attempts=6)
def do_bulk(action_id: int, *, now: datetime, progress: Progress) -> None:
    """A bulk action of many companies; tried again, it goes on where it was (EXP-4)."""
    person = BulkAction.objects.select_related("made_by").get(pk=action_id).made_by
    run_bulk(action_id=action_id, actor=actor_of(person, timezone.localdate(now)), now=now, tell=progress)


@job(attempts=3)
def take_back_bulk(action_id: int, *, now: datetime) -> None:
    """Undoes a bulk action of many companies."""
    action = BulkAction.objects.select_related("made_by").get(pk=action_id)
    if action.state == BulkAction.State.UNDOING:
        undo_bulk(action=action, actor=actor_of(action.made_by, timezone.localdate(now)), now=now)


@job(attempts=6)
def recount_terms(holiday_id: int, person_id: int | None, *, now: datetime, progress: Progress) -> None:
    """A day was added or taken away that touches a great many terms; tried again, it goes on where it was (OFF-2)."""
    person = Person.objects.get(pk=person_id) if person_id else None
    actor = actor_of(person, timezone.localdate(now)) if person else SYSTEM
    recount(holiday=ExtraHoliday.objects.get(pk=holiday_id), actor=actor, now=now, tell=progress)
