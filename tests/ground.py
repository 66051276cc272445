"""The migrations run once in a run of the suite; every worker's database is a copy of what they left.

They take longer than the tests of most rooms, and each worker of xdist would run them for itself. `dev.py test` has
the template of each database made while its checks run (`python -m tests.ground lay`) and dropped when all is over
(`drop`), in a folder that ACOMPANA_GROUND names. By itself pytest does without: the first worker that comes migrates
a template, and drops it when it ends; who comes after that makes another. So no run finds the template of another
one, except where that was killed: then PostgreSQL has it still, and it is made anew.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import django
from django.db import connection
from django.test.utils import setup_test_environment

LAID = os.environ.get("ACOMPANA_GROUND", "")
PATIENCE = 600  # seconds that a worker waits for the one that migrates


def copy_ground(folder: Path) -> Callable[[], None]:
    """Make this worker's test database before Django would. `folder` is the run's, the same for all its workers.
    Returns what is to be done when this worker ends."""
    creation, told = connection.creation, connection.settings_dict
    own, (template, _) = told["TEST"]["NAME"], template_and_mark(folder)
    with one_at_a_time(folder):
        made_here = lay(folder)
        told["TEST"].update({"NAME": own} if connection.vendor == "sqlite" else {"NAME": own, "TEMPLATE": template})
        creation._create_test_db(verbosity=0, autoclobber=True)
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(own)) as copy:
                source.backup(copy)
    creation._create_test_db = lambda *_, **__: own  # Django finds it made, and nothing left to migrate
    return partial(drop, folder) if made_here else lambda: None


def template_and_mark(folder: Path) -> tuple[str, Path]:
    """Where the template is, and the file that says that it is whole."""
    sqlite = connection.vendor == "sqlite"
    name = str(folder / "ground.sqlite3") if sqlite else f"test_{connection.settings_dict['NAME']}_ground"
    return name, folder / f"{connection.vendor}-is-made"


def lay(folder: Path) -> bool:
    """Migrate the template. False where it was there already."""
    original, (template, mark) = connection.settings_dict["NAME"], template_and_mark(folder)
    if mark.exists():
        return False
    connection.settings_dict["TEST"]["NAME"] = template
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(original, verbosity=0, keepdb=True)  # lets go of it, no more
    if hasattr(connection, "close_pool"):
        connection.close_pool()
    mark.touch()
    return True


def drop(folder: Path) -> None:
    """The template goes, whole or not."""
    template, mark = template_and_mark(folder)
    with one_at_a_time(folder):
        mark.unlink(missing_ok=True)
        if connection.vendor == "sqlite":
            Path(template).unlink(missing_ok=True)
            return
        with connection.creation._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(template)}")


def without_waiting() -> None:
    """SQLite does not wait for the disk: what a test wrote need not outlive the machine."""
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Among the processes of a run. The lock is SQLite's: every system has it, and it ends with its process."""
    with closing(
        sqlite3.connect(folder / f"{connection.vendor}-lock", timeout=PATIENCE, isolation_level=None)
    ) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


if __name__ == "__main__" and sys.argv[1] == "drop":
    drop(Path(LAID))
elif __name__ == "__main__":
    django.setup()
    setup_test_environment()
    without_waiting()
    with one_at_a_time(Path(LAID)):
        lay(Path(LAID))
