"""How long things take: what p50 and p95 are, and the clients that ask over HTTP."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection


@dataclass(frozen=True, slots=True)
class Spread:
    """In milliseconds."""

    p50: float
    p95: float
    many: int

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Spread:
        ordered = sorted(seconds)
        last = len(ordered) - 1
        return cls(1000 * ordered[last // 2], 1000 * ordered[round(last * 0.95)], len(ordered))


def took(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what it gave."""
    began = time.perf_counter()
    given = act()
    return time.perf_counter() - began, given


@contextmanager
def in_database(told: list[str]) -> Iterator[Callable[[], float]]:
    """For what is inside: keeps each kind of statement once in `told`; gives the seconds that all of them took."""
    seconds = [0.0]

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds[0] += time.perf_counter() - began
            if sql not in told:
                told.append(sql)

    with connection.execute_wrapper(keep):
        yield lambda: seconds[0]


def statements_of(act: Callable[[], Any]) -> list[str]:
    """What an act asks the database, in order."""
    told: list[str] = []
    with in_database(told):
        act()
    return told


class Asker(Protocol):
    """Whatever sends a request and gives back status and body."""

    def get(self, path: str) -> tuple[int, bytes]: ...
    def post(self, path: str, body: Any) -> tuple[int, bytes]: ...


class HttpAsker:
    """One connection that is kept open, as a program's or a browser's is. It shares the machine with what is measured,
    so it costs little: a request goes in one piece, and of an answer's head it reads status and length."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.port = port
        self.head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")

    def get(self, path: str) -> tuple[int, bytes]:
        request = f"GET {path} HTTP/1.1\r\n{self.head}\r\n".encode()
        try:
            return self._ask(request)
        except ConnectionError:  # the server closed it while another question was asked for long
            self._open()
            return self._ask(request)

    def post(self, path: str, body: Any) -> tuple[int, bytes]:
        told = json.dumps(body).encode()
        about = f"Content-Type: application/json\r\nContent-Length: {len(told)}\r\n"
        return self._ask(f"POST {path} HTTP/1.1\r\n{self.head}{about}\r\n".encode() + told)

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        self.socket.sendall(request)
        status = self.answers.readline()
        if not status:
            raise ConnectionResetError
        length = 0
        while (line := self.answers.readline()) not in (b"\r\n", b""):
            if line[:15].lower() == b"content-length:":
                length = int(line[15:])
        return int(status.split()[1]), self.answers.read(length)


class WrongAnswer(Exception):
    """What was measured is not what was asked for."""


def timed(act: Callable[[Any], Any], over: Sequence[Any], warm: int = 5) -> list[float]:
    """Seconds of each, after a few that do not count."""
    for item in over[:warm]:
        act(item)
    taken = []
    for item in over:
        began = time.perf_counter()
        act(item)
        taken.append(time.perf_counter() - began)
    return taken


def checked(asker: Asker, path: str) -> bytes:
    status, body = asker.get(path)
    if status != 200:
        raise WrongAnswer(f"{path}: {status} {body[:200]!r}")
    return body


def rate(make: Callable[[], Callable[[int], None]], clients: int, each: int) -> float:
    """Acts a second by so many clients at once; `make` gives each one its own way to act."""
    ready = threading.Barrier(clients + 1)
    troubles: list[BaseException] = []

    def work(number: int) -> None:
        try:
            act = make()
            act(number * each)
            ready.wait()
            for i in range(1, each):
                act(number * each + i)
        except BaseException as trouble:  # told by the thread that waits
            troubles.append(trouble)
            ready.abort()
        finally:
            connection.close()  # where it asked the database itself

    threads = [threading.Thread(target=work, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        ready.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if troubles:
        raise troubles[0]
    return clients * (each - 1) / took
