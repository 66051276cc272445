"""The tabs of the desk's administration: each room registers its own in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse


def _all_staff(actor: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    url_name: str
    order: int
    visible: Callable[[Any], bool]


_sections: dict[str, Section] = {}


def register_section(label: str, url_name: str, order: int, visible: Callable[[Any], bool] = _all_staff) -> None:
    """Add a tab; the same address again replaces it, so that `ready` may run twice. `visible`: who may open it."""
    _sections[url_name] = Section(label, url_name, order, visible)


def sections(current: str, actor: Any) -> list[dict[str, object]]:
    """The tabs that the actor may open, in order; the one of address name `current` is open. A room without addresses
    yet shows nothing."""
    found: list[dict[str, object]] = []
    for section in sorted(_sections.values(), key=lambda s: s.order):
        if not section.visible(actor):
            continue
        try:
            href = reverse(section.url_name)
        except NoReverseMatch:
            continue
        found.append({"label": section.label, "href": href, "current": section.url_name == current})
    return found
