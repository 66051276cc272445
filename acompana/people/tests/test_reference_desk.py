"""Reference data on the desk: read, and taken out of use without losing where it was chosen."""

import pytest
from django.urls import reverse

from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import NOBODY
from acompana.people.tests.desk_people import enter
from acompana.reference.models import Activity, Commune, Region
from acompana.reference.operations import bring_back, retire
from acompana.reference.queries import find_activities, find_headings

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"reference:{name}", args=args)


@pytest.mark.parametrize(
    ("view", "query", "seen"),
    [
        ("places", {}, "Elige una región"),
        ("places", {"region": "04"}, "paihuano"),
        ("places", {"region": "99"}, "Elige una región"),
        ("activities", {"q": "vino"}, "Elaboración de vinos"),
        ("activities", {"q": "zzz"}, "Ninguna actividad"),
        ("tariff", {}, "Animales vivos"),
        ("tariff", {"codigo": "2204"}, "220421"),
        ("tariff", {"q": "vino espumoso"}, "220410"),
        ("tariff", {"codigo": "no"}, "Animales vivos"),
        ("sectors", {}, "por omisión"),
        ("lists", {"q": "perú"}, "PER"),
    ],
)
def test_all_staff_read(client, carolina, view, query, seen):
    page = enter(client, carolina).get(url(view), query)
    assert seen in page.content.decode()


@pytest.mark.parametrize("view", ["places", "activities", "tariff", "sectors", "lists"])
def test_nobody_else_reads(client, view):
    assert client.get(url(view)).status_code == 302


def test_only_an_administrator_takes_out_of_use(client, carolina, raul):
    assert "Dejar de usar" not in enter(client, carolina).get(url("sectors")).content.decode()
    address = url("toggle", "comunas", Commune.objects.first().pk)
    assert client.post(address, {"do": "retire"}).status_code == 403
    assert "Dejar de usar" in enter(client, raul).get(url("sectors")).content.decode()


@pytest.mark.parametrize(
    ("view", "one", "queries"), [("activities", "011101", 7), ("tariff", "220410", 7), ("lists", "perú", 8)]
)
def test_a_list_asks_the_same_of_one_row_and_of_many(admin, django_assert_num_queries, view, one, queries):
    for text in (one, "a", ""):
        with django_assert_num_queries(queries):
            admin.get(url(view), {"q": text})


def test_searches_find_by_words_in_any_order_and_by_code():
    assert find_activities("ARBOLES cultivo").exists()
    assert set(find_activities("0111").values_list("code", flat=True)) >= {"011101", "011102"}
    assert find_headings("22.04").first().code == "2204"


def test_a_row_out_of_use_is_not_offered_and_comes_back(admin):
    address = url("toggle", "actividades", Activity.objects.get(code="011101").pk)
    admin.post(address, {"do": "retire"})
    assert not find_activities("011101").exists()
    assert find_activities("011101", with_retired=True).exists()
    assert "Fuera de uso" in admin.get(url("activities"), {"q": "011101"}).content.decode()
    admin.post(address, {"do": "bring-back"})
    assert find_activities("011101").exists()


def test_it_returns_to_the_list_and_nowhere_else(admin):
    address = url("toggle", "comunas", Commune.objects.first().pk)
    here = admin.post(address, {"do": "retire", "next": "/escritorio/x/?region=13"})
    assert here["Location"] == "/escritorio/x/?region=13"
    assert admin.post(address, {"do": "bring-back", "next": "//otro.example/"})["Location"] == url("places")


@pytest.mark.parametrize("address", [("regiones", 1), ("comunas", 999999)])
def test_what_is_no_row_is_not_found(admin, address):
    assert admin.post(url("toggle", *address), {"do": "retire"}).status_code == 404


def test_what_cannot_be_is_refused():
    commune, now = Commune.objects.first(), read_clock()
    with pytest.raises(Refused, match="está en uso"):
        bring_back(row=commune, actor=NOBODY, now=now)
    retire(row=commune, actor=NOBODY, now=now)
    with pytest.raises(Refused, match="ya está fuera de uso"):
        retire(row=commune, actor=NOBODY, now=now)
    with pytest.raises(Refused, match="no se retira"):
        retire(row=Region.objects.first(), actor=NOBODY, now=now)
