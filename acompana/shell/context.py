"""What every page needs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from acompana.shell.languages import spoken, switch, wanted_language
from acompana.shell.navigation import entries_for, guide_for
from acompana.shell.stylesheet import stylesheet
from acompana.shell.theme import manner_of, theme_of


def shell(request: HttpRequest) -> dict[str, object]:
    return {
        "demonstration": settings.DEMO,
        "now": getattr(request, "now", None),
        "manner": manner_of(request.path),
        "language_switch": switch(request),
        "only_in_spanish": wanted_language(request) == "en" and spoken() == "es",
        "theme": theme_of(request),
        "stylesheet_url": stylesheet().url,
        "guide_url": SimpleLazyObject(lambda: guide_for(request)),
        "rail_entries": SimpleLazyObject(lambda: entries_for(request, "rail")),
        "portal_entries": SimpleLazyObject(lambda: entries_for(request, "portal")),
        "public_entries": SimpleLazyObject(lambda: entries_for(request, "public")),
        "account_entries": SimpleLazyObject(lambda: entries_for(request, "account")),
    }
