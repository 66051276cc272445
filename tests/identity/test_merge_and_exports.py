"""Two records say otherwise of their exports: their merge, and its undoing, move the road as correcting the form does
(INT-4)."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.companies.operations import merge_companies, propose_pair, undo_merge
from acompana.companies.tests.conftest import make_company
from acompana.demonstration.cast import Cast, make_people
from acompana.intake import operations as intake
from acompana.intake.models import Review
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.people.actors import Actor
from tests.kept import made_once
from tests.portal.corrections import NOW, entered_as, tell_of_exports, with_a_low_result, with_its_form_sent

pytestmark = pytest.mark.django_db

kept_cast = made_once(lambda: make_people(now=NOW))
kept_at_test = made_once(lambda kept_cast: with_its_form_sent(deepcopy(kept_cast)), upon="kept_cast")


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)


@pytest.fixture
def at_test(cast, kept_at_test) -> Company:
    return deepcopy(kept_at_test)


@pytest.fixture
def card(at_test) -> Company:
    """Another record of the same company, which says that it exports."""
    return make_company(
        "Aceites del Valle", rut=None, office=at_test.office, region=at_test.region, exported_recently=True
    )


@pytest.fixture
def boss(cast) -> Actor:
    return cast.actor("client_management", NOW)


def standing(company: Company) -> tuple[str, bool | None]:
    found = latest_intake_of(Company.objects.get(pk=company.pk))
    return found.matter.state, found.is_exporter


def test_by_its_pages_it_leaves_the_test_and_goes_back_to_it(cast, at_test, card, boss):
    desk = entered_as(cast["client_management"])
    pair = propose_pair(one=at_test, other=card, actor=boss, now=NOW)
    address = reverse("companies:merge", args=[pair.pk])
    versions = desk.get(address, {"queda": at_test.pk}).context["preview"].versions
    sent = {"kept": at_test.pk, "versions": versions, "choice_exported_recently": "gone"}
    assert (
        "Como exporta, dejó el test: hay que contactarla a más tardar el" in desk.post(address, sent, follow=True).text
    )
    assert standing(at_test) == ("to_contact", True)
    assert Commitment.objects.open().get(matter=latest_intake_of(at_test).matter).rule == "DL-3"
    pair.refresh_from_db()
    parted = desk.post(reverse("companies:undo_merge", args=[at_test.pk, pair.change_set_id]), follow=True).text
    assert "Como no exporta, volvió al test: ya no hay que contactarla." in parted
    assert standing(at_test) == ("self_test", False)
    assert not Commitment.objects.open().filter(matter=latest_intake_of(at_test).matter).exists()


def test_the_road_of_the_one_that_goes_follows_the_form_under_which_it_comes(at_test, card, boss):
    merged = merge_companies(kept=card, gone=at_test, actor=boss, now=NOW)
    assert standing(card) == ("to_contact", True)
    assert undo_merge(change_set=merged, actor=boss, now=NOW).followed
    assert standing(at_test) == ("self_test", False)
    assert latest_intake_of(card) is None


def test_what_its_own_form_said_all_along_is_not_looked_at_again(cast, at_test, boss):
    company = with_a_low_result(cast, at_test)
    tell_of_exports(entered_as(cast["newcomer"]), company)
    asked, now = Review.objects.get(), read_clock()
    given = {"potential": "low", "because": "No exportó.", "actor": cast.actor("executive", now), "now": now}
    intake.decide_review(review=asked, **given)
    says_no = make_company("Aceites del Valle", rut=None, office=company.office, exported_recently=False)
    assert merge_companies(kept=company, gone=says_no, actor=boss, now=now).followed == ()
    assert Review.objects.get() == asked


def test_a_low_that_comes_under_a_form_that_says_yes_is_looked_at(cast, at_test, card, boss):
    company = with_a_low_result(cast, at_test)
    assert not Review.objects.exists()
    (said,) = merge_companies(kept=card, gone=company, actor=boss, now=read_clock()).followed
    assert "hay que revisar su resultado y responderle" in said
    assert Review.objects.get().intake.matter.company == card
