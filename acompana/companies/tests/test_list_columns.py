"""Columns of the list that show what hangs on a company, on the page and in its file."""

import csv
import io
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook

from acompana.companies.columns import COLUMNS
from acompana.companies.models import (
    Company,
    CompanyActivity,
    Contact,
    DeclaredExport,
    MarketInterest,
    Product,
)
from acompana.companies.operations import add_contact, record_consent
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
    head, alerce, boldo = (row[:1] + row[2:] for row in rows_of_file(as_carolina))  # without what is beneath the name
    assert head[1:5] == ["Contacto principal", "Correo de contacto", "Teléfono de contacto", "Actividades"]
    assert alerce[1:4] == ["Rosa Díaz", "rosa@alerce.example", "+56 9 8123 4567"]
    assert [one[:6] for one in alerce[4].split("; ")] == ["011102", "011101"]
    assert alerce[5:8] == ['\'=HYPERLINK("http://malo.example")', "Brasil, Perú", "ISO 9001"]
    assert alerce[8].startswith("Información parcial: faltan ")
    assert boldo[1:8] == [""] * 7
    page = text_of(as_carolina.get(LIST, NEW))
    assert "rosa@alerce.example" in page
    assert "Brasil, Perú" in page


def test_facts_that_a_filter_asks_for_have_columns_too(as_carolina, carolina):
    alerce = make_company(
        "Alerce", tax_category="first", commercial_year=2025, sells_online=False, programme_interest="MujerExporta"
    )
    make_company("Boldo")
    rosa = add_contact(company=alerce, actor=carolina, now=NOW, name="Rosa", position="Gerenta", language="en")
    Contact.objects.filter(pk=rosa.pk).update(preferred_channel="whatsapp")
    twice = alerce.contacts.create(name="Rosa D.", same_as=rosa, ended_on=NOW.date())
    for number, (contact, purpose, given) in enumerate(
        ((rosa, "news", True), (twice, "stories", True), (rosa, "programmes", True), (rosa, "programmes", False))
    ):
        then = NOW + timedelta(minutes=number)
        record_consent(contact=contact, purpose=purpose, given=given, actor=carolina, now=then)
    for year, code in ((2024, "PE"), (2025, "PE"), (2025, "BR")):
        market = Country.objects.get(alpha2=code)
        DeclaredExport.objects.create(company=alerce, year=year, market=market, declared_at=NOW)
    names = "cargo,canal,idioma,permiso,categoria,exportaciones,programas,ano_comercial,online,giro"
    response = as_carolina.get(f"{LIST}empresas.csv", {"columnas": names})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    _, first, second = csv.reader(io.StringIO(text), delimiter=";")
    assert first[2:] == [
        "Gerenta", "WhatsApp", "Inglés", "Recibir invitaciones; Contar su historia", "Primera categoría",
        "2025: Brasil, Perú; 2024: Perú", "MujerExporta", "2025", "No", "",
    ]  # fmt: skip
    assert second[2:] == [""] * 10
    page = text_of(as_carolina.get(LIST, {"columnas": names}))
    assert "2025: Brasil, Perú; 2024: Perú" in page
    assert "Contar su historia" in page


