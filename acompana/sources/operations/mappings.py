"""The sources themselves, and how their files are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify

from acompana.kernel.changes import open_change_set, record_change, snapshot
from acompana.kernel.refusals import Refused
from acompana.people.actors import Actor
from acompana.sources.mapping import SourceMapping, check_mapping, shipped
from acompana.sources.models import Source
from acompana.sources.permissions import may_import

HISTORY = ("name", "about", "is_register", "mapping", "retired_on")


def check_may_import(actor: Actor) -> None:
    if not may_import(actor):
        raise Refused("Importan quien administra el sistema y control de gestión.", "ROL-15")


@transaction.atomic
def load_shipped_sources(model: type[models.Model] = Source) -> None:
    """The sources that come with the system. Idempotent; what somebody changed on screen stays as they left it."""
    present = set(model._default_manager.values_list("slug", flat=True))
    model._default_manager.bulk_create(
        model(
            slug=one.slug,
            name=one.name,
            about=one.about,
            is_register=one.is_register,
            is_shipped=True,
            mapping=one.mapping.as_json(),
        )
        for one in shipped()
        if one.slug not in present
    )


@transaction.atomic
def add_source(
    *, name: str, about: str, is_register: bool, mapping: SourceMapping, actor: Actor, now: datetime
) -> Source:
    """A source of one's own. Refused: a name that another one has, a mapping by which nothing could be read."""
    check_may_import(actor)
    check_mapping(mapping)
    name = name.strip()
    slug = slugify(name)[:50]
    if not slug:
        raise Refused("Escribe un nombre para la fuente.", "EXP-2")
    if Source.objects.filter(slug=slug).exists():
        raise Refused(f"Ya hay una fuente que se llama así: {name}.", "EXP-2")
    source = Source.objects.create(
        slug=slug, name=name[:80], about=about.strip()[:300], is_register=is_register, mapping=mapping.as_json()
    )
    _tell(source, None, f"Fuente nueva: {source}", actor, now)
    return source


@transaction.atomic
def save_mapping(
    *,
    source: Source,
    mapping: SourceMapping,
    actor: Actor,
    now: datetime,
    about: str | None = None,
    is_register: bool | None = None,
) -> Source:
    """How the source's files are read from now on; a run that is under way goes on as it began."""
    check_may_import(actor)
    check_mapping(mapping)
    stored = Source.objects.select_for_update().get(pk=source.pk)
    before = snapshot(stored, HISTORY)
    stored.mapping = mapping.as_json()
    if about is not None:
        stored.about = about.strip()[:300]
    if is_register is not None:
        stored.is_register = is_register
    stored.save()
    _tell(stored, before, f"Lectura de {stored}", actor, now)
    return stored


def _tell(source: Source, before: dict[str, Any] | None, title: str, actor: Actor, now: datetime) -> None:
    after = snapshot(source, HISTORY)
    if before == after:
        return
    change_set = open_change_set(
        kind="source", title=title, person_id=actor.person.pk if actor.person else None, now=now, channel="portal"
    )
    record_change(source, change_set=change_set, before=before, after=after)
