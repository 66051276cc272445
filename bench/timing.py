"""How long things take: what p50 and p95 are, and the clients that ask over HTTP."""

from __future__ import annotations

import http.client
import json
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
    """One connection that is kept open, as a program's or a browser's is."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = headers

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> tuple[int, bytes]:
        return self._ask("POST", path, json.dumps(body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {**self.headers, **({"Content-Type": "application/json"} if body else {})}
        self.connection.request(method, path, body, headers)
        try:
            response = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError):
            if body:
                raise
            # The server closed it while another question was asked for long: it opens by itself.
            self.connection.close()
            return self._ask(method, path, body)
        return response.status, response.read()


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
