"""A domain, an address or a telephone that few share, and nothing beside it: the end of the review list (EXP-1)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from acompana.companies.matching import LIKELY_FROM, PEOPLE_ANSWER, Answer, judge, make_traits
from acompana.companies.models import Company, CompanyPair
from acompana.companies.operations import (
    add_contact,
    compare_waiting,
    note_changed,
    open_search,
    propose_pair,
    reject_pair,
    run_search,
)
from acompana.companies.tests.conftest import LATER, NOW, PAIRS, make_company
from acompana.people.actors import SYSTEM
from acompana.reference.models import Commune, Region

STREET = {"address": "Av. Los Aromos 1250, of. 3", "commune": 5}
DOMAIN = {"emails": (("ana@altoroble.cl", False),)}


def traits(pk, name, **more):
    return make_traits(pk=pk, legal_name=name, trade_name="", **more)


def search(now=NOW):
    return run_search(search=open_search(actor=SYSTEM, now=now), now=now, read_clock=lambda: now)


def kinds_told(pair):
    return {row["kind"] for row in pair.evidence if row["points"] >= 10}


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (DOMAIN, {"website": "https://www.altoroble.cl/"}, "Sus correos o sitios son del mismo dominio"),
        (DOMAIN, {"emails": (("ventas@altoroble.cl", False),)}, "Sus correos o sitios son del mismo dominio"),
        (STREET, {"address": "avenida los aromos N° 1250", "commune": 5}, "Tienen la misma calle y número"),
        ({"phones": ("955551234",), "region": 1}, {"phones": ("955551234",), "region": 2}, "Comparten un teléfono"),
        (DOMAIN | {"region": 1}, DOMAIN | {"region": 2}, "Comparten un correo"),
    ],
)
def test_one_thing_in_common_that_few_share_is_likely_and_less_than_all_else(one, other, said):
    pair = traits(1, "Maderas Raulí SpA", rut="414", **one), traits(2, "Textiles Ñandú", **other)
    verdict = judge(*pair)
    assert (verdict.answer, verdict.reason) == (Answer.LIKELY, said)
    assert 0 < verdict.points < LIKELY_FROM
    assert judge(*pair, lambda kind, value: 5).answer == Answer.NO


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"rut": "411111111"} | DOMAIN, {"rut": "422222222"} | DOMAIN),
        ({"rut": "411111111"} | STREET, {"rut": "422222222"} | STREET),
        ({"tax_id": "A1", "national": False} | STREET, {"tax_id": "B2", "national": False} | STREET),
        (STREET, {"national": False} | STREET),
        ({"emails": (("a@gmail.com", False),)}, {"emails": (("b@gmail.com", False),)}),
        ({"website": "https://facebook.com/rauli"}, {"website": "https://m.facebook.com/nandu"}),
        ({"website": "https://m.facebook.com/rauli"}, {"website": "https://m.facebook.com/nandu"}),
        ({"address": "Los Aromos 1250", "commune": 5}, {"address": "Los Aromos 1250", "commune": 6}),
        ({"address": "Los Aromos s/n", "commune": 5}, {"address": "Los Aromos s/n", "commune": 5}),
    ],
)
def test_it_is_not_enough_for_two_persons_nor_where_anybody_may_be(one, other):
    assert judge(traits(1, "Maderas Raulí SpA", **one), traits(2, "Textiles Ñandú", **other)).answer == Answer.NO


def test_who_did_not_count_how_many_share_a_domain_finds_nothing_by_it():
    pair = traits(1, "Maderas Raulí SpA", website="altoroble.cl"), traits(2, "Textiles Ñandú", **DOMAIN)
    assert judge(*pair, enough=PEOPLE_ANSWER).answer == Answer.NO


# --- on the list ------------------------------------------------------------------------------------------------


@pytest.fixture
def somewhere(db):
    commune = Commune.objects.select_related("region").order_by("pk").first()
    return {"commune": commune, "region": commune.region, "address": "Los Aromos 1250"}


def neighbours(somewhere, many):
    names = ("Maderas Raulí", "Textiles Ñandú", "Pesquera Huiro", "Apícola Quillay", "Conservas Puelche")
    return [make_company(name, rut=None, **somewhere) for name in names[:many]]


def test_the_search_puts_them_at_the_end_of_the_list_and_joins_nothing(as_boss, boss, somewhere):
    make_company("Maderas Raulí SpA", **somewhere)
    make_company("Textiles Ñandú", rut=None, **somewhere | {"address": "Avda. Los Aromos 1250"})
    make_company("Pesquera Huiro", website="https://altoroble.cl")
    reached = make_company("Apícola Quillay", rut=None)
    add_contact(company=reached, name="Ana", email="ana@altoroble.cl", actor=boss, now=NOW)
    make_company("Conservas Puelche SpA")
    make_company("Conservas Puelche", rut=None)
    assert search().joined == 0
    pairs = list(CompanyPair.objects.filter(state="open").order_by("-points"))
    assert [kinds_told(pair) for pair in pairs] == [{"same_name"}, {"address", "commune"}, {"domain"}]
    page = as_boss.get(PAIRS).content.decode()
    said = [page.index(words) for words in ("Tienen el mismo nombre", "la misma calle y número", "del mismo dominio")]
    assert said == sorted(said)
    pair = as_boss.get(reverse("companies:pair", args=[pairs[2].pk])).content.decode()
    assert "Sus correos o sitios son del mismo dominio: <strong>altoroble.cl</strong>" in pair


@pytest.mark.parametrize(("many", "listed"), [(4, 6), (5, 0)])
def test_what_more_than_a_handful_share_puts_nobody_on_the_list(somewhere, many, listed):
    neighbours(somewhere, many)
    search()
    assert CompanyPair.objects.filter(state="open").count() == listed


def test_who_was_told_apart_is_not_offered_again_for_it(boss, somewhere):
    one, other = neighbours(somewhere, 2)
    search()
    reject_pair(pair=CompanyPair.objects.get(), reason="Un pasillo las separa", actor=boss, now=NOW)
    for company in (one, other):
        add_contact(company=company, name="Ana", email=f"a{company.pk}@altoroble.cl", actor=boss, now=NOW)
    Company.objects.filter(pk__in=(one.pk, other.pk)).update(address="")
    search(LATER)
    assert CompanyPair.objects.get().state == "rejected"


def test_who_was_told_apart_before_it_was_looked_for_is_not_offered_either(boss, somewhere):
    one, other = make_company("Maderas Raulí SpA"), make_company("Textiles Ñandú", rut=None)
    pair = propose_pair(one=one, other=other, actor=boss, now=NOW)
    reject_pair(pair=pair, reason="Son vecinas", actor=boss, now=NOW)
    Company.objects.filter(pk__in=(one.pk, other.pk)).update(**somewhere)
    search(LATER)
    assert CompanyPair.objects.get().state == "rejected"


def test_a_company_just_changed_keeps_what_the_search_found_and_loses_what_is_no_more(boss, somewhere):
    one, other = neighbours(somewhere, 2)
    note_changed([one.pk], now=NOW)
    compare_waiting(now=NOW)
    assert not CompanyPair.objects.exists()  # how many share it, the search of every night counts
    search()
    note_changed([one.pk], now=LATER)
    compare_waiting(now=LATER)
    assert kinds_told(CompanyPair.objects.get()) == {"address", "commune"}
    Company.objects.filter(pk=other.pk).update(region=Region.objects.last(), commune=None)
    note_changed([one.pk], now=LATER)
    compare_waiting(now=LATER.replace(hour=20))
    assert not CompanyPair.objects.exists()


def test_a_company_just_changed_is_not_listed_by_an_address_that_nobody_counted(boss, somewhere):
    companies = neighbours(somewhere, 5)
    for company in companies:
        add_contact(company=company, name="Contadora", phone="+56 9 5555 1234", actor=boss, now=NOW)
    compare_waiting(now=LATER)  # drawn by the telephone, which tells nothing, and all under one roof
    assert not CompanyPair.objects.exists()
