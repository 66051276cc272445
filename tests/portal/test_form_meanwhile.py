"""What somebody else saved while a step of the form was open is told, also beside what is wrong of it (EXP-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.companies.models import Company, Consent
from tests.portal.filling_in import CONTACT, NOW

pytestmark = pytest.mark.django_db


def as_opened(client, address: str) -> dict[str, str]:
    """What a page of the form says of itself, for it to send back."""
    context = client.get(address).context
    return {"version": context["company"].version, "opened": context["opened"]}


def as_shown(answer) -> dict[str, str]:
    return {"version": answer.context["company"].version, "opened": answer.context["opened"]}


@pytest.fixture
def place(company) -> dict[str, object]:
    commune = company.region.communes.first()
    return {"region": company.region_id, "commune": commune.pk, "address": ""}


def test_a_stale_save_that_is_also_wrong_is_told_of_both_at_once(company, client, place):
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    mine = as_opened(client, address)
    other = client.post(address, {**place, **as_opened(client, address), "address": "Calle Uno 111"})
    assert other.status_code == 302
    wrong = client.post(address, {**place, **mine, "commune": "", "address": "Calle Dos 222"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "En otra ventana guardaste cambios" in page
    assert [(one.label, one.stored, one.typed) for one in wrong.context["meanwhile"].both] == [
        ("Dirección", "Calle Uno 111", "Calle Dos 222")
    ]
    assert "Dirección, guardado ahora</dt><dd>Calle Uno 111" in page
    assert Company.objects.get(pk=company.pk).address == "Calle Uno 111"
    assert client.post(address, {**place, **as_shown(wrong), "address": "Calle Dos 222"}).status_code == 302
    assert Company.objects.get(pk=company.pk).address == "Calle Dos 222"


def test_a_page_that_comes_back_with_an_error_keeps_what_it_was_opened_with(company, client, place):
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    opened = as_opened(client, address)
    wrong = client.post(address, {**place, **opened})
    assert as_shown(wrong) == opened
    assert wrong.context["meanwhile"] is None
    assert client.post(address, {**place, **opened, "address": "Calle Uno 111"}).status_code == 302
    stale = client.post(address, {**place, **as_shown(wrong), "address": "Calle Dos 222"})
    assert [one.stored for one in stale.context["meanwhile"].both] == ["Calle Uno 111"]


def test_what_both_filled_in_is_asked_for_no_more(company, client, place):
    """An answer that was missing and that somebody else gave meanwhile is taken, and its error goes."""
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    mine = as_opened(client, address)
    client.post(address, {**place, **as_opened(client, address), "address": "Calle Uno 111"})
    stale = client.post(address, {**place, **mine})
    assert list(stale.context["form"].errors) == ["__all__"]
    assert "Dirección" in stale.context["meanwhile"].taken


def test_a_draft_remembers_what_its_page_was_opened_with(company, client, place):
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    mine = as_opened(client, address)
    client.post(address, {**place, **as_opened(client, address), "address": "Calle Uno 111"})
    client.post(f"{address}borrador/", {**place, **mine, "address": "Calle Dos 222"})
    again = as_opened(client, address)
    assert again["opened"] == mine["opened"]
    stale = client.post(address, {**place, **again, "address": "Calle Dos 222"})
    assert [(one.stored, one.typed) for one in stale.context["meanwhile"].both] == [("Calle Uno 111", "Calle Dos 222")]
    assert Company.objects.get(pk=company.pk).address == "Calle Uno 111"


def test_a_draft_is_not_stale_because_another_step_was_saved(company, client, place):
    address = f"/mi-empresa/{company.pk}/ficha/ubicacion/"
    client.post(f"{address}borrador/", {**place, **as_opened(client, address), "address": "Calle Dos 222"})
    owned = {"women_role": "none", "origin": "direct", "version": company.version}
    assert client.post(f"/mi-empresa/{company.pk}/ficha/propiedad/", owned).status_code == 302
    assert client.post(address, {**place, **as_opened(client, address), "address": "Calle Dos 222"}).status_code == 302


def test_a_stale_contact_is_told_too(company, client):
    address = f"/mi-empresa/{company.pk}/ficha/contacto/"
    mine = as_opened(client, address)
    assert client.post(address, {**CONTACT, "position": "Dueña", **as_opened(client, address)}).status_code == 302
    stale = client.post(address, {**CONTACT, "position": "", "phone": "+56 9 7000 1111", **mine})
    assert stale.status_code == 422
    assert ("Teléfono", "+56 9 8123 4567", "+56 9 7000 1111") in [
        (one.label, one.stored, one.typed) for one in stale.context["meanwhile"].both
    ]
    assert company.contacts.get(is_main=True).phone == "+56981234567"


def test_who_changed_a_consent_meanwhile_is_told(company, client, cast):
    address = f"/mi-empresa/{company.pk}/ficha/permisos/"
    opened = as_opened(client, address)
    assert client.post(address, {**opened, "consent_news": "yes"}).status_code == 302
    own = client.post(address, {**opened, "consent_news": "no"})
    assert "En otra ventana guardaste" in own.content.decode()
    assert [(one.stored, one.typed) for one in own.context["meanwhile"].both] == [("Sí", "No")]
    Consent.objects.create(
        contact=company.contacts.get(), purpose="news", given=False, recorded_at=NOW + timedelta(hours=2)
    )
    assert "Otra persona guardó" in client.post(address, {**opened, "consent_news": "yes"}).content.decode()
