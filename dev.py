#!/usr/bin/env python3
"""Acompaña from a machine with Python and pip alone.

    python3 dev.py run     environment, migrations, demonstration data, server and worker
    python3 dev.py test    the whole suite, on SQLite and, where there is one, PostgreSQL
    python3 dev.py         the other verbs

Standard library only; every verb can be run again at any time.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"base": ROOT / "requirements" / "base.txt", "dev": ROOT / "requirements" / "dev.txt"}
POSTGRES_HINT = (
    "PostgreSQL: skipped. Install it (Debian: apt-get install postgresql), start it, and give the address of a "
    "server where databases may be created: ACOMPANA_TEST_POSTGRES=postgres://user:password@localhost:5432/postgres"
)
BROWSER_HINT = "Browser journeys: skipped. Install Chromium (Debian: apt-get install chromium)."


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)
    raise SystemExit(2)


def environment(**extra: str) -> dict[str, str]:
    """The environment for child processes: this project's, with anything given added."""
    values = dict(os.environ)
    values.pop("PYTHONHOME", None)
    values.pop("__PYVENV_LAUNCHER__", None)
    values.pop("PYTHONDONTWRITEBYTECODE", None)  # the suite starts many processes: each would compile everything anew
    values.setdefault("DJANGO_SETTINGS_MODULE", "acompana.config.settings")
    values.update(extra)
    return values


def call(*command: str | Path, **extra: str) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment(**extra)).returncode


def must(what: str, *command: str | Path, **extra: str) -> None:
    code = call(*command, **extra)
    if code:
        stop(f"{what} ended with code {code}; the lines above say why.")


# --- setup -----------------------------------------------------------------------------------------------------


