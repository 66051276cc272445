"""What the portal's journeys share: the cast entering by a session, companies brought to a point, pages under axe."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page

from acompana.companies.models import Company
from acompana.demonstration import roads
from acompana.demonstration.cast import Cast, make_people
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.clock import read_clock
from acompana.messages.models import Message
from tests.browser import DESKTOP, PHONE, STILL, assert_accessible, assert_fits

BACKEND = "acompana.people.backends.Backend"


@dataclass
class Walk:
    """The cast on the site. What is done by operations is done now, between what is done in the browser."""

    site: str
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        self.cast = make_people(now=self.now)

    @property
    def now(self) -> datetime:
        return read_clock()

    def actor(self, key: str):
        return self.cast.actor(key, self.now)

    def enter(self, page: Page, key: str) -> Page:
        """The page's visitor is now somebody of the cast."""
        person = self.cast[key]
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = BACKEND
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        page.context.clear_cookies()
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": self.site}]
        )
        return page

    def company(self, key: str = "newcomer", *, region: str = "CL-VS", exporter: bool = False) -> Company:
        """A company of somebody's with its form complete, not yet sent."""
        company = roads.register(
            self.cast, key, rut_number=41_900_001, name="Aceites del Valle SpA", region=region, now=self.now
        )
        return roads.fill_form(company, actor=self.actor(key), now=self.now, exporter=exporter)

    def sent(self, key: str = "newcomer", **more) -> Company:
        """The same with the form sent."""
        company = self.company(key, **more)
        found = latest_intake_of(company)
        intake.submit_characterization(matter=found.matter, actor=self.actor(key), now=self.now)
        return company

    def tested(self, level: str, key: str = "newcomer", **more) -> Company:
        """The same with its self-test answered."""
        company = self.sent(key, **more)
        roads.answer_test(company, actor=self.actor(key), now=self.now, level=level)
        return company


def press(page: Page, name: str | re.Pattern) -> None:
    """Presses a button that leads to another page, and waits for it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def follow(page: Page, name: str | re.Pattern) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def pick(page: Page, group: str, answer: str) -> None:
    """Chooses an answer; its label covers the control."""
    page.get_by_role("group", name=group).get_by_label(answer, exact=True).check(force=True)


def look(page: Page, where: str = "", *, quick: bool = False) -> None:
    """The page as it stands has no fault that axe finds on a phone that asks for the dark. It
    fits on a desk, where test_every_page.py has axe look at each address; `quick`: on the phone alone."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    page.evaluate(STILL)
    assert_accessible(page, f"{where or page.url} on a phone")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    if not quick:
        assert_fits(page, f"{where or page.url} on a desk")


def state_of(company: Company) -> str:
    found = latest_intake_of(company)
    return found.matter.state if found else ""


def letters_to(company: Company) -> set[str]:
    return set(Message.objects.filter(company=company).values_list("template", flat=True))
