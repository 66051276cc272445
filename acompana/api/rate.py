"""The limit of a token, honest with several processes: each takes a lease of the minute from the database, and counts
its own lease in memory.

What all processes take together never goes beyond the limit; a lease that a process did not use up is lost with the
minute, so that a client spread over processes may be stopped a lease early. The same write says when the token was
last used.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection
from django.db.models import Case, F, Q, Value, When

from acompana.api.models import ApiToken
from acompana.api.problems import Problem
from acompana.api.queries.tokens import Caller
from acompana.api.rules import lease_of

KEPT_AT_MOST = 10_000  # tokens of which a process remembers a lease


@dataclass(slots=True)
class Lease:
    minute: int
    left: int
    taken: int  # of the minute, by all processes, as far as is known


_leases: dict[int, Lease] = {}
_lock = threading.Lock()


def count_request(caller: Caller, now: datetime) -> dict[str, str]:
    """Take one request from the token's minute; the headers that say what is left: at least so many, for what another
    process has left of its lease is not known here. Raises Problem when nothing is."""
    minute, second = divmod(int(now.timestamp()), 60)
    known = caller.taken if caller.minute == minute else 0  # as the first statement of the request read it
    with _lock:
        lease = _leases.get(caller.token_id)
        if lease is not None and lease.minute == minute and lease.left > 0:
            lease.left -= 1
            lease.taken = max(lease.taken, known)
            return _headers(caller.rate, lease, second)
    wanted = min(lease_of(caller.rate), caller.rate)
    taken = _take(caller, minute, wanted, now)
    if not taken:
        refused = _headers(caller.rate, Lease(minute, 0, caller.rate), second)
        raise Problem("too-many", headers={**refused, "Retry-After": str(60 - second)})
    with _lock:
        lease = _leases.get(caller.token_id)
        before = lease.left if lease is not None and lease.minute == minute else 0
        if len(_leases) > KEPT_AT_MOST:
            _leases.clear()
        _leases[caller.token_id] = lease = Lease(minute, before + taken - 1, known + taken)
        return _headers(caller.rate, lease, second)


def _headers(rate: int, lease: Lease, second: int) -> dict[str, str]:
    remaining = max(0, rate - lease.taken + lease.left)
    return {
        "RateLimit-Limit": str(rate),
        "RateLimit-Remaining": str(remaining),
        "RateLimit-Reset": str(60 - second),
        "RateLimit-Policy": f"{rate};w=60",
    }


def _take(caller: Caller, minute: int, wanted: int, now: datetime) -> int:
    """Requests taken from the minute; 0 when it is used up. Whoever imports does not make readers wait: while
    SQLite is being written, a process lends itself one lease."""
    tokens = ApiToken.objects.filter(pk=caller.token_id)
    counted = Case(When(minute=minute, then=F("taken") + wanted), default=Value(wanted))
    try:
        with _without_waiting():
            fits = tokens.filter(~Q(minute=minute) | Q(taken__lte=caller.rate - wanted))
            if fits.update(minute=minute, taken=counted, last_used_at=now):
                return wanted
            if wanted == 1:
                return 0
            last = tokens.filter(minute=minute, taken__lt=caller.rate)
            return 1 if last.update(taken=F("taken") + 1) else 0
    except OperationalError:
        if connection.vendor != "sqlite":
            raise
        return wanted


@contextmanager
def _without_waiting() -> Iterator[None]:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 50")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {before}")


def forget() -> None:
    """Give every lease of this process up; for tests, whose databases number tokens anew."""
    with _lock:
        _leases.clear()
