from __future__ import annotations

import pytest
from django.test import Client

from tests.evaluation.world import NOW, World, build

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("acompana.shell.middleware.read_clock", lambda: NOW)


@pytest.fixture
def world(db, settings) -> World:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return build()


@pytest.fixture
def enter():
    """A browser of somebody of the cast."""

    def enter(world: World, key: str = "control") -> Client:
        client = Client()
        client.force_login(world.cast[key], backend=BACKEND)
        return client

    return enter
