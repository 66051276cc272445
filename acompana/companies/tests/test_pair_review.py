"""A pair that was told apart comes back to review, and the list says what joins by itself."""

from __future__ import annotations

import pytest
from django.urls import reverse

from acompana.companies.operations import add_contact, merge_companies, propose_pair, reject_pair
from acompana.companies.tests.conftest import NOW, PAIRS, fill, fresh, make_company


@pytest.fixture
def one_and_other(boss):
    return make_company("Conservas Alto Roble SpA"), make_company("Conservas Alto Roble", rut=None)


@pytest.fixture
def pair(one_and_other, boss):
    one, other = one_and_other
    return propose_pair(one=one, other=other, actor=boss, now=NOW)


@pytest.fixture
def told_apart(pair, boss):
    return reject_pair(pair=pair, reason="Son primos", actor=boss, now=NOW)


def test_who_was_told_apart_may_be_reviewed_again(as_boss, pair):
    address = reverse("companies:pair", args=[pair.pk])
    assert "Revisar de nuevo" not in as_boss.get(address).content.decode()
    as_boss.post(address, {"reason": "Son primos"})
    page = as_boss.get(address)
    one, other = page.context["one"], page.context["other"]
    reviewing = reverse("companies:compare", args=[one.pk])
    assert f'action="{reviewing}"' in page.content.decode()
    assert f'name="other" value="{other.pk}">Revisar de nuevo' in page.content.decode()
    assert as_boss.post(reviewing, {"other": other.pk}).url == address
    pair.refresh_from_db()
    assert (pair.state, pair.reason, pair.decided_by) == ("open", "", None)


def test_rol_16_who_may_not_decide_a_pair_may_not_review_it_again(as_carolina, told_apart, pair):
    """The same people say no and take it back: the executive of one of them proposes a pair, and decides none."""
    address = reverse("companies:pair", args=[pair.pk])
    page = as_carolina.get(address)
    assert "Revisar de nuevo" not in page.content.decode()
    assert "La vuelve a revisar quien dirige la oficina de las dos" in page.content.decode()
    one, other = page.context["one"], page.context["other"]
    refused = as_carolina.post(reverse("companies:compare", args=[one.pk]), {"other": other.pk})
    assert (refused.status_code, "Ya se dijo que no son la misma." in refused.content.decode()) == (422, True)
    pair.refresh_from_db()
    assert (pair.state, pair.reason) == ("rejected", "Son primos")


def test_who_was_merged_since_is_not_offered_for_review(as_boss, boss, one_and_other, pair):
    _, other = one_and_other
    reject_pair(pair=pair, reason="Son primos", actor=boss, now=NOW)
    merge_companies(kept=make_company("Alto Roble de Los Andes"), gone=other, actor=boss, now=NOW)
    assert "Revisar de nuevo" not in as_boss.get(reverse("companies:pair", args=[pair.pk])).content.decode()


def test_the_page_says_all_that_has_to_be_for_two_to_join_by_themselves(as_boss):
    page = as_boss.get(PAIRS).content.decode()
    for condition in (
        "el mismo RUT",
        "la misma identificación tributaria del mismo país",
        "un correo que la agencia verificó y que no usa otra empresa",
        "nombres parecidos",
        "sin RUT y sin nadie que la represente",
    ):
        assert condition in page


def test_what_stops_two_from_being_parted_is_told_in_place_of_the_button(as_boss, boss, one_and_other):
    kept, gone = one_and_other
    fill(gone, boss, {"address": "Calle Uno 12"})
    gone = fresh(gone)
    add_contact(company=gone, name="Luis", actor=boss, now=NOW)
    change_set = merge_companies(kept=kept, gone=gone, actor=boss, now=NOW)
    history, parting = (
        reverse(f"companies:{name}", args=args)
        for name, args in (("history", [kept.pk]), ("undo_merge", [kept.pk, change_set.pk]))
    )
    assert parting in as_boss.get(history).content.decode()
    before = as_boss.get(parting).content.decode()
    assert "1 contacto" in before
    assert "Separar las dos fichas" in before
    fill(fresh(kept), boss, {"address": "Calle Dos 2"})
    for address in (history, parting):
        page = as_boss.get(address).content.decode()
        assert "«Dirección» de Conservas Alto Roble SpA cambió después, el 16-09-2026" in page
        assert "Gloria Campos" in page
        assert "Separar las dos fichas" not in page
        assert f'href="{parting}"' not in page
    refused = as_boss.post(parting, follow=True).content.decode()
    assert "«Dirección» de «Conservas Alto Roble SpA» cambió después" in refused


def test_two_that_are_one_are_not_shown_side_by_side(as_boss, boss, one_and_other, pair):
    kept, gone = one_and_other
    assert "Coinciden" in as_boss.get(reverse("companies:pair", args=[pair.pk])).content.decode()
    merge_companies(kept=kept, gone=gone, actor=boss, now=NOW)
    page = as_boss.get(reverse("companies:pair", args=[pair.pk])).content.decode()
    assert "Coinciden" not in page
    assert reverse("companies:history", args=[kept.pk]) in page
