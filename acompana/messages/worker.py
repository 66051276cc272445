"""The worker process: threads that send mail, run jobs, take the turns of rooms above and keep the heartbeat;
recovery of what others left.

A worker is taken for dead when it says that it stopped, when its process is gone (seen from the same place), or when
its heartbeat is older than LEASE. What it was sending becomes doubtful; what it was running is run again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import close_old_connections, connection
from django.db.models import Q
from django.urls import get_resolver

from acompana.kernel.clock import read_clock
from acompana.messages.background import claim_job, ready_jobs, recover_jobs, run_job
from acompana.messages.delivery import (
    Courier,
    Unreachable,
    Verdict,
    claim_next,
    deliver,
    doubt_abandoned,
    is_any_due,
    open_courier,
    settle,
)
from acompana.messages.models import Message, Worker
from acompana.messages.schedule import read_schedule, recover_schedule, run_due, take_up_schedule

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
HEARTBEAT = 5.0  # seconds
IDLE = 1.0  # seconds between looks at an empty queue
TROUBLE_PAUSES = (2.0, 5.0, 10.0, 30.0, 60.0, 120.0)  # seconds, while the mail server cannot be reached
GRACE = 25.0  # seconds that a job in course has, once asked to stop


_turns: dict[str, Callable[[], bool]] = {}


def register_turn(name: str, turn: Callable[[], bool]) -> None:
    """Rooms above lend the worker a turn of their own, in a thread of its own: it does what is due and says whether
    there was anything. The same name again replaces it, so that `ready` may run twice."""
    _turns[name] = turn


def place() -> str:
    """Where this process's number means something: machine, boot, and process name space where there are such."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
        parts.append(str(os.stat("/proc/self/ns/pid").st_ino))
    except OSError:
        pass
    return "/".join(parts)[:120]


def is_running(pid: int) -> bool:
    """Whether a process of this place runs. Our own number in another row is of somebody who had it before."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_addresses() -> None:
    """The addresses that letters lead to, with all the views behind them: read here, before there are threads. Of two
    that read them at once, each with half, none would have them, not even the next time."""
    get_resolver().url_patterns  # noqa: B018


def enlist(*, now: datetime) -> Worker:
    """A row for this process."""
    return Worker.objects.create(place=place(), pid=os.getpid(), started_at=now, heartbeat_at=now)


def bury_the_dead(*, me: Worker, now: datetime) -> None:
    """Mark workers that died, and put right what they, or those who stopped, left half done."""
    for other in Worker.objects.filter(stopped_at=None).exclude(pk=me.pk):
        silent = other.heartbeat_at < now - LEASE
        if silent or (other.place == me.place and not is_running(other.pid)):
            log.warning("worker %s (process %s) is gone", other.pk, other.pid)
            Worker.objects.filter(Q(heartbeat_at=other.heartbeat_at), pk=other.pk).update(stopped_at=now)
    if doubtful := doubt_abandoned(now=now):
        log.warning("%s messages are doubtful: a person decides whether to send them again", doubtful)
    recover_jobs(now=now)
    recover_schedule(now=now)


def send_due(*, worker: Worker, courier: Courier, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, one by one, each claimed and committed before it leaves. Says how many were tried.
    Raises Unreachable, with nothing claimed, while the mail server cannot be reached."""
    tried = 0
    while not should_stop() and is_any_due(read_clock()):
        courier.ready()
        message = claim_next(worker=worker, now=read_clock())
        if message is None:
            break
        verdict = deliver(message=message, courier=courier)
        _settle_surely(message, verdict)
        log.info("message %s: %s %s", message.pk, verdict.kind, verdict.answer)
        tried += 1
    return tried


def _settle_surely(message: Message, verdict: Verdict) -> None:
    """Write the outcome, again and again while the database is busy: it is known here only."""
    for pause in (0.5, 1, 2, 5, 10, 20, 30):
        try:
            settle(message=message, verdict=verdict, now=read_clock())
            return
        except Exception:
            log.exception("the outcome of message %s could not be written yet", message.pk)
            connection.close()
            threading.Event().wait(pause)
    settle(message=message, verdict=verdict, now=read_clock())


