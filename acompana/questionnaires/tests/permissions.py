"""Who may enter by which address of the instruments: all staff read them, administrators shape them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acompana.questionnaires.models import Version
from tests.permissions import ADMINISTRATOR, STAFF, STRATEGY, Row

EDITORS = ADMINISTRATOR | STRATEGY


def furnish(side: SimpleNamespace, world: Any) -> None:
    """A version in force and a draft for each side, of an instrument of its own."""
    instrument = "interview" if side is world.sides["rival"] else "preadmissibility"
    in_force = Version.objects.get(instrument=instrument, published_at__isnull=False, retired_at=None)
    side.version = in_force
    side.version_draft = Version.objects.create(
        instrument=instrument,
        number=in_force.number + 1,
        title=in_force.title,
        definition=in_force.definition,
        based_on=in_force,
        drafted_at=world.now,
    )


def in_force(side: Any) -> dict[str, Any]:
    return {"instrument": side.version.instrument, "number": side.version.number}


def draft(side: Any) -> dict[str, Any]:
    return {"instrument": side.version_draft.instrument, "number": side.version_draft.number}


def question(side: Any) -> dict[str, Any]:
    return {**draft(side), "slug": side.version_draft.definition["questions"][0]["slug"]}


ROWS = [
    Row("questionnaires:instruments", get=STAFF),
    Row("questionnaires:history", lambda side: {"instrument": side.version.instrument}, get=STAFF),
    Row("questionnaires:version", in_force, get=STAFF),
    Row("questionnaires:copy", in_force, post=EDITORS),
    Row("questionnaires:retire", in_force, get=EDITORS, post=EDITORS),
    Row("questionnaires:edit_question", question, get=EDITORS, post=EDITORS),
    Row("questionnaires:edit_marks", draft, get=EDITORS, post=EDITORS),
    Row("questionnaires:publish", draft, get=EDITORS, post=EDITORS),
    Row("questionnaires:discard", draft, post=EDITORS),
]
