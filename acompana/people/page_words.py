"""What somebody sent, in the words of the page that asks it: its title, its labels, the names of its choices. A form
arrives as names and codes; only its page knows how they read."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.urls import resolve
from django.utils.datastructures import MultiValueDict
from django_htmx.middleware import HtmxDetails

from acompana.people.access import ActorRequest, access_of
from acompana.shell.typed import Typed
from acompana.shell.words import short_date

log = logging.getLogger(__name__)
CHOICES = ("radio", "checkbox", "option")
UNSEEN = ("hidden", "submit", "button", "file", "password")
TEXT_ONLY = "Lo que escribiste"


@dataclass(slots=True)
class Control:
    name: str
    kind: str
    value: str = ""
    identity: str = ""
    group: int = 0
    text: str = ""
    """Of an option of a list: its own."""


@dataclass(slots=True)
class PageWords:
    """A page as it names things. Empty where it cannot be read."""

    title: str = ""
    about: str = ""
    """The company that it is about, as the person may know it; empty where it is of none."""
    controls: list[Control] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    legends: dict[int, str] = field(default_factory=dict)

    def label(self, control: Control) -> str:
        """The question that a control answers."""
        if control.kind in ("radio", "checkbox") and self.legends.get(control.group):
            return self.legends[control.group]
        return self.labels.get(control.identity, "")

    def answer(self, control: Control) -> str:
        """What a choice says."""
        if control.kind == "option":
            return control.text
        return self.labels.get(control.identity, "") if self.legends.get(control.group) else "Sí"


class _Reader(HTMLParser):
    """Takes a page's title, labels, groups and controls."""

    def __init__(self) -> None:
        super().__init__()
        self.words = PageWords()
        self._into: list[tuple[str, str]] = []  # what the text that comes belongs to
        self._groups: list[int] = []
        self._select: tuple[str, str] = ("", "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "title" | "legend":
                self._into.append((tag, ""))
            case "label":
                self._into.append((tag, given.get("for", "")))
            case "span" if self._into and ("hint" in (said := given.get("class", "")) or "optional" in said):
                self._into.append(("span", ""))
            case "span" if self._into:
                self._into.append(("span", "same"))
            case "fieldset":
                self._groups.append(len(self.words.legends) + 1)
                self.words.legends[self._groups[-1]] = ""
            case "select":
                self._select = given.get("name", ""), given.get("id", "")
            case "option":
                name, identity = self._select
                self.words.controls.append(Control(name, "option", given.get("value", ""), identity))
                self._into.append(("option", ""))
            case "input" | "textarea":
                kind = given.get("type", "text") if tag == "input" else "textarea"
                group = self._groups[-1] if self._groups else 0
                value = given.get("value", "on" if kind == "checkbox" else "")
                self.words.controls.append(Control(given.get("name", ""), kind, value, given.get("id", ""), group))

    def handle_endtag(self, tag: str) -> None:
        if self._into and self._into[-1][0] == tag:
            self._into.pop()
        if tag == "fieldset" and self._groups:
            self._groups.pop()

    def handle_data(self, data: str) -> None:
        open_now = [place for place in self._into if place != ("span", "same")]
        if not open_now:
            return
        kind, identity = open_now[-1]
        if kind == "title":
            self.words.title += data
        elif kind == "legend" and self._groups:
            self.words.legends[self._groups[-1]] += data
        elif kind == "label":
            self.words.labels[identity] = self.words.labels.get(identity, "") + data
        elif kind == "option":
            self.words.controls[-1].text += data


def words_of(html: str) -> PageWords:
    reader = _Reader()
    reader.feed(html)
    words = reader.words
    words.title = _plain(words.title).removesuffix(" · Acompaña").removeprefix("Por revisar: ")
    words.labels = {identity: _plain(text) for identity, text in words.labels.items()}
    words.legends = {group: _plain(text) for group, text in words.legends.items()}
    for control in words.controls:
        control.text = _plain(control.text)
    return words


def _plain(text: str) -> str:
    return " ".join(text.split())


def page_at(request: ActorRequest, address: str) -> PageWords:
    """The page of a form as the person of this request would open it; without words if they would not."""
    try:
        response, about = _opened(request, address)
    except (Http404, PermissionDenied):
        return PageWords()
    except Exception:
        log.exception("the page at %s could not be read", urlsplit(address).path)
        return PageWords()
    if response is None or response.status_code != 200 or response.streaming:
        return PageWords()
    words = words_of(response.content.decode(response.charset or "utf-8", "replace"))
    words.about = about
    return words


def _opened(request: ActorRequest, address: str) -> tuple[HttpResponse | None, str]:
    """The answer, and what its view said that the page is about (`ActorRequest.about`)."""
    parts = urlsplit(address)
    match = resolve(parts.path)
    access = access_of(match.func, match)
    if access is None or not access.admits(request.actor):
        return None, ""
    asking = _asking(request, parts.path, parts.query, match)
    response = match.func(asking, *match.args, **match.kwargs)
    return response.render() if hasattr(response, "render") else response, asking.about


def _asking(request: ActorRequest, path: str, query: str, match: object) -> ActorRequest:
    """The same browser asking for that page; what the view would tell the person afterwards is told to nobody."""
    asking = copy(request)
    meta = {name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")}
    asking.META = meta | {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "HTTP_X_AUTOSAVE": ""}
    asking.__dict__.pop("headers", None)
    asking.about = ""
    asking.method, asking.path, asking.path_info = "GET", path, path
    asking.GET = QueryDict(query)
    asking.POST = QueryDict()
    asking._files = MultiValueDict()  # type: ignore[attr-defined]
    asking.resolver_match = match  # type: ignore[assignment]
    asking.htmx = HtmxDetails(asking)
    asking._messages = default_storage(asking)  # type: ignore[attr-defined]
    return asking


def rows_of(page: PageWords, values: Iterable[tuple[str, str]]) -> list[Typed]:
    """What was sent, in those words, in its order. What the page does not name is left out, being a code, unless it
    was plainly written by a person, in a form that the page brings later or that is of another page."""
    rows: dict[str, Typed] = {}
    for name, value in values:
        if not value.strip():
            continue
        named = [control for control in page.controls if control.name == name and control.kind not in UNSEEN]
        choices = [control for control in named if control.kind in CHOICES]
        label, text = "", ""
        if choices:
            control = next((one for one in choices if one.value == value), None)
            label, text = (page.label(control), page.answer(control)) if control else ("", "")
        elif named:
            label, text = page.label(named[0]), _as_written(named[0].kind, value)
        elif not any(control.name == name for control in page.controls) and _is_written(value):
            label, text = TEXT_ONLY, value
        if label and text:
            before = rows.get(name)
            rows[name] = Typed(name, label, f"{before.value}; {text}" if before else text)
    return list(rows.values())


def _is_written(value: str) -> bool:
    return " " in value.strip() or not value.isascii()


def _as_written(kind: str, value: str) -> str:
    """A day or an instant of a browser's own control, as it is written here."""
    if kind not in ("date", "datetime-local"):
        return value
    day, _, hour = value.partition("T")
    try:
        return f"{short_date(date.fromisoformat(day))} {hour}".strip()
    except ValueError:
        return value
