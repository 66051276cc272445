from __future__ import annotations

import pytest
from django.db import transaction

from acompana.kernel.refusals import Refused
from acompana.messages.composing import EmptyField
from acompana.messages.models import Message, OptOut
from acompana.messages.operations import accept_again, decline

pytestmark = pytest.mark.django_db


def test_a_message_waits_with_its_text_filled(write):
    message = write()
    assert message.state == Message.State.WAITING
    assert message.category == "account"
    assert "Hola, Ana Rojas:" in message.body
    assert "16-09-2026 a las 12:00" in message.body


def test_a_repeated_key_gives_the_first_message_back(write):
    first = write()
    assert write(to="otra@ejemplo.example", context={}) == first
    assert Message.objects.count() == 1


def test_an_empty_field_stops_the_message_and_only_it(write):
    with transaction.atomic(), pytest.raises(EmptyField):
        write(context={"asked_at": None})
    assert Message.objects.count() == 0


def test_without_an_address_there_is_no_message(write):
    assert write(to=" ") is None
    assert Message.objects.count() == 0


def test_what_causes_a_message_and_the_message_go_together(write):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert Message.objects.count() == 0


def test_a_declined_category_is_kept_and_not_sent(write, template_file, now):
    template_file("test/hello", "category: route\nsubject: Hola\n\nHola, {{ name }}.")
    decline(address="Ana.Rojas@altoroble.example", category="route", now=now)
    declined = write(template="test/hello")
    assert declined.state == Message.State.DECLINED
    assert declined.settled_at == now
    accept_again(address="ana.rojas@altoroble.example", category="route", now=now)
    assert write("trial:2", template="test/hello").state == Message.State.WAITING


def test_declining_twice_is_declining_once(now):
    decline(address="ana@ejemplo.example", category="route", now=now)
    decline(address="ana@ejemplo.example", category="route", now=now)
    assert OptOut.objects.count() == 1


@pytest.mark.parametrize("category", ["account", "office", "unknown"])
def test_what_a_person_asks_for_cannot_be_declined(category, now):
    with pytest.raises(Refused):
        decline(address="ana@ejemplo.example", category=category, now=now)
