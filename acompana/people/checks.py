"""A start-up check: every address says who may come in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from acompana.people.access import DECLARED_HERE, Access


def walk(resolver: URLResolver, namespaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[tuple[str, str, Any]]:
    """Each address of the site: its full name (with namespaces), its pattern, its view."""
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, (*namespaces, entry.namespace) if entry.namespace else namespaces, path)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or "")), path, entry.callback


@register
def every_view_declares_access(app_configs: object, **options: object) -> list[CheckMessage]:
    """people.E001 for an address whose view carries no declaration and is not listed in `people.access`."""
    return [
        Error(
            f"/{path} says not who may come in.",
            hint="Decorate the view with @public, @signed_in, @staff or @staff_with of acompana.people.access.",
            obj=name,
            id="people.E001",
        )
        for name, path, view in walk(get_resolver())
        if not isinstance(getattr(view, "access", None), Access) and name not in DECLARED_HERE
    ]
