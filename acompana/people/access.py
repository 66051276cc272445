"""Who may come in by which address. A view says it with a decorator; a view that says nothing is refused.

    @staff_with("regional-director")
    @require_http_methods(["GET", "POST"])
    def assign(request: ActorRequest, pk: int) -> HttpResponse:
        company = get_object_or_404(Company, pk=pk)
        deny_unless(may_see(request.actor, company), known=False)      # 404: they may not know of it
        deny_unless(may_assign(request.actor, company))                # 403: they know it, and may not do this

Decorators answer for the address; `deny_unless` answers for the object, inside the view.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import ResolverMatch, reverse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from acompana.people.actors import Actor
from acompana.people.interrupted import keep_typed

log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])


class ActorRequest(HttpRequest):
    """A request as our middleware leaves it; for annotations only."""

    actor: Actor
    now: datetime
    htmx: HtmxDetails
    about: str
    """The company that the page is about, as its view says it once it knows; see `page_words`."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares: who may come in."""

    kind: Literal["public", "signed_in", "staff", "token"]
    roles: frozenset[str] = frozenset()

    def admits(self, actor: Actor) -> bool:
        if self.kind == "public":
            return True
        if self.kind == "token":
            return False  # the door of the API lets its callers in before anybody has a session
        if self.kind == "signed_in":
            return actor.person is not None
        return actor.is_staff and (not self.roles or actor.has_role(*self.roles))


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")
STAFF = Access("staff")
TOKEN = Access("token")
"""Programs with a token of the API; no session opens it."""


def _declare(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody, also without an account."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Anybody who entered: staff, company people, citizens."""
    return _declare(view, SIGNED_IN)


def staff(view: View) -> View:
    """Anybody who works at the agency today, whatever their role (ROL-16)."""
    return _declare(view, STAFF)


def staff_with(*role_slugs: str) -> Callable[[View], View]:
    """Staff who hold at least one of these roles today (`Role.slug`)."""
    if not role_slugs:
        raise ValueError("staff_with needs at least one role; use staff for everybody of the agency")
    access = Access("staff", frozenset(role_slugs))
    return lambda view: _declare(view, access)


def deny_unless(allowed: bool, known: bool = True, reason: str = "") -> None:
    """Stop with 403 and `reason` unless allowed; with 404 if the actor may not even know of the object."""
    if allowed:
        return
    if not known:
        raise Http404
    raise PermissionDenied(reason or "No tienes permiso para hacer esto.")


# Views that we did not write, and those of the floors below (shell), cannot carry our decorator: they are declared
# here, by the full name of their address.
DECLARED_HERE: dict[str, Access] = {
    "files:download": SIGNED_IN,
    "shell:gallery": PUBLIC,
    "shell:stylesheet": PUBLIC,
    "shell:theme": PUBLIC,
    "reference:places": STAFF,
    "reference:activities": STAFF,
    "reference:tariff": STAFF,
    "reference:sectors": STAFF,
    "reference:lists": STAFF,
    "reference:row": STAFF,
    "reference:new_sector": Access("staff", frozenset({"administrator"})),
    "reference:toggle": Access("staff", frozenset({"administrator"})),
}


def access_of(view: Callable[..., Any], match: ResolverMatch | None) -> Access | None:
    """The declaration of a view; None if there is none."""
    declared = getattr(view, "access", None)
    if isinstance(declared, Access):
        return declared
    return DECLARED_HERE.get(match.view_name) if match else None


class AccessMiddleware:
    """Refuses what a view's declaration does not admit, and every view without declaration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: Callable[..., Any], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        access = access_of(view, request.resolver_match)
        if access is None:
            log.error("refused: %s declares no access (acompana.people.access)", request.path)
            raise PermissionDenied("Esta página todavía no está abierta.")
        if access.admits(request.actor):
            return None
        if request.actor.person is None:
            return to_entrance(request)
        raise PermissionDenied("Tu cuenta no tiene permiso para ver esta página.")


def to_entrance(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which comes back to where the person was: the page itself, or the one with the form. A script
    that keeps a draft is told in one word, because what was typed is still on its page."""
    if request.headers.get("X-Autosave"):
        return JsonResponse({"ended": True}, status=401)
    if request.method in ("GET", "HEAD"):
        back = request.get_full_path()
    else:
        back = reverse("people:resume") if keep_typed(request) else _referring_path(request)
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def _referring_path(request: HttpRequest) -> str:
    referrer = urlsplit(request.headers.get("Referer", ""))
    if referrer.netloc != request.get_host():
        return "/"
    return referrer._replace(scheme="", netloc="", fragment="").geturl() or "/"
