"""What the documents say of the code is so: settings, rooms, decisions, links, and commands that people will copy."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from acompana.kernel.management.commands.describe_tables import description

ROOT: Path = settings.ROOT
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ROOMS = sorted(path.parent.name for path in (ROOT / "acompana").glob("*/__init__.py") if path.parent.name != "config")
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)")
ENGLISH = [
    *(ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "STYLE", "CONTRIBUTING", "CHANGELOG")),
    ROOT / "docs" / "operating.md",
    ROOT / "docs" / "data.md",
    *DECISIONS,
]


def test_every_variable_that_the_settings_read_is_explained() -> None:
    code = (ROOT / "acompana" / "config" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'"(ACOMPANA_[A-Z_]+|DATABASE_URL)"', code))
    explained = set(re.findall(r"`(ACOMPANA_[A-Z_]+|DATABASE_URL)`", OPERATING))
    assert read == explained


def test_every_room_is_on_the_map() -> None:
    drawn = set(re.findall(r"^\s+(\w+)(?:\[\"|$)", ARCHITECTURE, re.M))
    assert [room for room in ROOMS if room not in drawn] == []


def test_decisions_are_numbered_without_gaps_or_repetition() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert numbers == [f"{number:04}" for number in range(1, len(DECISIONS) + 1)]
    for path in DECISIONS:
        assert path.read_text("utf-8").startswith(f"# {int(path.name[:4])}. "), (
            f"{path.name} has another number inside"
        )


USUAL = {
    "__init__",
    "apps",
    "rules",
    "states",
    "models",
    "permissions",
    "queries",
    "operations",
    "jobs",
    "forms",
    "urls",
}
USUAL |= {"views", "templates", "static", "tests", "migrations", "management", "templatetags", "data", "__pycache__"}


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("kernel", "shell", "demonstration")])
def test_a_file_of_an_unusual_kind_has_its_reason(room: str) -> None:
    written = (ROOT / "docs" / "adr" / "0007-kinds-of-file-beyond-the-usual.md").read_text("utf-8")
    for file in (ROOT / "acompana" / room).iterdir():
        if file.stem not in USUAL:
            assert f"`{file.name}`" in written or f"`{file.name}/`" in written, f"{room}/{file.name}"


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text("utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_pictures_of_the_readme_are_light() -> None:
    for target in LINK.findall((ROOT / "README.md").read_text("utf-8")):
        if target.endswith(".png"):
            assert (ROOT / target).stat().st_size <= 150 * 1024, target


def test_every_line_that_the_log_may_hold_for_an_operator_is_explained() -> None:
    """From warnings up, each message of ours begins like a line of the table."""
    said = re.compile(r"log\.(?:warning|error|exception)\(\s*f?\"(?P<words>[^\"]+)")
    told = [
        [part for part in re.split(r"…", row) if part.strip()]
        for row in re.findall(r"`([^`]+)`", OPERATING.partition("## Log lines")[2])
    ]
    for path in sorted((ROOT / "acompana").rglob("*.py")):
        if "/tests/" in path.as_posix():
            continue
        for found in said.finditer(path.read_text("utf-8")):
            words = found["words"]
            assert any(all(part.strip() in words for part in parts) for parts in told), f"{path.name}: {words}"


def test_the_list_of_tables_is_current() -> None:
    written = (ROOT / "docs" / "data.md").read_text("utf-8")
    assert written == description(), "write it anew: python3 dev.py manage describe_tables"


# --- the commands of the backup, as they stand in the document ----------------------------------------------------


def command(name: str) -> str:
    found = re.search(rf"```sh\n# {name}\n(?P<lines>.+?)```", OPERATING, re.S)
    assert found is not None, f"no block named {name}"
    return found["lines"]


def shell(name: str, **values: str) -> None:
    environment = {"PATH": os.environ["PATH"], **values}
    done = subprocess.run(["sh", "-eu", "-c", command(name)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def data_folder(path: Path) -> Path:
    (path / "files").mkdir(parents=True)
    (path / "files" / "upload.pdf").write_text("an upload")
    (path / "secret-key").write_text("a key")
    return path


def test_the_backup_of_sqlite_restores(tmp_path: Path) -> None:
    data, backup, other = data_folder(tmp_path / "data"), tmp_path / "backup", tmp_path / "other"
    running = sqlite3.connect(data / "acompana.sqlite3")
    running.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (words TEXT); INSERT INTO t VALUES ('kept');")
    running.commit()
    shell("backup: sqlite", ACOMPANA_DATA=str(data), BACKUP=str(backup))
    running.execute("INSERT INTO t VALUES ('after the backup')")
    running.commit()
    running.close()
    for folder in (data, other):  # over the old one, and on another machine
        shell("restore: sqlite", ACOMPANA_DATA=str(folder), BACKUP=str(backup))
        with sqlite3.connect(folder / "acompana.sqlite3") as restored:
            assert restored.execute("SELECT words FROM t").fetchall() == [("kept",)]
        assert (folder / "files" / "upload.pdf").read_text() == "an upload"
        assert (folder / "secret-key").read_text() == "a key"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="dumps the suite's database; SQLite's is tried above")
def test_the_backup_of_postgresql_restores(tmp_path: Path) -> None:
    data, backup = data_folder(tmp_path / "data"), tmp_path / "backup"
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    copy = f"{connection.settings_dict['NAME']}_copy"
    there = urlsplit(here)._replace(path=f"/{copy}").geturl()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
        cursor.execute(f'CREATE DATABASE "{copy}"')
    try:
        shell("backup: postgresql", ACOMPANA_DATA=str(data), BACKUP=str(backup), DATABASE_URL=here)
        for _ in range(2):  # into an empty database, then over the old one
            shell("restore: postgresql", ACOMPANA_DATA=str(tmp_path / "other"), BACKUP=str(backup), DATABASE_URL=there)
        counted = "SELECT count(*) FROM reference_region"
        psql = subprocess.run(["psql", there, "-Atc", counted], capture_output=True, text=True, check=True)
        assert psql.stdout.strip() == "16"
        assert (tmp_path / "other" / "files" / "upload.pdf").exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}"')
