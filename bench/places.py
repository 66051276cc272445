"""Where the bench keeps its databases: its own folder, and databases of its own on the PostgreSQL that it is given."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]


def schema_stamp() -> str:
    """Changes when the data would: with what makes it, and with the migrations."""
    files = [ROOT / "bench" / "country.py", *sorted((ROOT / "acompana").glob("*/migrations/0*.py"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def address_of_server() -> str:
    """Of a PostgreSQL where databases may be made; empty: there is none."""
    return os.environ.get("ACOMPANA_BENCH_POSTGRES") or os.environ.get("ACOMPANA_TEST_POSTGRES") or ""


@dataclass(frozen=True)
class Place:
    """One database of the bench: `server` is empty for SQLite."""

    server: str
    name: str
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / ("postgres" if self.server else "sqlite") / self.name

    @property
    def stamp(self) -> Path:
        return self.data / "stamp"

    @property
    def environment(self) -> dict[str, str]:
        url = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.database}")) if self.server else ""
        values = {**os.environ, "DATABASE_URL": url, "ACOMPANA_DATA": str(self.data), "ACOMPANA_DEMO": "1"}
        return {**values, "DJANGO_SETTINGS_MODULE": "acompana.config.settings"}

    @property
    def database(self) -> str:
        return f"acompana_bench_{self.name}"

    def run(self, *arguments: str) -> None:
        # Clients of the bare database have a connection each, as many as there are; the server keeps its pool.
        environment = {**self.environment, "ACOMPANA_NO_POOL": "1"}
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)

    def is_ready(self) -> bool:
        return self.stamp.exists() and self.stamp.read_text() == schema_stamp()

    def make(self) -> None:
        """Empty, as the migrations leave it: a copy of one that was migrated once."""
        empty = Place(self.server, "empty", self.folder)
        if not empty.is_ready():
            empty.drop()
            empty.data.mkdir(parents=True)
            if self.server:
                self._on_server(f'CREATE DATABASE "{empty.database}"')
            empty.run("manage.py", "migrate", "--verbosity", "0")
            empty.stamp.write_text(schema_stamp())
        self.drop()
        shutil.copytree(empty.data, self.data, ignore=lambda *_: ["stamp"])
        if self.server:
            self._on_server(f'CREATE DATABASE "{self.database}" TEMPLATE "{empty.database}"')

    def drop(self) -> None:
        if self.server:
            self._on_server(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        shutil.rmtree(self.data, ignore_errors=True)

    def _on_server(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql)
