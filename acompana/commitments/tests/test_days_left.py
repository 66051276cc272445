"""How many business days are left: by the rule that was promised, at the office that owes it (OFF-3)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from acompana.commitments.days_left import business_days_left, without_reasons
from acompana.commitments.operations import promise
from acompana.people.models import Office
from acompana.shell.components import due_context

SANTIAGO = ZoneInfo("America/Santiago")
THURSDAY = datetime(2026, 9, 10, 12, tzinfo=SANTIAGO)


@pytest.fixture
def owe(cast):
    def owe_(rule, office="CL-VS", at=THURSDAY):
        where = Office.objects.get(code=office)
        return promise(rule=rule, what="x", debtor="office", office=where, starts_at=at, now=at, actor=cast.actor)

    return owe_


@pytest.mark.parametrize(
    ("rule", "phrase"),
    [
        ("DL-1", "en 3 días hábiles"),
        ("DL-2", "en 15 días corridos"),
    ],
)
def test_a_date_is_told_in_the_days_of_its_rule(owe, rule, phrase):
    commitment = owe(rule)
    assert due_context(commitment, THURSDAY, "desk")["phrase"] == phrase
    assert due_context(without_reasons(commitment), THURSDAY, "desk")["phrase"] == phrase
    assert "hábil" not in due_context(commitment, THURSDAY, "portal")["phrase"]


def test_national_holidays_are_no_business_days(owe):
    """18 September is a Friday in 2026: from Wednesday on, Thursday, Monday and Tuesday count (LAW-2)."""
    wednesday = datetime(2026, 9, 16, 12, tzinfo=SANTIAGO)
    assert due_context(owe("DL-1", at=wednesday), wednesday, "desk")["phrase"] == "en 3 días hábiles"


def test_the_calendars_of_all_offices_are_read_once_for_a_page(owe, django_assert_num_queries):
    rows = [owe("DL-1"), owe("DL-1", "CL-RM"), owe("DL-1")]
    kept = {}
    with django_assert_num_queries(2):
        assert [business_days_left(row, row.due_at.date(), THURSDAY, kept) for row in rows] == [3, 3, 3]
    late = THURSDAY.replace(day=25)
    with django_assert_num_queries(2):
        assert due_context(rows[0], late, "desk", {})["phrase"] == "venció hace 10 días"
