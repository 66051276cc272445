"""Which letters a person gets: where they choose, and one answer on invitations in both places (CHA-5, LAW-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from acompana.companies.models import Consent
from acompana.companies.operations import record_consent
from acompana.companies.queries import latest_consents
from acompana.kernel.clock import read_clock
from acompana.messages.models import Message
from acompana.messages.operations import decline, write_message
from acompana.messages.preferences import preferences_path
from acompana.messages.queries import has_declined
from acompana.people.models import Person
from tests.portal.filling_in import NOW

pytestmark = pytest.mark.django_db
HERS = "elena.en.la.ficha@altoroble.example"


@pytest.fixture
def contact(company):
    contact = company.contacts.get()
    contact.email = HERS
    contact.save()
    return contact


def letter(company, address) -> Message:
    about = {"template": "messages/trial", "context": {"asked_at": NOW}, "company": company, "now": NOW}
    return write_message(to_address=address, to_name="Elena Prado", key=f"trial:{address}", **about)


def test_what_was_written_to_her_as_contact_counts_too(client, cast, company, contact):
    address = f"/mi-empresa/{company.pk}/permisos/"
    Message.objects.all().delete()
    assert "Todavía no te hemos escrito" in client.get(address).content.decode()
    written = letter(company, HERS)
    Person.objects.filter(pk=cast["owner"].pk).update(email=None)  # she gave one, and has not confirmed it
    page = client.get(address).content.decode()
    assert "Todavía no te hemos escrito" not in page
    assert f'href="{preferences_path(written)}"' in page  # of this site: she stays where she entered
    assert client.get(preferences_path(written)).status_code == 200
    Person.objects.filter(pk=cast["owner"].pk).update(email="elena@altoroble.example")
    letter(company, "elena@altoroble.example")
    assert client.get(address).content.decode().count("cambiar los correos que recibo") == 2


def ticked(client, address) -> bool:
    page = client.get(address).content.decode()
    return 'value="news" checked' in page


def test_a_no_to_invitations_is_one_answer_in_both_places(client, cast, company, contact):
    address, owner = preferences_path(letter(company, HERS)), cast.actor("owner", NOW)
    assert ticked(client, address)
    record_consent(contact=contact, purpose="news", given=False, actor=owner, now=NOW)
    assert not ticked(client, address)
    assert has_declined(HERS, "news")
    client.post(address, {"category": ["route"]})
    assert Consent.objects.filter(contact=contact, purpose="news").count() == 1  # nothing new was said
    client.post(address, {"category": ["route", "news"]})
    assert latest_consents(contact)["news"] is True
    assert Consent.objects.filter(contact=contact, purpose="news").latest("id").channel == "email"
    later = read_clock() + timedelta(minutes=1)  # than what was sent by the page
    decline(address=HERS, category="news", now=later)
    assert latest_consents(contact)["news"] is False
    record_consent(contact=contact, purpose="news", given=True, actor=owner, now=later + timedelta(minutes=1))
    assert ticked(client, address)
    assert not has_declined(HERS, "news")


def test_who_never_answered_in_the_form_chooses_in_the_letter(client, company, contact):
    address = preferences_path(letter(company, HERS))
    client.post(address, {"category": ["route"]})
    assert not ticked(client, address)
    assert not Consent.objects.filter(contact=contact, purpose="news").exists()
