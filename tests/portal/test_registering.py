"""Registering another company, and one that is one's own already (INT-3, INT-24, ROL-13); finding what it does."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from acompana.companies.models import Company, Mandate
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import register
from acompana.kernel.rut import format_rut
from acompana.matters.models import Matter
from tests.portal.corrections import NOW, entered_as

pytestmark = pytest.mark.django_db


def test_one_that_is_mine_already_is_named_and_left_as_it_is():
    cast = make_people(now=NOW)
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    client = entered_as(cast["owner"])
    assert "Registrar otra empresa" in client.get(f"/mi-empresa/{company.pk}/").text
    before = [list(rows.values_list()) for rows in (Company.objects, Mandate.objects, Matter.objects)]
    given = {"rut": format_rut(company.rut), "legal_name": "Otro nombre SpA", "region": company.region_id}
    answer = client.post("/mi-empresa/registrar/", given)
    assert answer.status_code == 422
    assert "Ya la tienes" in answer.text
    assert f'<a href="/mi-empresa/{company.pk}/">{escape(company.name)}</a>' in answer.text
    assert "Otro nombre SpA" in answer.text  # what was typed stays
    assert [list(rows.values_list()) for rows in (Company.objects, Mandate.objects, Matter.objects)] == before


@pytest.mark.parametrize(
    ("step", "field", "sent"),
    [
        ("identificacion", "activity", {"activity": "vino"}),
        ("oferta", "heading_2", {"product_1": "Miel", "product_2": "vino"}),
    ],
)
def test_without_scripts_a_code_is_looked_for_by_what_was_typed(step, field, sent):
    cast = make_people(now=NOW)
    company = register(cast, "owner", rut_number=41_203_875, name="Conservas Alto Roble SpA", region="CL-VS", now=NOW)
    answer = entered_as(cast["owner"]).post(f"/mi-empresa/{company.pk}/ficha/{step}/", {**sent, "search": field})
    search = reverse("portal:form_search", args=[company.pk, step, field])
    assert answer["Location"] == f"{search}?q=vino"
