"""Starts the server on demonstration data of its own and writes a picture of every main screen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from acompana.demonstration.pictures import PICTURES
from acompana.demonstration.scenes import SCENES
from acompana.demonstration.shooting import CannotShoot, chromium, playwright, shoot, shoot_pictures

ROOT = Path(__file__).parents[4]
STARTS_WITHIN = 60  # seconds


class Command(BaseCommand):
    help = "Pictures of every main screen at 1280 and 390 px, from a system of its own that is thrown away."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--small", action="store_true", help="on the small demonstration: quicker, emptier")
        parser.add_argument("--only", default="", help="names of scenes, separated by commas")
        parser.add_argument(
            "--chosen", action="store_true", help="those of README and manual instead, under their names"
        )
        parser.add_argument("--at", default="", help="a server that runs already on this database")

    def handle(self, *args: object, folder: Path, small: bool, only: str, chosen: bool, at: str, **_: object) -> None:
        try:
            chromium()
            playwright()
        except CannotShoot as error:
            raise CommandError(str(error)) from error
        if at:
            self.take(folder, only=only, chosen=chosen, at=at)
            return
        with tempfile.TemporaryDirectory(prefix="acompana-shots-") as data, own_system(data, small=small) as address:
            again = [sys.executable, "manage.py", "shots", str(folder.absolute()), "--at", address]
            again += [*(("--only", only) if only else ()), *(("--chosen",) if chosen else ())]
            code = subprocess.run(again, cwd=ROOT, env=environment(data, address)).returncode
        if code:
            raise SystemExit(code)

    def take(self, folder: Path, *, only: str, chosen: bool, at: str) -> None:
        """The pictures of a running server; 1 if a page had a fault."""
        known = PICTURES if chosen else SCENES
        names = {name for name in only.split(",") if name}
        if unknown := names - {each.name for each in known}:
            raise CommandError(f"There is no scene called {', '.join(sorted(unknown))}.")
        if chosen:
            pictures = [each for each in PICTURES if not names or each.name in names]
            trouble = shoot_pictures(pictures, folder=folder, address=at, told=self.say)
        else:
            scenes = [each for each in SCENES if not names or each.name in names]
            trouble = shoot(scenes, folder=folder, address=at, told=self.say)
        for sentence in trouble:
            self.stderr.write(sentence)
        self.say(f"Pictures in {folder}.")
        if trouble:
            raise SystemExit(1)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def environment(data: str, address: str = "") -> dict[str, str]:
    """Of a system of its own: SQLite in a folder that is thrown away."""
    own = {"ACOMPANA_DATA": data, "ACOMPANA_DEMO": "1", "DATABASE_URL": "", "ACOMPANA_SITE": address}
    return {name: value for name, value in {**os.environ, **own}.items() if value or name == "DATABASE_URL"}


@contextmanager
def own_system(data: str, *, small: bool) -> Iterator[str]:
    """A server on fresh demonstration data, ended on the way out; gives its address."""
    port = free_port()
    address = f"http://localhost:{port}"
    values = environment(data, address) | {"ACOMPANA_PORT": str(port)}
    for command in (
        ["migrate", "--verbosity", "0"],
        ["demo", *(("--small",) if small else ())],
        ["collectstatic", "--noinput", "--verbosity", "0"],
    ):
        if subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=values).returncode:
            raise CommandError(f"manage.py {command[0]} failed; the lines above say why.")
    server = subprocess.Popen([sys.executable, "manage.py", "serve", "--port", str(port)], cwd=ROOT, env=values)
    try:
        wait_for(port, server)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise CommandError("The server did not start; the lines above say why.")
