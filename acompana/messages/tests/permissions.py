"""Who may enter by which address of messages."""

from __future__ import annotations

from acompana.messages.preferences import preferences_token
from tests.permissions import ADMINISTRATOR, CLIENT_MANAGEMENT, EVERYBODY, Row

KEEPERS = ADMINISTRATOR | CLIENT_MANAGEMENT
TRIAL = {"room": "messages", "name": "trial", "language": "es"}

# The signed link of a mail is its own key: whoever holds it chooses for its reader, and sees no more than that.
ROWS = [
    Row("messages:preferences", lambda s: {"token": preferences_token(s.message)}, get=EVERYBODY, post=EVERYBODY),
    Row("messages:decline-at-once", lambda s: {"token": preferences_token(s.message)}, get=EVERYBODY, post=EVERYBODY),
    Row("messages:sink"),  # these two are of the demonstration
    Row("messages:sink-mail", lambda side: {"pk": 1}),
    Row("messages:outbox", get=KEEPERS),
    Row("messages:message", lambda side: {"pk": side.message.pk}, get=KEEPERS),
    Row("messages:resend", lambda side: {"pk": side.message.pk}, post=KEEPERS),
    Row("messages:dismiss", lambda side: {"pk": side.message.pk}, post=KEEPERS),
    Row("messages:templates", get=ADMINISTRATOR),
    Row("messages:text", lambda side: TRIAL, get=ADMINISTRATOR, post=ADMINISTRATOR),
    Row("messages:system", get=ADMINISTRATOR),
    Row("messages:trial", post=ADMINISTRATOR),
]
