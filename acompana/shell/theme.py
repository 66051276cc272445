"""How a page looks: the manner of its place (portal or desk), and its theme: what the person chose at the desk, else
what their device asks for."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

Manner = Literal["portal", "desk"]
THEMES = {"auto": "Como el equipo", "light": "Claro", "dark": "Oscuro"}
COOKIE = "acompana_theme"
A_YEAR = 365 * 24 * 3600
DESK_PATHS = ("/escritorio/", "/indicadores/")


def manner_of(path: str) -> Manner:
    return "desk" if path.startswith(DESK_PATHS) else "portal"


def theme_of(request: HttpRequest) -> str:
    """One of "auto" (as the device asks), "light" or "dark"."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme for a year and go back to where the person was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(COOKIE, theme, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return response
