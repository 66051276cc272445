"""E-mails as flat rows, and who reads which."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from acompana.api.permissions import is_system, reads_as_staff
from acompana.messages.models import Message
from acompana.messages.views.desk import KEEPERS
from acompana.people.actors import Actor

COLUMNS = ("id", "template", "category", "language", "to_address", "subject", "state", "company_id",
           "matter__number", "attempts", "last_answer", "written_at", "settled_at")  # fmt: skip


def keeps_outbox(actor: Actor) -> bool:
    """Whether the actor reads the whole outbox, and the texts, as on the desk."""
    return is_system(actor) or actor.has_role(*KEEPERS)


def visible_messages(actor: Actor) -> QuerySet[Message]:
    """All, for who keeps the outbox; those of companies, for the rest of the agency, as in a company's record."""
    if keeps_outbox(actor):
        return Message.objects.all()
    if reads_as_staff(actor):
        return Message.objects.filter(company__isnull=False)
    return Message.objects.none()


def message_rows(messages: QuerySet[Message]) -> list[dict[str, Any]]:
    """Ready to leave as JSON, without their text; one statement."""
    rows = []
    for values in messages.values_list(*COLUMNS):
        row = dict(zip(COLUMNS, values, strict=True))
        row["matter"] = row.pop("matter__number")
        rows.append(row)
    return rows
