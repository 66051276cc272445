"""Says what is missing in the catalogue of translations, and brings it up to date."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acompana.shell import catalogue


class Command(BaseCommand):
    help = "The English of what foreigners read: what is missing; with --write, collected and compiled."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the catalogue and its compiled form")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        fresh = catalogue.brought_up_to_date()
        if write:
            catalogue.write(fresh)
        missing = catalogue.untranslated(fresh)
        for sentence in missing:
            self.stdout.write(f"no English: {sentence!r}")
        if not write and catalogue.compiled(fresh) != catalogue.MO.read_bytes():
            raise CommandError("The catalogue is not what code and templates say: run `translations --write`.")
        if catalogue.compiled(catalogue.read_djangos_spanish()) != catalogue.DJANGO_MO.read_bytes():
            raise CommandError("The Spanish of Django's sentences is not compiled: run `translations --write`.")
        self.stdout.write(f"{len(fresh)} sentences, {len(missing)} without English.")
