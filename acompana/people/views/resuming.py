"""Going on with a form that was sent after the session had ended."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from acompana.people.access import ActorRequest, signed_in
from acompana.people.entering import home_of
from acompana.people.interrupted import forget_typed, typed_before
from acompana.people.views.account import person_of


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: ActorRequest) -> HttpResponse:
    """Shows what was typed, to be sent to where it went; a POST throws it away."""
    kept = typed_before(request)
    if kept is None:
        return HttpResponseRedirect(home_of(person_of(request)))
    if request.method == "POST":
        forget_typed(request)
        return HttpResponseRedirect(home_of(person_of(request)))
    words = [value for _, value in kept.values if len(value.strip()) > 3]
    return render(request, "people/resume.html", {"kept": kept, "words": words})
