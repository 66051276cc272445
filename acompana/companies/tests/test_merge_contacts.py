"""A human known to both of two companies that become one: one row, or two where one would lose how to be reached."""

from __future__ import annotations

import pytest
from django.urls import reverse

from acompana.companies.merge_preview import preview_of
from acompana.companies.models import Contact
from acompana.companies.operations import add_contact, propose_pair, undo_merge
from acompana.companies.permissions import search_scope
from acompana.companies.tests.conftest import LATER, NOW, fresh, merge
from acompana.kernel.search.engine import find

PHONE, OTHER_PHONE = "+56 9 5555 1234", "+56 9 5555 9999"
MAIL, OTHER_MAIL = "ana@altoroble.example", "ventas@altoroble.example"


@pytest.fixture
def known(two, boss):
    """Adds Ana to the one that stays and to the one that goes; both as they are in the database."""

    def add(of_kept: dict[str, str], *of_gone: dict[str, str]):
        for company, rows in zip(two, ([of_kept], of_gone), strict=True):
            for values in rows:
                add_contact(company=company, actor=boss, now=NOW, **{"name": "Ana Rojas", **values})
        return fresh(two[0]), fresh(two[1])

    return add


def reached(company):
    """E-mail and phone of its contacts in service."""
    rows = Contact.objects.filter(company=company, ended_on=None).order_by("pk")
    return [(contact.email, contact.phone[-4:]) for contact in rows]


@pytest.mark.parametrize(
    ("of_kept", "of_gone", "after"),
    [
        (
            {"email": MAIL, "phone": PHONE},
            {"email": OTHER_MAIL, "phone": PHONE},
            [(MAIL, "1234"), (OTHER_MAIL, "1234")],
        ),
        ({"email": MAIL, "phone": PHONE}, {"email": MAIL, "phone": OTHER_PHONE}, [(MAIL, "1234"), (MAIL, "9999")]),
        ({"email": MAIL}, {"email": OTHER_MAIL}, [(MAIL, ""), (OTHER_MAIL, "")]),
        ({"email": MAIL}, {"email": MAIL, "phone": PHONE}, [(MAIL, "1234")]),
        ({"phone": PHONE}, {"email": MAIL}, [(MAIL, "1234")]),
    ],
)
def test_no_way_to_reach_somebody_is_lost_by_a_merge(known, boss, of_kept, of_gone, after):
    kept, gone = known(of_kept, of_gone)
    before = [reached(kept), reached(gone)]
    said = preview_of(kept, gone).contacts
    assert [meeting.joined for meeting in said] == [len(after) == 1]
    change_set = merge(kept, gone, boss)
    assert reached(kept) == after
    assert Contact.objects.filter(company=kept, ended_on=None, is_main=True).count() == 1
    undo_merge(change_set=change_set, actor=boss, now=LATER)
    assert [reached(kept), reached(gone)] == before


def test_of_two_that_meet_one_the_second_finds_the_place_taken(known, boss):
    """Each alone would only fill what the one that stays lacks."""
    kept, gone = known({"email": MAIL}, {"email": MAIL, "phone": PHONE}, {"email": MAIL, "phone": OTHER_PHONE})
    merge(kept, gone, boss)
    assert reached(kept) == [(MAIL, "1234"), (MAIL, "9999")]


def test_the_other_address_is_found_after_the_merge(known, boss, carolina):
    kept, gone = known({"email": MAIL, "phone": PHONE}, {"email": OTHER_MAIL, "phone": PHONE})
    merge(kept, gone, boss)
    assert [shown.href for shown in find(OTHER_MAIL, scope=search_scope(carolina)).results] == [
        kept.get_absolute_url()
    ]


def test_an_account_of_another_is_not_taken_over(known, boss, ana, luis):
    kept, gone = known({"email": MAIL}, {"email": MAIL})
    Contact.objects.filter(company=kept).update(person=ana.person)
    Contact.objects.filter(company=gone).update(person=luis.person)
    merge(kept, gone, boss)
    people = Contact.objects.filter(company=kept, ended_on=None).values_list("person", flat=True)
    assert set(people) == {ana.person.pk, luis.person.pk}


def test_the_preview_says_who_joins_and_what_each_keeps(client, known, boss):
    kept, gone = known({"email": MAIL}, {"email": MAIL, "phone": PHONE}, {"email": OTHER_MAIL})
    client.force_login(boss.person, backend="acompana.people.backends.Backend")
    pair = propose_pair(one=kept, other=gone, actor=boss, now=NOW)
    page = client.get(reverse("companies:merge", args=[pair.pk])).content.decode().replace("<wbr>", "")
    assert f"Queda uno solo, con:<div>{MAIL}</div><div>+56 9 5555 1234</div>" in page
    assert f"<div>{OTHER_MAIL}</div></div></td>" in page
    assert "Quedan los dos contactos, cada uno con lo suyo" in page
