"""Companies that wait, given to somebody who has no places left: asked again before, undone after (ROL-2, EXP-5)."""

from __future__ import annotations

import re

import pytest

from acompana.commitments.models import Commitment
from acompana.companies.models import BulkAction, Company
from acompana.people.models import StaffMember

PAGE = "/escritorio/ingresos/por-asignar/"


@pytest.fixture
def waiting(road, cast):
    """Two that wait, and an executive with one place."""
    found = [road(number, assigned=False) for number in (1, 2)]
    StaffMember.objects.filter(person=cast["executive"]).update(capacity=1)
    return found


def typed(waiting, person, **more):
    return {"company": [one.pk for one in waiting], "executive": person.pk, "reason": "Su sector", **more}


def in_charge():
    return set(Company.objects.filter(rut__isnull=False).values_list("executive", flat=True))


def test_more_companies_than_places_are_asked_again_and_nothing_chosen_is_lost(waiting, cast, enter):
    client, carolina = enter(cast["director"]), cast["executive"]
    answer = client.post(PAGE, typed(waiting, carolina))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{carolina} queda con 2 empresas y tiene 1 cupo." in page
    assert in_charge() == {None}
    assert page.count(" checked") == 2
    assert 'value="Su sector"' in page
    assert f'<option value="{carolina.pk}" selected>' in page
    [meant] = re.findall(r'name="beyond" value="([^"]+)"', page)
    assert "Sí, que quede con 2 empresas" in page
    # What is said of one person, or of fewer companies, says nothing of others.
    other = cast["other_executive"]
    StaffMember.objects.filter(person=other).update(capacity=1)
    assert client.post(PAGE, typed(waiting, other, beyond=meant)).status_code == 422
    assert client.post(PAGE, typed(waiting, carolina, beyond=f"{carolina.pk}-1")).status_code == 422
    assert in_charge() == {None}
    page = client.post(PAGE, typed(waiting, carolina, beyond=meant), follow=True).content.decode()
    assert f"2 empresas asignadas a {carolina}." in page
    assert in_charge() == {carolina.pk}


def test_within_the_places_nothing_is_asked(waiting, cast, enter):
    assert enter(cast["director"]).post(PAGE, typed(waiting[:1], cast["executive"])).status_code == 302


def test_what_was_assigned_is_undone_with_what_was_owed(waiting, cast, enter):
    client = enter(cast["director"])
    owed = Commitment.objects.filter(rule="DL-1", company__in=waiting)
    before = list(owed.order_by("pk").values_list("owner", "office"))
    page = client.post(PAGE, typed(waiting[:1], cast["executive"]), follow=True).content.decode()
    address = f"/escritorio/empresas/en-conjunto/{BulkAction.objects.get().pk}/"
    assert f'<a href="{address}">Ver o deshacer</a>' in page
    assert list(owed.order_by("pk").values_list("owner", "office")) != before
    assert "1 empresa cambió" in re.sub("<[^>]+>", "", client.get(address).content.decode())
    page = client.post(address, {"do": "undo"}, follow=True).content.decode()
    assert "Se deshizo" in page
    assert in_charge() == {None}
    assert list(owed.order_by("pk").values_list("owner", "office")) == before
    assert {one.pk for one in waiting} == {one.pk for one in client.get(PAGE).context["page"]}
