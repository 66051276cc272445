"""Compliance per deadline (EVA-13): each figure equals the rows behind it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.commitments.models import Commitment
from acompana.commitments.operations import cancel, fulfil, pause, resume
from acompana.commitments.queries import FIGURES, compliance, compliance_by, promised_between, rows_behind
from acompana.commitments.rules import percentile
from acompana.people.models import Office
from acompana.people.operations import load_demonstration_offices


@pytest.fixture
def history(cast, owe):
    """Of DL-1: kept on the 1st, 2nd and 5th business day, one overdue, one paused past its date, one called off."""
    for days in (1, 2, 9):  # Thursday 17, Monday 21 (Friday is a holiday), Friday 25
        when = cast.now + timedelta(days=days if days != 2 else 5)
        fulfil(commitment=owe(), actor=cast.actor, now=when)
    owe()
    pause(commitment=owe(), reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    cancel(commitment=owe(), because="Se retiró", actor=cast.actor, now=cast.now)
    fulfil(commitment=owe("DL-7", office=cast.biobio), actor=cast.actor, now=cast.now + timedelta(hours=30))
    return {
        "since": cast.now - timedelta(days=1),
        "until": cast.now + timedelta(days=1),
        "now": cast.now + timedelta(days=20),
    }


def test_shares_times_and_overdue(cast, history):
    first, second = compliance(**history)
    assert (first.rule, first.all, first.in_time, first.late, first.running, first.overdue_now) == (
        "DL-1",
        5,
        2,
        2,
        1,
        1,
    )
    assert first.share_in_time == 0.5
    assert (first.median, first.ninetieth, first.unit) == (2, 6, "business_days")
    assert (second.rule, second.median, second.unit, second.share_in_time) == ("DL-7", 30, "hours", 1)


def test_each_figure_is_the_number_of_rows_that_its_list_shows(history):
    for row in compliance(**history, by_office=True):
        for name in FIGURES:
            listed = rows_behind(name, rule=row.rule, offices=[row.office], **history)
            assert listed.count() == getattr(row, name), (row.rule, name)


def test_offices_come_from_north_to_south_and_those_abroad_last(cast, owe, history):
    load_demonstration_offices()
    for code in ("FR-PARIS", "CL-AP", "CL-CENTRAL"):
        owe("DL-7", office=Office.objects.get(code=code))
    rows = compliance(**history, by_office=True)
    assert [(row.rule, row.office.code) for row in rows] == [
        ("DL-1", "CL-VS"),
        ("DL-7", "CL-AP"),
        ("DL-7", "CL-BI"),
        ("DL-7", "CL-CENTRAL"),
        ("DL-7", "FR-PARIS"),
    ]


def test_time_waited_for_the_other_party_is_not_time_taken(cast, owe):
    commitment = owe()
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now + timedelta(days=1))
    resume(commitment=commitment, actor=cast.actor, now=cast.now + timedelta(days=6))
    fulfil(commitment=commitment, actor=cast.actor, now=cast.now + timedelta(days=7))
    (row,) = compliance(since=cast.now, until=cast.now + timedelta(days=1), now=cast.now + timedelta(days=9))
    assert (row.in_time, row.median) == (1, 2)


@pytest.mark.one_database
def test_compliance_takes_as_many_queries_for_one_row_as_for_three(cast, owe):
    period = {"since": cast.now, "until": cast.now + timedelta(days=1), "now": cast.now}

    def count():
        with CaptureQueriesContext(connection) as queries:
            compliance(**period)
        return len(queries)

    fulfil(commitment=owe(), actor=cast.actor, now=cast.now)
    one = count()
    for _ in range(2):
        fulfil(commitment=owe(), actor=cast.actor, now=cast.now)
    assert count() == one


def test_an_office_sees_its_own(cast, history):
    rows = compliance(**history, offices=[cast.biobio])
    assert [row.rule for row in rows] == ["DL-7"]
    assert promised_between(history["since"], history["until"], []).count() == 0
    assert Commitment.objects.filter(rule="DL-7").count() == 1


def test_percentiles_are_values_that_occurred():
    assert percentile([], 0.5) is None
    assert percentile([4], 0.9) == 4
    assert percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == 9
    assert percentile([3, 1, 2], 0.5) == 2


def test_a_breakdown_beside_the_whole_reads_what_was_kept_once(history, django_assert_num_queries):
    whole, parts = compliance(**history), compliance(**history, by_office=True)
    with django_assert_num_queries(10):
        compliance(**history)
    with django_assert_num_queries(13):
        assert compliance_by([("rule",), ("rule", "office")], **history) == [whole, parts]
