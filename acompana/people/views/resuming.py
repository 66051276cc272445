"""Going on with a form that was sent after its session had ended, or with the token of an earlier one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from acompana.people.access import ActorRequest, signed_in, to_entrance
from acompana.people.entering import home_of
from acompana.people.interrupted import Interrupted, forget_typed, typed_before, typed_now
from acompana.people.page_words import page_at, rows_of
from acompana.people.views.account import person_of
from acompana.shell.errors import OF_ANOTHER, TOKEN, trouble_page
from acompana.shell.whose import MARK, mark_of

FRESH_TOKEN, READER = "X-Fresh-Token", "X-Page-Of"


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: ActorRequest) -> HttpResponse:
    """Shows what was typed, to be sent to where it went; a POST throws it away. What another person typed in this
    browser is neither shown nor kept."""
    kept = typed_before(request)
    if kept is None:
        return HttpResponseRedirect(home_of(person_of(request)))
    if request.method == "POST":
        forget_typed(request)
        return HttpResponseRedirect(home_of(person_of(request)))
    page = page_at(request, kept.address)
    rows = rows_of(page, kept.values)
    if not rows:  # a button that was pressed: nothing to look at before it is sent, so it is pressed again
        forget_typed(request)
        messages.warning(request, "Tu sesión había terminado, y lo último que hiciste no se guardó: hazlo otra vez.")
        return HttpResponseRedirect(kept.address if page.title else home_of(person_of(request)))
    context = {"kept": kept, "page": page, "rows": rows, "from_session": True}
    return render(request, "people/resume.html", context)


def refused_token(request: ActorRequest, reason: str = "") -> HttpResponse:
    """A form with the token of an earlier session: its person looks at what they sent, and sends it again. A script
    gets the token that holds now, and whose session it is of, in the head of the answer."""
    if "Origin" in reason or "Referer" in reason:
        return trouble_page(TOKEN, request)  # another site's form: no word of it is shown
    answer = _refused(request)
    answer[FRESH_TOKEN], answer[READER] = get_token(request), mark_of(request)
    return answer


def _refused(request: ActorRequest) -> HttpResponse:
    whose, reader = request.POST.get(MARK, ""), mark_of(request)
    if request.headers.get("X-Autosave") or request.headers.get("HX-Request"):
        return trouble_page(TOKEN, request)
    if whose and not reader:
        return to_entrance(request)
    if whose and whose != reader:
        return trouble_page(OF_ANOTHER, request)
    # A page that was opened before entering is nobody's; the browser says that its form comes from here.
    typed = typed_now(request) if whose or "Origin" in request.headers else None
    return (typed and _offered(request, typed)) or trouble_page(TOKEN, request)


def _offered(request: ActorRequest, typed: Interrupted) -> HttpResponse | None:
    """What was sent, to be looked at and sent again; nothing where there is nothing to look at."""
    page = page_at(request, typed.address)
    rows = rows_of(page, typed.values)
    if not rows:
        return None
    return render(request, "people/resume.html", {"kept": typed, "page": page, "rows": rows}, status=403)
