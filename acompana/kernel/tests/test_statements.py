"""A statement that is written once gives what the queryset gives, for whatever values, and keeps no row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import CharField, DateTimeField, Q

from acompana.kernel import sets
from acompana.kernel.models import ChangeSet
from acompana.kernel.planned import keeps_plans
from acompana.kernel.statements import AmongIds, Given, Statement, given_id

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 15, tzinfo=UTC)
COLUMNS = ("title", "made_at", "undoes__title")


@pytest.fixture(autouse=True)
def made() -> None:
    for days in range(4):
        ChangeSet.objects.create(kind="edit", title=f"Hace {days} %s ' días", made_at=NOW - timedelta(days=days))


def statement() -> Statement:
    since = Given("since", DateTimeField())
    return Statement(
        lambda: (
            ChangeSet.objects.filter(Q(made_at__gte=since) | Q(title=Given("title", CharField())), kind="edit")
            .order_by("-made_at")
            .values_list(*COLUMNS)[:2]
        )
    )


def test_it_is_the_queryset_for_each_value(django_assert_num_queries):
    kept = statement()
    for days, title in ((0, "Hace 3 %s ' días"), (1, ""), (9, "Hace 0 %s ' días"), (-1, "nada")):
        since = NOW - timedelta(days=days)
        wanted = ChangeSet.objects.filter(Q(made_at__gte=since) | Q(title=title), kind="edit").order_by("-made_at")
        with django_assert_num_queries(1):
            found = kept.rows(since=since, title=title)
        assert found == list(wanted.values_list(*COLUMNS)[:2])
        assert kept.column(since=since, title=title) == [row[0] for row in found]


def test_what_changes_between_two_times_is_found():
    kept = statement()
    assert len(kept.rows(since=NOW, title="")) == 1
    ChangeSet.objects.create(kind="edit", title="Nueva", made_at=NOW + timedelta(hours=1))
    assert kept.column(since=NOW, title="")[0] == "Nueva"


def test_objects_come_with_what_is_joined_and_are_new_each_time(django_assert_num_queries):
    last = ChangeSet.objects.order_by("pk").last()
    undone = ChangeSet.objects.create(kind="edit", title="Deshecho", made_at=NOW, undoes=last)
    kept = Statement(lambda: ChangeSet.objects.filter(pk=given_id("set")).select_related("undoes"))
    assert kept.objects(set=last.pk)[0].undoes is None
    with django_assert_num_queries(1):
        [found] = kept.objects(set=undone.pk)
        assert (found, found.made_at, found.undoes) == (undone, NOW, last)
        assert not found._state.adding
    assert kept.objects(set=undone.pk)[0] is not found
    assert kept.objects(set=0) == []
    assert kept.objects(set=2**70) == []


def test_a_value_that_is_missing_is_an_error_and_not_an_empty_answer():
    with pytest.raises(ValueError, match="a value for title"):
        statement().rows(since=NOW)
    with pytest.raises(ValueError, match="a value for since"):
        statement().rows(since=None, title="")


def test_what_can_match_nothing_is_not_asked(django_assert_num_queries):
    nothing = Statement(lambda: ChangeSet.objects.filter(pk__in=[]).values_list("pk"))
    with django_assert_num_queries(0):
        assert nothing.rows() == []


def test_what_is_planned_once_gives_the_same_and_the_first_of_it(django_assert_num_queries):
    made = list(ChangeSet.objects.order_by("-made_at").values_list("pk", "made_at"))
    kept = Statement(
        lambda: (
            ChangeSet.objects.filter(pk__in=AmongIds("sets", 3), kind="edit")
            .order_by("-made_at")
            .values_list("pk", "made_at")
        ),
        planned_once=True,
    )
    for ids in ([pk for pk, _ in made[:3]], [made[3][0]] * 3, [0, -1, 2**70]):
        wanted = [row for row in made if row[0] in ids]
        with django_assert_num_queries(2):
            assert kept.rows(sets=ids) == wanted
            assert kept.first_rows(2, sets=ids) == wanted[:2]
    assert kept.count(sets=[pk for pk, _ in made[1:]]) == 3


@pytest.mark.skipif(not keeps_plans(connection), reason="SQLite, and connections of one request, keep no plans")
def test_postgres_plans_once_what_is_planned_once():
    kept = Statement(lambda: ChangeSet.objects.filter(pk=given_id("set")).values_list("title"), planned_once=True)
    for pk in (1, 40_000, 2**40):
        kept.rows(set=pk)
    plans = sets.rows(
        "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%%changeset%%title%%'"
    )
    assert plans == [(3, 0)]
