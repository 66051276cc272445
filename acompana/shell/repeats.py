"""The same form sent twice — a second click, a reload — has one effect, and both lead to the same page.

Each rendering of a form carries a protection token of its own; browser, address, token and content make it the same
form. Only what ends in a redirection (something was done) is remembered: a form that was refused may be sent again.
What is shown this once, as a new key is, says where its repetition leads (`lead_repetitions`).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from acompana.kernel.models import SentForm
from acompana.shell.errors import STILL_SAVING, trouble_page

log = logging.getLogger(__name__)
REMEMBERED = timedelta(hours=1)
LONGEST = timedelta(minutes=2)  # what the slowest form takes
PATIENCE, PAUSE = 10.0, 0.1  # seconds that a repetition waits for the first sending
TOKEN = "csrfmiddlewaretoken"
# Entering and leaving change the session itself: their second sending has to be heard.
HEARD_EACH_TIME = ("", "people", "stand-in", "shell")


class RepeatsMiddleware:
    """Answers the repetition of a form with where its first sending led."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        digest = getattr(request, "sent_form", "")
        done = response.status_code in (302, 303)
        led_to = response["Location"] if done else getattr(response, "repetitions_lead_to", "")
        if digest and led_to:
            SentForm.objects.filter(digest=digest).update(led_to=led_to[:500])
        elif digest:
            SentForm.objects.filter(digest=digest).delete()
        return response

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        digest = digest_of(request)
        if not digest:
            return None
        until = time.monotonic() + PATIENCE
        while not claim(digest, request.now):  # type: ignore[attr-defined]
            led_to = SentForm.objects.filter(digest=digest).values_list("led_to", flat=True).first()
            if led_to:
                log.info("the same form came again to %s", request.path)
                return HttpResponseRedirect(led_to)
            if time.monotonic() > until:
                log.warning("the same form came again to %s, and its first sending has not ended", request.path)
                return trouble_page(STILL_SAVING, request)
            time.sleep(PAUSE)
        request.sent_form = digest  # type: ignore[attr-defined]
        return None


def lead_repetitions(response: HttpResponse, address: str) -> HttpResponse:
    """The same, with the address to which the form leads who sends it again: something was done, and the page that
    says so is for this once."""
    response.repetitions_lead_to = address  # type: ignore[attr-defined]
    return response


def claim(digest: str, now: datetime) -> bool:
    """Whether this sending is the first one; also when the first was refused, or its process died on the way."""
    died = Q(led_to="", sent_at__lt=now - LONGEST)
    SentForm.objects.filter(Q(sent_at__lt=now - REMEMBERED) | died).delete()
    try:
        with transaction.atomic():
            SentForm.objects.create(digest=digest, sent_at=now)
    except IntegrityError:
        return False
    return True


def digest_of(request: HttpRequest) -> str:
    """What makes a sending the same one; empty for what is not such a form."""
    match = request.resolver_match
    token = request.POST.get(TOKEN) if request.method == "POST" else None
    if not token or match is None or match.namespace in HEARD_EACH_TIME:
        return ""
    browser = request.COOKIES.get(settings.CSRF_COOKIE_NAME)  # the session of somebody without account may begin here
    sent = ((name, file) for name, given in request.FILES.lists() for file in given)
    files = sorted((name, file.name, file.size) for name, file in sent)
    content = repr((browser, request.get_full_path(), token, sorted(request.POST.lists()), files))
    return hashlib.sha256(content.encode(errors="surrogatepass")).hexdigest()
