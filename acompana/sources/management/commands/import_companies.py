"""Imports files of companies: `manage.py import_companies sii-nombres PUB_NOMBRES_PJ.txt --dry-run`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.sources import states
from acompana.sources.models import Run, Source
from acompana.sources.operations.running import claim, continue_run, start_run, work_on
from acompana.sources.operations.taking_back import undo_run
from acompana.sources.queries import source_of_file
from acompana.sources.working import STRETCH

NOT_POSSIBLE = 2  # exit code
WAIT = 2.0  # seconds between looks at whether it is our turn


class Command(BaseCommand):
    help = (
        "Imports files of companies. SOURCE: a source's name in addresses, or «sii» to tell each file by its columns."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", nargs="?", help="sii, sii-nombres, sii-empresas, sii-actividades, res…")
        parser.add_argument("files", nargs="*", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
        parser.add_argument("--stretch", type=int, default=STRETCH, help="rows of one transaction")
        parser.add_argument("--resume", type=int, metavar="RUN", help="go on with a run that stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stretch = max(1, options["stretch"])
        try:
            if options["resume"]:
                self._resume(options["resume"])
                return
            if not options["source"] or not options["files"]:
                raise Refused("Di la fuente y al menos un archivo: import_companies sii-nombres ARCHIVO")
            for path in options["files"]:
                if not path.is_file():
                    raise Refused(f"No existe el archivo {path}.")
                source = self._source(options["source"], path)
                run = start_run(source=source, is_trial=options["dry_run"], path=path, actor=SYSTEM, now=read_clock())
                self._work(run)
        except Refused as refusal:
            self.stderr.write(refusal.reason)
            raise SystemExit(NOT_POSSIBLE) from refusal

    def _source(self, name: str, path: Path) -> Source:
        source = source_of_file(path) if name == "sii" else Source.objects.filter(slug=name).first()
        if source is None:
            known = ", ".join(Source.objects.filter(retired_on=None).values_list("slug", flat=True))
            raise Refused(f"No hay una fuente «{name}» para {path.name}. Hay: sii, {known}.")
        return source

    def _resume(self, pk: int) -> None:
        run = Run.objects.select_related("source").filter(pk=pk).first()
        if run is None:
            raise Refused(f"No hay una carga ni un ensayo nº {pk}.")
        continue_run(run=run, actor=SYSTEM, now=read_clock())
        if run.state == states.UNDOING:
            undo_run(run, read_clock=read_clock, tell=self._tell)
            self.stdout.write(f"{states.STATES[run.state].label}: carga nº {run.pk}.")
            return
        self._work(run)

    def _work(self, run: Run) -> None:
        self.stdout.write(f"{run.word.capitalize()} nº {run.pk}: {run.source}, {run.file_name}")
        self.stdout.flush()
        waited = False
        while not claim(run, now=read_clock()):
            if not waited:
                self.stdout.write("Espera a que termine lo que está en curso.")
                self.stdout.flush()
            waited = True
            time.sleep(WAIT)
        started = time.monotonic()
        work_on(run, read_clock=read_clock, tell=self._tell, stretch=self.stretch)
        took = max(time.monotonic() - started, 0.001)
        if run.state == states.FAILED:
            raise Refused(f"{run.trouble}\nPara seguir: import_companies --resume {run.pk}")
        for sentence in run.warnings:
            self.stdout.write(f"Atención: {sentence}")
        self.stdout.write(
            f"{states.STATES[run.state].label}: {run.staged} filas en {took:.1f} s "
            f"({run.staged / took:.0f} por segundo). "
            f"Crear {run.created}, actualizar {run.updated}, dejar igual {run.left}, rechazar {run.rejected}."
        )

    def _tell(self, done: int, total: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\r{done} de {total} ", ending="")
            self.stdout.flush()
