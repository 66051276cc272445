"""The migrations run once in a run of the suite; every worker's database is a copy of what they left.

They take longer than the tests of most rooms, and each worker of xdist would run them for itself. The first worker
that comes migrates a template, and drops it when it ends; who comes after that makes another. So no run finds the
template of another one, except where that was killed: then PostgreSQL has it still, and it is made anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

PATIENCE = 600  # seconds that a worker waits for the one that migrates


def copy_ground(folder: Path) -> Callable[[], None]:
    """Make this worker's test database before Django would. `folder` is the run's, the same for all its workers.
    Returns what is to be done when this worker ends."""
    creation, told, sqlite = connection.creation, connection.settings_dict, connection.vendor == "sqlite"
    own, whole = told["TEST"]["NAME"], folder / "ground-is-made"
    template = str(folder / "ground.sqlite3") if sqlite else f"test_{told['NAME']}_ground"
    with one_at_a_time(folder):
        if made_here := not whole.exists():
            make_template(template)
            whole.touch()
        told["TEST"].update({"NAME": own} if sqlite else {"NAME": own, "TEMPLATE": template})
        creation._create_test_db(verbosity=0, autoclobber=True)
        if sqlite:
            with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(own)) as copy:
                source.backup(copy)
    creation._create_test_db = lambda *_, **__: own  # Django finds it made, and nothing left to migrate

    def drop() -> None:
        with one_at_a_time(folder):
            whole.unlink()
            creation._destroy_test_db(template, verbosity=0)

    return drop if made_here else lambda: None


def make_template(name: str) -> None:
    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(original, verbosity=0, keepdb=True)  # lets go of it, no more
    if hasattr(connection, "close_pool"):
        connection.close_pool()


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Among the workers of a run. The lock is SQLite's: every system has it, and it ends with its process."""
    with closing(sqlite3.connect(folder / "ground-lock", timeout=PATIENCE, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield
