"""The clock is read once per request; everything below gets the instant as an argument."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from acompana.kernel.clock import read_clock


class ClockMiddleware:
    """Puts the instant of the request in `request.now`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = read_clock()  # type: ignore[attr-defined]
        return self.get_response(request)
