"""What a reader of our mail chooses, from the link in it, without entering (CHA-5)."""

from __future__ import annotations

import logging

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from acompana.messages.operations import choose_categories, decline
from acompana.messages.preferences import masked, message_of_token, preferences_path
from acompana.messages.queries import declined_by
from acompana.messages.rules import categories
from acompana.people.access import ActorRequest, public
from acompana.shell.languages import in_english

log = logging.getLogger(__name__)


def _refused_link(request: ActorRequest) -> HttpResponse:
    """A link that was cut or changed on its way: what to do, and a line for the operator without the link."""
    log.info("a link was refused (%s)", request.resolver_match.view_name if request.resolver_match else "")
    return render(request, "messages/preferences_refused.html", status=404)


@public
@in_english
@require_http_methods(["GET", "POST"])
def preferences(request: ActorRequest, token: str) -> HttpResponse:
    """The categories, each with a switch."""
    if (message := message_of_token(token)) is None:
        return _refused_link(request)
    if request.method == "POST":
        choose_categories(address=message.to_address, wanted=set(request.POST.getlist("category")), now=request.now)
        return redirect(f"{request.path}?guardado=1")
    declined = declined_by(message.to_address)
    rows = [(category, category.slug not in declined) for category in categories().values() if category.declinable]
    context = {
        "rows": rows,
        "always": [c for c in categories().values() if not c.declinable and c.slug != "office"],
        "address": masked(message.to_address),
        "from_category": categories().get(message.category),
        "saved": "guardado" in request.GET,
    }
    # The token stays on this site by the policy that every answer has; `no-referrer` would send the form without
    # its origin, and be refused.
    return render(request, "messages/preferences.html", context)


@csrf_exempt  # a mail program posts it, from the List-Unsubscribe header; the signed token is the proof
@public
@in_english
@require_http_methods(["GET", "POST"])
def decline_at_once(request: ActorRequest, token: str) -> HttpResponse:
    """One click in the reader's mail program: nothing more of this message's category. Who opens the address instead
    comes to the page of choices: reading it changes nothing, because programs that look for viruses read links too."""
    if (message := message_of_token(token)) is None:
        return _refused_link(request)
    if request.method == "GET":
        return redirect(preferences_path(message))
    if categories()[message.category].declinable:
        decline(address=message.to_address, category=message.category, now=request.now)
    done = gettext("Listo: no te enviaremos más correos de este tipo.")
    return HttpResponse(done, content_type="text/plain; charset=utf-8")
