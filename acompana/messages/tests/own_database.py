"""A copy of the migrated test database for one test, at an address that a worker process can open."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from django.db import connection


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Points this process's connection to a fresh copy; yields its DATABASE_URL; puts everything back."""
    original = connection.settings_dict["NAME"]
    sqlite = connection.vendor == "sqlite"
    _let_go()
    name = str(folder / "own.sqlite3") if sqlite else f"{original}_{uuid4().hex[:8]}"
    if sqlite:
        _copy_sqlite(str(original), name)
    else:
        # A server thread of an earlier test may still hold a session, and a template must have none.
        _on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{original}'")
        _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    connection.settings_dict["NAME"] = name
    try:
        yield f"sqlite:///{name}" if sqlite else _address(name)
    finally:
        _let_go()
        connection.settings_dict["NAME"] = original
        if not sqlite:
            _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def worker_environment(url: str, folder: Path, **extra: str) -> dict[str, str]:
    """The environment of a worker process on that database."""
    return {**os.environ, "DATABASE_URL": url, "ACOMPANA_DATA": str(folder), "ACOMPANA_DEMO": "0", **extra}


def _let_go() -> None:
    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _copy_sqlite(source: str, target: str) -> None:
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


def _address(name: str) -> str:
    settings = connection.settings_dict
    user, password = quote(settings["USER"] or ""), quote(settings["PASSWORD"] or "")
    return f"postgres://{user}:{password}@{settings['HOST'] or ''}:{settings['PORT'] or ''}/{quote(name)}"


def _on_server(statement: str) -> None:
    import psycopg

    settings = connection.settings_dict
    with psycopg.connect(
        dbname="postgres",
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
        autocommit=True,
    ) as server:
        server.execute(statement)
