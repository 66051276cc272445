"""The one place that reads the time of day. Requests and jobs call it at the edge and pass the instant on."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def read_clock() -> datetime:
    """The present instant, aware, in UTC. Only edges (middleware, jobs, commands) may call it."""
    return timezone.now()
