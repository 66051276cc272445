"""A real browser for the journeys: how one is found, what it must not say, and what axe-core finds on a page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page, Request, expect

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"),
    # Who draws, in the process of the browser: nothing is drawn by a card, and to talk to a process of its own costs.
    "--in-process-gpu",
    # Pages live for a moment: optimising their scripts, axe-core above all, takes longer than it saves.
    "--js-flags=--no-opt --no-maglev",
    # The next page in the frame of the one before, as it was for years: a new frame for each costs a third more.
    "--enable-features=RenderDocument:level/crashed-frame",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 640, "height": 450}  # 1280 × 900 at 200 %
VENDOR = Path(__file__).parent / "vendor"
AXE_ADDRESS = "/static/vendor-of-tests/axe.min.js"
BRING = """(address) => window.axe ? true : new Promise((told) => {
  const script = document.createElement("script");
  Object.assign(script, { src: address, onload: () => told(true), onerror: () => told(false) });
  document.head.append(script);
  script.remove();
})"""
"""Brings axe-core into the page as the site's own script: a browser that read it once keeps it compiled."""
TESTED_BEFORE = bool(os.environ.get("ACOMPANA_TESTED_BEFORE"))


def find_chromium() -> str:
    """The path of the browser; empty if there is none."""
    return os.environ.get("ACOMPANA_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), "")


@dataclass
class Watch:
    """What a page complained of. A journey that provokes a complaint says so before: `watch.expect("403")`."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *pieces: str) -> None:
        self.expected += pieces

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        # A request that the next navigation cuts short is no fault.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.complaints.append(f"{request.method} {request.url}: {request.failure}")

    def unexpected(self) -> list[str]:
        return [c for c in self.complaints if not any(piece in c for piece in self.expected)]


PAINT = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
"""The rules whose answer another theme or another width can change where the same is to be read. The size of what is
pressed (WCAG 2.5.8), which axe asks only if it is told to, is asked with them: on a phone, where fingers press."""

RUN = """async ([within, but, rules]) => {
  // What ::before and ::after paint is not asked for: of text over it axe-core would say that it cannot tell, which is
  // no violation, and to ask takes a fifth of all its time. Without them, it judges.
  axe.configure({ checks: [{ id: "color-contrast", options: { ignorePseudo: true } }] });
  // Of the rows of a long table a dozen stands for all: the same lines of the template make the rest.
  const exclude = [["tbody > tr:nth-child(n + 13)"]];
  const where = { include: [[within || "html"]], exclude: but ? [[but], ...exclude] : exclude };
  // Without reading each style sheet again for turned screens and sound that plays by itself: there is neither.
  const found = await axe.run(where, { resultTypes: ["violations"], preload: false, ...rules });
  return found.violations.map((v) => ({
    rule: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.map((n) => ({ target: n.target.join(" "), html: n.html.slice(0, 180), why: n.failureSummary })),
  }));
}"""


LEFT = ("context was destroyed", "of null", "axe is not defined")
"""What a browser says of a page that a click was leaving: that it is gone, or that its content is not there yet."""


def settled(page: Page, ask: Callable[[], Any]) -> Any:
    """What is found on the page; on the one that came meanwhile, if a click before was still leading there."""
    page.wait_for_load_state()
    try:
        return ask()
    except Error as error:
        if not any(said in str(error) for said in LEFT):
            raise
        page.wait_for_load_state()
        return ask()


def assert_says(page: Page, *pieces: str) -> None:
    """All of it is to be read in the middle of the page, or will be shortly; what is folded away is not read."""
    for piece in pieces:
        expect(page.locator("main")).to_contain_text(piece, use_inner_text=True)


def violations(page: Page, rules: list[str] | None = None, within: str = "", but: str = "") -> list[dict[str, Any]]:
    """What axe-core finds on the page as it stands, within a part of it or outside of one, by some of its rules or by
    all that it asks of itself."""

    def ask() -> Any:
        if not page.evaluate(BRING, AXE_ADDRESS):  # a page without network
            page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8") + "\n;undefined")
        return page.evaluate(RUN, [within, but, {"runOnly": rules} if rules else {}])

    return settled(page, ask)


def assert_accessible(
    page: Page, where: str = "", rules: list[str] | None = None, within: str = "", but: str = ""
) -> None:
    """No violation of any rule of axe-core, and nothing wider than the window. How a page looks is the same whatever
    database is below: on the second one of `dev.py test`, axe-core is not asked again. Of a page that was seen whole:
    `rules`, what its new look can change (`PAINT`); `within`, the part that is new; `but`, the part that is not."""
    assert_fits(page, where)
    if TESTED_BEFORE:
        return
    found = violations(page, rules, within, but)
    told = [
        f"  {v['rule']} ({v['impact']}): {v['help']}\n"
        + "\n".join(f"    {n['target']}\n      {n['html']}\n      {n['why']}" for n in v["nodes"][:4])
        for v in found
    ]
    assert not found, f"{where or page.url}: {len(found)} kinds of violation\n" + "\n".join(told)


UNFOLD = "() => { for (const each of document.querySelectorAll('details:not([data-menu])')) each.open = true; }"
"""All but the menus, which lie over the page: `test_desk_pages_accessible.py` looks at them."""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
STILL = "() => Promise.allSettled(document.getAnimations().map((each) => each.finished))"
"""Once nothing moves: what was cut short has ended too."""


def assert_accessible_everywhere(page: Page, where: str = "", but: str = "") -> None:
    """The page that is open on a desk, unfolded: by every rule there, at 200 %, and in the dark on a phone by what can
    differ."""
    page.evaluate(UNFOLD)
    assert_accessible(page, where, but=but)
    page.set_viewport_size(ZOOMED)
    page.evaluate(DRAWN)
    assert_fits(page, f"{where} at 200 %")
    assert_accessible_in_the_dark(page, where, PAINT, but=but)


def assert_accessible_in_the_dark(page: Page, where: str = "", rules: list[str] | None = None, but: str = "") -> None:
    """The page that is open, unfolded, in the dark on a phone; it is left on a desk, in the light."""
    with in_the_dark(page):
        page.evaluate(UNFOLD)
        page.evaluate(STILL)
        assert_accessible(page, f"{where}, in the dark on a phone", rules, but=but)


@contextmanager
def in_the_dark(page: Page) -> Iterator[None]:
    """What the page shows meanwhile, it shows in the dark on a phone; then on a desk again, in the light."""
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(PHONE)
    page.evaluate(DRAWN)
    yield
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size(DESKTOP)


def assert_fits(page: Page, where: str = "") -> None:
    """The page is no wider than its window: nobody scrolls sideways to read."""
    width, window, widest = settled(
        page,
        lambda: page.evaluate("""() => [document.documentElement.scrollWidth, window.innerWidth,
        [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
          .slice(0, 4).map((e) => e.outerHTML.slice(0, 120))]"""),
    )
    assert width <= window, f"{where or page.url}: {width} px wide in a window of {window}: {widest}"


def assert_leads_somewhere(page: Page, where: str = "") -> None:
    """Each line of the error summary leads to a control of the page, which says what is wrong."""
    lost = page.evaluate(
        """() => [...document.querySelectorAll("[data-error-summary] a[href^='#']")]
        .filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map((a) => a.outerHTML)"""
    )
    assert not lost, f"{where or page.url}: the summary leads nowhere: {lost}"
