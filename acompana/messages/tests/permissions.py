"""Who may enter by which address of messages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acompana.messages.models import Attachment
from acompana.messages.preferences import preferences_token
from tests.permissions import ADMINISTRATOR, CLIENT_MANAGEMENT, EVERYBODY, STAFF, Row

KEEPERS = ADMINISTRATOR | CLIENT_MANAGEMENT
TRIAL = {"room": "messages", "name": "trial", "language": "es"}


def furnish(side: SimpleNamespace, world: Any) -> None:
    """The date of the interview, as it went with its mail."""
    side.calendar = Attachment.objects.filter(message__company=side.company).first()


# The signed link of a mail is its own key: whoever holds it chooses for its reader, and sees no more than that.
ROWS = [
    Row("messages:preferences", lambda s: {"token": preferences_token(s.message)}, get=EVERYBODY, post=EVERYBODY),
    Row("messages:decline-at-once", lambda s: {"token": preferences_token(s.message)}, get=EVERYBODY, post=EVERYBODY),
    Row("messages:sink"),  # these two are of the demonstration
    Row("messages:sink-mail", lambda side: {"pk": 1}),
    Row("messages:sink-attachment", lambda side: {"pk": 1, "attachment": 1}),
    Row("messages:outbox", get=KEEPERS),
    Row("messages:message", lambda side: {"pk": side.message.pk}, get=KEEPERS),
    Row(
        "messages:attachment",
        lambda side: {"pk": side.calendar.message_id, "attachment": side.calendar.pk},
        get=STAFF,
    ),
    Row("messages:resend", lambda side: {"pk": side.message.pk}, post=KEEPERS),
    Row("messages:dismiss", lambda side: {"pk": side.message.pk}, post=KEEPERS),
    Row("messages:templates", get=ADMINISTRATOR),
    Row("messages:text", lambda side: TRIAL, get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("messages:system", get=ADMINISTRATOR),
    Row("messages:trial", post=ADMINISTRATOR),
]
