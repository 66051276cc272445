"""What a module stands on, made once: each of its tests finds it untouched, since Django undoes what a test does.

kept_world = made_once(build)

@pytest.fixture
def world(db, kept_world) -> World:
    return deepcopy(kept_world)      # rows are undone by the database; objects in memory are not
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings


def made_once(make: Callable[..., Any], upon: str = "") -> Any:
    """A fixture of the module: the rows of `make` in a transaction around its tests, which ends as if never begun.
    `upon`: another that was made once, which `make` is given; every test of the module finds both."""

    @pytest.fixture(scope="module")
    def kept(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
        stands_on = [request.getfixturevalue(upon)] if upon else []
        with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
            with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
                made = make(*stands_on)
            if not upon:  # between two tests Django would close the connection, and the transaction with it
                patch.setattr(connection, "close", lambda: None)
            yield made
            transaction.set_rollback(True)

    return kept
