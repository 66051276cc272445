"""Sending one batch: claimed and committed first, handed over, settled by what the receiver said.

Unlike mail a batch may be sent twice: its receiver knows it by `Webhook-Id`. So what a worker left half done is
simply sent again.
"""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db import connection, transaction
from django.db.models import F

from acompana.api.models import Delivery
from acompana.api.operations.webhooks import make_batches
from acompana.api.rules import next_attempt_after, signature_of
from acompana.api.targets import check_target, place_of
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused

log = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds that a receiver has, for everything
ABANDONED = timedelta(minutes=2)
READ_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: Literal["sent", "later", "refused"]
    answer: str


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked, whatever the name says by now."""

    def __init__(self, host: str, address: tuple[str, int], secure: bool) -> None:
        super().__init__(host, address[1], timeout=PATIENCE)
        self.address, self.secure = address, secure
        self.line: socket.socket | None = None

    def connect(self) -> None:
        plain = socket.create_connection(self.address, PATIENCE)
        self.sock = plain
        if self.secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        self.line = self.sock  # the other goes when an answer says that it is the last

    def hang_up(self) -> None:
        """From another thread: whoever reads or writes here is told that there is nothing more."""
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)


def hand_over(delivery: Delivery, now: datetime) -> Verdict:
    """One batch, to the receiver's word about it. Follows no redirection."""
    body, timestamp = delivery.body.encode(), int(now.timestamp())
    try:
        parts = check_target(delivery.subscription.url)
        receiver = _Pinned(parts.hostname or "", place_of(parts), parts.scheme == "https")
    except Refused as refusal:
        return Verdict("refused", refusal.reason)
    except OSError as error:
        return Verdict("later", why_not(error))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Acompana-Webhook/1",
        "Webhook-Id": str(delivery.pk),
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": signature_of(delivery.subscription.secret, timestamp, body),
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _no_longer_than(PATIENCE, receiver):
            receiver.request("POST", path, body, headers)
            answer = receiver.getresponse()
            words = f"{answer.status} {answer.read(READ_AT_MOST).decode('utf-8', 'replace')}".strip()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Verdict("later", why_not(error))
    finally:
        receiver.close()
    return Verdict("sent" if 200 <= answer.status < 300 else "later", " ".join(words.replace("\0", "").split()))


@contextmanager
def _no_longer_than(seconds: float, receiver: _Pinned) -> Iterator[None]:
    """Ends the conversation when its time is over: who answers a letter at a time would hold back everybody else's.
    Raises TimeoutError then."""
    over = threading.Event()

    def hang_up() -> None:
        over.set()
        receiver.hang_up()

    clock = threading.Timer(seconds, hang_up)
    clock.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set():
            raise TimeoutError from error
        raise
    finally:
        clock.cancel()
    if over.is_set():
        raise TimeoutError


def why_not(error: Exception) -> str:
    """Why a batch did not reach its receiver, for who looks after the subscription."""
    match error:
        case socket.gaierror():
            return "No se encuentra ese nombre en internet."
        case ssl.SSLError():
            return f"La conexión segura no se pudo establecer: {error.reason or error}."
        case ConnectionRefusedError():
            return "En esa dirección nadie responde: rechazó la conexión."
        case TimeoutError():
            return f"No respondió dentro de {PATIENCE:.0f} segundos."
        case ConnectionError():
            return "Cortó la conexión sin responder."
        case http.client.HTTPException() | ValueError():
            return "Lo que respondió no se entiende."
    return f"No se pudo conectar: {getattr(error, 'strerror', None) or error}."


@transaction.atomic
def claim_next(*, now: datetime) -> Delivery | None:
    """Mark the next due batch *sending*, so that no other worker takes it. Committed before it is sent."""
    Delivery.objects.filter(state=Delivery.State.SENDING, claimed_at__lt=now - ABANDONED).update(
        state=Delivery.State.WAITING
    )
    due = Delivery.objects.filter(state=Delivery.State.WAITING, send_after__lte=now).order_by("send_after", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    chosen = due.values_list("pk", flat=True).first()
    if chosen is None:
        return None
    claimed = Delivery.objects.filter(pk=chosen, state=Delivery.State.WAITING).update(
        state=Delivery.State.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    return Delivery.objects.select_related("subscription").get(pk=chosen) if claimed else None


@transaction.atomic
def settle(*, delivery: Delivery, verdict: Verdict, now: datetime) -> None:
    """Write what became of a claimed batch; one that is given up is seen on the subscription's page."""
    wait = next_attempt_after(delivery.attempts) if verdict.kind == "later" else None
    fields: dict[str, object] = {"last_answer": verdict.answer[:300], "claimed_at": None}
    if verdict.kind == "sent":
        fields |= {"state": Delivery.State.SENT, "settled_at": now}
    elif wait is not None:
        fields |= {"state": Delivery.State.WAITING, "send_after": now + wait}
    else:
        fields |= {"state": Delivery.State.FAILED, "settled_at": now}
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts).update(**fields)


def is_any_due(now: datetime) -> bool:
    """Whether a batch waits or was left half done. Indexed reads, no lock."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, send_after__lte=now)
    left = Delivery.objects.filter(state=Delivery.State.SENDING, claimed_at__lt=now - ABANDONED)
    return waiting.exists() or left.exists()


def send_due() -> bool:
    """A turn of the worker: make the batches that are due and send one. Whether anything was done."""
    made = make_batches(now=read_clock())
    if not is_any_due(read_clock()):
        return made > 0
    delivery = claim_next(now=read_clock())
    if delivery is None:
        return made > 0
    verdict = hand_over(delivery, read_clock())
    settle(delivery=delivery, verdict=verdict, now=read_clock())
    log.info("delivery %s: %s %s", delivery.pk, verdict.kind, verdict.answer[:80])
    return True
