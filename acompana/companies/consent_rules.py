"""What a contact is asked to agree to, purpose by purpose, in which words (LAW-4, EXP-33)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a contact is asked, for one purpose. `version` is kept with each answer: new words are a new version."""

    purpose: str
    label: str
    text: str
    version: str


# The project's default words. To attend a company the agency needs no consent: it is its function by law. What is
# asked here goes beyond it, and a consent is free (LAW-4): each may be left unanswered, nothing depends on it (CHA-5).
CONSENT_TEXTS = (
    ConsentText(
        "programmes",
        "Compartir datos con CORFO y SERCOTEC",
        "¿Podemos compartir tus datos con CORFO y SERCOTEC para que te apoyen?",
        "2026-1",
    ),
    ConsentText("news", "Recibir invitaciones", "¿Quieres recibir invitaciones a talleres y actividades?", "2026-1"),
    ConsentText("stories", "Contar su historia", "¿Podemos contar tu historia si te va bien?", "2026-1"),
)


def consent_text(purpose: str) -> ConsentText | None:
    """The words in which a purpose is asked now; None for a purpose that is asked no more."""
    return next((text for text in CONSENT_TEXTS if text.purpose == purpose), None)
