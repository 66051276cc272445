"""Each channel tells of one kind of conversation, and what is written of one by hand."""

from __future__ import annotations

import pytest

from acompana.logbook.models import Entry
from acompana.logbook.rules import (
    CONTACT_KINDS,
    FACTS,
    KIND_OF_CHANNEL,
    NOT_BY_HAND,
    USUAL_CHANNEL,
    fault_by_hand,
    kind_of,
    kind_told,
)
from acompana.people.models import Channel

pytestmark = pytest.mark.one_database


def test_every_channel_has_its_kind():
    assert set(KIND_OF_CHANNEL) == set(Channel.values)
    assert set(KIND_OF_CHANNEL.values()) <= set(Entry.Kind.values)
    assert set(CONTACT_KINDS) <= set(Entry.Kind.values)


@pytest.mark.parametrize(
    ("channel", "kind"),
    [("phone", "call"), ("video", "call"), ("email", "mail"), ("whatsapp", "chat"), ("event", "meeting")],
)
def test_a_message_is_no_mail_and_a_fair_no_visit(channel, kind):
    assert kind_of(channel) == kind


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "note", "text": " "}, "text"),
        ({"kind": "note", "text": "Ojo"}, ""),
        ({"kind": "call"}, "outcome"),
        ({"kind": "visit", "outcome": "none"}, "outcome"),
        ({"kind": "mail", "outcome": "not_reached"}, ""),
        ({"kind": "mail", "outcome": "reached", "channel": "portal"}, "channel"),
        ({"kind": "call", "outcome": "reached", "channel": "video"}, ""),
    ],
)
def test_cha_2_what_by_hand_has_to_say(told, field):
    given = {"channel": "", "outcome": "", "text": ""} | told
    assert fault_by_hand(**given)[0] == field


def test_a_conversation_is_of_the_kind_of_its_channel():
    assert kind_told("call", "whatsapp") == "chat"
    assert kind_told("call", "") == "call"
    assert kind_told("note", "phone") == "note"
    by_hand = {kind_told(kind, channel) for kind in USUAL_CHANNEL for channel in ("", *Channel.values)}
    assert {kind for kind, _ in FACTS} == by_hand - {"note"}
    assert set(NOT_BY_HAND) <= set(Channel.values)
