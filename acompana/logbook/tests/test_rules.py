"""Each channel tells of one kind of conversation."""

from __future__ import annotations

import pytest

from acompana.logbook.models import Entry
from acompana.logbook.rules import CONTACT_KINDS, KIND_OF_CHANNEL, kind_of
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
