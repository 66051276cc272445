"""The gallery: every component in its states, with the name that pages call it by."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(request, "shell/gallery.html", {})
