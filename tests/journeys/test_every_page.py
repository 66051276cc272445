"""Every page of the site under axe-core: as it comes, unfolded on a phone in the dark, with its errors, empty.

Which pages there are is asked of the permission table, which knows every address (tests/permissions): a new page is
swept without a line here. What is no page is excused below, with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from acompana.demonstration.cast import make_people
from acompana.kernel.clock import read_clock
from acompana.messages.models import SinkMail
from acompana.people.models import Person
from tests.browser import (
    assert_accessible,
    assert_accessible_everywhere,
    assert_leads_somewhere,
    in_the_dark,
)
from tests.permissions import EVERYBODY, OUTSIDERS, ROLES, STAFF, Row
from tests.permissions.test_table import MODULES, ROWS
from tests.permissions.world import BACKEND, World, build

# The pages are the same whatever database is below; the journeys run on both.
pytestmark = [pytest.mark.usefixtures("ground"), pytest.mark.one_database]

# Who looks, of those who are let in: who sees most of it.
LOOKERS = ("anonymous", "owner", "limited", "citizen", "administrator", "director", "client_management", "executive")
EXCUSED = {
    "a file, not a page": {
        "api:openapi",
        "companies:export",
        "evaluation:deadlines_file",
        "evaluation:list_file",
        "evaluation:route_file",
        "files:download",
        "messages:attachment",
        "portal:interview_calendar",
        "portal:manual_picture",
        "progress:bpmn",
        "shell:stylesheet",
        "sources:rows_file",
    },
    "a piece of another page": {"companies:alike"},
}
NO_PAGES = frozenset().union(*EXCUSED.values())
LOOKED_AT_BY_ITSELF = {"shell:gallery"}  # in both manners and all its states, in test_gallery.py
# They answer in a demonstration alone, so that the table keeps everybody out of them.
OF_THE_DEMONSTRATION = ("messages:sink", "messages:sink-mail")
OPENERS = "[popovertarget], [data-dialog-open]"
SHOWS = "(which) => document.querySelector(which)?.checkVisibility({ visibilityProperty: true }) ?? false"
"""Whether the first of those is to be seen. Asked by the page itself: to look for one, Playwright brings a script of
its own into each page, which costs as much as half of loading it."""
OPENED = "dialog[open], :popover-open"
RAIL = ".rail"


@dataclass(frozen=True, slots=True)
class Seen:
    """An address and who looks at it."""

    name: str
    address: str
    role: str


def furnished() -> World:
    world = build()
    for module in MODULES:
        for side in world.sides.values():
            getattr(module, "furnish", lambda side, world: None)(side, world)
    return world


@pytest.fixture
def page(open_page) -> Page:
    """One that waits: each test goes through dozens of pages, on machines with other things to do."""
    opened = open_page()
    opened.set_default_timeout(60_000)
    return opened


@pytest.fixture
def world(stand_on, settings) -> World:
    settings.DEMO = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return stand_on(furnished)


def browser_of(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role in world.sessions:
        client.cookies[django_settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return client


def looker(admitted: frozenset[str]) -> str:
    return next(role for role in (*LOOKERS, *ROLES) if role in admitted)


def address_of(row: Row, world: World) -> str:
    return reverse(row.name, kwargs=row.args(world.sides["own"]) if row.args else None)


def get(row: Row, world: World) -> HttpResponse:
    """What the looker of a row is answered, at the end of the ways that lead on."""
    return browser_of(world, looker(row.get or frozenset())).get(address_of(row, world), follow=True)


def is_page(answer: HttpResponse) -> bool:
    return answer["Content-Type"].startswith("text/html") and b"<!doctype" in answer.content[:200].lower()


def addresses_for(world: World, roles: frozenset[str], part: slice) -> list[Seen]:
    """Of a part of the table, what the lookers of some roles may open, one looker after the other."""
    but = NO_PAGES | LOOKED_AT_BY_ITSELF
    rows = [row for row in ROWS if row.get and looker(row.get) in roles and row.name not in but][part]
    seen = [Seen(row.name, address_of(row, world), looker(row.get or frozenset())) for row in rows]
    return sorted(seen, key=lambda each: each.role)


def test_what_is_no_page_is_excused_and_nothing_else_is(world):
    told = {row.name: get(row, world) for row in ROWS if row.get}
    no_page = {name for name, answer in told.items() if answer.get("Content-Type") and not shown_whole(answer)}
    assert no_page == NO_PAGES


def shown_whole(answer: HttpResponse) -> bool:
    return not getattr(answer, "streaming", False) and is_page(answer)


def enter(page: Page, site: str, world: World, role: str) -> None:
    """The page's visitor is from now on of that role."""
    page.context.clear_cookies()
    if role in world.sessions:
        page.context.add_cookies(
            [{"name": django_settings.SESSION_COOKIE_NAME, "value": world.sessions[role], "url": site}]
        )


