"""Who may: instruments are read by all staff and shaped by few."""

from __future__ import annotations

from acompana.people.actors import Actor
from acompana.questionnaires.models import Version

EDITORS = ("administrator", "strategic-development")


def may_read_instruments(actor: Actor) -> bool:
    return actor.is_staff


def may_edit_instruments(actor: Actor) -> bool:
    """Administrators configure (ROL-15); strategic development supervises the route of Low (INT-7)."""
    return actor.is_staff and actor.has_role(*EDITORS)


def may_edit(actor: Actor, version: Version) -> bool:
    return may_edit_instruments(actor) and version.is_draft


def may_replace_answers(actor: Actor) -> bool:
    """The executive updates a test when the company's data change (INT-15); whose company it is, the caller knows."""
    return actor.is_staff
