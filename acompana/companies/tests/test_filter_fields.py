"""Every field of a company, and of what hangs on it, can be asked of the list, or it is said why not."""

from datetime import date

import pytest
from django.http import QueryDict

from acompana.companies.filters import BY_NAME
from acompana.companies.listing import CompanyList
from acompana.companies.models import (
    Company,
    CompanyActivity,
    Contact,
    DeclaredExport,
    MarketInterest,
    Product,
)
from acompana.companies.operations import add_contact
from acompana.companies.portfolio import portfolio_of
from acompana.companies.tests.conftest import NOW, TODAY, make_company
from acompana.reference.models import Activity, Country, Sector, TariffHeading

# By model and field, the filters that ask it.
FILTERED = {
    Company: {
        "kind": ("clase",),
        "foreign_tax_id": ("identificacion",),
        "country": ("pais",),
        "region": ("region",),
        "commune": ("comuna",),
        "address": ("direccion", "direccion_contiene"),
        "started_on": ("antiguedad",),
        "closed_on": ("giro",),
        "tax_category": ("categoria",),
        "sector": ("sector",),
        "sales_bracket": ("tramo", "tamano"),
        "workers": ("trabajadores",),
        "commercial_year": ("ano_comercial",),
        "offer": ("oferta",),
        "exported_recently": ("exporta",),
        "women_role": ("mujeres",),
        "certifications": ("certificaciones", "certificaciones_contiene"),
        "website": ("web", "web_contiene"),
        "sells_online": ("online",),
        "programme_interest": ("programas",),
        "origin": ("origen",),
        "origin_detail": ("conocida",),
        "office": ("oficina",),
        "executive": ("ejecutivo",),
        "related_on": ("relacion_desde", "relacion_hasta"),
        "last_worked_on": ("accion_desde", "accion_hasta"),
        "user_until": ("estado",),
        "former_from": ("estado",),
        "registered_by_officer_on": ("estado",),
        "capacity_seen_on": ("cartera",),
        "potential": ("potencial",),
        "validated_on": ("validada", "validada_desde", "validada_hasta", "cartera"),
    },
    Contact: {
        "name": ("contacto_contiene",),
        "position": ("cargo_contiene",),
        "email": ("correo", "correo_contiene"),
        "phone": ("telefono_contiene",),
        "phone_digits": ("telefono_contiene",),
        "preferred_channel": ("canal",),
        "language": ("idioma",),
        "gender": ("genero",),
        "verified_at": ("correo_verificado",),
    },
    CompanyActivity: {"activity": ("actividad",)},
    Product: {"description": ("producto_contiene",), "heading": ("producto",)},
    DeclaredExport: {
        "year": ("exporto_ano",),
        "market": ("exporto_a",),
        "amount_usd": ("exporto_monto",),
        "proof": ("exporto_prueba",),
    },
    MarketInterest: {"country": ("mercado",)},
}
WITHOUT = {
    Company: {
        "rut": "the search of the list finds it",
        "legal_name": "the search of the list finds it",
        "trade_name": "the search of the list finds it",
        "match_name": "made of the names, to tell doubles",
        "match_trade_name": "made of the names, to tell doubles",
        "sort_name": "made of the names: an order of the list",
        "potential_on": "when the potential was written, which the record's history tells",
        "merged_into": "who was merged stands in no list",
        "version": "guards a form",
        "created_at": "an order of the list",
        "created_by": "the record's history tells",
    },
    Contact: {
        "company": "what it hangs on",
        "person": "a person who enters; who acts for a company has pages of its own",
        "is_main": "a company has one, or its first contact stands for it",
        "ended_on": "who left is asked of nothing",
        "same_as": "a merge found it twice: it is asked of nothing",
    },
    CompanyActivity: {"company": "what it hangs on", "is_main": "an activity is asked for, main or not"},
    Product: {"company": "what it hangs on", "is_service": "what the company offers says it"},
    DeclaredExport: {
        "company": "what it hangs on",
        "declared_by": "the record's history tells",
        "declared_at": "the record's history tells",
    },
    MarketInterest: {"company": "what it hangs on"},
}


@pytest.mark.parametrize("model", FILTERED, ids=lambda model: model.__name__)
def test_every_field_has_a_filter_or_a_reason_to_have_none(model):
    fields = {field.name for field in model._meta.concrete_fields} - {"id"}
    asked, left = FILTERED[model], WITHOUT[model]
    assert fields - asked.keys() - left.keys() == set(), "no filter, and no reason"
    assert (asked.keys() | left.keys()) - fields == set(), "no such field"
    assert not asked.keys() & left.keys()
    assert {name for names in asked.values() for name in names} <= BY_NAME.keys()


def found(actor, query):
    listing = CompanyList(QueryDict(query), actor=actor, today=TODAY)
    return [company.legal_name for company in listing.companies()]


@pytest.fixture
def two(carolina):
    full = make_company(
        "Alerce SpA",
        commercial_year=2025,
        certifications="ISO 9001, Orgánico",
        programme_interest="Contáctame, MujerExporta",
        validated_on=date(2026, 5, 2),
    )
    contact = add_contact(
        company=full, actor=carolina, now=NOW, name="Rosa", position="Gerenta general", phone="+56 9 8123 4567"
    )
    Contact.objects.filter(pk=contact.pk).update(
        verified_at=NOW, preferred_channel="whatsapp", language="en", gender="female"
    )
    Product.objects.create(company=full, description="Arándanos frescos")
    CompanyActivity.objects.create(company=full, activity=Activity.objects.get(code="011101"))
    DeclaredExport.objects.create(
        company=full, year=2024, market=Country.objects.get(alpha2="PE"), amount_usd=12000, declared_at=NOW
    )
    make_company("Boldo Ltda.", kind="foreign", foreign_tax_id="MX-778", country=Country.objects.get(alpha2="MX"))