def look(page: Page, where: str, but: str = "") -> None:
    """The page that is open, with its first dialog, and everywhere; `but`: what was looked at already."""
    if page.evaluate(SHOWS, OPENERS):
        page.locator(OPENERS).first.click()
        assert_accessible(page, f"{where}, with its dialog", within=OPENED)
        page.keyboard.press("Escape")
    assert_accessible_everywhere(page, where, but)


@pytest.mark.parametrize(
    ("roles", "part"),
    [(EVERYBODY - STAFF, slice(None)), *((STAFF, slice(start, None, 2)) for start in range(2))],
    ids=["company and public", "half of the agency's", "the other half"],
)
def test_as_it_comes(page, site, world, watch, roles, part):
    watch.expect("400", "401")  # pages that say that a link is not good
    at, ends = "", set()
    for seen in addresses_for(world, roles, part):
        looked = RAIL if seen.role == at else ""  # the menus of the desk are the same on each of somebody's pages
        if seen.role != at:
            enter(page, site, world, at := seen.role)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(seen.address)
        if (end := urlsplit(page.url).path) not in ends:  # several addresses may lead to one page
            ends.add(end)
            look(page, f"{seen.name} as {seen.role}", looked)


def test_of_the_demonstration(page, site, world):
    enter(page, site, world, "administrator")
    sent = SinkMail.objects.create(
        to_address="ana@altoroble.example", subject="Tu ruta", body="Hola, Ana.", received_at=world.now
    )
    for name in OF_THE_DEMONSTRATION:
        answer = page.goto(reverse(name, kwargs={"pk": sent.pk} if name.endswith("mail") else None))
        assert answer, name
        assert answer.status == 200, name
        look(page, name)


def refused(world: World) -> list[tuple[Seen, str]]:
    """The pages that the forms of the table come back with when nothing is sent; all is undone."""
    told = []
    for row in [row for row in ROWS if row.post]:
        role, address = looker(row.post), address_of(row, world)
        with transaction.atomic():
            answer = browser_of(world, role).post(address, {})
            transaction.set_rollback(True)
        if answer.status_code in (200, 422) and is_page(answer):
            told.append((Seen(row.name, address, role), answer.content.decode()))
    return told


CHANGE = """(html) => {
  const next = new DOMParser().parseFromString(html, "text/html");
  document.documentElement.className = next.documentElement.className;
  document.querySelector("main").replaceWith(document.adoptNode(next.querySelector("main")));
  for (const each of document.querySelectorAll("main details")) each.open = true;
}"""


def show(page: Page, html: str) -> None:
    """What a page says, unfolded, in the place of what the open page says: that around it is looked at where each
    address is, as it comes."""
    page.evaluate(CHANGE, html)


def test_with_errors_shown(page, site, world):
    shown = refused(world)
    assert len(shown) > 60
    enter(page, site, world, "director")
    page.goto(reverse("desk:my_day"))
    # The same few pieces say what is wrong on all of them: half are looked at on a desk, half in the dark.
    look_at_refused(page, shown[::2])
    with in_the_dark(page):
        look_at_refused(page, shown[1::2])


def look_at_refused(page: Page, shown: list[tuple[Seen, str]]) -> None:
    for seen, html in shown:
        show(page, html)
        assert_leads_somewhere(page, seen.name)
        assert_accessible(page, f"{seen.name} refused", within="main")


def test_empty(page, site, settings):
    """The lists of the desk on the first day: no company, no message."""
    settings.DEMO = True
    people = make_people(now=read_clock())
    client = visitor(page, site, people["administrator"])
    page.goto(reverse("desk:my_day"))
    with in_the_dark(page):
        for row in ROWS:
            if is_list_of_the_desk(row):
                show(page, client.get(reverse(row.name), follow=True).content.decode())
                assert_accessible(page, f"{row.name}, empty", within="main")
    visitor(page, site, people["citizen"])
    page.goto(reverse("portal:mine"))
    look(page, "no company yet")


def is_list_of_the_desk(row: Row) -> bool:
    return bool(
        row.args is None and row.get and row.get >= STAFF and not row.get & OUTSIDERS and row.name not in NO_PAGES
    )


def visitor(page: Page, site: str, person: Person) -> Client:
    """Somebody else, from now on, in the browser; and beside it."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
    return client
