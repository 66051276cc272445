"""Reads of the invitations to the portal (INT-2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from acompana.intake.models import Invitation
from acompana.messages.models import Message


def invitations_of(matters: Collection[int], now: datetime) -> dict[int, Invitation]:
    """The last invitation of each of these potential accounts (ids of matters) that was invited, with its `address`:
    where its letter went, also if its contact has another one by now; and whether its link `is_over`.

    One query; without accounts none.
    """
    if not matters:
        return {}
    letter = Message.objects.filter(
        template="intake/invitation", matter=OuterRef("matter"), written_at=OuterRef("invited_at")
    )
    found = (
        Invitation.objects.filter(matter__in=matters)
        .select_related("invited_by")
        .annotate(address=Coalesce(Subquery(letter.values("to_address")[:1]), F("contact__email")))
        .order_by("invited_at", "pk")
    )
    newest: dict[int, Invitation] = {one.matter_id: one for one in found if one.matter_id is not None}
    for one in newest.values():
        one.is_over = one.expires_at <= now  # type: ignore[attr-defined]
    return newest
