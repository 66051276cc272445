"""What the logbook decides: of which kind a conversation is, by the channel that it took, and what is written of one
by hand. Pure."""

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


# --- what people write down by hand (CHA-2, INT-25) ---------------------------------------------------------------

USUAL_CHANNEL = {"call": "phone", "visit": "visit", "mail": "email", "note": "system"}
"""The kinds that are chosen by hand, with the channel of each where no other is told."""
NOT_BY_HAND = ("system", "form", "portal")
"""Channels whose entries the system writes."""

# The kind stands before the fact wherever it is shown: «Llamada · No contestó».
FACTS = {
    ("call", "reached"): "Se habló con la empresa",
    ("call", "not_reached"): "No contestó",
    ("visit", "reached"): "Se habló con la empresa",
    ("visit", "not_reached"): "No se encontró a nadie",
    ("mail", "reached"): "La empresa respondió",
    ("mail", "not_reached"): "Todavía sin respuesta",
    ("chat", "reached"): "La empresa respondió",
    ("chat", "not_reached"): "Todavía sin respuesta",
    ("meeting", "reached"): "Se habló con la empresa",
    ("meeting", "not_reached"): "No se encontró a nadie",
}
NOTE_FACT = "Apunte del equipo"


def kind_told(kind: str, channel: str) -> str:
    """Of which kind an entry is, by what was chosen: of a conversation the channel says it, where one is told."""
    return kind_of(channel) if channel and kind != "note" else kind


def fault_by_hand(*, kind: str, channel: str, outcome: str, text: str) -> tuple[str, str]:
    """What is wrong with what somebody writes down, and of which value; two empty texts if nothing is. That the
    company was reached settles what was owed (INT-10): of a conversation it is said, one way or the other."""
    if kind == "note" and not text.strip():
        return "text", "Escribe la nota."
    if kind != "note" and outcome in ("", "none"):
        return "outcome", "Di si se habló con la empresa o no."
    if channel in NOT_BY_HAND and channel != USUAL_CHANNEL[kind]:
        return "channel", "Lo que llega por ese canal lo anota el sistema: elige otro."
    return "", ""
