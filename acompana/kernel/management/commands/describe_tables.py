"""Writes `docs/data.md`: every table by room, from the models themselves. A test holds the file to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import Field, Model

OPENING = """# Tables

Written by `python3 dev.py manage describe_tables` from the models; do not edit it. A room owns its tables: other rooms
read them, and change them by its operations alone. Beside these stand Django's own (sessions, content types,
permissions), allauth's (second factors, sign-on) and the queue of jobs.
"""


class Command(BaseCommand):
    help = "Writes docs/data.md from the models."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.ROOT / "docs" / "data.md").write_text(description(), "utf-8")


def description() -> str:
    """The whole document."""
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("acompana.")]
    return OPENING + "".join(_room(config) for config in rooms if list(config.get_models()))


def _room(config: AppConfig) -> str:
    room = config.name.rpartition(".")[2]
    rows = "".join(
        f"| `{model._meta.db_table}` | {_about(model)} | {', '.join(_refers(model)) or '—'} |\n"
        for model in sorted(config.get_models(), key=lambda model: model._meta.db_table)
    )
    return f"\n## {room}\n\n| table | a row is | refers to |\n| --- | --- | --- |\n{rows}"


def _about(model: type[Model]) -> str:
    """The first sentence of the docstring. Where there is none, Django writes one that lists the fields: not that."""
    words = " ".join((model.__doc__ or "").split())
    if words.startswith(f"{model.__name__}("):
        return str(model._meta.verbose_name)
    first, stop, _ = words.partition(". ")
    return (first + stop).strip().removesuffix(".") + "."


def _refers(model: type[Model]) -> Iterator[str]:
    seen: set[str] = set()
    for field in model._meta.get_fields():
        if isinstance(field, Field) and field.concrete and field.related_model is not None:
            table = field.related_model._meta.db_table
            if table not in seen:
                seen.add(table)
                yield f"`{table}`"
