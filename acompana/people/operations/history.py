"""Every change of staff and offices is kept with who made it and when (EXP-5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.db import models
from django.utils import timezone

from acompana.kernel.changes import last_hand, open_change_set, record_change
from acompana.kernel.refusals import Refused, Stale
from acompana.people.actors import Actor
from acompana.people.models import Person


def keep(
    obj: models.Model,
    *,
    kind: str,
    title: str,
    actor: Actor,
    now: datetime,
    record: models.Model | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """One change set of one object. No `before`: it was created; no `after`: it was taken away.

    `title` is the Spanish sentence that the history shows; `record` the object in whose history it appears.
    """
    change_set = open_change_set(
        kind=kind, title=title, person_id=actor.person.pk if actor.person else None, now=now, channel="desk"
    )
    record_change(obj, change_set=change_set, before=before, after=after, record=record)


def mark_of(values: object) -> str:
    """A short mark of what a form was filled with: its save brings it back, and what changed meanwhile has another."""
    return sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_seen(record: models.Model, values: object, seen: str, actor: Actor) -> None:
    """Raises Stale if the values of a record are not those that a form was filled with; `seen` empty: nobody asks."""
    if not seen or seen == mark_of(values):
        return
    raise Stale(
        f"{who_saved(record, 'estos datos', actor)} mientras los editabas. No se perdió lo que escribiste: "
        "compáralo con lo guardado y vuelve a guardar.",
        "EXP-13",
    )


def who_saved(record: models.Model, what: str, actor: Actor) -> str:
    """Who saved a record last, as its reader may know it: by name among staff, or the reader in another window."""
    hand = last_hand(record)
    if actor.person is not None and hand == actor.person.pk:
        return f"Guardaste {what} en otra ventana"
    if not actor.is_staff:
        return f"Otra persona guardó {what}"
    name = Person.objects.get(pk=hand) if hand else "El sistema"
    return f"{name} guardó {what}"


def author(actor: Actor) -> Person:
    """The person who acts; refused for the system, since absences and added days are always somebody's word."""
    if actor.person is None:
        raise Refused("Esto lo anota una persona, no el sistema.")
    return actor.person


def today(now: datetime) -> date:
    """The day of an instant where the agency's people are counted (America/Santiago)."""
    return timezone.localdate(now, timezone.get_default_timezone())
