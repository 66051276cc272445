"""What is owed, in lists."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.commitments.dates import calendar_of_commitment
from acompana.commitments.models import Commitment
from acompana.commitments.operations import pause, transfer
from acompana.commitments.queries import (
    due_buckets,
    open_for,
    open_of,
    owed_by,
    owed_to,
)
from acompana.matters.models import Matter
from acompana.people.actors import NOBODY, actor_of


def test_an_officer_owes_their_own_and_what_nobody_in_the_office_took(cast, owe):
    mine, of_office = owe(debtor="person", owner=cast.carolina), owe()
    owe(office=cast.biobio)
    owe(debtor="person", owner=cast.hugo)
    owe("DL-14", debtor="company")
    assert set(open_for(cast.actor)) == {mine, of_office}
    assert not open_for(NOBODY)


def test_buckets_part_late_today_soon_and_paused(cast, owe):
    long_ago = cast.now - timedelta(days=30)
    late = owe(starts_at=long_ago)
    today = owe("DL-17")
    soon, paused = owe(), owe()
    pause(commitment=paused, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    buckets = due_buckets(cast.actor, cast.now)
    assert [list(bucket) for bucket in (buckets.late, buckets.today, buckets.soon, buckets.paused)] == [
        [late],
        [today],
        [soon],
        [paused],
    ]


def test_a_list_takes_one_query_whatever_it_holds(cast, owe):
    def count():
        with CaptureQueriesContext(connection) as queries:
            for row in open_for(cast.actor).for_lists():
                assert str(row.company)
                assert str(row.office)
                assert str(row.owner)
        return len(queries)

    owe()
    assert count() == 1
    owe()
    owe()
    assert count() == 1


def test_what_is_owed_between_agency_and_company(cast, owe):
    ours, theirs = owe(), owe("DL-14", debtor="company")
    assert list(owed_to(cast.company)) == [ours]
    assert list(owed_by(cast.company)) == [theirs]


def test_a_promise_keeps_the_calendar_that_it_was_made_on(cast, owe):
    commitment = owe()
    transfer(
        commitments=Commitment.objects.all(), to_office=cast.biobio, reason="Se cambió", actor=cast.actor, now=cast.now
    )
    commitment.refresh_from_db()
    assert commitment.office == cast.biobio
    assert calendar_of_commitment(commitment).subdivision == "VS"


def test_what_is_owed_on_a_matter(cast, owe):
    matter = Matter.objects.create(
        kind="intake",
        number="ING-2026-000001",
        lifecycle_version=1,
        state="to_contact",
        state_since=cast.now,
        turn="agency",
        office=cast.office,
        opened_at=cast.now,
    )
    commitment = owe(matter=matter)
    assert list(open_of(matter)) == [commitment]
    assert not open_of(Matter(pk=matter.pk + 1))


def test_somebody_without_office_owes_only_what_is_theirs(cast, owe):
    owe()
    cast.hugo.staff_member.delete()
    cast.hugo.refresh_from_db()
    assert not open_for(actor_of(cast.hugo, cast.now.date()))


def test_who_may_not_do_the_work_does_not_owe_it_for_the_office(cast, owe):
    owe()  # DL-1 is kept by executives, and Hugo is none
    by_hand = owe("DL-25")  # no lifecycle says whose it is: everybody's of the office
    assert list(open_for(actor_of(cast.hugo, cast.now.date()))) == [by_hand]
