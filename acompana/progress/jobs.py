"""What moves matters without anybody asking: timed transitions."""

from __future__ import annotations

import logging
from datetime import datetime

from acompana.kernel.refusals import Refused, Stale
from acompana.matters.models import Matter
from acompana.progress.operations import take_due_step

log = logging.getLogger(__name__)
AT_MOST = 500  # matters per run: the rest waits for the next


def take_timed_steps(now: datetime, at_most: int = AT_MOST) -> int:
    """Move the matters whose term has run; how many moved. Two workers at once never move one twice.

    Each matter is a transaction of its own: one that cannot move leaves a line in the log and holds up no other.
    """
    due = Matter.objects.filter(timer_at__lte=now).order_by("timer_at", "pk")
    moved = 0
    for matter in due.select_related("office__country", "office__region", "office__seat", "company")[:at_most]:
        try:
            moved += take_due_step(matter=matter, now=now) is not None
        except Stale:
            log.info("matter %s was moved by somebody else first", matter.number)
        except Refused as refusal:
            log.warning("matter %s could not move by itself: %s", matter.number, refusal.reason)
        except Exception:
            log.exception("matter %s could not move by itself", matter.number)
    return moved
