"""The rejected rows of a run as a file of its own, once the tables of work by which they are told are gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile

from django.core.files import File
from django.core.files.storage import default_storage

from acompana.kernel.refusals import Refused
from acompana.shell.spreadsheet import write_csv
from acompana.sources.models import Run
from acompana.sources.report import Report

FOLDER = "cargas/rechazadas"


def _name(run: Run) -> str:
    return f"{FOLDER}/{run.pk}.csv"


def keep_rejected(run: Run) -> None:
    """To be called while the rows and the file that was read are still there; without them nothing is kept."""
    if not run.rejected or not run.has_rows or run.applied == 0:
        return
    try:
        heads, lines = Report(run).rejected()
    except Refused:  # the file was read where it lay, and somebody took it away
        return
    with TemporaryFile() as kept:
        kept.writelines(line.encode() for line in write_csv(heads, lines))
        kept.seek(0)
        default_storage.delete(_name(run))
        default_storage.save(_name(run), File(kept))


def kept_rejected(run: Run) -> File | None:
    """The file, open; None if there is none."""
    name = _name(run)
    return default_storage.open(name) if run.rejected and default_storage.exists(name) else None


def has_kept_rejected(run: Run) -> bool:
    return bool(run.rejected) and default_storage.exists(_name(run))


def forget_kept(before: datetime) -> None:
    """Those of runs that ended before an instant, and of runs that are no more."""
    names = dict(_kept())
    recent = set(Run.objects.filter(pk__in=names, finished_at__gte=before).values_list("pk", flat=True))
    for pk, name in names.items():
        if pk not in recent:
            default_storage.delete(f"{FOLDER}/{name}")


def _kept() -> Iterator[tuple[int, str]]:
    if default_storage.exists(FOLDER):
        for name in default_storage.listdir(FOLDER)[1]:
            if name.removesuffix(".csv").isdigit():
                yield int(name.removesuffix(".csv")), name
