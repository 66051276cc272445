"""`manage.py work`: sends messages, runs jobs, keeps the schedule, until it is told to stop."""

from __future__ import annotations

import signal
import threading

from django.core.management.base import BaseCommand, CommandParser

from acompana.messages.worker import Workshop


class Command(BaseCommand):
    help = "Sends messages and runs background and recurring jobs, until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and end")

    def handle(self, *, once: bool, **options: object) -> None:
        stopping = threading.Event()
        # First of all: whoever sees the worker's row may already ask it to end.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        workshop = Workshop(stopping)
        if once:
            workshop.run_once()
        else:
            workshop.run()
