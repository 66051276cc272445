"""The life of a version: shipped or copied to a draft, changed, published, retired (INT-9)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.verbs import verb
from acompana.people.actors import NOBODY, Actor
from acompana.questionnaires.content import shipped_definitions
from acompana.questionnaires.definition import read_definition
from acompana.questionnaires.models import Version
from acompana.questionnaires.permissions import may_edit_instruments


def check_can_edit(actor: Actor) -> None:
    if not may_edit_instruments(actor):
        raise Refused("Los instrumentos los cambia quien administra el sistema o Desarrollo estratégico.", "ROL-15")


def _lock(version: Version) -> Version:
    return Version.objects.select_for_update().get(pk=version.pk)


def mark_of(version: Version) -> str:
    """A short mark of a version's content, which changes with it."""
    return hashlib.sha256(json.dumps(version.definition, sort_keys=True).encode()).hexdigest()[:16]


def _next_number(instrument: str) -> int:
    return (Version.objects.filter(instrument=instrument).aggregate(last=Max("number"))["last"] or 0) + 1


@verb
def copy_to_draft(*, version: Version, actor: Actor, now: datetime) -> Version:
    """A draft with the content of a version. Refuses while the instrument has another draft."""
    check_can_edit(actor)
    if Version.objects.filter(instrument=version.instrument, published_at=None).exists():
        raise Refused("Este instrumento ya tiene un borrador. Publícalo o descártalo antes de abrir otro.")
    return Version.objects.create(
        instrument=version.instrument,
        number=_next_number(version.instrument),
        title=version.title,
        definition=version.definition,
        based_on=version,
        drafted_at=now,
        drafted_by=actor.person,
    )


@verb
def save_draft(
    *, version: Version, definition: Mapping[str, Any], actor: Actor, now: datetime, seen: str = ""
) -> Version:
    """Changes a draft. Refuses a published version, another instrument's content, and faults (DefinitionError).

    `seen` is the `mark_of` the draft that the person had in sight: another one says that somebody saved since (Stale).
    """
    check_can_edit(actor)
    draft = _lock(version)
    if not draft.is_draft:
        raise Refused("Una versión publicada no se cambia: cópiala a un borrador.", "INT-9")
    if seen and seen != mark_of(draft):
        raise Stale("Alguien más guardó este borrador mientras lo editabas. Lo tuyo no se guardó: revisa y repite.")
    read = read_definition(definition)
    if read.instrument != draft.instrument:
        raise Refused("El contenido es de otro instrumento.")
    draft.title, draft.definition = read.title, dict(definition)
    draft.save(update_fields=["title", "definition"])
    return draft


@verb
def discard_draft(*, version: Version, actor: Actor) -> None:
    """Deletes a draft; its number is given again. Refuses a published version."""
    check_can_edit(actor)
    draft = _lock(version)
    if not draft.is_draft:
        raise Refused("Una versión publicada no se borra: se retira.", "INT-9")
    draft.delete()


@verb
def publish_version(*, version: Version, reason: str, actor: Actor, now: datetime) -> Version:
    """Puts a draft in force for those who start from now on; the version before it is retired, its answers stay.

    Refuses without a reason, without any change, and with faults (DefinitionError). Publishing twice is one act.
    """
    check_can_edit(actor)
    draft = _lock(version)
    if not draft.is_draft:
        return draft
    if not reason.strip():
        raise Refused("Escribe por qué se publica esta versión.", "INT-9")
    read_definition(draft.definition)
    if draft.based_on is not None and draft.based_on.is_in_force and draft.based_on.definition == draft.definition:
        raise Refused("El borrador es igual a la versión vigente: no hay nada que publicar.")
    _put_in_force(draft, reason=reason.strip(), actor=actor, now=now)
    return draft


def _put_in_force(draft: Version, *, reason: str, actor: Actor, now: datetime) -> None:
    Version.objects.filter(instrument=draft.instrument, published_at__isnull=False, retired_at=None).update(
        retired_at=now, retired_by=actor.person, retired_because=f"La reemplaza la versión {draft.number}."
    )
    draft.published_at, draft.published_by, draft.reason = now, actor.person, reason
    draft.save(update_fields=["published_at", "published_by", "reason"])


@verb
def retire_version(*, version: Version, reason: str, actor: Actor, now: datetime) -> Version:
    """Takes the version in force out of use: nobody starts it; who is answering it may finish."""
    check_can_edit(actor)
    row = _lock(version)
    if not row.is_in_force:
        raise Refused("Solo se retira la versión vigente.")
    if not reason.strip():
        raise Refused("Escribe por qué se retira esta versión.")
    row.retired_at, row.retired_by, row.retired_because = now, actor.person, reason.strip()
    row.save(update_fields=["retired_at", "retired_by", "retired_because"])
    return row


@verb
def publish_shipped(*, now: datetime, in_force: bool = False) -> list[Version]:
    """Brings the shipped instruments in; returns the versions made. Doing it again makes none.

    A new instrument is published as version 1. Content that an upgrade changed becomes a draft beside what people
    published, never over it; with `in_force` it is published at once. An instrument with an open draft is left alone.
    """
    made = []
    for instrument, definition in shipped_definitions().items():
        versions = list(Version.objects.filter(instrument=instrument))
        if any(version.definition == definition for version in versions) or any(v.is_draft for v in versions):
            continue
        version = Version.objects.create(
            instrument=instrument,
            number=_next_number(instrument),
            title=definition["title"],
            definition=definition,
            based_on=next((v for v in versions if v.is_in_force), None),
            drafted_at=now,
        )
        if in_force or not versions:
            _put_in_force(version, reason="Contenido inicial del proyecto.", actor=NOBODY, now=now)
        made.append(version)
    return made
