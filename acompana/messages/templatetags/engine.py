"""What a page that waits for a job must say when nobody is there to run it."""

from __future__ import annotations

from django import template
from django.template.context import Context

from acompana.messages.queries import is_anybody_working

register = template.Library()
STOPPED = "El motor de trabajos está detenido: partirá cuando vuelva. Avísale a quien administra."


@register.simple_tag(takes_context=True)
def engine_stopped(context: Context) -> str:
    """The sentence for while no worker runs, empty otherwise; one query. For a page that waits for a job."""
    return "" if is_anybody_working(context["request"].now) else STOPPED
