"""Fills an empty system with the demonstration, or prints who can enter."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from acompana.companies.models import Company
from acompana.demonstration.guide import who_can_enter
from acompana.demonstration.making import FULL, SMALL, make_demonstration
from acompana.kernel.clock import read_clock


class Command(BaseCommand):
    help = "Demonstration data: fills an empty system with companies of two years, or prints who can enter."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are companies already")
        parser.add_argument("--small", action="store_true", help=f"{SMALL} companies instead of {FULL}")
        parser.add_argument("--people", action="store_true", help="only print who can enter, and what to try")

    def handle(self, *args: object, **options: object) -> None:
        if options["people"]:
            self.stdout.write(who_can_enter(settings.SITE_ADDRESS))
            return
        if Company.objects.exists():
            if not options["if_empty"]:
                self.stderr.write("Aquí ya hay empresas: la demostración se hace en un sistema vacío.")
                raise SystemExit(2)
            return
        companies = SMALL if options["small"] else FULL
        make_demonstration(now=read_clock(), companies=companies, told=self.say)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
