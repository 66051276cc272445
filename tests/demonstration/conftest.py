"""The demonstration in small, made once for the tests of a module and taken back at its end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from acompana.demonstration.making import SMALL, make_demonstration

NOW = datetime(2026, 11, 19, 14, 30, tzinfo=UTC)


class TakeBack(Exception):
    """Ends the module's transaction without a trace."""


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield make_demonstration(now=NOW, companies=SMALL)
        finally:
            outer.__exit__(TakeBack, TakeBack(), None)
