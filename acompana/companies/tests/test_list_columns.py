"""Columns of the list that show what hangs on a company, on the page and in its file."""

import csv
import io

import pytest

from acompana.companies.models import CompanyActivity, MarketInterest, Product
from acompana.companies.operations import add_contact
from acompana.companies.tests.conftest import NOW, make_company, text_of
from acompana.reference.models import Activity, Country

LIST = "/escritorio/empresas/"
NEW = {"columnas": "contacto,correo,telefono,actividades,productos,mercados,certificaciones,ficha"}

REACH = {"email": "rosa@alerce.example", "phone": "+56981234567"}


def rows_of_file(client):
    response = client.get(f"{LIST}empresas.csv", NEW)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def fill(company, actor):
    add_contact(company=company, actor=actor, now=NOW, name="Ana", email="ana@alerce.example")
    contact = add_contact(company=company, actor=actor, now=NOW, name="Rosa Díaz", **REACH)
    company.contacts.update(is_main=False)
    company.contacts.filter(pk=contact.pk).update(is_main=True)
    for code, is_main in (("011101", False), ("011102", True)):
        activity = Activity.objects.get(code=code)
        CompanyActivity.objects.create(company=company, activity=activity, is_main=is_main)
    Product.objects.create(company=company, description='=HYPERLINK("http://malo.example")')
    for code in ("PE", "BR"):
        MarketInterest.objects.create(company=company, country=Country.objects.get(alpha2=code))


def test_what_hangs_on_a_company_has_columns(as_carolina, carolina):
    fill(make_company("Alerce", certifications="ISO 9001"), carolina)
    make_company("Boldo")
    head, alerce, boldo = rows_of_file(as_carolina)
    assert head[1:5] == ["Contacto principal", "Correo de contacto", "Teléfono de contacto", "Actividades"]
    assert alerce[1:4] == ["Rosa Díaz", "rosa@alerce.example", "'+56 9 8123 4567"]
    assert [one[:6] for one in alerce[4].split("; ")] == ["011102", "011101"]
    assert alerce[5:8] == ['\'=HYPERLINK("http://malo.example")', "Brasil, Perú", "ISO 9001"]
    assert alerce[8].startswith("Información parcial: faltan ")
    assert boldo[1:8] == [""] * 7
    page = text_of(as_carolina.get(LIST, NEW))
    assert "rosa@alerce.example" in page
    assert "Brasil, Perú" in page


def test_who_has_no_commune_has_none(as_carolina, valparaiso):
    make_company("Alerce")
    make_company("Boldo", region=valparaiso)
    make_company("Canelo", kind="foreign", country=Country.objects.get(alpha2="MX"))
    page = text_of(as_carolina.get(LIST, {"columnas": "comuna"}))
    cells = [cell.partition("</td>")[0] for cell in page.split('<td data-label="Comuna">')[1:]]
    assert ["Sin comuna" in cell for cell in cells] == [True] * 3
    assert ["Chile" in cells[0], "Valparaíso" in cells[1], "México" in cells[2]] == [False, True, True]


@pytest.mark.one_database
def test_the_file_asks_the_same_for_one_and_three(as_carolina, carolina, django_assert_num_queries):
    fill(make_company("Alerce"), carolina)
    rows_of_file(as_carolina)
    with django_assert_num_queries(20):
        rows_of_file(as_carolina)
    fill(make_company("Boldo"), carolina)
    fill(make_company("Canelo"), carolina)
    with django_assert_num_queries(20):
        assert len(rows_of_file(as_carolina)) == 4
