"""A database that is locked, down or nowhere: a page that says to come back, a line for the operator, nothing half."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from acompana.demonstration.cast import make_people
from acompana.kernel.clock import read_clock
from acompana.people.models import Office

BACKEND = "acompana.people.backends.Backend"


@contextmanager
def database_held_by_another() -> Iterator[None]:
    """Somebody else writes and does not finish; we wait a fifth of a second for them and no longer."""
    other = connection.copy()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout = 200")
        else:
            cursor.execute("SET lock_timeout = '200ms'")
    try:
        with other.cursor() as cursor:
            if connection.vendor == "sqlite":
                other.connection.isolation_level = None
                cursor.execute("BEGIN EXCLUSIVE")
            else:
                other.set_autocommit(False)
                tables = ", ".join(f'"{table}"' for table in connection.introspection.table_names())
                cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE")
            yield
        other.rollback()
    finally:
        other.close()
        connections.close_all()


@pytest.mark.usefixtures("ground")
def test_a_locked_database_is_told_and_nothing_is_half_written(caplog):
    now = read_clock()
    administrator = make_people(now=now)["administrator"]
    client = Client()
    client.force_login(administrator, backend=BACKEND)
    page = "/escritorio/administracion/oficinas/CL-VS/datos/"
    sent = {"reach-mailbox": "nuevo@oficina.example", "reach-phone": "", "reach-address": "Calle Nueva 1"}
    with database_held_by_another():
        answer = client.post(page, sent)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    text = answer.content.decode()
    assert "inténtalo de nuevo" in text
    assert "No se perdió nada" in text
    assert "the database did not answer at POST" in caplog.text
    assert Office.objects.get(code="CL-VS").address != "Calle Nueva 1"
    # Sent again, as the page says, it is saved once.
    assert client.post(page, sent).status_code == 302
    assert Office.objects.get(code="CL-VS").address == "Calle Nueva 1"


NO_SERVER = "postgres://acompana:acompana@127.0.0.1:1/nowhere?connect_timeout=1"
ASK = """
import django; django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "x" * 32
answer = client.get("/mi-empresa/")
print(answer.status_code, answer.get("Retry-After"), "No se perdió nada" in answer.content.decode())
"""


@pytest.mark.one_database  # each names its own
@pytest.mark.parametrize(
    ("database", "no_pool"),
    [(NO_SERVER, "0"), (NO_SERVER, "1"), ("sqlite:////nowhere/at/all.db", "0")],
    ids=["the pool waits for a server", "no server", "no file"],
)
def test_a_database_that_is_down_is_told(database, no_pool, tmp_path):
    """Before any view: the session cannot even be read."""
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "ACOMPANA_NO_POOL": no_pool,
        "ACOMPANA_POOL_PATIENCE": "1",
        "ACOMPANA_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "acompana.config.settings",
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(  # a process of its own: this one is connected already
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, timeout=60, cwd=settings.ROOT
    )
    assert done.stdout.strip().endswith("503 30 True"), done.stdout + done.stderr[-2000:]
    assert "the database did not answer at GET /mi-empresa/" in done.stderr
