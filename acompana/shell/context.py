"""What every page needs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, object]:
    return {"demonstration": settings.DEMO, "now": getattr(request, "now", None)}
