"""The page of data quality: every figure is the number of rows of the list that it opens."""

from __future__ import annotations

import re

import pytest

from acompana.companies.operations import add_contact
from acompana.companies.tests.conftest import NOW, fill, make_company, make_staff
from acompana.people.models import Office
from acompana.people.operations import load_demonstration_offices

PAGE = "/escritorio/calidad/"
LIST = "/escritorio/empresas/"


@pytest.fixture
def keeper(client, db):
    actor = make_staff("Gestora", "Uno", "CL-RM", "client-management")
    client.force_login(actor.person, backend="acompana.people.backends.Backend")
    return client


def rows_of(client, href):
    page = client.get(href).content.decode()
    return len(re.findall(r"<tr data-row", page))


def test_each_figure_is_the_rows_of_its_list(keeper, carolina, alto_roble, full_values):
    fill(alto_roble, carolina, full_values)
    make_company("Alerce", office_id=carolina.office_id, executive=carolina.person)
    boldo = make_company("Boldo")
    add_contact(company=boldo, name="Rosa", actor=carolina, now=NOW)
    make_company("Registro", related_on=None)
    page = keeper.get(PAGE).content.decode()
    figures = re.findall(
        r'<h3 class="figure__title"><a href="([^"]+)">[^<]+</a></h3>\s*<p class="figure__value">([\d.]+)', page
    )
    assert len(figures) == 7
    counted = {href: int(value) for href, value in figures}
    assert counted["/escritorio/empresas/?ejecutivo=nadie"] == 2
    assert counted["/escritorio/empresas/?contacto=no"] == 1
    assert counted["/escritorio/calidad/contactos-sin-permiso/"] == 2
    cells = re.findall(r'<td class="number"[^>]*><a href="([^"]+)">([\d.]+)</a>', page)
    assert len(cells) == 10
    for href, value in [*figures, *cells]:
        assert rows_of(keeper, href.replace("&amp;", "&")) == int(value), href


def test_offices_add_up_to_the_country_without_an_office_and_after_a_merge(keeper, carolina):
    """Who has no office has a row of their own, and who was merged counts nowhere."""
    stays = make_company("Alerce", office_id=carolina.office_id)
    make_company("Alerce dos", office_id=carolina.office_id, merged_into=stays)
    make_company("De un registro, unida", related_on=None, merged_into=stays)
    make_company("Sin oficina")
    page = keeper.get(PAGE)
    offices = {row.code: row.unowned for row in page.context["offices"]}
    assert offices == {"CL-VS": 1, "ninguna": 1}
    assert page.context["unowned"] == sum(offices.values()) == rows_of(keeper, f"{LIST}?ejecutivo=nadie")
    for code, unowned in offices.items():
        assert rows_of(keeper, f"{LIST}?oficina={code}&ejecutivo=nadie") == unowned


def test_what_is_to_be_assigned_is_the_queue_of_who_may_open_it(client, carolina, marta):
    """Not all that have no executive wait for one: the two figures have two names (ROL-2)."""
    make_company("Sin ficha", office_id=carolina.office_id)
    make_company("De cartera", office_id=carolina.office_id, validated_on=NOW.date())
    client.force_login(marta.person, backend="acompana.people.backends.Backend")
    told = client.get(PAGE).context
    assert (told["to_assign"], told["unowned"]) == (1, 2)
    assert told["to_assign_label"] == "Por asignar en tu oficina"
    assert client.get("/escritorio/ingresos/por-asignar/").context["page"].paginator.count == 1
    client.force_login(carolina.person, backend="acompana.people.backends.Backend")
    assert "/por-asignar/" not in client.get(PAGE).content.decode().split("<main")[1]


def test_offices_come_from_north_to_south_then_the_central_one_then_those_abroad(keeper):
    load_demonstration_offices()
    for code in ("FR-PARIS", "CL-MA", None, "CL-CENTRAL", "CL-AP"):
        make_company(f"De {code}", office=Office.objects.filter(code=code).first())
    listed = [row.code for row in keeper.get(PAGE).context["offices"]]
    assert listed == ["CL-AP", "CL-MA", "CL-CENTRAL", "FR-PARIS", "ninguna"]


def test_it_costs_the_same_for_one_and_three(keeper, carolina, pedro, django_assert_num_queries):
    make_company("Uno", office_id=carolina.office_id)
    keeper.get(PAGE)
    with django_assert_num_queries(10):
        keeper.get(PAGE)
    for name, actor in (("Dos", carolina), ("Tres", pedro)):
        add_contact(company=make_company(name, office_id=actor.office_id), name=name, actor=actor, now=NOW)
    with django_assert_num_queries(10):
        keeper.get(PAGE)
