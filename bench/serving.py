"""The server that is measured, as it runs in production: two processes; and what memory processes took at most."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.places import ROOT, Place


@contextmanager
def serving(place: Place, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, cwd=ROOT, env=place.environment)
    try:
        _wait(port, server)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise SystemExit("bench: the server did not answer.")


def worker_megabytes(place: Place, seconds: int) -> int:
    """What the worker held at most while it sent what waits and ran what the schedule owes, for so long."""
    command = [sys.executable, "manage.py", "work"]
    worker = subprocess.Popen(command, cwd=ROOT, env=place.environment, stderr=subprocess.DEVNULL)  # a line a letter
    try:
        worker.wait(seconds)
        raise SystemExit("bench: the worker ended by itself.")
    except subprocess.TimeoutExpired:
        return peak_megabytes(worker.pid)
    finally:
        worker.terminate()
        worker.wait(60)


def peak_megabytes(pid: int) -> int:
    """What a process and its children held in memory at most, each; 0 where the system does not say."""
    return sum(_peak(process) for process in [pid, *_children(pid)]) // 1024


def own_peak_megabytes() -> int:
    """What this process held in memory at most."""
    return _peak(os.getpid()) // 1024


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _children(pid: int) -> list[int]:
    try:
        direct = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [one for child in direct for one in (int(child), *_children(int(child)))]
