"""Taking pictures of the running system with a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from acompana.demonstration.pictures import Picture
from acompana.demonstration.scenes import Scene
from acompana.people.entering import BACKEND, ENTERED_WITH
from acompana.people.models import Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = (1280, 390)
HEIGHTS = {1280: 800, 390: 844}
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


class CannotShoot(Exception):
    """What is missing for taking pictures, in a sentence."""


def chromium() -> str:
    """The browser to use. Raises CannotShoot."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("ACOMPANA_CHROMIUM") or next((path for n in names if (path := shutil.which(n))), "")
    if not found:
        raise CannotShoot("Chromium is missing (Debian: apt-get install chromium).")
    return found


def playwright() -> Any:
    """Playwright's entrance. Raises CannotShoot where the development packages are not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise CannotShoot("Playwright is missing: python3 dev.py setup installs it.") from error
    # Playwright keeps a loop in this thread; the database is only used between its calls.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    return sync_playwright()


def session_of(person: Person) -> str:
    """The key of a new session of somebody, as if they had entered."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session[ENTERED_WITH] = "demonstration"
    session.save()
    return str(session.session_key)


def shoot(scenes: Iterable[Scene], *, folder: Path, address: str, told: Callable[[str], None]) -> list[str]:
    """A picture of each scene at each width into the folder; the names of what could not be shown, and why."""
    folder.mkdir(parents=True, exist_ok=True)
    trouble: list[str] = []
    with playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=OPTIONS)
        for scene in scenes:
            where = scene.where()
            if not where:
                told(f"{scene.name}: there is no such page, or nobody stands there today")
                continue
            person = scene.who()
            for width in WIDTHS:
                path = folder / f"{scene.name}-{width}.png"
                fault = _picture(browser, address, where, person, (width, HEIGHTS[width]), path)
                if fault:
                    trouble.append(f"{scene.name} at {width}: {fault} ({where})")
            told(f"{scene.name}: {where}")
        browser.close()
    return trouble


def shoot_pictures(
    pictures: Iterable[Picture], *, folder: Path, address: str, told: Callable[[str], None]
) -> list[str]:
    """The pictures of README and manual under their names, one screen each, with few colours; what could not be."""
    trouble: list[str] = []
    with playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=OPTIONS)
        for picture in pictures:
            where = picture.where()
            if not where:
                trouble.append(f"{picture.name}: nobody stands there today; the picture stays as it was")
                continue
            path = folder / f"{picture.name}.png"
            size = (picture.width, picture.height)
            fault = _picture(browser, address, where, picture.who(), size, path, full_page=False, press=picture.press)
            if fault:
                trouble.append(f"{picture.name}: {fault} ({where})")
            make_small(path)
            told(f"{picture.name}: {where}")
        browser.close()
    return trouble


def _picture(
    browser: Browser,
    address: str,
    where: str,
    person: Person | None,
    size: tuple[int, int],
    path: Path,
    full_page: bool = True,
    press: str = "",
) -> str:
    """One picture; empty, or what was wrong with the page: its answer, an error in the console, a page too wide."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="es-CL", reduced_motion="reduce")
    if person is not None:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": address}])
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    errors: list[str] = []
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    answer = opened.goto(address + where)
    if press:
        with opened.expect_navigation():
            opened.get_by_role("button", name=press).click()
    opened.screenshot(path=path, full_page=full_page)
    wide = opened.evaluate("document.documentElement.scrollWidth")
    context.close()
    if answer is None or answer.status >= 400:
        return f"answer {answer.status if answer else 'none'}"
    if errors:
        return errors[0][:200]
    return f"the page is {wide} px wide" if wide > width else ""


def make_small(path: Path) -> None:
    """Fewer colours, so that a picture weighs little in the repository. Nothing where Pillow is not installed."""
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
