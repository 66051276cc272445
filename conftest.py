"""What every test needs, whatever its room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings

from tests.restore import keep_ground


@pytest.fixture(scope="session", autouse=True)
def own_files(tmp_path_factory) -> Iterator[None]:
    """Uploads of the tests do not land among those of the installation. Static files are looked up when asked for:
    otherwise each test client would read all of them first."""
    # The hasher of production is slow on purpose; one and the same for all, since the cast's password is hashed once.
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("files"),
        WHITENOISE_AUTOREFRESH=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


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
