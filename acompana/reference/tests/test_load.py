"""A database that was only migrated holds every row of the data files; loading twice changes nothing."""

import csv

import pytest

from acompana.reference import models
from acompana.reference.operations import DATA, load_reference_data
from acompana.reference.queries import find_commune, find_region

pytestmark = pytest.mark.django_db


def count_of(name):
    with (DATA / name).open(encoding="utf-8") as file:
        return len(list(csv.DictReader(file)))


@pytest.mark.parametrize(
    ("model", "file", "expected"),
    [
        (models.Region, "regions.csv", 16),
        (models.Commune, "communes.csv", 346),
        (models.Country, "countries.csv", 249),
        (models.Activity, "sii_activities.csv", 674),
        (models.TariffSection, "hs_sections.csv", 21),
        (models.SalesBracket, "sii_sales_brackets.csv", 13),
        (models.Incoterm, "incoterms2020.csv", 11),
        (models.Sector, "sectors.csv", 18),
    ],
)
def test_migrations_leave_every_row(model, file, expected):
    assert model.objects.count() == count_of(file) == expected


@pytest.mark.parametrize(
    ("level", "file", "expected"), [(2, "hs2.csv", 96), (4, "hs4.csv", 1228), (6, "hs6.csv", 5611)]
)
def test_migrations_leave_every_heading(level, file, expected):
    headings = models.TariffHeading.objects.filter(level=level)
    assert headings.count() == count_of(file) == expected
    assert not headings.filter(parent=None).exists() or level == 2


def everything():
    names = ["Region", "Commune", "CommuneAlias", "Country", "Activity", "TariffSection", "TariffHeading"]
    names += ["SalesBracket", "Incoterm", "Sector"]
    return {name: list(getattr(models, name).objects.order_by("pk").values()) for name in names}


def test_loading_twice_changes_nothing(django_assert_max_num_queries):
    before = everything()
    with django_assert_max_num_queries(20):
        load_reference_data()
    assert everything() == before


def test_an_upgrade_mends_a_name_and_leaves_what_was_retired():
    models.Region.objects.filter(code="16").update(short_name="Nuble", retired_on="2026-01-01")
    models.Sector.objects.filter(slug="turismo").update(strategic=False)
    models.Incoterm.objects.filter(code="FOB").delete()
    load_reference_data()
    region = models.Region.objects.get(code="16")
    assert (region.short_name, str(region.retired_on)) == ("Ñuble", "2026-01-01")
    assert models.Incoterm.objects.filter(code="FOB").exists()
    assert not models.Sector.objects.get(slug="turismo").strategic


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("PAIHUANO", "Paiguano"),
        ("Llay-Llay", "Llaillay"),
        ("trehuaco", "Treguaco"),
        ("CALERA", "La Calera"),
        ("Los Angeles", "Los Ángeles"),
        ("RANQUIL", "Ránquil"),
        ("Viña del Mar", "Viña del Mar"),
        ("o'higgins", "O'Higgins"),
    ],
)
def test_a_commune_is_found_by_any_of_its_spellings(spelling, name):
    assert find_commune(spelling).name == name


def test_an_unknown_commune_is_none():
    assert find_commune("Macondo") is None


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("XIII REGION METROPOLITANA", "CL-RM"),
        ("RM", "CL-RM"),
        ("V REGION DE VALPARAISO", "CL-VS"),
        ("cl-nb", "CL-NB"),
        ("16", "CL-NB"),
        ("5", "CL-VS"),
        ("Región del Libertador General Bernardo O'Higgins", "CL-LI"),
        ("O'Higgins", "CL-LI"),
        ("Aysén", "CL-AI"),
        ("Magallanes", "CL-MA"),
        ("XIV REGION DE LOS RIOS", "CL-LR"),
        ("VIII REGION DEL BIO BIO", "CL-BI"),
        ("XV REGION ARICA Y PARINACOTA", "CL-AP"),
        ("VI Región", "CL-LI"),
        ("VIII Región del Biobío", "CL-BI"),
        ("Región XIV", "CL-LR"),
        ("Región N° 14", "CL-LR"),
        ("XIII Región", "CL-RM"),
        ("R.M.", "CL-RM"),
        ("Región RM", "CL-RM"),
    ],
)
def test_a_region_is_found_as_registers_write_it(text, iso):
    assert find_region(text).iso == iso


@pytest.mark.parametrize("text", ["Región", "No", "XX Región", "CL", "Región 17"])
def test_what_names_no_region_is_none(text):
    assert find_region(text) is None


def test_capitals_of_the_register_are_put_in_sentence_case():
    assert models.Activity.objects.get(code="011101").name == "Cultivo de trigo"
