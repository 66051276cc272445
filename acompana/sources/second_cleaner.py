"""The rows of a long file cleaned by two processes: this one, which also reads the file and writes, and one beside it.

Cleaning is most of the time of reading, and a process of Python works on one thing at a time. The other process holds
no connection and knows no more than the file's mapping and the reference data; it ends with this one, whatever
happens. If it falls, what it had is cleaned here. Started as `python -m acompana.sources.second_cleaner`.
"""

from __future__ import annotations

import logging
import marshal
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

import django
from django.conf import settings

from acompana.sources.cleaned import Cleaned, Numbered

if TYPE_CHECKING:  # it needs the models, which the other process knows only once it has begun
    from acompana.sources.cleaning import Cleaner

log = logging.getLogger(__name__)

LONG = 100_000  # lines from which the other process has begun before the file is read
IN_HAND = 2  # batches that it has before this one cleans too: one at work, one that waits
AT_MOST = 6  # batches that are kept in memory, so that they come out in order
LENGTH = 8  # bytes that say how long what follows is


@contextmanager
def cleaning(cleaner: Cleaner, lines: int) -> Iterator[Any]:
    """Gives what cleans batches of numbered rows, each with what it was made of, in their order; alone for few
    `lines`, and where there is one core."""
    if lines < LONG or (os.cpu_count() or 1) < 2:
        yield lambda batches: ((batch, cleaner.batch(batch)) for batch in batches)
        return
    second = SecondCleaner(cleaner)
    try:
        yield second.clean
    finally:
        second.end()


class SecondCleaner:
    """The process beside this one, and the thread that talks with it."""

    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner = cleaner
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.ROOT
        )
        self.talker = ThreadPoolExecutor(1, thread_name_prefix="import-cleaner")
        self.fell = False
        self.talker.submit(self._tell, pickle.dumps(cleaner.made_of))

    def clean(self, batches: Iterable[list[Numbered]]) -> Iterator[tuple[list[Numbered], Cleaned]]:
        """Each batch with what became of it, in their order; read ahead while the other process works."""
        waiting: deque[tuple[list[Numbered], Future[Cleaned]]] = deque()
        for batch in batches:
            waiting.append((batch, self._begin(batch, waiting)))
            while waiting and (waiting[0][1].done() or len(waiting) > AT_MOST):
                yield self._outcome(*waiting.popleft())
        while waiting:
            yield self._outcome(*waiting.popleft())

    def _begin(self, batch: list[Numbered], waiting: Iterable[tuple[Any, Future[Cleaned]]]) -> Future[Cleaned]:
        in_hand = sum(not future.done() for _, future in waiting)
        if not self.fell and in_hand < IN_HAND:
            return self.talker.submit(self._ask, batch)
        done: Future[Cleaned] = Future()
        done.set_result(self.cleaner.batch(batch))
        return done

    def _outcome(self, batch: list[Numbered], future: Future[Cleaned]) -> tuple[list[Numbered], Cleaned]:
        try:
            return batch, future.result()
        except (OSError, EOFError):
            if not self.fell:
                log.warning("the second cleaner of an import fell; one goes on alone")
            self.fell = True
            return batch, self.cleaner.batch(batch)

    def _tell(self, data: bytes) -> None:
        assert self.process.stdin is not None
        _send(self.process.stdin, data)

    def _ask(self, batch: list[Numbered]) -> Cleaned:
        assert self.process.stdout is not None
        self._tell(marshal.dumps(batch))
        return Cleaned(*marshal.loads(_receive(self.process.stdout)))

    def end(self) -> None:
        """The process goes: nothing of it is kept anywhere."""
        self.process.kill()
        self.talker.shutdown()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):  # what was not sent yet stays unsent
                pipe.close()  # type: ignore[union-attr]


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(LENGTH, "little"))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    """What the other side sent. EOFError if it is gone."""
    length = pipe.read(LENGTH)
    data = pipe.read(int.from_bytes(length, "little"))
    if len(length) < LENGTH or not data:
        raise EOFError
    return data


def main() -> None:
    """What the process does until the one that started it closes the pipe, or is gone."""
    django.setup()
    from acompana.sources.cleaning import Cleaner

    told, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(EOFError, BrokenPipeError, KeyboardInterrupt):
        clean = Cleaner(*pickle.loads(_receive(told)))
        while True:
            _send(answers, marshal.dumps(clean.batch(marshal.loads(_receive(told))).plain))


if __name__ == "__main__":
    main()
