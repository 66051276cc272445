"""The cast of the road, and companies with a result, the same for each test of a module that needs them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from acompana.demonstration.cast import make_people
from tests.kept import copy_of, made_once
from tests.road.test_road import NOW, road_to_result

kept_cast = made_once(lambda: make_people(now=NOW))
cast = copy_of("kept_cast")


def with_result(level: str) -> Any:
    return made_once(lambda kept_cast: road_to_result(deepcopy(kept_cast), level=level), upon="kept_cast")


kept_company, company = with_result("high"), copy_of("kept_company")
kept_low, low = with_result("low"), copy_of("kept_low")
