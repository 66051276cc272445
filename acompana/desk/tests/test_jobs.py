"""Warnings and breaches reach whoever owes, once, and not at night (EXP-7)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from acompana.commitments.operations import promise
from acompana.desk.jobs import tell_what_is_due, tell_what_is_late
from acompana.messages.models import Message
from acompana.people.actors import SYSTEM
from acompana.people.models import Office, Person

SANTIAGO = ZoneInfo("America/Santiago")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)


START = at("2026-09-16T15:00")


@pytest.fixture
def office(db):
    return Office.objects.get(code="CL-VS")


def owe(office, **changes):
    given = {
        "rule": "DL-1",
        "what": "Contactar a Conservas Alto Roble",
        "debtor": "office",
        "office": office,
        "starts_at": START,
        "now": START,
        "actor": SYSTEM,
    }
    return promise(**(given | changes))


def test_a_warning_goes_to_whoever_owes_once(office):
    carolina = Person.objects.create(
        given_names="Carolina", family_names="Soto", email="carolina@acompana.example", joined_at=START
    )
    owe(office)
    owe(office, debtor="person", owner=carolina)
    assert tell_what_is_due(at("2026-09-20T15:00")) == 0  # Sunday
    assert tell_what_is_due(at("2026-09-21T15:00")) == 2
    assert tell_what_is_due(at("2026-09-21T15:05")) == 0
    assert set(Message.objects.values_list("to_address", flat=True)) == {office.mailbox, carolina.email}
    assert "martes 22 de septiembre de 2026 a las 23:59" in Message.objects.first().body


def test_a_breach_at_midnight_is_told_when_the_office_opens(office):
    owe(office)
    assert tell_what_is_late(at("2026-09-23T00:05")) == 1
    assert tell_what_is_late(at("2026-09-23T00:10")) == 0
    message = Message.objects.get()
    assert message.send_after == at("2026-09-23T09:00")
    assert message.subject == "Venció: Contactar a Conservas Alto Roble"
