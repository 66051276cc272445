"""Jobs that the tests of background work run."""

from __future__ import annotations

from datetime import datetime

from acompana.messages.background import Progress, job

ran: list[object] = []


@job(attempts=2)
def stumble(*, now: datetime) -> None:
    """Never succeeds."""
    raise RuntimeError("the job stumbled")


@job()
def count_to(top: int, *, now: datetime, progress: Progress) -> int:
    """Says how far it is."""
    for number in range(1, top + 1):
        progress(number, top)
    return top


def recur(*, now: datetime) -> None:
    """A recurring job."""
    ran.append(now)


def recur_badly(*, now: datetime) -> None:
    """A recurring job that fails."""
    raise RuntimeError("the schedule stumbled")