def setup(kind: str = "dev") -> None:
    """Make `.venv` and install the locked packages, unless they are there already."""
    if sys.version_info < (3, 11):
        stop(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    lock = LOCKS[kind]
    stamps = {name: VENV / f".acompana-{name}" for name in LOCKS}
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()

    def installed(name: str) -> bool:
        stamp = stamps[name]
        return stamp.exists() and stamp.read_text() == hashlib.sha256(LOCKS[name].read_bytes()).hexdigest()

    if PYTHON.exists() and (installed(kind) or installed("dev")):
        return
    if not PYTHON.exists():
        say("Making the virtual environment in .venv …")
        if importlib.util.find_spec("venv") is None:
            stop("Python's venv module is missing. Debian: apt-get install python3-venv.")
        must("The virtual environment", sys.executable, "-m", "venv", "--without-pip", VENV)
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        stop("pip is missing for this Python. Debian: apt-get install python3-pip.")
    say(f"Installing the locked packages ({lock.relative_to(ROOT)}), a minute or two …")
    must(
        "The installation of the packages",
        *(sys.executable, "-m", "pip", "--python", PYTHON, "install", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--only-binary", ":all:", "-r", lock),
    )
    stamps[kind].write_text(wanted)


def manage(*arguments: str, **extra: str) -> int:
    return call(PYTHON, "manage.py", *arguments, **extra)


# --- run -------------------------------------------------------------------------------------------------------


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def run(port: int) -> int:
    """Open a working system on demonstration data, with its worker, until it is interrupted."""
    if not port_is_free(port):
        stop(f"port {port} is in use; choose another one with --port N.")
    setup("base")
    extra = {"ACOMPANA_DEMO": os.environ.get("ACOMPANA_DEMO", "1"), "ACOMPANA_PORT": str(port)}
    say("Preparing the database …")
    must("The preparation of the database", PYTHON, "manage.py", "migrate", "--verbosity", "0", **extra)
    if extra["ACOMPANA_DEMO"] == "1":
        must("The demonstration data", PYTHON, "manage.py", "demo", "--if-empty", **extra)
    must("The style sheets", PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0", **extra)
    return keep_running(port, extra)


def keep_running(port: int, extra: dict[str, str]) -> int:
    """Server and worker until Ctrl-C, SIGTERM, or the end of one of them; neither outlives this process."""
    signal.signal(signal.SIGTERM, interrupt)
    commands = {
        "server": [PYTHON, "manage.py", "serve", "--port", str(port)],
        "worker": [PYTHON, "manage.py", "work"],
    }
    # Sessions of their own: Ctrl-C comes to this process alone, which then asks both to end in order.
    processes = {
        name: subprocess.Popen([str(p) for p in c], cwd=ROOT, env=environment(**extra), start_new_session=True)
        for name, c in commands.items()
    }
    try:
        if wait_for_port(port, processes["server"]):
            if extra["ACOMPANA_DEMO"] == "1":
                manage("demo", "--people", **extra)
            else:
                say(f"Acompaña is open at http://localhost:{port}/")
            say("Ctrl-C stops it.")
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.3)
        gone = next(name for name, process in processes.items() if process.poll() is not None)
    except KeyboardInterrupt:
        say("\nStopping …")
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end(list(processes.values()))
    say(f"dev.py: the {gone} ended by itself; the lines above say why.")
    return 1


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def wait_for_port(port: int, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server answers within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        if not port_is_free(port):
            return True
        time.sleep(0.1)
    return False


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to end, with what it started; insist after the time that a worker has for the job in its hands."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()


# --- test and check --------------------------------------------------------------------------------------------


def chromium() -> str:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("ACOMPANA_CHROMIUM") or next((path for n in names if (path := shutil.which(n))), "")


def workers() -> str:
    return os.environ.get("ACOMPANA_TEST_WORKERS", str(max(1, os.cpu_count() or 1)))


def test(arguments: list[str]) -> int:
    """The checks, then the suite on SQLite, then the suite on PostgreSQL where there is one."""
    setup("dev")
    postgres = os.environ.get("ACOMPANA_TEST_POSTGRES", "")
    browser = chromium()
    told = {"ACOMPANA_CHROMIUM": browser, "ACOMPANA_DEMO": "0"}
    suites = {"SQLite": {**told, "DATABASE_URL": ""}}
    if postgres:
        suites["SQLite"]["ACOMPANA_TESTED_AFTER"] = "PostgreSQL"
        suites["PostgreSQL"] = {**told, "DATABASE_URL": postgres, "ACOMPANA_TESTED_BEFORE": "SQLite"}
    # Who has nothing left to do takes over from who has: the walks through every page are long and stand together.
    options = ["-n", workers(), "--dist", "worksteal", *arguments] if "-n" not in arguments else arguments
    with grounds(suites, all_tests=not arguments) as failed:
        code = 0 if arguments else check()
        for database, extra in suites.items():
            say(f"\n== The suite on {database}")
            code = call(PYTHON, "-m", "pytest", *options, **extra) or code
        code = code or len(failed)
    if not browser:
        say(BROWSER_HINT)
    if not postgres:
        say(POSTGRES_HINT)
    return code


@contextmanager
def grounds(suites: dict[str, dict[str, str]], all_tests: bool) -> Iterator[list[str]]:
    """Migrate a template for each suite meanwhile, one after the other: the checks need a core too. The workers of a
    suite wait for theirs and copy it (`tests/ground.py`); where it failed, they migrate. Then, for `all_tests`, those
    are compiled, which each worker would do for itself. Yields what failed so far."""
    signal.signal(signal.SIGTERM, interrupt)
    laying: list[subprocess.Popen[bytes]] = []
    failed: list[str] = []

    def python(database: str, *command: str, quiet: bool = False) -> int:
        extra, out = environment(**suites[database]), subprocess.DEVNULL if quiet else None
        started = subprocess.Popen([str(PYTHON), *command], cwd=ROOT, env=extra, stdout=out, start_new_session=True)
        laying.append(started)
        return started.wait()

    def lay(database: str) -> None:
        if python(database, "-m", "tests.ground", "lay") > 0:
            say(f"The migrations for the suite on {database} failed; the lines above say why.")
            failed.append(database)

    with tempfile.TemporaryDirectory(prefix="acompana-ground-") as folder, ThreadPoolExecutor(1) as aside:
        for database, extra in suites.items():
            extra["ACOMPANA_GROUND"] = folder
            aside.submit(lay, database)
        if all_tests:  # what is wrong with one the suite says itself
            aside.submit(python, "SQLite", "-m", "pytest", "--collect-only", "-q", quiet=True)
        try:
            yield failed
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            aside.shutdown(wait=False, cancel_futures=True)
            end(laying)
            for extra in suites.values():
                # Django would warn that its applications are not loaded: that takes long, and to drop needs none.
                call(PYTHON, "-W", "ignore", "-m", "tests.ground", "drop", **extra)


CHECKS = (
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("lint", ("-m", "ruff", "check", ".")),
    ("types", ("-m", "mypy", "acompana")),
    ("import contract", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
    ("templates", ("-m", "djlint", "acompana", "--lint", "--quiet")),
    ("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    ("translations", ("manage.py", "translations")),
    ("deployment", ("manage.py", "check")),
)


def check() -> int:
    """Format, lint, types, import contract, templates, migrations."""
    setup("dev")
    failed = []
    for name, command in CHECKS:
        say(f"== {name}")
        if call(PYTHON, *command):
            failed.append(name)
    if failed:
        say(f"Not in order: {', '.join(failed)}.")
    return 1 if failed else 0


def shots(folder: str) -> int:
    """Start the system on demonstration data and write a picture of every main screen."""
    setup("dev")
    if not chromium():
        stop("Chromium is missing. Debian: apt-get install chromium.")
    return manage("shots", folder, ACOMPANA_CHROMIUM=chromium(), ACOMPANA_DEMO="1")


def bench(arguments: list[str]) -> int:
    """Figures over an invented country of a million companies, beside the bare statements; docs/benchmarks.md."""
    setup("dev")
    return call(PYTHON, "-m", "bench", *arguments)


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description="Acompaña: run it, test it, look at it.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run", help="open a working system on demonstration data")
    verb.add_argument("--port", type=int, default=8000)
    verbs.add_parser("test", help="the whole suite; what follows goes to pytest", add_help=False)
    verbs.add_parser("setup", help="the environment and the locked packages alone")
    verbs.add_parser("check", help="format, lint, types, import contract, templates, migrations")
    verbs.add_parser("manage", help="passes to manage.py", add_help=False)
    verb = verbs.add_parser("shots", help="a picture of every main screen, desktop and phone width")
    verb.add_argument("folder", nargs="?", default=str(ROOT / ".data" / "shots"))
    verbs.add_parser("bench", help="figures over a million invented companies (--companies N)", add_help=False)
    options, rest = parser.parse_known_args()
    if options.verb in ("test", "manage", "bench"):
        rest = sys.argv[2:]
    elif rest:
        parser.error(f"unknown: {' '.join(rest)}")
    match options.verb:
        case "run":
            return run(options.port)
        case "test":
            return test(rest)
        case "setup":
            setup("dev")
            return 0
        case "check":
            return check()
        case "bench":
            return bench(rest)
        case "manage":
            setup("dev" if LOCKS["dev"].exists() else "base")
            return manage(*rest)
        case _:
            return shots(options.folder)


if __name__ == "__main__":
    raise SystemExit(main())
