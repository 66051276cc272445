"""A company that has walked the whole road is merged into another, and parted again: nothing is lost (EXP-1)."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.commitments.queries import owed_to
from acompana.companies.merge_preview import preview_of
from acompana.companies.merge_relations import Manner, relations
from acompana.companies.models import Company
from acompana.companies.operations import merge_companies, undo_merge
from acompana.companies.permissions import search_scope
from acompana.companies.queries import likely_duplicates
from acompana.companies.tests.conftest import make_company
from acompana.desk.operations import agree_commitment
from acompana.intake.queries import latest_intake_of
from acompana.kernel.rut import format_rut
from acompana.kernel.search.engine import find
from acompana.logbook.models import Entry
from acompana.logbook.queries import timeline
from tests.kept import made_once
from tests.permissions.world import World, build

kept_world = made_once(build)


@pytest.fixture
def world(db, kept_world: World) -> World:
    return deepcopy(kept_world)


@pytest.fixture
def boss(world):
    return world.cast.actor("client_management", world.now)


@pytest.fixture
def walked(world) -> Company:
    return world.sides["own"].company


@pytest.fixture
def other(world, walked, boss) -> Company:
    """Another record of the same company, with something promised to it too."""
    made = make_company("Alto Roble Exportaciones", office=walked.office, region=walked.region)
    agree_commitment(
        company=made,
        what="Enviar la lista de ferias",
        debtor="office",
        due_at=world.now + timedelta(days=20),
        office=walked.office,
        actor=boss,
        now=world.now,
    )
    return made


def hanging(*companies: Company) -> dict[tuple[str, str], list[str]]:
    found = {}
    for relation in relations(Manner.MOVES, Manner.BY_HAND):
        column = relation.table._meta.get_field(relation.field)
        if column.related_model is Company and relation.model != "companies.companypair":
            rows = relation.table._base_manager.filter(**{f"{relation.field}__in": [c.pk for c in companies]})
            found[relation.key] = [str(row) for row in rows.order_by("pk").values()]
    return found


def merge(kept, gone, boss, world):
    return merge_companies(kept=kept, gone=gone, actor=boss, now=world.now, reason="Un RUT está mal escrito")


def test_everything_goes_along_and_comes_back(walked, other, boss, world):
    before = hanging(walked, other)
    change_set = merge(other, walked, boss, world)
    kept, gone = Company.objects.get(pk=other.pk), Company.objects.get(pk=walked.pk)
    left = {
        relation.key: rows.count()
        for relation in relations(Manner.MOVES)
        if relation.table._meta.get_field(relation.field).related_model is Company
        and (rows := relation.table._base_manager.filter(**{relation.field: gone.pk}))
    }
    assert left == {}
    assert latest_intake_of(kept) is not None
    assert owed_to(kept).count() >= 2
    entries = Entry.objects.filter(Q(company=kept) | Q(company=gone))
    assert timeline(actor=boss, company=kept).count() == entries.count() > 3
    undo_merge(change_set=change_set, actor=boss, now=world.now)
    told = Entry.objects.filter(company=kept, kind=Entry.Kind.CHANGE, happened_at=world.now, author=boss.person)
    assert {entry.fact: entry.channel_words for entry in told} == {
        f"Se unió a esta la ficha de {gone}.": "",
        f"Se separó de nuevo la ficha de {gone}.": "",
    }  # done at the desk: it came by no channel
    assert hanging(walked, other) == before


def test_it_stands_in_the_history_of_the_one_that_stayed_though_nothing_of_it_changed(walked, other, boss, world):
    """Nothing but the name differs, and the one that stays keeps its own: it is parted again from its history."""
    gone = make_company(walked.legal_name, office=walked.office, region=walked.region, related_on=None)
    change_set = merge(walked, gone, boss, world)
    page = world.browser("client_management")
    history = page.get(reverse("companies:history", args=[walked.pk])).content.decode()
    separate = reverse("companies:undo_merge", args=[walked.pk, change_set.pk])
    assert separate in history
    page.post(separate)
    assert Company.objects.get(pk=gone.pk).merged_into_id is None


def test_the_rut_of_the_one_that_went_leads_to_the_one_that_stayed(walked, other, boss, world):
    gone, typed = walked, format_rut(walked.rut)
    merge(other, gone, boss, world)
    scope = search_scope(boss)
    (found,) = find(typed, scope=scope).results
    assert (found.company_id, found.href) == (other.pk, other.get_absolute_url())
    assert typed in found.detail
    assert [duplicate.company.pk for duplicate in likely_duplicates(rut=typed)] == [other.pk]
    desk = world.browser("client_management")
    assert str(other) in desk.get(reverse("companies:list"), {"q": typed}).content.decode()
    assert len(find(gone.legal_name, scope=scope, kinds=["company"]).results) == 1


def test_the_preview_names_what_is_under_way_on_both_sides(walked, other):
    preview = preview_of(other, walked)
    commitments = next(shown for shown in preview.hanging if shown.label == "compromisos")
    assert commitments.both_open
    assert any("Enviar la lista de ferias" in name for name in commitments.named)
    assert any("compromisos en curso de los dos lados" in warning for warning in preview.warnings)
    assert any("podrá ver y cambiar" in warning for warning in preview.warnings)
    assert any("RUT distintos" in warning for warning in preview.warnings)
    open_ones = Commitment.objects.open().filter(company__in=[walked, other]).count()
    assert commitments.open_kept + commitments.open_gone == open_ones


def test_the_old_addresses_lead_on_for_staff_and_for_who_represents_it(walked, other, boss, world):
    merge(other, walked, boss, world)
    desk, portal = world.browser("executive"), world.browser("owner")
    for name in ("desk:record", "desk:log", "desk:commitments", "desk:mails"):
        assert desk.get(reverse(name, args=[walked.pk])).url == reverse(name, args=[other.pk])
    assert portal.get(reverse("portal:company", args=[walked.pk])).url == reverse("portal:company", args=[other.pk])
    assert portal.get(reverse("portal:company", args=[other.pk])).status_code == 200
    assert world.browser("rival").get(reverse("portal:company", args=[walked.pk])).status_code == 404
