"""Offices are chosen from north to south, then the central one; those abroad stand under their own heading."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from acompana.people.models import Office
from acompana.people.office_choice import ABROAD, OfficeChoice, office_choices
from acompana.people.queries import offices_in_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def lima():
    central = Office.objects.get(code="CL-CENTRAL")
    return Office.objects.create(
        code="PE-LIM", kind="commercial", name="Lima", city="Lima", country=central.country, time_zone="America/Lima"
    )


def test_a_list_and_a_field_have_the_same_order(lima):
    choices = office_choices(offices_in_service())
    codes = [value for value, _ in choices]
    assert codes[:3] == ["CL-AP", "CL-TA", "CL-AN"]
    assert codes[-3:] == ["CL-MA", "CL-CENTRAL", ABROAD]
    assert ("PE-LIM", "Lima") in choices[-1][1]
    field = OfficeChoice(to_field_name="code")
    assert [str(getattr(value, "value", value)) for value, _ in field.choices] == ["", *codes]
    assert field.clean("PE-LIM") == lima


def test_a_list_written_by_hand_groups_them_too(lima):
    shown = Template("{% options choices chosen %}").render(
        Context({"choices": office_choices(offices_in_service()), "chosen": "PE-LIM"})
    )
    assert '<optgroup label="En el exterior">' in shown
    assert '<option value="PE-LIM" selected>Lima</option>' in shown
    assert shown.count(" selected") == 1
