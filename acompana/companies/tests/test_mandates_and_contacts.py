"""Who may act for a company, and whom to write to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from acompana.companies.models import Consent
from acompana.companies.operations import (
    add_contact,
    confirm_mandate_by_link,
    decide_mandate,
    end_contact,
    end_mandate,
    grant_mandate_by_link,
    make_confirmation_token,
    record_consent,
    register_potential_account,
    request_mandate,
    update_contact,
    verified_contacts,
)
from acompana.companies.permissions import may_see
from acompana.companies.queries import latest_consents
from acompana.companies.tests.conftest import NOW
from acompana.kernel.changes import undo_change_set
from acompana.kernel.models import ChangeSet
from acompana.kernel.refusals import Refused

# --- mandates ---------------------------------------------------------------------------------------------------


def test_a_representative_decides_and_nobody_decides_their_own(ana, luis, carolina, pedro, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    for stranger in (luis, pedro):
        with pytest.raises(Refused):
            decide_mandate(mandate=mandate, granted=True, actor=stranger, now=NOW)
    with pytest.raises(Refused, match="por qué"):
        decide_mandate(mandate=mandate, granted=False, actor=ana, now=NOW)
    mandate = decide_mandate(mandate=mandate, granted=True, actor=ana, now=NOW)
    assert mandate.basis == "representative"
    with pytest.raises(Refused, match="ya está decidida"):
        decide_mandate(mandate=mandate, granted=True, actor=carolina, now=NOW)
    end_mandate(mandate=mandate, actor=ana, now=NOW, reason="Ya no trabaja aquí")
    assert not may_see(luis, alto_roble)


def test_a_link_to_a_verified_contact_confirms_within_seven_days(luis, ana, alto_roble):
    mandate = request_mandate(company=alto_roble, person=luis.person, now=NOW)
    contact = verified_contacts(alto_roble).get()
    token = make_confirmation_token(mandate=mandate, contact=contact, now=NOW)
    with pytest.raises(Refused, match="venció"):
        confirm_mandate_by_link(token=token, actor=luis, now=NOW + timedelta(days=8))
    with pytest.raises(Refused, match="no sirve"):
        confirm_mandate_by_link(token=token + "x", actor=luis, now=NOW)
    for _ in range(2):
        assert confirm_mandate_by_link(token=token, actor=luis, now=NOW).basis == "verified_contact"
    unverified = add_contact(company=alto_roble, name="Otro", email="o@x.example", actor=ana, now=NOW)
    with pytest.raises(Refused):
        make_confirmation_token(mandate=mandate, contact=unverified, now=NOW)


def test_an_invitation_read_in_its_mailbox_is_a_mandate(carolina, ana, luis):
    company = register_potential_account(
        name="Sal de Cáhuil", email="ventas@cahuil.example", actor=carolina, now=NOW, channel="event"
    )
    contact = company.contacts.get()
    waiting = request_mandate(company=company, person=ana.person, now=NOW)
    for _ in range(2):
        mandate = grant_mandate_by_link(contact=contact, person=ana.person, actor=ana, now=NOW)
        assert (mandate, mandate.state, mandate.basis) == (waiting, "active", "verified_contact")
    contact.refresh_from_db()
    assert (contact.person, contact.verified_at) == (ana.person, NOW)
    with pytest.raises(Refused, match="otra persona"):
        grant_mandate_by_link(contact=contact, person=luis.person, actor=luis, now=NOW)


# --- contacts ---------------------------------------------------------------------------------------------------


def test_one_contact_is_the_main_one(ana, alto_roble):
    second = add_contact(company=alto_roble, name="Beto", is_main=True, actor=ana, now=NOW)
    assert list(alto_roble.contacts.filter(is_main=True)) == [second]
    first = alto_roble.contacts.get(is_main=False)
    end_contact(contact=second, actor=ana, now=NOW)
    assert list(alto_roble.contacts.filter(is_main=True)) == [first], "who is left takes the place"
    leaving = ChangeSet.objects.latest("pk")
    undo_change_set(change_set=leaving, person_id=None, now=NOW)
    assert list(alto_roble.contacts.filter(is_main=True, ended_on=None)) == [second]
    for contact in (second, first):
        end_contact(contact=contact, actor=ana, now=NOW)
    assert not alto_roble.contacts.filter(is_main=True).exists()


def test_the_main_contact_is_so_until_another_one_is(ana, alto_roble):
    first = alto_roble.contacts.get()
    second = add_contact(company=alto_roble, name="Beto", actor=ana, now=NOW)
    with pytest.raises(Refused, match="Marca antes a otra persona como principal") as refused:
        update_contact(contact=first, values={"is_main": False}, actor=ana, now=NOW)
    assert refused.value.field == "is_main"
    update_contact(contact=second, values={"is_main": True}, actor=ana, now=NOW)
    assert list(alto_roble.contacts.filter(is_main=True)) == [second]


def test_a_new_address_has_to_be_verified_again(ana, alto_roble):
    contact = update_contact(
        contact=alto_roble.contacts.get(), values={"email": "Nueva@Roble.example"}, actor=ana, now=NOW
    )
    assert (contact.email, contact.verified_at) == ("nueva@roble.example", None)


def test_the_newest_consent_holds(ana, alto_roble):
    contact = alto_roble.contacts.get()
    for given in (True, True, False):
        record_consent(contact=contact, purpose="news", given=given, actor=ana, now=NOW)
    assert latest_consents(contact) == {"news": False}
    assert contact.consents.count() == 2


@pytest.mark.parametrize("change", ["given", "recorded_at", "row"])
def test_the_database_keeps_every_consent(ana, alto_roble, change):
    record_consent(contact=alto_roble.contacts.get(), purpose="news", given=True, actor=ana, now=NOW)
    changes = {
        "given": lambda: Consent.objects.update(given=False),
        "recorded_at": lambda: Consent.objects.update(recorded_at=NOW.replace(year=2025)),
        "row": lambda: Consent.objects.all()._raw_delete("default"),
    }
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        changes[change]()
