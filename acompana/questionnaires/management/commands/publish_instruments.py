"""Brings the shipped instruments in: new ones are published; changed ones become drafts, or go in force on demand."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from acompana.kernel.clock import read_clock
from acompana.questionnaires.operations import publish_shipped


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--in-force", action="store_true", help="publish changed content at once")

    def handle(self, *args: object, **options: bool) -> None:
        made = publish_shipped(now=read_clock(), in_force=options["in_force"])
        for version in made:
            self.stdout.write(f"{version}: {'draft' if version.is_draft else 'published'}")
        if not made:
            self.stdout.write("Nothing new.")
