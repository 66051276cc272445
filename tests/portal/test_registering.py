"""Registering another company, and one that is one's own already (INT-3, INT-24, ROL-13); finding what it does."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from acompana.companies.models import Company, Mandate
from acompana.demonstration.cast import make_people
from acompana.demonstration.roads import register
from acompana.intake.operations import register_own_company, registering
from acompana.kernel.refusals import Refused
from acompana.kernel.rut import format_rut
from acompana.matters.models import Matter
from acompana.messages.models import Message
from acompana.reference.models import Region
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


def own(cast, key, rut):
    return register_own_company(
        rut=rut,
        legal_name="Conservas Alto Roble SpA",
        region=Region.objects.get(iso="CL-VS"),
        person=cast[key],
        actor=cast.actor(key, NOW),
        now=NOW,
        channel="portal",
    )


def test_what_follows_a_registration_by_its_own_people_follows_in_one_operation(monkeypatch):
    cast = make_people(now=NOW)
    first = own(cast, "owner", "41203875-4")
    assert first.state == "active"
    assert Matter.objects.get(company=first.company).kind == "intake"
    second = own(cast, "rival", "41203875-4")
    assert second.state == "requested"
    assert Message.objects.filter(key__startswith="access_asked", company=first.company).exists()
    assert Matter.objects.filter(company=first.company).count() == 1

    def refuse(**given):
        raise Refused("No se puede.")

    monkeypatch.setattr(registering, "open_intake", refuse)
    with pytest.raises(Refused):
        own(cast, "owner", "41234567-3")
    assert not Company.objects.filter(rut="412345673").exists(), "all of it, or nothing"
