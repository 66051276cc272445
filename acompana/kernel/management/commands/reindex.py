"""manage.py reindex [kind …]: makes the search index anew from the rooms' own tables."""

from __future__ import annotations

from argparse import ArgumentParser
from time import monotonic

from django.core.management.base import BaseCommand, CommandError

from acompana.kernel.search.engine import sources
from acompana.kernel.search.keeping import reindex


class Command(BaseCommand):
    help = "Makes the search index anew, in sets. Safe to run at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kinds", nargs="*", help="only these kinds; all if none is named")

    def handle(self, *args: object, kinds: list[str], **options: object) -> None:
        known = {source.kind for source in sources()}
        if unknown := set(kinds) - known:
            raise CommandError(f"Nothing of kind {', '.join(sorted(unknown))} can be found. Kinds: {sorted(known)}.")
        started = monotonic()
        for kind, count in reindex(kinds or None).items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"Done in {monotonic() - started:.1f} s.")
