"""Every table that a room registered names rules, roles and pages that exist."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from acompana.kernel.bpmn import to_bpmn
from acompana.kernel.diagram import draw
from acompana.kernel.lifecycle import all_lifecycles, faults_of
from acompana.kernel.rulebook import get_rule, term_of
from acompana.people.models import Role
from acompana.progress import pages

TABLES = all_lifecycles()
pytestmark = pytest.mark.django_db


@pytest.fixture(params=TABLES, ids=[table.kind for table in TABLES])
def table(request):
    return request.param


def test_is_sound(table):
    assert faults_of(table) == []


def test_names_rules_that_give_a_term(table):
    named = {rule for row in table.transitions for rule in (*row.fulfils, *row.cancels, *filter(None, [row.after]))}
    for rule in {*named, *table.rules()}:
        assert term_of(get_rule(rule, date(2026, 11, 21))) is not None, rule


def test_fulfils_and_cancels_only_what_it_starts(table):
    ended = {rule for row in table.transitions for rule in (*row.fulfils, *row.cancels)}
    assert ended <= set(table.rules())


def test_names_roles_that_exist(table):
    known = {"company", "staff", "system", *Role.objects.values_list("slug", flat=True)}
    assert {slug for row in table.transitions for slug in row.who} <= known


def test_names_pages_that_exist(table):
    for row in table.transitions:
        if row.page:
            assert reverse(row.page, args=["ING-2026-000001"])


def test_can_be_drawn_exported_and_put_in_words(table):
    assert len(draw(table).boxes) == len(table.states)
    assert to_bpmn(table)
    assert len(pages.transition_rows(table)) == len(table.transitions)
