"""What django-axes asks of us: whose attempts are counted together, and what a person is told after too many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def attempted_email(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The address that somebody tried to enter with, in one writing."""
    given = (credentials or {}).get("email") or request.POST.get("login") or ""
    return str(given).strip().lower()


def too_many_attempts(
    request: HttpRequest, original_response: HttpResponse | None = None, credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page after too many wrong passwords."""
    return render(request, "people/too_many_attempts.html", status=429)
