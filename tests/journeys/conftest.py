"""The browser, its pages, and the clock of the journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from acompana.kernel import clock as kernel_clock
from tests.browser import ARGUMENTS, DESKTOP, PHONE, VENDOR, Watch, find_chromium
from tests.restore import SqliteGround

HERE = Path(__file__).parent
PATIENCE = 15_000  # milliseconds that a journey waits for anything, on a machine with other things to do


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skipif(not find_chromium(), reason="a journey needs Chromium: apt-get install chromium")
    for item in items:
        if HERE in Path(item.path).parents:
            item.add_marker("browser")
            item.add_marker(missing)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's synchronous interface runs an event loop in this thread; Django would refuse the database beside it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield started
        started.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture
def site(live_server, settings) -> str:
    """The address of the running system; links in its mails lead there too."""
    settings.SITE_ADDRESS = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.STATICFILES_DIRS = [("vendor-of-tests", VENDOR)]
    return live_server.url


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the journey for console errors, script errors and violations of the content security policy."""
    watching = Watch()
    yield watching
    assert not watching.unexpected(), "the browser complained:\n" + "\n".join(watching.unexpected())


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: str, watch: Watch) -> Iterator[OpenPage]:
    """Another visitor with a session of their own: `open_page(phone=True)`, `open_page(dark=True)`,
    `open_page(scripts=False)`."""
    contexts: list[BrowserContext] = []

    def open_(phone: bool = False, dark: bool = False, scripts: bool = True, **more: Any) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport=PHONE if phone else DESKTOP,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="es-CL",
            timezone_id="America/Santiago",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        watch.attach(page)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page(phone=True)


@pytest.fixture
def dark_page(open_page: OpenPage) -> Page:
    return open_page(dark=True)


@pytest.fixture(scope="module")
def kept() -> list[Any]:
    """What the tests of a module stand on and the database that it left, once one of them made it."""
    return []


@pytest.fixture
def stand_on(ground, kept: list[Any]) -> Callable[[Callable[[], Any]], Any]:
    """`stand_on(build)`: made once for the module; then its database comes back as a file, in a moment. On any other
    than SQLite it is made anew for each test."""

    def stand_on_(make: Callable[[], Any]) -> Any:
        if connection.vendor != "sqlite":
            return make()
        if kept:
            kept[1].restore()
        else:
            kept.extend([make(), SqliteGround()])
        return deepcopy(kept[0])

    return stand_on_


class MovedClock:
    """The clock of requests, moved: `clock.set(instant)`, `clock.forward(days=3)`."""

    def __init__(self, set_reader: Callable[[Callable[[], datetime]], None]) -> None:
        self._shift = timedelta()
        self._real = kernel_clock.read_clock
        set_reader(self.read)

    def read(self) -> datetime:
        return self._real() + self._shift

    def set(self, instant: datetime) -> None:
        self._shift = instant - self._real()

    def forward(self, **amount: float) -> None:
        self._shift += timedelta(**amount)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovedClock:
    return MovedClock(lambda read: monkeypatch.setattr("acompana.shell.middleware.read_clock", read))


@pytest.fixture
def quick_passwords(settings) -> None:
    """The cast's passwords are not what a journey tries."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
