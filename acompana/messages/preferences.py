"""The signed address in each message where its reader chooses what to receive, without entering (CHA-5)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from acompana.messages.models import Message
from acompana.messages.rules import categories
from acompana.shell.languages import QUERY

SALT = "acompana.messages.preferences"
FOOTERS = {
    "es": "\n--\nAcompaña te escribe porque participas en una gestión con la agencia.\n"
    "Elige qué correos recibir: {address}\n",
    "en": "\n--\nYou receive this message because you are in touch with the agency.\n"
    "Choose which messages to receive: {address}\n",
}


def preferences_token(message: Message) -> str:
    """A token that stands for the message's address and says nothing about it."""
    return signing.Signer(salt=SALT).sign(str(message.pk))


def message_of_token(token: str) -> Message | None:
    """The message whose reader holds the token; None if the token was changed."""
    try:
        return Message.objects.filter(pk=int(signing.Signer(salt=SALT).unsign(token))).first()
    except (signing.BadSignature, ValueError):
        return None


def preferences_address(message: Message) -> str:
    """Where the reader chooses, in the language of the message; empty for the agency's own mailboxes."""
    if message.category == "office":
        return ""
    return settings.SITE_ADDRESS + preferences_path(message)


def preferences_path(message: Message) -> str:
    """The same for a link in a page of ours: whoever follows it stays where they entered."""
    return _path(message, "messages:preferences")


def unsubscribe_headers(message: Message) -> dict[str, str]:
    """What lets a mail program offer to decline the message's category with one click (RFC 8058). What may not be
    declined leads to the page that says why."""
    if message.category == "office":
        return {}
    if not categories()[message.category].declinable:
        return {"List-Unsubscribe": f"<{preferences_address(message)}>"}
    return {
        "List-Unsubscribe": f"<{settings.SITE_ADDRESS}{_path(message, 'messages:decline-at-once')}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _path(message: Message, view: str) -> str:
    query = f"?{urlencode({QUERY: message.language})}" if message.language != "es" else ""
    return reverse(view, args=[preferences_token(message)]) + query


def footer(message: Message) -> str:
    """The last lines of every message to people outside the agency."""
    address = preferences_address(message)
    return FOOTERS.get(message.language, FOOTERS["es"]).format(address=address) if address else ""


def masked(address: str) -> str:
    """Enough to recognise one's own address, too little for whoever got the mail forwarded."""
    local, _, domain = address.partition("@")
    return f"{local[:2]}…@{domain}"
