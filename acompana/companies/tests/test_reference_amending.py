"""Reference data amended on screen: what it touches is told first, and what a row was stays in its history."""

import pytest
from django.urls import reverse

from acompana.companies.models import CompanyActivity, Product
from acompana.companies.operations import add_contact
from acompana.companies.tests.conftest import NOW, TODAY, make_company, make_staff
from acompana.kernel.changes import history_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import NOBODY
from acompana.reference.amending import add_sector, add_spelling, amend, propose, uses_of
from acompana.reference.models import Activity, Commune, CommuneAlias, Country, SalesBracket, Sector
from acompana.reference.operations import load_reference_data
from acompana.reference.queries import find_activities

pytestmark = pytest.mark.django_db
BACKEND = "acompana.people.backends.Backend"


@pytest.fixture
def admin(client):
    client.force_login(make_staff("Raúl", "Mena", "CL-CENTRAL", "administrator").person, backend=BACKEND)
    return client


def row_url(table, row):
    return reverse("reference:row", args=(table, row.pk))


def rows_of_use(row):
    return {(use.model, use.count) for use in uses_of(row)}


def test_what_points_at_a_row_is_counted_by_kind():
    sector, bracket = Sector.objects.first(), SalesBracket.objects.get(number=5)
    activity, commune = Activity.objects.get(code="011101"), Commune.objects.get(name="Quillota")
    assert uses_of(sector) == uses_of(bracket) == uses_of(activity) == uses_of(commune) == []
    one = make_company("Alerce", sector=sector, sales_bracket=bracket, commune=commune)
    make_company("Boldo", sector=sector, related_on=None)
    CompanyActivity.objects.create(company=one, activity=activity)
    assert rows_of_use(sector) == {("companies.company", 2)}
    assert [use.label for use in uses_of(sector)] == ["Empresa: sector"]
    assert rows_of_use(bracket) == rows_of_use(commune) == {("companies.company", 1)}
    assert rows_of_use(activity) == {("companies.companyactivity", 1)}


@pytest.mark.parametrize(
    ("table", "model", "column"),
    [("sectores", Sector, "name"), ("actividades", Activity, "name"), ("tramos", SalesBracket, "label")],
)
def test_a_name_is_previewed_then_changed_and_an_upgrade_leaves_it(admin, table, model, column):
    row = model.objects.first()
    was = getattr(row, column)
    page = admin.post(row_url(table, row), {"do": "preview", "name": "  Otro   nombre ", "strategic": "1"})
    assert "Antes de guardar" in page.content.decode()
    assert "Otro nombre" in page.content.decode()
    row.refresh_from_db()
    assert getattr(row, column) == was
    admin.post(row_url(table, row), {"do": "amend", "name": "Otro nombre", "strategic": "1"})
    load_reference_data()
    row.refresh_from_db()
    assert getattr(row, column) == "Otro nombre"
    lines = [(line.was, line.became) for turn in history_of(row) for line in turn.lines]
    assert (was, "Otro nombre") in lines
    assert was in admin.get(row_url(table, row)).content.decode()


def test_an_activity_is_found_by_its_new_name():
    activity = Activity.objects.get(code="011101")
    amend(row=activity, values={"name": "Siembra de quínoa"}, actor=NOBODY, now=read_clock())
    assert find_activities("quinoa").get() == activity


def test_a_sector_is_taken_off_the_strategy():
    sector = Sector.objects.filter(strategic=True).first()
    assert propose(sector, {"strategic": False}) == [("Cubierto por la estrategia", "Sí", "No")]
    amend(row=sector, values={"strategic": False}, actor=NOBODY, now=read_clock())
    sector.refresh_from_db()
    assert not sector.strategic


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_refusal_keeps_what_was_typed(admin, name):
    sector = Sector.objects.first()
    page = admin.post(row_url("sectores", sector), {"do": "preview", "name": name})
    assert page.status_code == 422
    assert f'value="{name}"' in page.content.decode()


def test_refusals():
    first, second = Sector.objects.all()[:2]
    for row, values, reason in (
        (first, {"name": second.name.upper()}, "Ya hay una fila"),
        (first, {"name": first.name}, "No cambiaste nada"),
        (Country.objects.first(), {"name": "Otro"}, "viene de una norma"),
    ):
        with pytest.raises(Refused, match=reason):
            amend(row=row, values=values, actor=NOBODY, now=read_clock())


def test_a_new_sector_is_offered_once(admin):
    admin.post(reverse("reference:new_sector"), {"name": "  Energías   limpias ", "strategic": "1"})
    sector = Sector.objects.get(slug="energias-limpias")
    assert (sector.name, sector.strategic, sector.is_default) == ("Energías limpias", True, False)
    assert history_of(sector)
    with pytest.raises(Refused, match="Ya hay un sector"):
        add_sector(name="energias limpias", strategic=False, actor=NOBODY, now=read_clock())
    with pytest.raises(Refused, match="nombre del sector"):
        add_sector(name=" ", strategic=False, actor=NOBODY, now=read_clock())


def test_another_spelling_of_a_commune(admin):
    commune, other = Commune.objects.order_by("name")[:2]
    admin.post(row_url("comunas", commune), {"do": "spelling", "spelling": "La Ñuñita  Vieja"})
    assert CommuneAlias.objects.get(spelling="la nunita vieja").commune == commune
    assert "la nunita vieja" in admin.get(row_url("comunas", commune)).content.decode()
    with pytest.raises(Refused, match="ya se lee como"):
        add_spelling(commune=other, spelling="LA NUÑITA VIEJA", actor=NOBODY, now=read_clock())
    assert admin.post(row_url("comunas", commune), {"do": "spelling", "spelling": " "}).status_code == 422


