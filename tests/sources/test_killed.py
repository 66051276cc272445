"""A process that imports is killed at a row that nobody chose, and its run goes on: nothing is lost, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from acompana.companies.models import Company
from acompana.demonstration.registers import write_companies
from acompana.kernel.models import Change, SearchRow
from acompana.people.actors import SYSTEM
from acompana.sources.models import Provenance, Run
from acompana.sources.operations import ask_undo, undo_run
from acompana.sources.tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("ground")
ROWS, STRETCH = 1500, 75
CHANGE = ("record_id", "action", "label")
ACTIVITY = ("activities__activity__code", "activities__is_main")


def database() -> str:
    """The address of the database of this test, for another process."""
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    return f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def start(*arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "DATABASE_URL": database(), "ACOMPANA_DEMO": "0", "ACOMPANA_NO_POOL": "1"}
    command = [sys.executable, "manage.py", "import_companies", *arguments, "--stretch", str(STRETCH)]
    return subprocess.Popen(command, cwd=settings.ROOT, env=environment, stdout=subprocess.PIPE)


def kill_at(process: subprocess.Popen[bytes], row: int) -> Run:
    """Kill a process, without a word, once it got as far as that; its phases are counted on."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        run = Run.objects.first()
        if run is not None and run.staged + run.applied + run.indexed >= row:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return Run.objects.get()
        time.sleep(0.01)
    pytest.fail(f"it ended before row {row}: {process.returncode}")


def facts() -> dict[str, Any]:
    """All that an import writes, by RUT: ids differ between two imports, and nothing else may."""
    columns = [f.attname for f in Company._meta.concrete_fields if f.name not in ("id", "created_at")]
    ruts = dict(Company.objects.values_list("pk", "rut"))
    return {
        "companies": sorted(Company.objects.values_list(*columns), key=str),
        "activities": sorted(Company.objects.values_list("rut", *ACTIVITY), key=str),
        "provenance": sorted(Provenance.objects.values_list("company__rut", "source__slug", "line", "fields", "kept")),
        "history": sorted(
            (ruts[record], action, label)
            for record, action, label in Change.objects.filter(change_set__kind="import").values_list(*CHANGE)
            if record in ruts
        ),
        "search": sorted(
            (ruts[pk], *rest)
            for pk, *rest in SearchRow.objects.filter(kind="company").values_list("object_id", "tier", "text", "code")
        ),
    }


def test_an_import_that_was_killed_twice_ends_as_one_that_was_not(tmp_path: Path):
    path = tmp_path / "PUB_EMPRESAS_PJ_2025.txt"
    write_companies(path, rows=ROWS, noise=0.1)
    chance = random.Random()
    rows = sorted(chance.sample(range(STRETCH, int(ROWS * 2.5)), 2))
    process = start("sii-empresas", str(path))
    for row in rows:
        run = kill_at(process, row)
        process = start("--resume", str(run.pk))
    process.communicate(timeout=240)
    assert process.returncode == 0, f"killed at {rows}"
    killed = facts()
    run = Run.objects.get()
    counted = (run.staged, run.created, run.updated, run.left, run.rejected)
    ask_undo(run=run, actor=SYSTEM, now=run.finished_at)
    undo_run(run, read_clock=lambda: NOW)
    assert not Company.objects.exists()

    whole = start("sii-empresas", str(path))
    whole.communicate(timeout=240)
    assert whole.returncode == 0
    again = Run.objects.first()
    assert (again.staged, again.created, again.updated, again.left, again.rejected) == counted, f"killed at {rows}"
    assert facts() == killed, f"killed at {rows}"
