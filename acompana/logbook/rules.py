"""What the logbook decides: of which kind a conversation is, by the channel that it took. Pure."""

from __future__ import annotations

KIND_OF_CHANNEL = {
    "phone": "call",
    "video": "call",
    "email": "mail",
    "form": "mail",
    "portal": "mail",
    "whatsapp": "chat",
    "chat": "chat",
    "social": "chat",
    "visit": "visit",
    "counter": "meeting",
    "event": "meeting",
    "system": "note",
}
"""Every channel of `people.models.Channel` with the kind of entry that tells of it (CHA-1, CHA-2, INT-25)."""

CONTACT_KINDS = ("call", "visit", "interview", "mail", "chat", "meeting")
"""Kinds that tell of a conversation with the company, or of trying to have one."""


def kind_of(channel: str) -> str:
    """The kind of an entry that tells of a conversation by this channel."""
    return KIND_OF_CHANNEL[channel]
