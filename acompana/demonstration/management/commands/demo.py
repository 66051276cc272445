"""Fills an empty system with the demonstration, or prints who can enter."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandParser

from acompana.companies.models import Company
from acompana.demonstration.cast import CITIZEN_PARTS, PASSWORD, STAFF_PARTS, make_people
from acompana.kernel.clock import read_clock
from acompana.people.operations.ground import load_demonstration_offices


class Command(BaseCommand):
    help = "Demonstration data: `--if-empty` fills an empty system, `--people` prints who can enter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true")
        parser.add_argument("--people", action="store_true")

    def handle(self, *args: object, **options: object) -> None:
        if options["people"]:
            return self.print_people()
        if options["if_empty"] and Company.objects.exists():
            return None
        load_demonstration_offices()
        make_people(now=read_clock())
        return None

    def print_people(self) -> None:
        self.stdout.write(f"\nPeople to enter as (password of staff: {PASSWORD}):")
        for part in STAFF_PARTS:
            self.stdout.write(f"  {part.given} {part.family}: {part.title}, {part.office}")
        for _, _, given, family, email, who in CITIZEN_PARTS:
            self.stdout.write(f"  {given} {family} ({who}; {email}), with the test ClaveÚnica")
