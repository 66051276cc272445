"""The sources themselves, and how their files are read."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from django.db import models
from django.utils.text import slugify

from acompana.kernel.changes import open_change_set, record_change, snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.sources.mapping import SourceMapping, check_mapping, shipped, suggest
from acompana.sources.models import Source
from acompana.sources.permissions import may_import
from acompana.sources.reading import first_rows, look_at

SAMPLE_ROWS = 5
HISTORY = ("name", "about", "is_register", "mapping", "retired_on")


def check_may_import(actor: Actor) -> None:
    if not may_import(actor):
        raise Refused("Importan quien administra el sistema y control de gestión.", "ROL-15")


@verb
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


def read_sample(name: str, file: BinaryIO) -> tuple[dict[str, Any], SourceMapping]:
    """Heads and first rows of a file that nobody has declared, and a mapping that its heads suggest.

    Refused: a file that is not what its name says, or has no heads."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
        facts = look_at(path)
        table, rows = first_rows(path, facts, None, SAMPLE_ROWS)
    sample = {
        "file": name,
        "encoding": facts.name_of_encoding,
        "head": table.head,
        "rows": [[cell[:120] for cell in row] for row in rows],
    }
    return sample, SourceMapping(columns=suggest(table.head), delimiter=table.delimiter)


@verb
def add_source(
    *, name: str, is_register: bool, sample: dict[str, Any], mapping: SourceMapping, actor: Actor, now: datetime
) -> Source:
    """A source of one's own, with the mapping that its first file suggests. Refused: a name that another one has."""
    check_may_import(actor)
    name = " ".join(name.split())
    slug = slugify(name)[:50]
    if not slug:
        raise Refused("Escribe un nombre para la fuente.", "EXP-2")
    if Source.objects.filter(slug=slug).exists():
        raise Refused(f"Ya hay una fuente que se llama «{name}». Si está fuera de uso, vuelve a usarla.", "EXP-2")
    source = Source.objects.create(
        slug=slug, name=name[:80], is_register=is_register, mapping=mapping.as_json(), sample=sample
    )
    tell(source, None, f"Fuente nueva: {source}", actor, now)
    return source


@verb
def keep_sample(*, source: Source, sample: dict[str, Any], actor: Actor) -> None:
    """Another file to try the mapping on; the mapping stays."""
    check_may_import(actor)
    Source.objects.filter(pk=source.pk).update(sample=sample)


@verb
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
    tell(stored, before, f"Lectura de {stored}", actor, now)
    return stored


def tell(source: Source, before: dict[str, Any] | None, title: str, actor: Actor, now: datetime) -> None:
    """Its history; nothing where nothing changed."""
    after = snapshot(source, HISTORY)
    if before == after:
        return
    change_set = open_change_set(
        kind="source", title=title, person_id=actor.person.pk if actor.person else None, now=now, channel="system"
    )
    record_change(source, change_set=change_set, before=before, after=after)