class Workshop:
    """One worker process and its threads, until `stopping` is set; then each finishes what it has in hand."""

    def __init__(self, stopping: threading.Event) -> None:
        self.stopping = stopping
        self.me = enlist(now=read_clock())
        self.schedule = read_schedule()

    def run(self) -> None:
        """Work until asked to stop."""
        read_addresses()
        bury_the_dead(me=self.me, now=read_clock())
        take_up_schedule(self.schedule, now=read_clock())
        threads = [
            threading.Thread(target=self._keep_doing, args=(turn,), name=name, daemon=True)
            for name, turn in (("mail", self._mail_turn()), ("jobs", self._jobs_turn), *_turns.items())
        ]
        for thread in threads:
            thread.start()
        log.info("worker %s started (process %s)", self.me.pk, self.me.pid)
        while not self.stopping.wait(HEARTBEAT):
            self._heartbeat()
        for thread in threads:
            thread.join(timeout=GRACE)
        Worker.objects.filter(pk=self.me.pk).update(stopped_at=read_clock())
        log.info("worker %s stopped", self.me.pk)

    def run_once(self) -> None:
        """One turn of everything that is due, then end."""
        bury_the_dead(me=self.me, now=read_clock())
        take_up_schedule(self.schedule, now=read_clock())
        courier = open_courier()
        try:
            send_due(worker=self.me, courier=courier)
        except Unreachable as error:
            log.warning("the mail server cannot be reached: %s", error)
        finally:
            courier.close()
        for turn in (self._jobs_turn, *_turns.values()):
            while turn():
                pass
        Worker.objects.filter(pk=self.me.pk).update(stopped_at=read_clock())

    def _heartbeat(self) -> None:
        try:
            close_old_connections()
            now = read_clock()
            Worker.objects.filter(pk=self.me.pk).update(heartbeat_at=now, stopped_at=None)
            bury_the_dead(me=self.me, now=now)
        except Exception:
            log.exception("the heartbeat failed; it is tried again")
            connection.close()

    def _keep_doing(self, turn: Callable[[], bool]) -> None:
        """Turn after turn; a turn that found nothing to do is followed by a rest, one that failed by a longer one."""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                if not turn():
                    self.stopping.wait(IDLE)
            except Exception:
                log.exception("the turn failed; it is tried again")
                connection.close()
                self.stopping.wait(5)
        connection.close()

    def _jobs_turn(self) -> bool:
        now = read_clock()
        ran = run_due(self.schedule, worker=self.me, now=now)
        if ready_jobs(now).exists() and (row := claim_job(worker=self.me, now=now)) is not None:
            run_job(row, now=now)
            ran += 1
        return ran > 0

    def _mail_turn(self) -> Callable[[], bool]:
        courier = open_courier()
        troubles = 0

        def turn() -> bool:
            nonlocal troubles
            try:
                sent = send_due(worker=self.me, courier=courier, should_stop=self.stopping.is_set)
            except Unreachable as error:
                self._tell_trouble(str(error))
                self.stopping.wait(TROUBLE_PAUSES[min(troubles, len(TROUBLE_PAUSES) - 1)])
                troubles += 1
                return True
            if sent == 0 and not is_any_due(read_clock()):
                courier.close()
            if sent and troubles:
                troubles = 0
                Worker.objects.filter(pk=self.me.pk).update(mail_trouble="", mail_trouble_at=None)
            return sent > 0

        return turn

    def _tell_trouble(self, words: str) -> None:
        log.warning("the mail server cannot be reached: %s", words)
        Worker.objects.filter(pk=self.me.pk, mail_trouble="").update(mail_trouble_at=read_clock())
        Worker.objects.filter(pk=self.me.pk).update(mail_trouble=words[:300])