def test_a_spelling_added_by_mistake_is_taken_away_and_the_history_says_so(admin, carolina):
    commune, other = Commune.objects.order_by("name")[:2]
    admin.post(row_url("comunas", commune), {"do": "spelling", "spelling": "Ñuñita"})
    alias, shipped = CommuneAlias.objects.get(spelling="nunita"), other.aliases.first()
    assert "Quitar" not in admin.get(row_url("comunas", other)).content.decode()
    assert admin.post(row_url("comunas", other), {"do": "unspell", "alias": shipped.pk}).status_code == 422
    assert admin.post(row_url("comunas", other), {"do": "unspell", "alias": alias.pk}).status_code == 422
    assert "Quitar" in admin.get(row_url("comunas", commune)).content.decode()
    admin.force_login(carolina.person, backend=BACKEND)
    assert admin.post(row_url("comunas", commune), {"do": "unspell", "alias": alias.pk}).status_code == 403
    admin.force_login(make_staff("Eva", "Mena", "CL-CENTRAL", "administrator").person, backend=BACKEND)
    assert admin.post(row_url("comunas", commune), {"do": "unspell", "alias": alias.pk}).status_code == 302
    assert not CommuneAlias.objects.filter(spelling="nunita").exists()
    [removed, _] = history_of(commune)
    assert [(line.was, line.became) for line in removed.lines] == [("nunita", "")]
    assert removed.who == "Eva Mena"


def test_a_row_is_taken_out_of_use_after_its_uses_are_shown(admin):
    sector = Sector.objects.first()
    make_company("Alerce", sector=sector)
    page = admin.get(f"{row_url('sectores', sector)}?retirar").content.decode()
    assert "ya no se ofrecerá" in page
    assert f"?sector={sector.slug}&amp;registro=1" in page
    admin.post(reverse("reference:toggle", args=("sectores", sector.pk)), {"do": "retire"})
    sector.refresh_from_db()
    assert sector.retired_on is not None
    assert "Volver a usar" in admin.get(row_url("sectores", sector)).content.decode()


def preview(client, row, **typed):
    sent = {"do": "preview", "name": row.name, **typed}
    return client.post(row_url("sectores", row), sent).content.decode()


def test_a_sector_off_the_strategy_tells_who_ceases_to_count_and_back(admin, full_values, carolina):
    sector, other = Sector.objects.filter(strategic=True)[:2]
    for name, values in (
        ("Alerce", {"sector": sector, "validated_on": TODAY}),
        ("Boldo", {"sector": sector, "validated_on": TODAY, "closed_on": TODAY}),
        ("Canelo", {"sector": sector, "validated_on": TODAY, "workers": None}),
        ("Drimys", {"sector": sector}),
        ("Espino", {"sector": other, "validated_on": TODAY}),
    ):
        company = make_company(name, **{**full_values, **values})
        reach = {"position": "Gerenta", "email": "rosa@empresa.example", "phone": "+56 9 8123 4567"}
        add_contact(company=company, actor=carolina, now=NOW, name="Rosa", **reach)
        CompanyActivity.objects.create(company=company, activity=Activity.objects.get(code="011101"))
        Product.objects.create(company=company, description="Trigo")
    page = preview(admin, sector)
    assert "1 empresa validada deja de contar en la cartera." in page
    assert f"?sector={sector.slug}&amp;cartera=si" in page
    assert "no se podrán validar" in page
    assert "«Quiénes pueden» dejará de nombrarlo" in page
    amend(row=sector, values={"strategic": False}, actor=NOBODY, now=read_clock())
    page = preview(admin, sector, strategic="1")
    assert "1 empresa validada empieza a contar en la cartera." in page
    assert "«Quiénes pueden» lo nombrará." in page
    unused = Sector.objects.create(slug="x", name="X", strategic=False)
    assert "Ninguna empresa validada empieza" in preview(admin, unused, strategic="1")


def test_what_a_name_and_going_out_of_use_move_is_told(admin):
    sector, bracket = Sector.objects.filter(strategic=True).first(), SalesBracket.objects.get(number=5)
    page = preview(admin, sector, name="Otro", strategic="1")
    assert f"«{sector.name}» ya no se reconocerá" in page
    assert "lo nombrará así" in page
    assert "cartera" not in page.split("<main")[1]
    page = admin.get(f"{row_url('sectores', sector)}?retirar").content.decode()
    assert "deberá elegir otra respuesta" in page
    assert "Los archivos que digan" in page
    assert "dejará de nombrarlo" in page
    assert "deberá elegir otra" in admin.get(f"{row_url('tramos', bracket)}?retirar").content.decode()
    page = admin.get(f"{row_url('paises', Country.objects.get(alpha2='PE'))}?retirar").content.decode()
    assert "responder de nuevo por sus exportaciones" in page


@pytest.mark.parametrize("table", ["comunas", "paises", "actividades", "arancel", "tramos", "incoterms", "sectores"])
def test_every_table_has_a_page_for_its_rows(admin, carolina, table):
    from acompana.reference.views.desk import TABLES

    row = TABLES[table].objects.first()
    assert admin.get(row_url(table, row)).status_code == 200
    admin.force_login(carolina.person, backend=BACKEND)
    reader = admin
    assert '<form method="post"' not in reader.get(row_url(table, row)).content.decode().split("<main")[1]
    assert reader.post(row_url(table, row), {"do": "amend", "name": "Otro"}).status_code == 403
