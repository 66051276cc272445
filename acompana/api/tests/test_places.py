"""Where a company that is registered lies: its commune says the region, the region the office (INT-3, ROL-2)."""

from __future__ import annotations

import pytest
from django.utils.timezone import localdate

from acompana.api.tests.conftest import Program, new_token
from acompana.companies.forms import CharacterizationForm
from acompana.companies.models import Company
from acompana.companies.tests.conftest import make_company
from acompana.kernel.clock import read_clock
from acompana.kernel.rut import format_rut, rut_with_check_digit
from acompana.logbook.models import Entry
from acompana.matters.models import Matter
from acompana.reference.models import Commune, Country, Region
from tests.permissions.world import World

RUT = rut_with_check_digit(43_555_021)


def offices_of(company: Company) -> set[str | None]:
    """Of the company, of its intake, and of what was noted first."""
    company = Company.objects.get(pk=company.pk)
    matter = Matter.objects.get(company=company, kind="intake")
    entries = Entry.objects.filter(matter=matter)
    assert entries
    return {home.office.code if home.office else None for home in (company, matter, *entries)}


def registered_by_program(world: World, **place: str) -> Company:
    program = Program(new_token(world.cast["citizen"]))
    made = program.post("/companies", {"rut": RUT, "legal_name": "Telar SpA", **place})
    assert made.status_code == 201, made.content
    return Company.objects.get(rut=RUT)


def registered_in_portal(world: World, region: str) -> Company:
    given = {"rut": format_rut(RUT), "legal_name": "Telar SpA", "region": Region.objects.get(iso=region).pk}
    assert world.browser("citizen").post("/mi-empresa/registrar/", given).status_code == 302
    return Company.objects.get(rut=RUT)


def test_a_commune_alone_says_the_office_of_all(world: World, executive: Program) -> None:
    own = registered_by_program(world, commune="08101")
    assert (own.region.iso, offices_of(own)) == ("CL-BI", {"CL-BI"})
    card = {"legal_name": "Lana SpA", "commune": "08101", "contact": {"name": "Eva", "phone": "+56 9 5555 0101"}}
    told = executive.post("/companies", card).json()
    assert (told["region"]["code"], told["office"]["code"]) == ("CL-BI", "CL-BI"), "not that of the officer"


@pytest.mark.parametrize("door", ["program", "portal"])
@pytest.mark.parametrize("said", ["CL-BI", "CL-VS"])
def test_of_a_rut_of_a_public_register_the_person_says_where_it_is(world: World, door: str, said: str) -> None:
    """One office for all of it; over what the register said of its region stands who represents it."""
    commune = Commune.objects.get(code="08101")
    make_company("Telar SpA", rut=RUT, related_on=None, region=commune.region, commune=commune)
    own = registered_in_portal(world, said) if door == "portal" else registered_by_program(world, region=said)
    assert (own.region.iso, offices_of(own)) == (said, {said})
    assert own.commune == (commune if said == "CL-BI" else None)


def test_of_whom_no_region_is_said_the_register_knows_it(world: World) -> None:
    make_company("Telar SpA", rut=RUT, related_on=None, region=Region.objects.get(iso="CL-BI"))
    own = registered_by_program(world)
    assert (own.region.iso, offices_of(own)) == ("CL-BI", {"CL-BI"})


def test_an_officer_too_says_where_it_is(executive: Program) -> None:
    make_company("Telar SpA", rut=RUT, related_on=None, region=Region.objects.get(iso="CL-BI"))
    told = executive.post("/companies", {"rut": RUT, "legal_name": "Telar SpA", "region": "CL-ML"}).json()
    assert (told["region"]["code"], told["office"]["code"]) == ("CL-ML", "CL-ML")


def test_a_national_company_is_in_no_other_country(world: World, executive: Program) -> None:
    """Neither registered nor changed, by program or at the desk (PUB-2)."""
    own = world.sides["own"].company
    card = {"legal_name": "Lana SpA", "contact": {"name": "Eva", "phone": "+56 9 5555 0101"}}
    changed = executive("PATCH", f"/companies/{own.pk}", {"version": own.version, "country": "PE"})
    for refused in (changed, executive.post("/companies", {**card, "country": "PE"})):
        told = refused.json()
        assert (refused.status_code, told["rule"], told["errors"][0]["where"]) == (422, "PUB-2", "body.country")
        assert "Una empresa nacional está en Chile." in told["detail"]
    assert executive.post("/companies", {**card, "country": "PE", "kind": "foreign"}).status_code == 201
    form = CharacterizationForm(instance=own, today=localdate(read_clock()))
    plain = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in plain.items() if value not in (None, "", [])}
    page = world.browser("executive").post(
        f"/escritorio/empresas/{own.pk}/datos/editar/", {**given, "country": Country.objects.get(alpha2="PE").pk}
    )
    assert "Una empresa nacional está en Chile." in page.content.decode(), "the form says it too"
    assert Company.objects.get(pk=own.pk).country.alpha2 == "CL"
