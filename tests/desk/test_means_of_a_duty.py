"""Who owes something by name has what it needs, whatever their role and office, until they owe it no more (POR-10).

Carolina of Valparaíso is away; who stands in puts her companies' data right, and passes on for the head who came to
green. Isabel of Magallanes is the third: of the same role, and owing nothing.
"""

from __future__ import annotations

import pytest

from acompana.commitments.models import Commitment
from acompana.companies.models import BulkAction, Company
from acompana.desk.bulk import preview_bulk
from acompana.intake import operations as intake
from acompana.intake.models import Rise
from acompana.intake.permissions import may_attend
from acompana.intake.queries import latest_intake_of
from acompana.matters.models import Matter
from acompana.progress.operations import available_steps
from tests.desk.conftest import made_of_company
from tests.desk.test_evidence import come_to_green, into_the_programme
from tests.kept import copy_of


def assign(cast, now, company):
    """A company whose contact its executive owes: Carolina."""
    intake.assign_companies(
        chosen=Company.objects.filter(pk=company.pk),
        executive=cast["executive"],
        actor=cast.actor("administrator", now),
        now=now,
    )
    company.refresh_from_db()
    return company


kept_assigned = made_of_company(assign, upon="kept_waiting")
assigned = copy_of("kept_assigned")


@pytest.mark.parametrize("substitute", ["other_executive", "control"])
def test_who_stands_in_puts_the_data_of_the_company_right_and_no_longer(
    assigned, cast, enter, away, back, now, substitute
):
    contact = assigned.contacts.get()
    pages = [
        f"/escritorio/empresas/{assigned.pk}/datos/editar/",
        f"/escritorio/empresas/{assigned.pk}/contactos/{contact.pk}/",
    ]
    standing_in, third = enter(cast[substitute]), enter(cast["far_executive"])
    assert [standing_in.get(page).status_code for page in pages] == [403, 403]
    absence = away(substitute)
    assert [standing_in.get(page).status_code for page in pages] == [200, 200]
    assert [third.get(page).status_code for page in pages] == [403, 403]
    assert pages[0] in standing_in.get(f"/escritorio/empresas/{assigned.pk}/datos/").content.decode()
    sent = {"name": contact.name, "email": contact.email, "phone": "+56 9 8123 0000", "language": "es"}
    sent |= {"is_main": "on"}
    assert standing_in.post(pages[1], sent).status_code == 302
    contact.refresh_from_db()
    assert contact.phone_digits.endswith("81230000")
    back(absence)
    assert [standing_in.get(page).status_code for page in pages] == [403, 403]


def test_of_many_companies_who_stands_in_changes_those_of_their_duty(assigned, road, cast, enter, away, now):
    other = road(2, "high")  # without anything that Carolina owes
    Commitment.objects.filter(company=other).delete()
    away()
    client = enter(cast["other_executive"])
    chosen = {"id": [assigned.pk, other.pk], "verb": "origin", "value_origin": "Feria"}
    page = client.get(client.post("/escritorio/empresas/en-conjunto/", chosen).url).content.decode()
    assert "La cambia quien la tiene a cargo o la dirección de su oficina." in page
    action = BulkAction.objects.get()
    preview = preview_bulk(action, cast.actor("other_executive", now), now)
    assert (preview.count, [row[0] for row in preview.left_out]) == (1, [other.pk])


def test_the_head_absent_who_stands_in_passes_on_who_came_to_green(company, cast, enter, away, now):
    into_the_programme(cast, now)
    come_to_green(company, cast, now)
    rise, address = Rise.objects.get(company=company), "/escritorio/ingresos/verdes/"
    chosen = {"rise": rise.pk, "executive": cast["other_executive"].pk}
    standing_in, third = enter(cast["control"]), enter(cast["far_executive"])
    assert standing_in.get(address).status_code == standing_in.post(address, chosen).status_code == 403
    away("control", "director")
    assert address in standing_in.get("/escritorio/", {"ver": "soon"}).content.decode()
    assert company.name in standing_in.get(address).content.decode()
    assert third.get(address).status_code == third.post(address, chosen).status_code == 403
    told = standing_in.post(address, chosen, follow=True).content.decode()
    assert f"{company.name} pasó a Pedro Lagos Muñoz" in told
    rise.refresh_from_db()
    company.refresh_from_db()
    assert (rise.passed_by, company.executive) == (cast["control"], cast["other_executive"])
    again = standing_in.post(address, chosen, follow=True).content.decode()
    assert "ya no espera pasar" in again


def test_an_owner_of_another_office_is_let_in_to_the_steps_that_they_are_offered(assigned, cast, enter, now):
    """One nearness for the step and for its page, whoever answers for the matter."""
    matter = latest_intake_of(assigned).matter
    Matter.objects.filter(pk=matter.pk).update(owner=cast["far_executive"])
    matter.refresh_from_db()
    owner, third = cast.actor("far_executive", now), cast.actor("other_executive", now)
    for actor, may in ((owner, True), (third, False)):
        steps = {step.name: step.allowed for step in available_steps(matter=matter, actor=actor, now=now)}
        assert steps["record_contact"] is may_attend(actor, matter) is may
    address = f"/escritorio/ingresos/{matter.number}/contacto/"
    assert enter(cast["far_executive"]).post(address, {"outcome": "reached", "channel": "phone"}).status_code == 302
    assert enter(cast["other_executive"]).get(address).status_code == 403
