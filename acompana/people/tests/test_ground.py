"""What migrations leave: offices with mailboxes, zones and hours; roles (OFF-1, ROL-1 to ROL-17)."""

import pytest

from acompana.people.models import Office, OfficeHours, Role
from acompana.people.operations import load_demonstration_offices, load_offices_and_roles
from acompana.people.queries import central_office, office_by_code, regional_office_of
from acompana.reference.models import Region

pytestmark = pytest.mark.django_db


def test_every_region_has_its_office():
    for region in Region.objects.all():
        office = regional_office_of(region)
        assert (office.code, office.city) == (region.iso, region.capital)
        assert office.seat.name == region.capital
        assert office.mailbox.endswith("@prochile.gob.cl")
        assert office.time_zone == region.time_zone
    assert Office.objects.filter(kind="regional").count() == 16
    assert Office.objects.filter(kind="commercial").count() == 0


def test_the_seat_of_nuble_is_chillan():
    assert office_by_code("cl-nb").seat.name == "Chillán"


def test_names_read_as_spanish():
    assert office_by_code("CL-ML").name == "Oficina regional del Maule"
    assert office_by_code("CL-VS").name == "Oficina regional de Valparaíso"
    assert office_by_code("CL-RM").name == "Oficina regional Metropolitana de Santiago"
    assert office_by_code("CL-AI").name == "Oficina regional de Aysén del General Carlos Ibáñez del Campo"


def test_there_is_a_central_office_in_santiago():
    assert (central_office().code, central_office().seat.name) == ("CL-CENTRAL", "Santiago")


def test_every_office_opens_five_days_with_a_break():
    for office in Office.objects.prefetch_related("hours"):
        assert [hours.weekday for hours in office.hours.all()] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
        assert f"{office.hours.all()[9].closes_at:%H:%M}" == "16:30"


def test_roles_carry_the_slugs_that_the_code_asks_for():
    slugs = set(Role.objects.values_list("slug", flat=True))
    assert slugs >= {
        "regional-executive", "regional-director", "commercial-executive", "sector-officer",
        "macrozone-coordinator", "geographic-officer", "oci-coordinator", "client-management", "help-centre",
        "citizen-attention", "cpe-executive", "management-control", "contest-supervisor", "company-representative",
        "importer", "administrator", "national-directorate", "strategic-development", "regional-sector-lead",
    }  # fmt: skip
    assert Role.objects.first().code == "ROL-1"


def test_loading_twice_changes_nothing_and_keeps_what_an_administrator_changed():
    Office.objects.filter(code="CL-VS").update(mailbox="otra@acompana.example")
    office_by_code("CL-VS").hours.first().delete()
    Role.objects.filter(slug="mentor").update(name="Mentoría")
    before = [list(model.objects.order_by("pk").values()) for model in (Office, OfficeHours, Role)]
    load_offices_and_roles()
    assert [list(model.objects.order_by("pk").values()) for model in (Office, OfficeHours, Role)] == before


def test_commercial_offices_come_only_with_the_demonstration():
    assert load_demonstration_offices() == load_demonstration_offices() == 60
    assert Office.objects.filter(kind="commercial", is_demonstration=True).count() == 60
    assert office_by_code("PE-LIMA").time_zone == "America/Lima"
