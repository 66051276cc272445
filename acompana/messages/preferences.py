"""The signed address in each message where its reader chooses what to receive, without entering (CHA-5)."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from acompana.messages.models import Message

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
    """Where the reader chooses; empty for the agency's own mailboxes."""
    if message.category == "office":
        return ""
    return settings.SITE_ADDRESS + reverse("messages:preferences", args=[preferences_token(message)])


def footer(message: Message) -> str:
    """The last lines of every message to people outside the agency."""
    address = preferences_address(message)
    return FOOTERS.get(message.language, FOOTERS["es"]).format(address=address) if address else ""
