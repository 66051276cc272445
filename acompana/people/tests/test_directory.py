"""The public directory: every office, the map, what time it is there."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from acompana.people.models import Office, Person
from acompana.people.operations import load_demonstration_offices
from acompana.people.queries import closed_days, in_place_order, office_by_code, offices_directory, offices_in_service
from acompana.people.rules import cities_in_english
from acompana.people.templatetags.offices import LIMITS, SEATS, region_map

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 9, 16, 15, 30, tzinfo=UTC)  # 12:30 in Santiago


def test_offices_come_from_north_to_south_then_the_central_one():
    codes = [entry.office.code for entry in offices_directory(WEDNESDAY)]
    assert (codes[0], codes[15], codes[16]) == ("CL-AP", "CL-MA", "CL-CENTRAL")


def test_the_table_gives_them_in_the_same_order_and_those_abroad_last():
    load_demonstration_offices()
    offices = list(offices_in_service())
    assert offices == in_place_order(reversed(offices))
    assert [office.kind for office in offices] == ["regional"] * 16 + ["central"] + ["commercial"] * 60
    assert list(Office.objects.filter(retired_on=None)) == offices


def test_each_office_has_its_own_clock_and_hours():
    entries = {entry.office.code: entry for entry in offices_directory(WEDNESDAY)}
    assert (entries["CL-VS"].clock, entries["CL-VS"].is_open) == ("12:30", True)
    assert entries["CL-VS"].hours[1] == ("Viernes", "9:00 a 13:00 y 14:00 a 16:30")
    later = {entry.office.code: entry for entry in offices_directory(datetime(2026, 8, 12, 16, 30, tzinfo=UTC))}
    assert (later["CL-VS"].clock, later["CL-MA"].clock) == ("12:30", "13:30")
    assert (later["CL-VS"].is_open, later["CL-MA"].is_open) == (True, False)


def test_the_directory_asks_three_things_whatever_the_offices(django_assert_num_queries):
    with django_assert_num_queries(3):
        offices_directory(WEDNESDAY)
    load_demonstration_offices()
    with django_assert_num_queries(3):
        assert len(offices_directory(WEDNESDAY)) == 77


def test_a_regional_holiday_closes_its_office_only():
    chillan, rancagua = (
        closed_days(entry.calendar, date(2026, 8, 16), date(2026, 8, 31))
        for entry in offices_directory(WEDNESDAY, [office_by_code("CL-NB"), office_by_code("CL-LI")])[::-1]
    )
    assert [day.day for day in chillan] == [date(2026, 8, 20)]
    assert rancagua == []
    weekend = closed_days(offices_directory(WEDNESDAY)[0].calendar, date(2026, 8, 15), date(2026, 8, 15))
    assert weekend == []  # the 15th is a holiday on a Saturday


def test_the_map_links_every_region_once_from_north_to_south():
    assert len(LIMITS) == len(SEATS) + 1 == 17
    markup = render_to_string("people/region_map.html", region_map(offices_directory(WEDNESDAY), current="CL-NB"))
    svg = ElementTree.fromstring(markup)
    links = [node for node in svg.iter() if node.tag.endswith("a")]
    assert [link.get("href") for link in links[:2]] == ["/oficinas/CL-AP/", "/oficinas/CL-TA/"]
    assert len(links) == 16
    assert [link.get("href") for link in links if link.get("aria-current")] == ["/oficinas/CL-NB/"]
    assert " style=" not in markup


def test_anybody_reads_the_directory(client):
    page = client.get(reverse("offices:directory"))
    assert page.status_code == 200
    assert "valparaiso@prochile.gob.cl" in page.content.decode()
    assert "En el exterior" not in page.content.decode()


def test_offices_abroad_say_that_they_are_not_verified(client):
    load_demonstration_offices()
    assert "no están verificados" in client.get(reverse("offices:directory")).content.decode()
    assert "no está verificada" in client.get(reverse("offices:office", args=["PE-LIMA"])).content.decode()


@pytest.mark.parametrize("code", ["CL-VS", "CL-CENTRAL", "cl-nb"])
def test_an_office_has_its_page(client, code):
    page = client.get(reverse("offices:office", args=[code])).content.decode()
    assert "Lunes a jueves" in page
    assert "Navidad" in page


def test_an_office_that_is_not_or_no_longer_is_has_none(client):
    Office.objects.filter(code="CL-VS").update(retired_on="2026-01-01")
    for code in ("CL-VS", "CL-XX"):
        assert client.get(reverse("offices:office", args=[code])).status_code == 404


def test_countries_and_people_come_in_the_order_of_the_alphabet(client):
    load_demonstration_offices()
    countries = [group["name"] for group in client.get(reverse("offices:directory")).context["abroad"]]
    assert countries.index("Bélgica") < countries.index("Brasil") < countries.index("Canadá")
    assert countries.index("Países Bajos") < countries.index("Panamá") < countries.index("Paraguay")
    for family in ("Contreras", "Cárcamo", "Ñancupil", "Nuyado"):
        Person.objects.create(given_names="Ana", family_names=family, joined_at=WEDNESDAY)
    assert list(Person.objects.values_list("family_names", flat=True)) == [
        "Cárcamo",
        "Contreras",
        "Nuyado",
        "Ñancupil",
    ]


def test_a_city_abroad_is_called_in_english_by_its_english_name(client):
    load_demonstration_offices()
    spanish = client.get(reverse("offices:directory")).content.decode()
    english = client.get(reverse("offices:directory"), {"idioma": "en"}, follow=True).content.decode()
    for city, name in (("Bruselas", "Brussels"), ("La Haya", "The Hague"), ("Ciudad de México", "Mexico City")):
        assert (f">{city}</a>" in spanish, f">{name}</a>" in english) == (True, True)
        assert f">{city}</a>" not in english
    assert set(cities_in_english()) <= set(Office.objects.filter(kind="commercial").values_list("city", flat=True))
