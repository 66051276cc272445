"""The clock is read once per request; everything below gets the instant as an argument."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import is_valid_path
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from acompana.kernel.clock import read_clock
from acompana.shell.errors import NOT_UNDERSTOOD, database_silent, trouble_page
from acompana.shell.languages import remember_choice, wanted_language
from acompana.shell.words import reading_on

log = logging.getLogger(__name__)


class ClockMiddleware:
    """Puts the instant of the request in `request.now`; its answer is read on that day (`words.reading_on`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = read_clock()  # type: ignore[attr-defined]
        with reading_on(timezone.localdate(request.now)):  # type: ignore[attr-defined]
            return self.get_response(request)


class HeadMiddleware:
    """HEAD is GET without its body (the server drops it): no view has to think of it, and none takes it for a POST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


class WayBackMiddleware:
    """An address that only takes what is sent is no page: who opens it, or stays at it after a form that was refused,
    is led to the page above it in the address. Programs, which ask for no page, are told 405 as they should."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code != 405
            or request.method != "GET"
            or "text/html" not in request.headers.get("Accept", "")
        ):
            return response
        above = page_above(request.path)
        return HttpResponseRedirect(above) if above else response


def page_above(path: str) -> str:
    """The nearest address above one that leads somewhere: /personas/3/ of /personas/3/salida/. Empty without any."""
    while len(path) > 1:
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            return path
    return ""


class LanguageMiddleware:
    """Spanish, whatever the browser wishes; English where the person chose it and the page has it. On a page that is
    not translated it would mix Spanish sentences with English dates and refusals (`shell.languages`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        remember_choice(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., object], *rest: object) -> None:
        """Before the view, and before any other part of the machinery that may answer in its place."""
        if getattr(view, "in_english", False) and wanted_language(request) == "en":
            translation.activate("en")
            request.LANGUAGE_CODE = "en"


class UnreadableMiddleware:
    """Refuses null characters, which no keyboard writes and PostgreSQL cannot keep, wherever they come."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """After the protection against forged forms, which reads the form anyway."""
        texts = [request.path, *_texts(request.GET), *_texts(request.POST)]
        if not any("\0" in text for text in texts):
            return None
        log.warning("refused: a null character in what was sent to %s", request.path.replace("\0", "%00"))
        return trouble_page(NOT_UNDERSTOOD, request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A number or a date beyond what the database holds, where no form looked at it first."""
        if not isinstance(exception, OverflowError | DataError):
            return None
        log.error("refused: a value beyond measure was sent to %s", request.path, exc_info=exception)
        return trouble_page(NOT_UNDERSTOOD, request)


def _texts(sent: QueryDict) -> Iterator[str]:
    for name, values in sent.lists():
        yield name
        yield from values


class UnavailableMiddleware:
    """When the database does not answer a view (down, locked), the person is told to come back, and the operator why.
    Outside the views, `errors.server_error` does the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        return database_silent(request, exception)
