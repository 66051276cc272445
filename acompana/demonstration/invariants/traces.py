"""What else is left behind: messages and the search index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count

from acompana.demonstration.invariants.violation import Check
from acompana.kernel.models import SearchRow
from acompana.kernel.search.engine import sources
from acompana.messages.models import Message

SETTLED = (Message.State.SENT, Message.State.REFUSED, Message.State.FAILED, Message.State.DECLINED)


def messages(now: datetime) -> Iterator[str]:
    for key, count in Message.objects.values_list("key").annotate(count=Count("pk")).filter(count__gt=1):
        yield f"{count} messages have the key {key!r}: one cause wrote more than once."
    for pk in Message.objects.filter(state__in=SETTLED, settled_at=None).values_list("pk", flat=True):
        yield f"Message {pk} is settled, but not since when."
    for pk in Message.objects.filter(to_address="").values_list("pk", flat=True):
        yield f"Message {pk} is to nobody."
    for pk in Message.objects.filter(state=Message.State.SENT, attempts=0).values_list("pk", flat=True):
        yield f"Message {pk} was sent without an attempt."


def indexed(now: datetime) -> Iterator[str]:
    """What may be found has its row, and every row is of something that is there."""
    for source in sources():
        there = set(source.rows().order_by().values_list("pk", flat=True))
        found = set(SearchRow.objects.filter(kind=source.kind).values_list("object_id", flat=True))
        yield from (f"{source.kind} {pk} is not in the search index." for pk in sorted(there - found))
        yield from (f"The search index has {source.kind} {pk}, which is not there." for pk in sorted(found - there))


CHECKS = (
    Check("messages", "A cause writes once; what is settled says since when", messages),
    Check("indexed", "The search index has exactly what may be found", indexed),
)
