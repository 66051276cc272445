"""The way out to ClaveÚnica and back (IDN-1)."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from acompana.kernel.refusals import Refused
from acompana.people import claveunica
from acompana.people.access import ActorRequest, public
from acompana.people.claveunica import Attempt, Provider, ProviderFailure
from acompana.people.entering import begin_session, home_of, safe_next
from acompana.people.operations.entry import enter_with_claveunica
from acompana.shell.languages import in_english

log = logging.getLogger(__name__)

ATTEMPTS = "claveunica_attempts"
ATTEMPTS_KEPT = 5  # one for each window that somebody may have open
CLOSED = _("El ingreso con ClaveÚnica no está abierto en esta instalación.")


def is_offered() -> bool:
    """Whether the installation has credentials of ClaveÚnica, or is a demonstration with its stand-in."""
    return bool(settings.CLAVEUNICA["client_id"]) or settings.DEMO


def provider_of(request: ActorRequest) -> Provider:
    """ClaveÚnica by the settings; without credentials, in a demonstration, the stand-in of this same server."""
    if settings.CLAVEUNICA["client_id"]:
        configured: dict[str, Any] = settings.CLAVEUNICA
        return Provider(**configured)
    own = f"http://127.0.0.1:{request.META['SERVER_PORT']}"  # the server calls itself, whatever its outside name
    here = reverse("stand-in:authorize").removesuffix("openid/authorize/")
    return Provider(
        authorize=f"{here}openid/authorize/",
        token=urljoin(own, f"{here}openid/token/"),
        userinfo=urljoin(own, f"{here}openid/userinfo/"),
        logout=f"{here}logout/",
        issuer=settings.STAND_IN["issuer"],
        client_id=settings.STAND_IN["client_id"],
        client_secret=settings.STAND_IN["client_secret"],
    )


def remember(session: SessionBase, attempt: Attempt) -> None:
    kept = dict(list(session.get(ATTEMPTS, {}).items())[-(ATTEMPTS_KEPT - 1) :])
    kept[attempt.state] = {"nonce": attempt.nonce, "next": attempt.next, "until": attempt.expires_at.isoformat()}
    session[ATTEMPTS] = kept


def take_back(session: SessionBase, state: str, now: datetime) -> tuple[Attempt | None, str]:
    """The attempt of a state, once and in time, and the page its person wanted, which outlives it."""
    kept = dict(session.get(ATTEMPTS, {}))
    row = kept.get(state)
    if row is None:
        return None, ""
    kept[state] = {**row, "used": True}
    session[ATTEMPTS] = kept
    session.save()  # now: the session of an answer of 500 or more is not saved at its end, and the state would live on
    until = datetime.fromisoformat(row["until"])
    if row.get("used") or until < now:
        return None, row["next"]
    return Attempt(state, row["nonce"], row["next"], until), row["next"]


@public
@in_english
@never_cache
@require_GET
def start(request: ActorRequest) -> HttpResponse:
    """Send the browser to identify itself."""
    wanted = safe_next(request)
    if not is_offered():
        return failed(request, ProviderFailure(CLOSED, "no client_id configured", status=503), wanted)
    attempt = Attempt.begin(next=wanted, now=request.now)
    remember(request.session, attempt)
    return HttpResponseRedirect(claveunica.authorize_address(provider_of(request), attempt, callback_address(request)))


@public
@in_english
@never_cache
@require_GET
def callback(request: ActorRequest) -> HttpResponse:
    """Take the person that ClaveÚnica sends back."""
    attempt, wanted = take_back(request.session, request.GET.get("state", ""), request.now)
    if attempt is None and request.actor.person is not None:
        return HttpResponseRedirect(wanted or home_of(request.actor.person))  # the page was loaded twice
    try:
        if attempt is None:
            raise ProviderFailure(claveunica.EXPIRED, "unknown, used or expired state", status=400)
        if error := request.GET.get("error", ""):
            raise refusal(error)
        if not (code := request.GET.get("code", "")):
            raise ProviderFailure(claveunica.UNREADABLE, "callback without code")
        identity = claveunica.fetch_identity(
            provider_of(request), code=code, attempt=attempt, redirect_uri=callback_address(request), now=request.now
        )
        person = enter_with_claveunica(identity=identity, now=request.now)
    except ProviderFailure as failure:
        return failed(request, failure, wanted)
    except Refused as refused:
        return failed(request, ProviderFailure(refused.reason, f"refused ({refused.rule})", status=403), wanted)
    begin_session(request, person, entered_with="claveunica")
    wanted = wanted or home_of(person)
    if not person.email:
        return HttpResponseRedirect(f"{reverse('people:email')}?{urlencode({'next': wanted})}")
    return HttpResponseRedirect(wanted)


def refusal(error: str) -> ProviderFailure:
    """What an `error` of the authorization answer means (RFC 6749, 4.1.2.1)."""
    if error == "access_denied":
        return ProviderFailure(claveunica.DECLINED, "the person declined", status=403)
    if error in ("server_error", "temporarily_unavailable"):
        return ProviderFailure(claveunica.UNREACHABLE, f"authorize answered {error}", status=503)
    known = error if error.isascii() and error.replace("_", "").isalpha() and len(error) < 40 else "an unknown error"
    return ProviderFailure(claveunica.UNREADABLE, f"authorize answered {known}")


def failed(request: ActorRequest, failure: ProviderFailure, wanted: str) -> HttpResponse:
    """A sentence for the person and a line for the operator; the page they wanted stays in the link."""
    log.warning("claveunica: no entry: %s", failure.detail)
    context = {"reason": failure.reason, "next": wanted, "offered": is_offered()}
    return render(request, "people/claveunica_failed.html", context, status=failure.status)


def callback_address(request: ActorRequest) -> str:
    return request.build_absolute_uri(reverse("people:claveunica-callback"))
