"""Who else has a company open, or a matter that is of none (EXP-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from acompana.kernel.clock import read_clock
from acompana.matters.models import Presence
from acompana.matters.presence import note_presence
from acompana.progress.operations import open_matter, take_step
from acompana.progress.tests.conftest import NOW
from acompana.progress.tests.test_pages import enter

pytestmark = pytest.mark.django_db


def test_who_else_is_here(cast):
    assert note_presence(company=cast.company, person=cast.ana.person, place="data", now=NOW) == []
    others = note_presence(company=cast.company, person=cast.luis.person, now=NOW)
    assert [other.words for other in others] == ["Ana Rojas está editando esta ficha ahora."]
    later = NOW + timedelta(minutes=1)
    assert note_presence(company=cast.company, person=cast.luis.person, now=later) == []


def test_two_tabs_of_a_person_are_two_and_the_person_one(cast):
    def note(who, minute, **more):
        at = NOW + timedelta(seconds=15 * minute)
        others = note_presence(company=cast.company, person=who.person, now=at, **more)
        return [other.words for other in others]

    writing, reading = {"tab": "one", "place": "validate"}, {"tab": "two"}
    decides = ["Ana Rojas está decidiendo si la valida ahora."]
    note(cast.ana, 0, **writing)
    note(cast.ana, 0, **reading)
    assert note(cast.luis, 0) == decides
    for minute in range(1, 6):
        note(cast.ana, minute, **writing)
    assert note(cast.luis, 5) == decides  # the tab that reads is closed
    for minute in range(6, 11):
        note(cast.ana, minute, **reading)
    assert note(cast.luis, 10) == ["Ana Rojas también tiene abierta esta ficha."]  # the other one is
    note(cast.ana, 11, tab="two", place="data")
    assert note(cast.luis, 11) == ["Ana Rojas está editando esta ficha ahora."]
    assert note(cast.ana, 11, tab="two'; --") == ["Luis Tapia también tiene abierta esta ficha."]
    assert note(cast.luis, 15) == []


def test_at_a_matter_of_no_company(cast, walk):
    matter = open_matter(kind="walk", office=cast.office, person=cast.luis.person, actor=cast.carolina, now=NOW)
    assert note_presence(matter=matter, person=cast.ana.person, place="help", now=NOW) == []
    others = note_presence(matter=matter, person=cast.luis.person, now=NOW)
    assert [other.words for other in others] == ["Ana Rojas está respondiendo esta solicitud ahora."]
    assert note_presence(company=cast.company, person=cast.luis.person, now=NOW) == []


def test_a_page_tells_it_at_the_company_and_for_a_matter_of_one_too(cast, walk, client):
    matter = open_matter(kind="walk", office=cast.office, company=cast.company, actor=cast.carolina, now=NOW)
    enter(client, cast.carolina)
    for address in (
        reverse("progress:at_company", args=[cast.company.pk]),
        reverse("progress:at_matter", args=[matter.number]),
    ):
        assert client.post(address, {"place": "nothing"}).content.decode().strip() == ""
    assert [(row.company, row.matter, row.place) for row in Presence.objects.all()] == [(cast.company, None, "")]


def test_who_leaves_is_gone_at_once_from_that_tab_alone(cast, client):
    there = reverse("progress:at_company", args=[cast.company.pk])
    enter(client, cast.carolina)
    for tab, place in (("one", "interview"), ("two", "")):
        client.post(there, {"tab": tab, "place": place})
    left = client.post(there, {"tab": "one", "place": "interview", "gone": "1"})
    assert (left.status_code, left.content) == (204, b"")
    others = note_presence(company=cast.company, person=cast.ana.person, now=read_clock())
    assert [other.words.split(" ", 2)[2] for other in others] == ["también tiene abierta esta ficha."]
    # What its next page told first stays: it writes something else.
    client.post(there, {"tab": "two", "place": "data"})
    client.post(there, {"tab": "two", "place": "validate", "gone": "1"})
    assert Presence.objects.get(person=cast.carolina.person).place == "data"
    client.post(there, {"tab": "two", "place": "data", "gone": "1"})
    assert not Presence.objects.filter(person=cast.carolina.person).exists()


def test_what_is_done_nobody_is_doing(cast, walk, client, django_capture_on_commit_callbacks):
    """Not those who were at it, at once; and not whoever has its page open still."""
    matter = open_matter(kind="walk", office=cast.office, company=cast.company, actor=cast.carolina, now=NOW)
    enter(client, cast.carolina)
    there = reverse("progress:at_company", args=[cast.company.pk])
    page = {"tab": "one", "place": "interview", "of": matter.number, "state": matter.state}

    def told():
        return Presence.objects.get(person=cast.carolina.person, tab="one").place

    client.post(there, page)
    note_presence(company=cast.company, person=cast.ana.person, place="data", now=NOW)
    assert told() == "interview"
    with django_capture_on_commit_callbacks(execute=True):
        take_step(matter=matter, transition="wait", actor=cast.carolina, now=NOW)
    assert told() == ""
    assert Presence.objects.get(person=cast.ana.person).place == "data"
    client.post(there, page)
    assert told() == "", "her page was opened before"
    client.post(there, page | {"state": matter.state})
    assert told() == "interview"
