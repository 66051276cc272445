"""The door of the API: who comes with a token goes straight to its operation, without session, cookies or forms.

It stands first among the middlewares, for the addresses of the API alone. A session opens nothing here, so that no
page elsewhere can make a browser call it; every answer of an error is a problem (RFC 9457).
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation

from acompana.api import problems
from acompana.api.problems import Problem
from acompana.api.queries.tokens import Caller, find_caller
from acompana.api.rate import count_request
from acompana.kernel.clock import read_clock
from acompana.people.access import PUBLIC, ActorRequest, access_of

PREFIX = "/api/"
PAGES = ("/api/v1/docs",)  # read by people, with the site's own middlewares
ADDRESSES = "acompana.api.urls"  # these alone: to try those of all rooms is a tenth of a short answer
BODIES = ("POST", "PUT", "PATCH")
PROTECTION = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Vary": "Authorization, Accept-Language",
}


class ApiRequest(ActorRequest):
    """A request as the door hands it on; for annotations only."""

    caller: Caller


class ApiDoor:
    """Answers /api and what begins with /api/; lets everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reads_page = request.path_info in PAGES and request.method in ("GET", "HEAD")
        if not f"{request.path_info}/".startswith(PREFIX) or reads_page:
            return self.get_response(request)
        with translation.override(settings.LANGUAGE_CODE):  # errors choose their language (`problems.document`)
            try:
                response = _answer(request)
            except Exception as exception:
                response = problems.respond_to(request, exception)
        for name, value in PROTECTION.items():
            response.headers.setdefault(name, value)
        for name, value in getattr(request, "rate_headers", {}).items():
            response.headers[name] = value
        response.headers["Content-Language"] = getattr(request, "content_language", settings.LANGUAGE_CODE)
        response.headers.setdefault("Content-Length", str(len(getattr(response, "content", b""))))
        if getattr(request, "is_head", False):
            response.content = b""  # type: ignore[attr-defined]
        return response


def _answer(request: HttpRequest) -> HttpResponseBase:
    request.now = read_clock()  # type: ignore[attr-defined]
    request.get_host()
    if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        raise Problem("unreadable")
    if request.path_info in PAGES:
        raise Problem("method", headers={"Allow": "GET, HEAD"})
    if request.method == "HEAD":
        request.method, request.is_head = "GET", True  # type: ignore[attr-defined]
    try:
        match = resolve(request.path_info, ADDRESSES)
    except Resolver404 as error:
        raise Problem("not-found") from error
    request.resolver_match = match
    request.as_it_came, request.GET = request.GET, _said(request.GET)  # type: ignore[attr-defined,assignment]
    if access_of(match.func, match) != PUBLIC:
        caller = authenticate(request)
        request.caller, request.actor = caller, caller.actor  # type: ignore[attr-defined]
        request.rate_headers = count_request(caller, request.now)  # type: ignore[attr-defined]
        if request.method in BODIES and request.content_type != "application/json" and request.body:
            raise Problem("media")
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    if response.status_code == 405:
        return problems.respond(request, "method", headers={"Allow": response["Allow"]})
    return response


def _said(parameters: QueryDict) -> QueryDict:
    """Without those that are empty, as a form sends the filters that nobody chose: they ask for nothing."""
    if all(all(values) for _, values in parameters.lists()):
        return parameters
    said = QueryDict(mutable=True)
    for name, values in parameters.lists():
        if any(values):
            said.setlist(name, [value for value in values if value])
    return said


def authenticate(request: HttpRequest) -> Caller:
    """The caller of a bearer token. Raises Problem, with the challenge that HTTP asks for."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("no-token", headers={"WWW-Authenticate": 'Bearer realm="api"'})
    caller = find_caller(secret.strip(), request.now)  # type: ignore[attr-defined]
    if caller is None or not caller.usable:
        raise Problem("bad-token", headers={"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'})
    return caller
