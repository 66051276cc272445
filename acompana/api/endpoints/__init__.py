"""Every operation of version 1, by tag, in the order of the document."""

from acompana.api.contract import build
from acompana.api.endpoints import (
    changes,
    commitments,
    figures,
    logbook,
    matters,
    messages,
    offer,
    questionnaires,
    reference,
    registry_writes,
    rulebook,
)

API = build(
    [
        ("companies", registry_writes.router),
        ("companies", offer.router),
        ("logbook", logbook.router),
        ("commitments", commitments.router),
        ("matters", matters.router),
        ("questionnaires", questionnaires.router),
        ("messages", messages.router),
        ("rulebook", rulebook.router),
        ("reference", reference.router),
        ("figures", figures.router),
        ("changes", changes.router),
    ]
)
