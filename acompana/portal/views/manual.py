"""The user manual, open to everybody."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from acompana.people.access import ActorRequest, public
from acompana.portal import manual


@public
@require_safe
def contents(request: ActorRequest) -> HttpResponse:
    """What the manual has, by reader."""
    return render(request, "portal/manual_contents.html", {"body": manual.contents_html()})


@public
@require_safe
def page(request: ActorRequest, slug: str) -> HttpResponse:
    """One page, with the way to the others."""
    found = manual.page_by_slug(slug)
    if found is None:
        raise Http404("No hay una página del manual con ese nombre.")
    before, after = manual.neighbours(found)
    context = {"page": found, "groups": manual.by_reader(), "before": before, "after": after}
    return render(request, "portal/manual_page.html", context)


@public
@require_safe
def picture(request: ActorRequest, name: str) -> FileResponse:
    """A picture of the manual."""
    path = manual.picture(name)
    if path is None:
        raise Http404("No hay una imagen con ese nombre.")
    response = FileResponse(path.open("rb"), content_type="image/png")
    response["Cache-Control"] = "public, max-age=3600"
    return response
