"""Spanish and English: what a person chose, which pages answer it, and how something is said in one of them.

Spanish is the source: `gettext("Entrar")`, with English in `acompana/locale/` for what foreigners read. A page that is
translated says so with `@in_english`; any other is Spanish throughout, whatever was chosen, because half of a page in
English would be worse. The choice is made by a person, never by the browser: `?idioma=en`, a link at the foot of every
page of the portal, and for who has entered a choice that is kept with them (`people.operations.language`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

View = TypeVar("View", bound=Callable[..., Any])
Speech = Literal["es", "en"]
QUERY = "idioma"
A_YEAR = 365 * 24 * 3600
NAMES: dict[Speech, str] = {"es": "Español", "en": "English"}


def in_english(view: View) -> View:
    """This page has its English in the catalogue."""
    view.in_english = True  # type: ignore[attr-defined]
    return view


def speaking(speech: str) -> AbstractContextManager[None]:
    """Everything inside is said in "en", or else in Spanish, whatever the page around it speaks."""
    return translation.override("en" if speech == "en" else settings.LANGUAGE_CODE)


def spoken() -> Speech:
    """The language that is being spoken now."""
    return "en" if (translation.get_language() or "").startswith("en") else "es"


def wanted_language(request: HttpRequest) -> Speech:
    """What the person chose: in this address, or earlier in this browser; Spanish if they never did."""
    chosen = request.GET.get(QUERY) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return "en" if chosen == "en" else "es"


def keep_language(request: HttpRequest, speech: str) -> None:
    """This browser speaks so from the answer to this request on: the person's own choice, over any earlier one."""
    request.own_language = speech  # type: ignore[attr-defined]


def remember_choice(request: HttpRequest, response: HttpResponse) -> None:
    """Keep for a year what was chosen in this address, or what is the person's own since they entered."""
    chosen = getattr(request, "own_language", "") or request.GET.get(QUERY, "")
    if chosen in NAMES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def without_choice(address: str) -> str:
    """An address that no longer chooses a language."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != QUERY]
    return urlunsplit(parts._replace(query=urlencode(query)))


def switch(request: HttpRequest) -> dict[str, str]:
    """The other language, with the address of this same page in it."""
    other: Speech = "es" if wanted_language(request) == "en" else "en"
    query = request.GET.copy()
    query[QUERY] = other
    return {"language": other, "name": NAMES[other], "href": f"?{query.urlencode()}"}
