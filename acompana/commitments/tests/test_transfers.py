"""Handing over, absences (POR-10)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.commitments.jobs import follow_absences
from acompana.commitments.models import Commitment, Transfer
from acompana.commitments.operations import fulfil, transfer
from acompana.commitments.rules import whose_before
from acompana.kernel.refusals import Refused
from acompana.people.models import Absence, Person, StaffMember


def hand_over(cast, **changes):
    given = {
        "commitments": Commitment.objects.all(),
        "reason": "Cambio de cartera",
        "actor": cast.actor,
        "now": cast.now,
    }
    return transfer(**(given | changes))


def test_a_transfer_moves_open_commitments_with_their_history_and_keeps_their_dates(cast, owe):
    mine = owe(debtor="person", owner=cast.carolina)
    done = fulfil(commitment=owe(debtor="person", owner=cast.carolina), actor=cast.actor, now=cast.now)
    assert hand_over(cast, to_owner=cast.hugo) == 1
    assert hand_over(cast, to_owner=cast.hugo) == 0
    moved = Commitment.objects.get(pk=mine.pk)
    assert (moved.owner, moved.due_at) == (cast.hugo, mine.due_at)
    assert Commitment.objects.get(pk=done.pk).owner == cast.carolina
    row = Transfer.objects.get()
    assert (row.from_owner, row.to_owner, row.reason) == (cast.carolina, cast.hugo, "Cambio de cartera")


def test_what_a_person_owed_is_owed_by_the_office_that_takes_it(cast, owe):
    commitment = owe(debtor="person", owner=cast.carolina)
    hand_over(cast, to_office=cast.biobio)
    commitment.refresh_from_db()
    assert (commitment.debtor, commitment.owner, commitment.office) == ("office", None, cast.biobio)


def test_nothing_is_handed_to_nobody(cast, owe):
    owe()
    cast.hugo.is_active = False
    for wrong in ({}, {"to_owner": cast.hugo}, {"to_owner": cast.carolina, "reason": " "}):
        with pytest.raises(Refused):
            hand_over(cast, **wrong)


@pytest.mark.one_database
def test_a_transfer_of_many_takes_as_many_queries_as_of_one(cast, owe):
    def count():
        with CaptureQueriesContext(connection) as queries:
            hand_over(cast, to_owner=cast.hugo)
        return len(queries)

    owe()
    one = count()
    for _ in range(3):
        owe()
    assert count() == one


def test_por_10_an_absence_moves_what_is_owed_and_gives_it_back(cast, owe):
    absence = Absence.objects.create(
        staff_member=StaffMember.objects.get(person=cast.carolina),
        substitute=StaffMember.objects.get(person=cast.hugo),
        from_on=date(2026, 9, 20),
        until_on=date(2026, 9, 25),
        recorded_by=cast.hugo,
        recorded_at=cast.now,
    )
    stays, kept_by_hugo = owe(debtor="person", owner=cast.carolina), owe(debtor="person", owner=cast.carolina)
    assert follow_absences(cast.now) == 0
    during = cast.now + timedelta(days=5)
    assert follow_absences(during) == 2
    assert follow_absences(during) == 0
    assert set(Commitment.objects.values_list("owner", flat=True)) == {cast.hugo.pk}
    # Somebody then gives one of them to Hugo for good.
    hand_over(cast, commitments=Commitment.objects.filter(pk=kept_by_hugo.pk), to_office=cast.office, now=during)
    hand_over(cast, commitments=Commitment.objects.filter(pk=kept_by_hugo.pk), to_owner=cast.hugo, now=during)
    after = cast.now + timedelta(days=12)
    assert follow_absences(after) == 1
    assert follow_absences(after) == 0
    assert Commitment.objects.get(pk=stays.pk).owner == cast.carolina
    assert Commitment.objects.get(pk=kept_by_hugo.pk).owner == cast.hugo
    assert absence.pk


def absent(cast, person, substitute, first, last):
    return Absence.objects.create(
        staff_member=StaffMember.objects.get(person=person),
        substitute=StaffMember.objects.get(person=substitute),
        from_on=date(2026, 9, first),
        until_on=date(2026, 9, last),
        recorded_by=cast.hugo,
        recorded_at=cast.now,
    )


@pytest.fixture
def third(cast):
    """Somebody of Hugo's office who stands in for him."""
    person = Person.objects.create(email="tercera@acompana.example", joined_at=cast.now)
    StaffMember.objects.create(person=person, office=cast.biobio, since_on=date(2026, 1, 1))
    return person


@pytest.mark.parametrize(("hugo_until", "then"), [(20, "hugo"), (28, "carolina")])
def test_por_10_of_two_absent_one_after_the_other_each_has_their_own_back(cast, owe, third, hugo_until, then):
    """Whoever is back first: Carolina away to the 25th, and Hugo, who stands in for her, from the 18th."""
    hers, his = owe(debtor="person", owner=cast.carolina), owe(debtor="person", owner=cast.hugo)
    absent(cast, cast.carolina, cast.hugo, 17, 25)
    absent(cast, cast.hugo, third, 18, hugo_until)

    def owners(day: int) -> tuple[Person, Person]:
        moment = cast.now.replace(day=day)
        follow_absences(moment)
        assert follow_absences(moment) == 0
        return tuple(Commitment.objects.get(pk=one.pk).owner for one in (hers, his))

    assert owners(17) == (cast.hugo, cast.hugo)
    assert owners(18) == (third, third)
    assert owners(22) == ((cast.hugo, cast.hugo) if then == "hugo" else (third, third))
    assert owners(26) == (cast.carolina, cast.hugo if then == "hugo" else third)
    assert owners(29) == (cast.carolina, cast.hugo)


def test_por_10_who_stood_in_and_is_away_again_gives_back_once(cast, owe, third):
    hers = owe(debtor="person", owner=cast.carolina)
    absent(cast, cast.carolina, cast.hugo, 17, 28)
    absent(cast, cast.hugo, third, 18, 19)
    absent(cast, cast.hugo, third, 22, 24)
    held, whose = [], []
    for day in (17, 18, 20, 22, 23, 25, 29):
        follow_absences(cast.now.replace(day=day))
        assert follow_absences(cast.now.replace(day=day)) == 0
        held.append(Commitment.objects.get(pk=hers.pk).owner)
        whose.append(came_from(hers))
    assert held == [cast.hugo, third, cast.hugo, third, third, cast.hugo, cast.carolina]
    assert whose == [cast.carolina, cast.hugo, cast.carolina, cast.hugo, cast.hugo, cast.carolina, None]


def came_from(commitment):
    """Whose it was before, as the list of who has it says."""
    commitment = Commitment.objects.get(pk=commitment.pk)
    handed = whose_before(list(commitment.transfers.order_by("-transferred_at", "-id")), commitment.owner_id)
    return handed.from_owner if handed else None


def test_what_a_head_gives_is_said_to_be_another_s_and_what_comes_back_is_not(cast, owe, third):
    hers = owe(debtor="person", owner=cast.carolina)
    assert came_from(hers) is None
    absent(cast, cast.carolina, cast.hugo, 17, 18)
    follow_absences(cast.now.replace(day=17))
    hand_over(cast, to_owner=third, now=cast.now.replace(day=18))
    follow_absences(cast.now.replace(day=19))
    assert came_from(hers) == cast.hugo
    hand_over(cast, to_owner=cast.carolina, now=cast.now.replace(day=20))
    assert came_from(hers) == third
