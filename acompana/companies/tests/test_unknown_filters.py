"""Who asks the list for something that does not exist gets nothing, and is told: never everything (EXP-4)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from acompana.companies.filters import BY_NAME, KINDS
from acompana.companies.listing import CompanyList
from acompana.companies.models import BulkAction, SavedView
from acompana.companies.tests.conftest import NOW, TODAY, make_company, make_staff, text_of
from acompana.people.models import Office
from acompana.reference.models import Country, Sector

LIST = "/escritorio/empresas/"
BULK = "/escritorio/empresas/en-conjunto/"


def found(actor, query):
    return [company.legal_name for company in CompanyList(QueryDict(query), actor=actor, today=TODAY).companies()]


@pytest.fixture
def two(db):
    make_company("Alerce SpA")
    make_company("Boldo Ltda.")


@pytest.mark.parametrize("name", BY_NAME)
def test_a_value_that_names_nothing_matches_nothing_and_is_told(as_carolina, carolina, two, name):
    assert found(carolina, f"{name}=") == found(carolina, f"{name}=%20") == ["Alerce SpA", "Boldo Ltda."]
    assert found(carolina, f"{name}=zz") == []
    page = text_of(as_carolina.get(LIST, {name: "zz"}))
    assert f"{BY_NAME[name].label}: " in page
    assert "«zz»" in page.split(f"{BY_NAME[name].label}: ")[1][:80]
    assert "Mientras este filtro siga así, no hay empresas que mostrar." in page
    assert "0 empresas" in page
    assert page.count('value="zz"') == 1, "it stays in its field, to be put right"


@pytest.mark.parametrize(
    "query",
    [
        "actividad=zzzz",
        "sector=zzz",
        "ejecutivo=99999",
        "ejecutivo=99999999999999999999",
        "region=ZZ",
        "comuna=99999",
        "mercado=ZZ",
        "trabajadores=12",
        "sector=zzz&region=CL-VS",
        "q=alerce&sector=zzz",
        "sector=zzz&registro=1",
        "estado=zzz",
        "oficina=CL",
        "accion_desde=31-02-2026",
        "exporto_ano=26",
        "exporto_monto=mucho",
    ],
)
def test_its_file_and_what_is_done_with_all_that_match_are_empty_too(as_carolina, carolina, two, query):
    assert found(carolina, query) == []
    csv = b"".join(as_carolina.get(f"{LIST}empresas.csv?{query}").streaming_content).decode()
    assert len(csv.splitlines()) == 1
    chosen = urlencode({"todas": "1", "consulta": query})
    answer = as_carolina.get(f"{BULK}?{chosen}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(LIST)
    as_carolina.post(BULK, {"todas": "1", "consulta": query, "verb": "sector", "value_sector": "1"})
    assert not BulkAction.objects.exists()


def test_a_saved_view_says_so_too(as_carolina, carolina, two):
    view = SavedView.objects.create(owner=carolina.person, name="Vieja", query="sector=zzz", changed_at=NOW)
    page = text_of(as_carolina.get(LIST, {"sector": "zzz", "vista": view.pk}))
    assert "Sector: no existe «zzz»." in page


def test_what_is_offered_no_more_is_known_all_the_same(as_carolina, carolina, db):
    """A sector taken out of use, an office abroad that attends nobody, an executive who left with companies."""
    sector = Sector.objects.create(slug="viejo", name="Viejo", strategic=False, retired_on=TODAY)
    peru = Country.objects.get(alpha2="PE")
    office = Office.objects.create(
        code="PE-LIM", kind="commercial", name="Lima", city="Lima", country=peru, time_zone="America/Lima"
    )
    gone = make_staff("Quien", "Se Fue", "CL-VS", "regional-executive")
    gone.person.is_active = False
    gone.person.save()
    make_company("Alerce SpA", sector=sector, executive=gone.person)
    assert found(carolina, "sector=viejo") == found(carolina, f"ejecutivo={gone.person.pk}") == ["Alerce SpA"]
    assert found(carolina, f"oficina={office.code}") == []
    for query in ({"sector": "viejo"}, {"ejecutivo": gone.person.pk}, {"oficina": office.code}):
        assert "Mientras este filtro siga así" not in text_of(as_carolina.get(LIST, query))


def test_every_choice_offered_is_known(as_carolina, two):
    page = as_carolina.get(LIST, {kind.name: kind.choices()[0][0] for kind in KINDS if kind.find is None})
    assert page.context["listing"].unknown == []


@pytest.mark.parametrize("name", ["oficina", "ejecutivo", "sector", "producto", "actividad"])
def test_what_no_database_keeps_is_unknown_too(as_carolina, two, name):
    assert as_carolina.get(f"{LIST}?{name}=a%00bcd").status_code in (200, 400)
