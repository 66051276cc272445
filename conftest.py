"""What every test needs, whatever its room."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings
from pytest_django import DjangoDbBlocker

from tests.ground import LAID, copy_ground, without_waiting
from tests.kept import later_what_is_kept, put_away
from tests.restore import keep_ground

gc.disable()  # until all tests are collected: what is made until then, stays


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys come first: they are the longest, and whoever is done takes over from others what is short.
    Within a module, those come later that stand on more of what is kept for it (see `tests.kept`).

    Where `dev.py test` goes through two databases, what is the same on any is not run again on the second one, and
    what asks for the stricter one waits for it; by itself each always runs."""
    items[:] = later_what_is_kept(items)
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if os.environ.get("ACOMPANA_TESTED_BEFORE"):
        skip(items, "one_database", pytest.mark.skip(reason="the same on any database: it ran on the first one"))
    if os.environ.get("ACOMPANA_TESTED_AFTER"):
        skip(items, "strict_database", pytest.mark.skip(reason="PostgreSQL refuses more: it runs on that one"))


def skip(items: list[pytest.Item], marked: str, skipped: pytest.MarkDecorator) -> None:
    for item in items:
        if item.get_closest_marker(marked):
            item.add_marker(skipped)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    put_away(item)


def pytest_collection_finish() -> None:
    """What stands by now, thousands of tests and the whole product, is not garbage: to look through it again and
    again for some was a twentieth of the walk through every address."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def own_files(tmp_path_factory) -> Iterator[None]:
    """Uploads of the tests do not land among those of the installation, and what it gathered of static files does not
    serve the tests. Those are looked up when asked for: otherwise each test client would read all of them first."""
    # The hasher of production is slow on purpose; one and the same for all, since the cast's password is hashed once.
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("files"),
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_use_migrations: bool,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The database is a copy of the one that `dev.py test` had migrated. Without that, of several workers one
    migrates, for all, unless each has a database already (--reuse-db)."""
    without_waiting()
    workers = getattr(request.config, "workerinput", {}).get("workercount", 1)
    if (workers == 1 and not LAID) or not django_db_use_migrations or (django_db_keepdb and not django_db_createdb):
        yield
        return
    with django_db_blocker.unblock():
        at_the_end = copy_ground(Path(LAID) if LAID else tmp_path_factory.getbasetemp().parent)
    yield
    with django_db_blocker.unblock():
        at_the_end()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests with real transactions leave the database as the migrations left it, reference data included."""
    with django_db_blocker.unblock():
        ground = keep_ground()
    original = TransactionTestCase._fixture_teardown

    def restore(self: TransactionTestCase) -> None:
        ground.restore()
        cache.clear()

    TransactionTestCase._fixture_teardown = restore
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture
def ground(transactional_db):
    """What the migrations leave in place, for a test with real transactions (see `django_db_setup`)."""
