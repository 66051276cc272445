"""A verb is one transaction, alone and inside another."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from acompana.kernel.models import FeedState
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import amend_rule, get_rule
from acompana.kernel.verbs import asked_once, forget, verb

pytestmark = pytest.mark.django_db


def forgotten() -> int:
    return FeedState.objects.get(pk=1).forgotten


@verb
def write(number: int, *, refuse: bool = False) -> None:
    FeedState.objects.filter(pk=1).update(forgotten=number)
    if refuse:
        raise Refused("No se puede.")


@verb
def write_twice(*, refuse: bool = False) -> None:
    write(1)
    write(2, refuse=refuse)


@verb
def go_on() -> None:
    write(1)
    try:
        with transaction.atomic():
            write(2, refuse=True)
    except Refused:
        pass
    FeedState.objects.filter(pk=1, forgotten=1).update(forgotten=7)


def test_a_verb_inside_a_verb_sets_no_savepoint():
    with CaptureQueriesContext(connection) as captured:
        write_twice()
    assert [query["sql"].split()[0] for query in captured] == ["SAVEPOINT", "UPDATE", "UPDATE", "RELEASE"]
    assert forgotten() == 2


@verb
def swallow() -> None:
    with contextlib.suppress(Refused):
        write(1, refuse=True)


def test_a_swallowed_refusal_is_no_silent_end():
    """Without it, the transaction would be undone at its end, and who called would think that it was done."""
    before = forgotten()
    with pytest.raises(transaction.TransactionManagementError, match="swallowed"):
        swallow()
    assert forgotten() == before


def test_what_the_inner_one_refuses_the_whole_act_refuses():
    before = forgotten()
    with pytest.raises(Refused):
        write_twice(refuse=True)
    assert forgotten() == before
    write(5)  # and nothing of it stays behind
    assert forgotten() == 5


def test_who_means_to_go_on_says_so():
    go_on()
    assert forgotten() == 7


def test_a_refusal_that_is_swallowed_without_saying_so_is_an_error():
    @verb
    def swallow() -> None:
        with contextlib.suppress(Refused):
            write(2, refuse=True)
        forgotten()

    with pytest.raises(transaction.TransactionManagementError):
        swallow()


def test_what_a_verb_asks_again_is_asked_once():
    asked: list[str] = []

    def ask() -> int:
        asked.append("once more")
        return len(asked)

    @verb
    def ask_twice() -> tuple[int, int, int]:
        first, second = asked_once("a count", ask), asked_once("a count", ask)
        forget("a count")
        return first, second, asked_once("a count", ask)

    assert ask_twice() == (1, 1, 2)
    assert (asked_once("a count", ask), asked_once("a count", ask)) == (3, 4)


def test_a_rule_amended_in_an_act_holds_in_it_at_once():
    person = get_user_model().objects.create(email="ana@agency.example", joined_at=datetime(2026, 9, 1, tzinfo=UTC))
    now, day = datetime(2026, 9, 16, 15, tzinfo=UTC), date(2026, 9, 16)

    @verb
    def amend() -> tuple[int, int]:
        before = get_rule("DEF-4", day).value["years"]
        value = {**get_rule("DEF-4", day).value, "years": before + 3}
        amend_rule(
            rule_id="DEF-4", value=value, valid_from=day, reason="Se probó otra cosa.", actor_id=person.pk, now=now
        )
        return before, get_rule("DEF-4", day).value["years"]

    before, after = amend()
    assert after == before + 3
