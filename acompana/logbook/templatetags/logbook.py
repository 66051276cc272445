"""The timeline as people read it: by day, each entry with its icon beside its word."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django import template
from django.utils import timezone

from acompana.kernel.hands import by_program
from acompana.logbook.models import Entry
from acompana.logbook.rules import CONTACT_KINDS

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
    days = groupby(in_one_line(entries), key=lambda entry: timezone.localdate(entry.happened_at))
    return {
        "days": [(day, list(group)) for day, group in days],
        "is_desk": manner == "desk",
        "empty_text": empty_text or "Aquí aparecerá lo que pase: llamadas, visitas, correos y cada paso.",
    }


def in_one_line(entries: Iterable[Entry]) -> list[Entry]:
    """A conversation and the step that it was are two facts written in one instant by one hand (INT-10): people read
    one line, the conversation with `led_to` saying the step."""
    shown: list[Entry] = []
    for entry in entries:  # newest first: the step was written after what it follows from
        step = shown[-1] if shown and shown[-1].kind == Entry.Kind.STEP else None
        is_talk = entry.kind in CONTACT_KINDS and entry.outcome == Entry.Outcome.REACHED
        if step and is_talk and (step.author_id, step.happened_at) == (entry.author_id, entry.happened_at):
            shown.pop()
            entry.led_to = step.fact  # type: ignore[attr-defined]
        shown.append(entry)
    return shown


register.filter("by_program", by_program)


@register.filter
def entry_icon(entry: Entry) -> str:
    """The name of the icon of an entry's kind; empty for kinds that have none."""
    return "video" if entry.is_video else ICONS.get(Entry.Kind(entry.kind), "")
