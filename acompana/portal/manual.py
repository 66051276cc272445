"""The user manual: Markdown files of `docs/manual/`, read as pages of the portal.

One file per reader and task. `README.md` there is the contents: its headings are the readers, its lists the order of
the pages, and nothing else says which pages there are. A page may begin with the screens that it explains,

    <!-- pantallas: desk:my_day commitments: -->

names of views, or with a colon at the end all views of a room, so that «¿Cómo se hace?» leads from a screen to its
page. Links among pages and to pictures are relative, as GitHub reads them; links to the application are addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCUMENTS: Path = settings.ROOT / "docs"
FOLDER = DOCUMENTS / "manual"
PICTURES = DOCUMENTS / "images"
CONTENTS = "README.md"

_SCREENS = re.compile(r"\A<!-- pantallas:(?P<names>[^>]*?)-->\s*")
_TITLE = re.compile(r"^# (?P<title>.+)$", re.M)
_CONTENTS_LINE = re.compile(r"^(?:## (?P<reader>.+)|[-*] \[(?P<label>[^\]]+)\]\((?P<slug>[a-z0-9-]+)\.md\).*)$", re.M)
_PAGE_LINK = re.compile(r"^(?P<slug>[A-Za-z0-9-]+)\.md(?P<fragment>#.*)?$")
_PICTURE = re.compile(r"^\.\./images/(?P<name>[a-z0-9-]+\.png)$")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the manual. `screens` are the views that it explains."""

    slug: str
    title: str
    reader: str
    text: str
    screens: tuple[str, ...]

    @property
    def href(self) -> str:
        return reverse("portal:manual_page", args=[self.slug])

    @property
    def html(self) -> SafeString:
        return as_html(self.text)


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in the order of the contents."""
    found: list[Page] = []
    reader = ""
    for line in _CONTENTS_LINE.finditer((FOLDER / CONTENTS).read_text("utf-8")):
        if line["reader"]:
            reader = line["reader"].strip()
        else:
            found.append(_read(line["slug"], reader))
    return tuple(found)


def _read(slug: str, reader: str) -> Page:
    text = (FOLDER / f"{slug}.md").read_text("utf-8")
    said = _SCREENS.match(text)
    screens = tuple(said["names"].split()) if said else ()
    body = text[said.end() :] if said else text
    title = _TITLE.search(body)
    return Page(slug, title["title"].strip() if title else slug, reader, body, screens)


def page_by_slug(slug: str) -> Page | None:
    return next((page for page in pages() if page.slug == slug), None)


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after, among those for the same reader."""
    same = [other for other in pages() if other.reader == page.reader]
    at = same.index(page)
    return (same[at - 1] if at else None), (same[at + 1] if at + 1 < len(same) else None)


def by_reader() -> list[tuple[str, list[Page]]]:
    """The contents: each reader with the pages for them."""
    groups: dict[str, list[Page]] = {}
    for page in pages():
        groups.setdefault(page.reader, []).append(page)
    return list(groups.items())


def contents_html() -> SafeString:
    """The file of contents as a page."""
    return as_html((FOLDER / CONTENTS).read_text("utf-8"))


def guide_for(request: HttpRequest) -> str:
    """Where «¿Cómo se hace?» leads from a screen: the page that names its view, or its room, else the contents."""
    match = request.resolver_match
    name = match.view_name if match else ""
    room = f"{name.partition(':')[0]}:"
    for wanted in (name, room):
        for page in pages():
            if wanted in page.screens:
                return page.href
    return reverse("portal:manual")


# --- Markdown ----------------------------------------------------------------------------------------------------


def as_html(text: str) -> SafeString:
    """CommonMark with tables. HTML inside the text is shown as text, so that a page cannot bring a script."""
    markdown = _markdown()
    tokens = markdown.parse(text)
    _number_headings(tokens)
    for token in tokens:
        _dress(token)
        for inside in token.children or ():
            _dress(inside)
        if token.children:
            token.children = [part for inside in token.children for part in _enlarging(inside)]
    return mark_safe(markdown.renderer.render(tokens, markdown.options, {}))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _number_headings(tokens: Sequence[Token]) -> None:
    """Give headings the anchors that GitHub would give them, so that a link to a part works in both places."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag != "h1":
            opening.attrSet("id", slugify(inline.content, allow_unicode=True))


def _dress(token: Token) -> None:
    if token.type == "link_open":
        token.attrSet("href", address(str(token.attrGet("href"))))
    elif token.type == "image":
        _dress_picture(token)
    elif token.type == "table_open":
        token.attrSet("class", "table")


def _dress_picture(token: Token) -> None:
    token.attrSet("src", address(str(token.attrGet("src"))))
    token.attrSet("loading", "lazy")
    token.attrSet("class", "manual__picture")


def _enlarging(token: Token) -> list[Token]:
    """A picture leads to itself in full size: a page is narrower than the screens that it shows."""
    if token.type != "image":
        return [token]
    opening = Token("link_open", "a", 1, attrs={"href": str(token.attrGet("src"))})
    return [opening, token, Token("link_close", "a", -1)]


def address(written: str) -> str:
    """The address in the application of what a page links to; what is neither page nor picture stays as it is."""
    if page := _PAGE_LINK.match(written):
        if f"{page['slug']}.md" == CONTENTS:
            return reverse("portal:manual")
        return reverse("portal:manual_page", args=[page["slug"]]) + (page["fragment"] or "")
    if picture := _PICTURE.match(written):
        return reverse("portal:manual_picture", args=[picture["name"]])
    return written


def picture(name: str) -> Path | None:
    """The file of a picture of the manual; None if there is none of this name."""
    path = PICTURES / name
    return path if path.parent == PICTURES and path.suffix == ".png" and path.is_file() else None


def tokens_of(text: str, kind: str) -> list[dict[str, Any]]:
    """The attributes of every link ("link_open") or picture ("image") that a text holds, for whoever checks them."""
    inline = [token for token in _markdown().parse(text) if token.children]
    return [child.attrs for token in inline for child in token.children or () if child.type == kind]
