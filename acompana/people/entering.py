"""What every entrance shares: where to go afterwards, how a session starts and ends."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from acompana.kernel.clock import read_clock
from acompana.people.actors import actor_of
from acompana.people.models import Person

ENTERED_WITH = "entered_with"
BACKEND = "acompana.people.backends.Backend"


def safe_next(request: HttpRequest, address: str | None = None) -> str:
    """Where the person wanted to go, if it is a place of this site; otherwise empty."""
    address = address if address is not None else request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return address
    return ""


def home_of(person: Person) -> str:
    """Where somebody lands who asked for no page: staff at the desk, everybody else at the portal."""
    on = timezone.localdate(read_clock())
    return settings.STAFF_HOME if actor_of(person, on).is_staff else settings.PORTAL_HOME


def begin_session(request: HttpRequest, person: Person, *, entered_with: str) -> None:
    """Start a session under a new key; remembers the entrance, by which the way out differs."""
    login(request, person, backend=BACKEND)
    request.session[ENTERED_WITH] = entered_with
