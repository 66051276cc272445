"""The timeline as people read it: by day, each entry with its icon beside its word."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django import template
from django.utils import timezone

from acompana.logbook.models import Entry

register = template.Library()
ICONS = {
    Entry.Kind.CALL: "phone",
    Entry.Kind.VISIT: "visit",
    Entry.Kind.INTERVIEW: "person",
    Entry.Kind.MAIL: "mail",
    Entry.Kind.CHAT: "phone",
    Entry.Kind.MEETING: "person",
    Entry.Kind.MESSAGE: "mail",
    Entry.Kind.NOTE: "note",
    Entry.Kind.COMMITMENT: "clock",
}


@register.inclusion_tag("logbook/timeline.html")
def logbook_timeline(entries: Iterable[Entry], manner: str = "desk", empty_text: str = "") -> dict[str, object]:
    """Entries of `logbook.queries.timeline`, newest first. In the portal, channel and visibility are left out."""
    days = groupby(entries, key=lambda entry: timezone.localdate(entry.happened_at))
    return {
        "days": [(day, list(group)) for day, group in days],
        "is_desk": manner == "desk",
        "empty_text": empty_text or "Aquí aparecerá lo que pase: llamadas, visitas, correos y cada paso.",
    }


@register.filter
def entry_icon(entry: Entry) -> str:
    """The name of the icon of an entry's kind; empty for kinds that have none."""
    return ICONS.get(Entry.Kind(entry.kind), "")
