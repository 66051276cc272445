"""`manage.py serve`: the pages, on this machine's loopback address, by granian."""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serves the pages on 127.0.0.1 with two processes. A proxy with TLS belongs before it in production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *, port: int, workers: int, **options: object) -> None:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--workers", str(workers), "--blocking-threads", "4", "--backpressure", "64"]
        command += ["--workers-kill-timeout", "5"]
        command += ["--respawn-failed-workers", "--log-level", "warning", "acompana.config.wsgi:application"]
        sys.stdout.flush()
        os.environ["ACOMPANA_PORT"] = str(port)
        os.execv(sys.executable, command)
