"""Places that a person may go to. Each room registers its own in `AppConfig.ready`; the page shows those that exist.

    register(MenuEntry("Mi día", "desk:my_day", place="rail", order=10, visible=lambda actor: actor.is_staff))

This floor knows no people: the actor is whatever `request.actor` is, and only `visible` looks inside, and
what `badge` and `details` do with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Place = Literal["rail", "portal", "public", "account", "office", "day"]
CONFIGURATION = "Configuración"  # the group of what is set up rather than worked with


@dataclass(frozen=True, slots=True)
class Detail:
    """A line below a place: how many of what, and where they are listed."""

    label: str
    count: int
    href: str


def _everybody(actor: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One place. `place`: the desk's rail, the portal's or the public bar, the account corner of every header, the
    page of one's own office, or the first page of the desk, above what is owed.

    `badge` may give a short text to show beside the label (a count); it is called once per page, keep it cheap.
    `details` may give lines to show below it on the first page of the desk, each with its address.
    `method="post"` makes a button of it (leaving, for instance). Entries of a `group` fold away under its name, after
    the others. `also` are paths under which the entry is current besides its own.
    """

    label: StrOrPromise
    url_name: str
    place: Place = "rail"
    order: int = 100
    visible: Callable[[Any], bool] = _everybody
    badge: Callable[[Any], str] | None = None
    method: Literal["get", "post"] = "get"
    group: str = ""
    also: tuple[str, ...] = ()
    details: Callable[[Any], Sequence[Detail]] | None = None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as a page shows it: with its address, and whether the page is inside it."""

    label: str
    href: str
    current: bool
    badge: str
    method: str
    url_name: str
    group: str = ""
    also: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()


_entries: dict[tuple[str, str], MenuEntry] = {}


def register(entry: MenuEntry) -> None:
    """Add a place. The same place and address again replaces the earlier one, so that `ready` may run twice."""
    _entries[entry.place, entry.url_name] = entry


def entries_for(request: HttpRequest, place: Place) -> list[ShownEntry]:
    """What this request's actor sees in a place, in order, groups last. An entry whose address does not exist is left
    out."""
    actor = getattr(request, "actor", None)
    found = sorted((e for e in _entries.values() if e.place == place), key=lambda e: (e.group, e.order, str(e.label)))
    shown = []
    for entry in found:
        if actor is None and entry.visible is not _everybody:
            continue
        if not entry.visible(actor):
            continue
        try:
            href = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        badge = entry.badge(request) if entry.badge else ""
        details = tuple(entry.details(request)) if entry.details else ()
        shown.append(
            ShownEntry(
                str(entry.label), href, False, badge, entry.method, entry.url_name, entry.group, entry.also, details
            )
        )
    return _mark_current(shown, request.path)


def entries_for_anybody(path: str) -> list[ShownEntry]:
    """The public places, for a page that may ask nothing of the database or the session."""
    found = sorted((e for e in _entries.values() if e.place == "public"), key=lambda e: e.order)
    shown = []
    for entry in found:
        if entry.visible is _everybody and entry.badge is None:
            with suppress(NoReverseMatch):
                href = reverse(entry.url_name)
                shown.append(ShownEntry(str(entry.label), href, False, "", entry.method, entry.url_name))
    return _mark_current(shown, path)


Guide = Callable[[HttpRequest], str]
_guides: list[Guide] = []


def register_guide(guide: Guide) -> None:
    """Say who knows the address of the page that explains a screen. The last one said is asked."""
    _guides[:] = [guide]


def guide_for(request: HttpRequest) -> str:
    """Where «¿Cómo se hace?» leads from this page; empty while nobody knows."""
    return _guides[0](request) if _guides else ""


def _mark_current(shown: list[ShownEntry], path: str) -> list[ShownEntry]:
    """The entry with the longest address that the path begins with is where the person is. An address that other
    entries begin with (the desk's first page) is only where it is itself: nobody is in "Mi día" for being on the desk.
    """
    lengths: dict[ShownEntry, int] = {}
    for entry in shown:
        first = any(other.href != entry.href and other.href.startswith(entry.href) for other in shown)
        addresses = entry.also if first else (entry.href, *entry.also)
        fitting = [len(a) for a in addresses if path.startswith(a)]
        if path == entry.href:
            fitting.append(len(path))
        if fitting:
            lengths[entry] = max(fitting)
    here = max(lengths, key=lambda entry: lengths[entry], default=None)
    return [replace(entry, current=True) if entry is here else entry for entry in shown]
