"""The list: filters, columns, orders, saved views, and the file of what is on screen."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from zipfile import ZipFile

import pytest
from django.http import QueryDict

from acompana.companies import listing as lists
from acompana.companies.filters import BY_NAME, KINDS, flat
from acompana.companies.listing import CompanyList
from acompana.companies.models import (
    Company,
    CompanyActivity,
    DeclaredExport,
    ListExport,
    MarketInterest,
    Product,
)
from acompana.companies.operations import add_contact, record_consent
from acompana.companies.tests.conftest import NOW, TODAY, make_company, make_staff
from acompana.people.models import Office
from acompana.reference.models import Activity, Commune, Country, SalesBracket, Sector, TariffHeading

LIST = "/escritorio/empresas/"
BACKEND = "acompana.people.backends.Backend"


@pytest.fixture
def as_carolina(client, carolina):
    client.force_login(carolina.person, backend=BACKEND)
    return client


def found(actor, query):
    listing = CompanyList(QueryDict(query), actor=actor, today=TODAY)
    return [company.legal_name for company in listing.companies()]


def test_of_the_offices_abroad_those_with_companies_are_offered(db):
    chile, peru = Country.objects.get(alpha2="CL"), Country.objects.get(alpha2="PE")
    lima, quito = (
        Office.objects.create(
            code=code, kind="commercial", name=city, city=city, country=peru, time_zone="America/Lima"
        )
        for code, city in (("PE-LIM", "Lima"), ("EC-UIO", "Quito"))
    )
    make_company("Lima Foods", kind="foreign", country=peru, rut=None, office_id=lima.pk)
    kind = BY_NAME["oficina"]
    offered = {code for code, _ in flat(kind.choices())}
    assert lima.code in offered
    assert quito.code not in offered
    assert {office.code for office in Office.objects.filter(country=chile)} <= offered


@pytest.fixture
def two(carolina, valparaiso):
    """One company of which everything is known, and one of which nothing is."""
    full = make_company(
        "Alerce SpA",
        region=valparaiso,
        commune=Commune.objects.get(name="Quillota"),
        sector=Sector.objects.get(slug=Sector.objects.values_list("slug", flat=True)[0]),
        sales_bracket=SalesBracket.objects.get(number=5),
        potential="high",
        offer="goods",
        exported_recently=True,
        sells_online=False,
        women_role="sole",
        origin="corfo",
        executive=carolina.person,
        office_id=carolina.office_id,
        validated_on=TODAY,
        workers=12,
        started_on=date(2015, 3, 1),
        tax_category="first",
        certifications="ISO 9001",
        website="https://alerce.example",
        address="Calle ÑuÑoa 1",
        origin_detail="Espacio Food & Service",
        last_worked_on=date(2026, 5, 2),
    )
    MarketInterest.objects.create(company=full, country=Country.objects.get(alpha2="PE"))
    Product.objects.create(company=full, description="Arándanos", heading=TariffHeading.objects.get(code="081040"))
    CompanyActivity.objects.create(company=full, activity=Activity.objects.get(code="011101"), is_main=True)
    contact = add_contact(company=full, actor=carolina, now=NOW, name="Rosa Díaz", email="rosa@alerce.example")
    record_consent(contact=contact, purpose="news", given=True, actor=carolina, now=NOW)
    empty = make_company("Boldo Ltda.", kind="institution", country=Country.objects.get(alpha2="PE"))
    add_contact(company=empty, actor=make_staff("Jefa", "Uno", "CL-BI", "administrator"), now=NOW, name="X")
    return full, empty


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("comuna=05501", ["Alerce SpA"]),
        ("actividad=011101", ["Alerce SpA"]),
        ("actividad=999999", []),
        ("tamano=PEQUENA", ["Alerce SpA"]),
        ("clase=institution", ["Boldo Ltda."]),
        ("potencial=high", ["Alerce SpA"]),
        ("oferta=goods", ["Alerce SpA"]),
        ("origen=corfo", ["Alerce SpA"]),
        ("exporta=si", ["Alerce SpA"]),
        ("exporta=sin", ["Boldo Ltda."]),
        ("online=no", ["Alerce SpA"]),
        ("mujeres=sole", ["Alerce SpA"]),
        ("trabajadores=10-49", ["Alerce SpA"]),
        ("trabajadores=200", []),
        ("trabajadores=sin", ["Boldo Ltda."]),
        ("antiguedad=11", ["Alerce SpA"]),
        ("antiguedad=6-10", []),
        ("antiguedad=sin", ["Boldo Ltda."]),
        ("giro=no", ["Alerce SpA", "Boldo Ltda."]),
        ("giro=si", []),
        ("categoria=first", ["Alerce SpA"]),
        ("pais=CL", ["Alerce SpA"]),
        ("pais=PE", ["Boldo Ltda."]),
        ("mercado=PE", ["Alerce SpA"]),
        ("producto=0810", ["Alerce SpA"]),
        ("producto=2204", []),
        ("certificaciones=si", ["Alerce SpA"]),
        ("web=no", ["Boldo Ltda."]),
        ("direccion=si", ["Alerce SpA"]),
        ("contacto=si", ["Alerce SpA", "Boldo Ltda."]),
        ("contacto=no", []),
        ("correo=no", ["Boldo Ltda."]),
        ("permiso=news", ["Alerce SpA"]),
        ("permiso=falta", ["Boldo Ltda."]),
        ("completa=si", []),
        ("validada=si", ["Alerce SpA"]),
        ("validada=no", ["Boldo Ltda."]),
        ("oficina=ninguna", ["Boldo Ltda."]),
        ("ejecutivo=nadie", ["Boldo Ltda."]),
        ("conocida=espacio food", ["Alerce SpA"]),
        ("conocida=FÓOD", ["Alerce SpA"]),
        ("conocida=feria", []),
        ("direccion_contiene=nunoa", ["Alerce SpA"]),
        ("direccion_contiene=Ñuñoa 1", ["Alerce SpA"]),
        ("direccion_contiene=ñuñ_a", []),
        ("direccion_contiene=ca%25e 1", []),
        ("direccion_contiene=ÑUÑOA", ["Alerce SpA"]),
        ("web_contiene=alerce.ex", ["Alerce SpA"]),
        ("web_contiene=alercexex", []),
        ("contacto_contiene=diaz", ["Alerce SpA"]),
        ("contacto_contiene=rosa alerce", []),
        ("correo_contiene=sa@alerce", ["Alerce SpA"]),
        ("correo_contiene=boldo", []),
        ("relacion_desde=2026-09-16", ["Alerce SpA", "Boldo Ltda."]),
        ("relacion_desde=2026-09-17", []),
        ("relacion_hasta=2026-09-16", ["Alerce SpA", "Boldo Ltda."]),
        ("relacion_hasta=2026-09-15", []),
        ("accion_desde=2026-05-02&accion_hasta=2026-05-02", ["Alerce SpA"]),
        ("accion_desde=2026-05-03", []),
        ("accion_hasta=2026-05-01", []),
        ("direccion_contiene=no&accion_desde=ayer", []),
        ("orden=-nombre", ["Boldo Ltda.", "Alerce SpA"]),
        ("orden=nuevas", ["Boldo Ltda.", "Alerce SpA"]),
        ("orden=nonsense&comuna=&tamano= ", ["Alerce SpA", "Boldo Ltda."]),
    ],
)
def test_each_filter_by_what_is_known(two, carolina, query, names):
    assert found(carolina, query) == names


def test_a_consent_that_was_withdrawn_counts_no_more(two, carolina):
    contact = two[0].contacts.get()
    later = NOW + timedelta(hours=1)
    record_consent(contact=contact, purpose="news", given=False, actor=carolina, now=later)
    assert found(carolina, "permiso=news") == []
    assert found(carolina, "permiso=falta") == ["Alerce SpA", "Boldo Ltda."]


def test_every_filter_can_be_put_on(as_carolina, two):
    for kind in KINDS:
        page = as_carolina.get(LIST, {"mas": kind.name})
        assert f'id="id_{kind.name}"' in page.content.decode()


def test_a_code_that_does_not_exist_is_told_and_kept(as_carolina, two):
    page = as_carolina.get(LIST, {"producto": "999999"}).content.decode()
    assert "no existe «999999»" in page
    assert 'value="999999"' in page


def test_what_is_too_short_or_no_day_is_told_and_kept(as_carolina, two):
    page = as_carolina.get(LIST, {"direccion_contiene": "a 1", "accion_desde": "ayer"}).content.decode()
    assert "Dirección contiene: «a 1» es muy corto" in page
    assert "Última acción desde el: «ayer» no es un día." in page
    assert 'value="a 1"' in page


@pytest.mark.parametrize(
    ("also", "names"),
    [
        ("", ["Alerce SpA"]),
        ("&oficina=ninguna", []),
        ("&ejecutivo=nadie", []),
        ("&region=CL-VS", ["Alerce SpA", "Solo registro"]),
        ("&comuna=05501", ["Alerce SpA", "Solo registro"]),
    ],
)
def test_no_part_of_a_text_is_looked_for_in_the_whole_registry(as_carolina, carolina, two, also, names):
    full, _ = two
    make_company("Solo registro", related_on=None, address="Ñuñoa", region=full.region, commune=full.commune)
    query = f"direccion_contiene=nunoa&registro=1{also}"
    assert found(carolina, query) == names
    told = (
        "El filtro de texto mira solo las que tienen relación" in as_carolina.get(f"{LIST}?{query}").content.decode()
    )
    assert told is (len(names) < 2)


def test_columns_are_chosen_and_ordered(as_carolina, two):
    page = as_carolina.get(LIST, {"columnas": "tramo,rut,nonsense,rut"}).content.decode()
    heads = [head.split("</th>")[0] for head in page.split('<th scope="col">')[1:]]
    assert heads == ["Empresa", "Ventas anuales", "RUT"]
    assert "columnas=rut,tramo" in page  # RUT, one place earlier


@pytest.mark.one_database
def test_the_same_queries_for_one_and_three_with_every_column(
    as_carolina, carolina, valparaiso, django_assert_num_queries
):
    query = {"columnas": ",".join(lists.COLUMNS), "permiso": "falta", "comuna": "05501"}
    query |= {"contacto_contiene": "xxx", "relacion_desde": "2020-01-01", "direccion_contiene": "calle"}

    def fill(name):
        company = make_company(name, region=valparaiso, commune=Commune.objects.get(code="05501"), address="Calle 1")
        Company.objects.filter(pk=company.pk).update(
            executive=carolina.person, sector=Sector.objects.first(), office=carolina.office_id
        )
        contact = add_contact(company=company, actor=carolina, now=NOW, name="Xxx")
        record_consent(contact=contact, purpose="news", given=False, actor=carolina, now=NOW)
        peru = Country.objects.get(alpha2="PE")
        MarketInterest.objects.create(company=company, country=peru)
        DeclaredExport.objects.create(company=company, year=2025, market=peru, declared_at=NOW)
        Product.objects.create(company=company, description="Arándanos")
        CompanyActivity.objects.create(company=company, activity=Activity.objects.get(code="011101"), is_main=True)

    fill("Uno")
    as_carolina.get(LIST, query)
    with django_assert_num_queries(24):
        as_carolina.get(LIST, query)
    fill("Dos")
    fill("Tres")
    with django_assert_num_queries(24):
        as_carolina.get(LIST, query)


def test_what_is_counted_is_said_and_what_is_not_is_said_so(as_carolina, monkeypatch):
    for name in ("Uno", "Dos", "Tres"):
        make_company(name)
    assert "3 empresas con relación con la agencia." in as_carolina.get(LIST).content.decode()
    monkeypatch.setattr(lists, "COUNTED", 2)
    assert "Más de 2 empresas (no se cuentan más)" in as_carolina.get(LIST).content.decode()


@pytest.mark.parametrize("also", ["", "&region=CL-VS"])
def test_what_very_many_match_is_read_in_order(carolina, valparaiso, monkeypatch, also):
    """Above the cap the page is read along the list, and shows what gathering and sorting would."""
    boss = make_staff("Jefa", "Uno", "CL-BI", "administrator")
    for at, name in enumerate(("Alerce Uno SpA", "Sur Alerce SpA", "Boldo", "Alerce Sur", "Al Fin", "Zeta Alerce")):
        company = make_company(name, region=valparaiso if at % 2 else None, related_on=None if at == 3 else TODAY)
        add_contact(company=company, actor=boss, now=NOW, name="Rosa", email=f"rosa@empresa{at}.example")
    monkeypatch.setattr(lists, "COUNT_CAP", 1)
    monkeypatch.setattr(lists, "CANDIDATES", 5)
    many = 0
    for text in ("alerce", "ale", "al", "spa alerce", "401", "rosa@", "alerce sur", "nadie"):
        for order in lists.ORDERS:
            query = QueryDict(f"q={text}&orden={order.slug}&registro=1{also}")
            listing = CompanyList(query, actor=carolina, today=TODAY)
            gathered = [company.pk for company in listing.companies()]
            walked = listing._found(walking=True).order_by(*order.by)
            assert [company.pk for company in walked] == gathered
            page = listing.page
            assert [company.pk for company in page.object_list] == gathered[:1]
            assert page.paginator.is_capped is (len(gathered) > 1)
            many += len(gathered) > 1
    assert many > 8


# --- file -------------------------------------------------------------------------------------------------------


def rows_of_csv(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_a_company_known_by_its_card_stands_in_the_alphabet(as_carolina, carolina):
    for name in ("Zorzal", "álamo", "Ñandú", "Nueva Imperial", "Olmo"):
        make_company(name)
    make_company("", trade_name="Deshidratados Las Bandurrias")
    names = ["álamo", "", "Nueva Imperial", "Ñandú", "Olmo", "Zorzal"]
    assert found(carolina, "") == names
    assert found(carolina, "orden=-nombre") == names[::-1]


@pytest.mark.parametrize("order", ["nombre", "-nombre", "nuevas", "antiguas"])
def test_the_file_has_what_the_list_shows_in_its_order(as_carolina, carolina, monkeypatch, order):
    monkeypatch.setattr(lists, "CHUNK", 2)
    for name in ("Ñandú", "Alerce", "Boldo", "Boldo", "alerce", "Canelo"):
        make_company(name)
    make_company("Solo registro", related_on=None)
    expected = found(carolina, f"orden={order}")
    head, *rows = rows_of_csv(as_carolina.get(f"{LIST}empresas.csv", {"orden": order, "columnas": "estado"}))
    assert head == ["Empresa", "Razón social", "Estado"]
    assert [row[0] for row in rows] == expected
    assert len(rows) == 6
    kept = ListExport.objects.get()
    assert (kept.person, kept.rows, kept.form) == (carolina.person, 6, "csv")


def test_no_cell_of_the_file_runs(as_carolina):
    make_company('=HYPERLINK("http://malo.example")')
    rows = rows_of_csv(as_carolina.get(f"{LIST}empresas.csv"))
    assert rows[1][0].startswith("'=HYPERLINK")
    response = as_carolina.get(f"{LIST}empresas.xlsx")
    book = ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet


def test_only_what_one_may_change_is_offered_for_editing(as_carolina, carolina, pedro):
    """Which the letter e of the keyboard opens: elsewhere it would be a page that refuses."""
    hers = make_company("Suya", executive=carolina.person, office_id=carolina.office_id)
    of_nobody = make_company("De nadie", office_id=carolina.office_id)
    other = make_company("Ajena", executive=pedro.person, office_id=pedro.office_id)
    page = as_carolina.get(LIST).content.decode()
    edits = [
        f'data-edit tabindex="-1" aria-hidden="true" href="{LIST}{one.pk}/datos/editar/"'
        for one in (hers, of_nobody, other)
    ]
    assert [edit in page for edit in edits] == [True, True, False]
