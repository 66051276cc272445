"""The lists of the desk ask the database the same number of things for one row and for three."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from acompana.commitments.operations import promise_by_hand
from acompana.companies.models import Mandate
from acompana.companies.operations import register_potential_account
from acompana.demonstration.roads import fill_form, register
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.people.models import Person, Role, RoleGrant, StaffMember

# Of which up to four are the session, the person, their post and their roles, and some are the rail's counts. Where a
# date is counted in business days, two are the calendars of the offices.
QUERIES = {
    "/escritorio/ingresos/": (11, "Quesos"),
    "/escritorio/ingresos/por-asignar/": (15, "Quesos"),
    "/escritorio/ingresos/cuentas/": (8, "Mermeladas"),
    "/escritorio/empresas/accesos/": (7, "Quesos"),
    "/escritorio/equipo/": (8, "Vera"),
    "/escritorio/equipo/{member}/": (9, "folleto"),
    "/escritorio/equipo/sin-responsable/": (10, "folleto"),
}


@pytest.fixture
def add(cast, now):
    """One row more in every list: a company on the road that nobody has, its card, who asks for access, a colleague,
    and what the executive and the office owe."""

    def add_(number: int) -> None:
        officer, office = cast.actor("executive", now), cast["executive"].staff_member.office
        company = register(
            cast, "owner", rut_number=41_920_000 + number, name=f"Quesos {number}", region="CL-VS", now=now
        )
        fill_form(company, actor=cast.actor("owner", now), now=now, exporter=True)
        matter = latest_intake_of(company).matter
        intake.submit_characterization(matter=matter, actor=cast.actor("owner", now), now=now)
        card = register_potential_account(
            name=f"Mermeladas {number}", contact_name="Mario Leiva", phone=f"91234567{number}",
            email=f"mario{number}@mermeladas.example", region=company.region, met_at="Feria", actor=officer, now=now,
            channel="event",
        )  # fmt: skip
        intake.register_account(company=card, actor=officer, now=now)
        Mandate.objects.create(company=company, person=cast["rival"], state=Mandate.State.REQUESTED, requested_at=now)
        for debtor, owner in (("person", cast["executive"]), ("office", None)):
            promise_by_hand(
                what=f"Enviar el folleto {number}", due_at=now + timedelta(days=3), debtor=debtor, office=office,
                owner=owner, company=company, actor=officer, now=now,
            )  # fmt: skip
        person = Person.objects.create(given_names="Julia", family_names=f"Vera {number}", joined_at=now)
        colleague = StaffMember.objects.create(person=person, office=office, since_on=localdate(now))
        RoleGrant.objects.create(
            staff_member=colleague, role=Role.objects.get(slug="regional-executive"), since_on=localdate(now)
        )

    return add_


def test_no_list_asks_more_for_more_rows(cast, add, enter):
    client = enter(cast["director"])
    executive = cast["executive"].staff_member.pk

    def count(address: str, word: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address.format(member=executive))
        assert word in page.content.decode(), address
        return len(queries)

    def asked() -> dict[str, int]:
        return {address: count(address, word) for address, (_, word) in QUERIES.items()}

    add(1)
    asked()
    one = asked()
    add(2)
    add(3)
    assert asked() == one
    assert one == {address: number for address, (number, _) in QUERIES.items()}
