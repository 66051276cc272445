"""A test finds what is kept that it stands on, and nothing of what others of its module stand on."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from acompana.kernel.clock import read_clock
from tests.kept import MADE, copy_of, made_once


def row(key: str) -> Session:
    return Session.objects.create(session_key=key, session_data="", expire_date=read_clock())


kept_first, first = made_once(lambda: row("first")), copy_of("kept_first")
kept_upon, upon = made_once(lambda kept_first: row(f"upon {kept_first.pk}"), upon="kept_first"), copy_of("kept_upon")
kept_other, other = made_once(lambda: row("other")), copy_of("kept_other")


def there() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def test_what_stands_on_another_finds_both(upon):
    assert there() == {"first", "upon first"}


@pytest.mark.parametrize("again", [1, 2])
def test_what_a_test_does_is_undone_and_what_is_kept_stays(first, again):
    assert there() == {"first"}
    Session.objects.all().delete()
    first.session_key = "changed"


def test_another_that_is_kept_is_found_alone(other):
    assert there() == {"other"}


def test_whoever_stands_on_nothing_finds_nothing(db):
    assert there() == set()
    assert MADE == []


def test_two_that_are_kept_apart_are_found_together_where_both_are_asked_for(first, other):
    assert there() == {"first", "other"}
