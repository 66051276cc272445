"""The tabs of the desk's administration: each room registers its own in `AppConfig.ready`."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Section:
    label: str
    url_name: str
    order: int


_sections: dict[str, Section] = {}


def register_section(label: str, url_name: str, order: int) -> None:
    """Add a tab; the same address again replaces it, so that `ready` may run twice."""
    _sections[url_name] = Section(label, url_name, order)


def sections(current: str) -> list[dict[str, object]]:
    """The tabs in order; the one of address name `current` is open. A room without addresses yet shows nothing."""
    found: list[dict[str, object]] = []
    for section in sorted(_sections.values(), key=lambda s: s.order):
        try:
            href = reverse(section.url_name)
        except NoReverseMatch:
            continue
        found.append({"label": section.label, "href": href, "current": section.url_name == current})
    return found
