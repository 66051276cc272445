from __future__ import annotations

from copy import deepcopy

import pytest
from django.test import Client

from tests.evaluation.world import NOW, World, build
from tests.kept import made_once

BACKEND = "acompana.people.backends.Backend"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("acompana.shell.middleware.read_clock", lambda: NOW)


kept_world = made_once(build)


@pytest.fixture
def world(db, kept_world) -> World:
    return deepcopy(kept_world)


@pytest.fixture
def enter():
    """A browser of somebody of the cast."""

    def enter(world: World, key: str = "control") -> Client:
        client = Client()
        client.force_login(world.cast[key], backend=BACKEND)
        return client

    return enter
