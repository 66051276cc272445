"""The cast of the road, the same for each test of a module."""

from __future__ import annotations

from copy import deepcopy

import pytest

from acompana.demonstration.cast import Cast, make_people
from tests.kept import made_once
from tests.road.test_road import NOW

kept_cast = made_once(lambda: make_people(now=NOW))


@pytest.fixture
def cast(db, kept_cast) -> Cast:
    return deepcopy(kept_cast)
