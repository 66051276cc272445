"""The clock is read once per request; everything below gets the instant as an argument."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from acompana.kernel.clock import read_clock
from acompana.shell.errors import unavailable

log = logging.getLogger(__name__)


class ClockMiddleware:
    """Puts the instant of the request in `request.now`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = read_clock()  # type: ignore[attr-defined]
        return self.get_response(request)


class LanguageMiddleware:
    """Spanish, unless the person chose another of our languages. The browser's wish does not decide: a page that is
    not translated would mix Spanish sentences with English dates. Pages for foreigners override it for themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class UnavailableMiddleware:
    """When the database does not answer (down, locked), the person is told to come back, and the operator why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("the database did not answer at %s: %s", request.path, exception)
        return unavailable(request)