# By model and field, the column that shows it.
SHOWN = {
    Company: {
        "kind": "clase",
        "rut": "rut",
        "foreign_tax_id": "rut",
        "legal_name": "razon",
        "trade_name": "fantasia",
        "country": "pais",
        "region": "region",
        "commune": "comuna",
        "address": "direccion",
        "started_on": "inicio",
        "closed_on": "giro",
        "tax_category": "categoria",
        "sector": "sector",
        "sales_bracket": "tramo",
        "workers": "trabajadores",
        "commercial_year": "ano_comercial",
        "offer": "oferta",
        "exported_recently": "exporta",
        "women_role": "mujeres",
        "certifications": "certificaciones",
        "website": "web",
        "sells_online": "online",
        "programme_interest": "programas",
        "origin": "origen",
        "origin_detail": "conocida",
        "office": "oficina",
        "executive": "ejecutivo",
        "related_on": "relacion",
        "last_worked_on": "accion",
        "user_until": "estado",
        "former_from": "estado",
        "registered_by_officer_on": "estado",
        "potential": "potencial",
        "validated_on": "validada",
    },
    Contact: {
        "name": "contacto",
        "position": "cargo",
        "email": "correo",
        "phone": "telefono",
        "preferred_channel": "canal",
        "language": "idioma",
        "is_main": "contacto",
    },
    CompanyActivity: {"activity": "actividades", "is_main": "actividades"},
    Product: {"description": "productos"},
    DeclaredExport: {"year": "exportaciones", "market": "exportaciones"},
    MarketInterest: {"country": "mercados"},
}
NOT_SHOWN = {
    Company: {
        "match_name": "made of the names, to tell doubles",
        "match_trade_name": "made of the names, to tell doubles",
        "sort_name": "made of the names: an order of the list",
        "potential_on": "when the potential was written, which the record's history tells",
        "capacity_seen_on": "of what the portfolio counts by, which the record explains",
        "merged_into": "who was merged stands in no list",
        "version": "guards a form",
        "created_at": "an order of the list",
        "created_by": "the record's history tells",
    },
    Contact: {
        "company": "what it hangs on",
        "person": "a person who enters; who acts for a company has pages of its own",
        "phone_digits": "the telephone, to be found by",
        "gender": "of a person: asked for to reach them, and taken away in no file",
        "verified_at": "said beside the address, on the record",
        "ended_on": "who left stands in no list",
        "same_as": "a merge found it twice: it stands in no list",
    },
    CompanyActivity: {"company": "what it hangs on"},
    Product: {
        "company": "what it hangs on",
        "is_service": "what the company offers says it",
        "heading": "read on the record, beside its product",
    },
    DeclaredExport: {
        "company": "what it hangs on",
        "amount_usd": "of each year and market: read on the record",
        "proof": "of each year and market: read on the record",
        "declared_by": "the record's history tells",
        "declared_at": "the record's history tells",
    },
    MarketInterest: {"company": "what it hangs on"},
}


@pytest.mark.parametrize("model", SHOWN, ids=lambda model: model.__name__)
def test_every_field_has_a_column_or_a_reason_to_have_none(model):
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    shown, left = SHOWN[model], NOT_SHOWN[model]
    assert fields - shown.keys() - left.keys() == set(), "no column, and no reason"
    assert (shown.keys() | left.keys()) - fields == set(), "no such field"
    assert not shown.keys() & left.keys()
    assert set(shown.values()) <= COLUMNS.keys()


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


def columns_and_rows(client, **asked):
    response = client.get(f"{LIST}empresas.csv", asked)
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")), delimiter=";"))


def test_what_a_cell_shows_beneath_has_a_column_of_its_own_in_the_file(as_carolina, valparaiso):
    """Once, where it stands on the page if it was chosen; else behind what it stands beneath (EXP-4)."""
    make_company("Agrícola Quillota SpA", trade_name="Alerce", region=valparaiso)
    make_company("Boldo Inc", kind="foreign", country=Country.objects.get(alpha2="MX"))
    usual = columns_and_rows(as_carolina)
    assert usual[0] == [
        "Empresa", "Razón social", "RUT", "Comuna", "Región", "País", "Sector", "Estado", "A cargo",
    ]  # fmt: skip
    assert [usual[1][at] for at in (0, 1, 4, 5)] == ["Alerce", "Agrícola Quillota SpA", "Valparaíso", "Chile"]
    assert [usual[2][at] for at in (0, 1, 4, 5)] == ["Boldo Inc", "Boldo Inc", "", "México"]
    chosen = columns_and_rows(as_carolina, columnas="region,comuna,razon")
    assert chosen[0] == ["Empresa", "Región", "Comuna", "País", "Razón social"]
    without = columns_and_rows(as_carolina, columnas="rut")
    assert without[0] == ["Empresa", "Razón social", "RUT"]
    book = b"".join(as_carolina.get(f"{LIST}empresas.xlsx").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
    assert sheet.to_python()[0] == usual[0]
