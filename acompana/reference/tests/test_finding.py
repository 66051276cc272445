"""Small exporters find their activity by what they call it, from the beginning of a word, in any number."""

from __future__ import annotations

import pytest

from acompana.reference.finding import rank, root, said_words, suggest_activities
from acompana.reference.models import Activity
from acompana.reference.queries import find_activities, find_headings

FIRST = {
    "aceite de oliva": "104000",
    "aceites": "104000",
    "mermelada": "103000",
    "conservas": "103000",
    "miel": "014901",
    "software": "620100",
    "quesos": "105000",
    "turismo": "791200",
    "arandanos": "012502",
    "Arándano": "012502",
    "vinos": "110200",
    "vino": "110200",
    "ropa": "141001",
    "nueces": "012502",
    "ropa de trabajo": "141004",
    "mermelada de arándano": "103000",
    "fabricación de muebles": "310001",
}


@pytest.mark.parametrize(
    ("many", "one"),
    [("aceites", "aceite"), ("flores", "flor"), ("nueces", "nuez"), ("vinos", "vino")],
)
def test_one_and_many_have_one_root(many, one):
    assert root(many) == root(one)


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "code"), FIRST.items())
def test_what_exporters_say_finds_what_the_register_names(typed, code):
    assert suggest_activities(typed)[0].code == code


@pytest.mark.django_db
def test_words_match_from_their_beginning():
    for find in (suggest_activities, find_activities):
        codes = {activity.code for activity in find("vinos" if find is suggest_activities else "vino")}
        assert codes
        assert codes.isdisjoint({"014101", "014410", "101011"})  # bovinos, ovinos
    assert "016400" not in {activity.code for activity in suggest_activities("ropa")}  # propagación
    assert not find_activities("opagacion").exists()
    assert find_headings("aceite oliva").exists()
    assert not find_headings("ceite").exists()


@pytest.mark.django_db
def test_without_all_the_words_any_will_do_and_more_come_first():
    whole = [row.code for row in suggest_activities("aceite vegetal")]
    assert whole == ["104000"]
    some = suggest_activities("venta de miel en línea")
    assert some[0].code == "014901"
    assert len(some) > 1
    assert suggest_activities("xyzw") == suggest_activities("de la") == []


@pytest.mark.django_db
def test_every_word_that_is_said_names_activities_that_are_there():
    known = set(Activity.objects.values_list("code", flat=True))
    named = {code for codes in said_words().values() for code in codes}
    assert named
    assert named <= known
    assert all(said_words())


@pytest.mark.django_db
def test_a_search_is_one_query_and_leaves_out_what_is_out_of_use(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert suggest_activities("apicultura")[0].code == "014901"
    Activity.objects.filter(code="014901").update(retired_on="2026-01-01")
    assert "014901" not in {row.code for row in suggest_activities("miel")}


def test_who_makes_comes_before_who_sells():
    rows = [
        Activity(code=code, name=name, sub_line="", line_of_business="")
        for code, name in (("477102", "Venta al por menor de guantes"), ("991001", "Fabricación de guantes"))
    ]
    assert [row.code for row in rank("guante", rows, {})] == ["991001", "477102"]
