"""Looks for what must not be in the database; ends with 1 if something is."""

from __future__ import annotations

from time import monotonic

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acompana.demonstration.invariants import CHECKS, find_violations
from acompana.kernel.clock import read_clock


class Command(BaseCommand):
    help = "Checks what must hold in any database: paths, due dates, statuses, numbers, index. Reads only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", help="only these checks: " + ", ".join(c.name for c in CHECKS))
        parser.add_argument("--at-most", type=int, default=20, help="violations of a check to show")

    def handle(self, *args: object, names: list[str], at_most: int, **options: object) -> None:
        if unknown := set(names) - {check.name for check in CHECKS}:
            raise CommandError(f"There is no check called {', '.join(sorted(unknown))}.")
        started, total, now = monotonic(), 0, read_clock()
        for check in CHECKS:
            if names and check.name not in names:
                continue
            found = [violation.sentence for violation in find_violations(now=now, names=frozenset({check.name}))]
            total += len(found)
            self.stdout.write(f"{'ok' if not found else len(found):>6}  {check.holds}")
            for sentence in found[:at_most]:
                self.stdout.write(f"          {sentence}")
        self.stdout.write(f"{total} violations, {monotonic() - started:.1f} s.")
        if total:
            raise SystemExit(1)