ALERCE, BOLDO = ["Alerce SpA"], ["Boldo Ltda."]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ano_comercial=2025", ALERCE),
        ("ano_comercial=2024", []),
        ("ano_comercial=veinte", []),
        ("certificaciones_contiene=organico", ALERCE),
        ("programas=mujerexp", ALERCE),
        ("identificacion=mx-7", BOLDO),
        ("validada_desde=2026-05-02&validada_hasta=2026-05-02", ALERCE),
        ("validada_desde=2026-05-03", []),
        ("telefono_contiene=98123", ALERCE),
        ("telefono_contiene=%2B56 9 8123 4567", ALERCE),
        ("telefono_contiene=99999", []),
        ("telefono_contiene=%2B569 8123", ALERCE),
        ("telefono_contiene=56 9 8123", ALERCE),
        ("telefono_contiene=8123-45", ALERCE),
        ("telefono_contiene=%2B569 9123", []),
        ("telefono_contiene=%2B56 9", []),
        ("telefono_contiene=9-1", []),
        ("cargo_contiene=gerenta", ALERCE),
        ("correo_verificado=si", ALERCE),
        ("correo_verificado=no", BOLDO),
        ("canal=whatsapp", ALERCE),
        ("idioma=en", ALERCE),
        ("genero=male", []),
        ("producto_contiene=arandano", ALERCE),
        ("exportaciones=no", BOLDO),
        ("exportaciones=si", ALERCE),
        ("exporto_a=PE", ALERCE),
        ("exporto_a=MX", []),
        ("exporto_ano=2024", ALERCE),
        ("exporto_ano=2023", []),
        ("exporto_monto=12.000", ALERCE),
        ("exporto_monto=12001", []),
        ("exporto_monto=NaN", []),
        ("exporto_prueba=stated", ALERCE),
        ("exporto_prueba=matched", []),
        ("actividad=01", ALERCE),
        ("actividad=0111", ALERCE),
        ("actividad=02", []),
        ("actividad=cultivo trigo", ALERCE),
        ("actividad=cultivo unicornio", []),
        ("actividad=99999", []),
    ],
)
def test_each_filter_of_what_was_only_on_the_record(two, carolina, query, names):
    assert found(carolina, query) == names


def test_a_beginning_or_words_of_an_activity_tell_how_many_they_find(client, two, carolina):
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    page = client.get("/escritorio/empresas/", {"actividad": "0111"}).content.decode()
    assert "0111 (" in page
    assert "actividades)" in page
    page = client.get("/escritorio/empresas/", {"actividad": "cultivo de unicornios"}).content.decode()
    assert "ninguna empieza con «cultivo de unicornios» ni tiene esas palabras" in page


@pytest.mark.parametrize(
    ("changed", "yes"),
    [
        ({}, True),
        ({"validated_on": None}, False),
        ({"workers": None}, False),
        ({"closed_on": date(2026, 1, 1)}, False),
        ({"closed_on": date(2027, 1, 1)}, True),
        ({"exported_recently": False}, False),
        ({"exported_recently": False, "potential": "medium"}, True),
        ({"exported_recently": False, "potential": "low"}, False),
        ({"exported_recently": False, "capacity_seen_on": TODAY}, True),
        ({"exported_recently": False, "export": TODAY.year - 3}, True),
        ({"exported_recently": False, "export": TODAY.year - 4}, False),
        ({"sector": None}, False),
        ({"sector": "agua"}, False),
    ],
)
def test_the_portfolio_of_the_list_is_that_of_the_record(carolina, full_values, changed, yes):
    other = Sector.objects.create(slug="agua", name="Agua", strategic=False)
    sector = {"sector": other} if changed.get("sector") else {}
    changed = {**changed}
    year = changed.pop("export", None)
    company = make_company("Alerce SpA", **{**full_values, "validated_on": TODAY, **changed, **sector})
    if year:
        market = Country.objects.get(alpha2="PE")
        DeclaredExport.objects.create(company=company, year=year, market=market, declared_at=NOW)
    add_contact(
        company=company,
        actor=carolina,
        now=NOW,
        name="Rosa",
        position="Gerenta",
        email="rosa@alerce.example",
        phone="+56 9 8123 4567",
    )
    CompanyActivity.objects.create(company=company, activity=Activity.objects.get(code="011101"))
    Product.objects.create(company=company, description="Trigo", heading=TariffHeading.objects.get(code="081040"))
    assert portfolio_of(company, TODAY).yes is yes
    assert found(carolina, "cartera=si") == (ALERCE if yes else [])
    assert found(carolina, "cartera=no") == ([] if yes else ALERCE)
    validated = company.validated_on is not None
    assert found(carolina, "cartera=validada") == (ALERCE if validated and not yes else [])


def test_days_the_wrong_way_round_are_told(as_carolina):
    page = as_carolina.get(
        "/escritorio/empresas/", {"accion_desde": "2026-05-02", "accion_hasta": "2026-05-01"}
    ).content.decode()
    assert "«Última acción desde el 02-05-2026» es posterior a «Última acción hasta el 01-05-2026»" in page
    page = as_carolina.get(
        "/escritorio/empresas/", {"accion_desde": "2026-05-01", "accion_hasta": "2026-05-01"}
    ).content.decode()
    assert "es posterior a" not in page
