"""Measures everything: `python -m bench`. Makes what is missing, asks, and writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import report
from bench.keeping import PARTS, all_kept, measure_part
from bench.places import ROOT, Place, address_of_server, schema_stamp
from bench.serving import peak_megabytes, serving, worker_megabytes

WORKING = 30  # seconds of the worker, for its memory
IMPORTED = re.compile(r"(\d+) filas en ([\d.,]+) s")


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "--companies", type=int, default=1_000_000, help="of the largest country (default: %(default)s)"
    )
    parser.add_argument("--on", choices=("both", "sqlite", "postgres"), default="both")
    parser.add_argument("--port", type=int, default=8200)
    parser.add_argument("--folder", type=Path, default=ROOT / ".data" / "bench")
    parser.add_argument(
        "--writes", type=int, default=800, help="entries of the logbook to write (default: %(default)s)"
    )
    parser.add_argument("--tests", type=int, default=10_000, help="finished tests to route (default: %(default)s)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (default: all)")
    parser.add_argument("--no-growth", action="store_true", help="the largest country alone")
    parser.add_argument(
        "--drop", action="store_true", help="drop the databases afterwards; else kept for the next run"
    )
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks.md")
    options = parser.parse_args()
    os.chdir(ROOT)
    server = address_of_server()
    chosen = [""] if options.on != "postgres" else []
    if options.on != "sqlite":
        if server:
            chosen.append(server)
        else:
            say("PostgreSQL: not measured. Give a server in ACOMPANA_BENCH_POSTGRES=postgres://user:password@host/db")
    sizes = sorted({s for s in (10_000, 100_000) if s < options.companies and not options.no_growth})
    sizes.append(options.companies)
    for address in chosen:
        for companies in sizes:
            measure(address, companies, options)
    text = report.page(all_kept(options.folder), images=options.out.parent / "images")
    options.out.write_text(text)
    say(text)
    return 0


def name_of(server: str) -> str:
    return "PostgreSQL" if server else "SQLite"


def measure(server: str, companies: int, options: argparse.Namespace) -> None:
    """Everything on one database of one size."""
    place = Place(server, str(companies), options.folder)
    name = name_of(server)
    if not place.is_ready():
        say(f"== {name}, {companies}: making the country …")
        place.make()
        task(place, "make", companies=companies)
        place.stamp.write_text(schema_stamp())
    acts: dict[str, Callable[[], dict[str, Any]]] = {
        "asking": lambda: measure_asking(place, options),
        "working": lambda: measure_working(place, min(options.tests, companies // 10)),
        "importing": lambda: {"imports": measure_imports(server, companies, options.folder)},
    }
    for part in options.parts:
        say(f"== {name}, {companies}: {part} …")
        measure_part(options.folder, name, companies, part, acts[part])
    if options.drop:
        place.drop()


def measure_asking(place: Place, options: argparse.Namespace) -> dict[str, Any]:
    with serving(place, options.port) as process:
        found = task(place, "ask", port=options.port, writes=options.writes)
        return found | {"server_megabytes": peak_megabytes(process.pid)}


def measure_working(place: Place, tests: int) -> dict[str, Any]:
    return {"work": task(place, "work", tests=tests), "worker_megabytes": worker_megabytes(place, WORKING)}


def task(place: Place, name: str, **values: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        told = [part for key, value in values.items() for part in (f"--{key}", str(value))]
        place.run("-m", "bench.task", name, str(out), *told)
        found: dict[str, Any] = json.loads(out.read_text())
        return found


def measure_imports(server: str, companies: int, folder: Path) -> dict[str, Any]:
    """The file of the tax service with names, in an empty registry: dry run, cold, and once more; and the matcher."""
    place = Place(server, "import", folder)
    place.make()
    file = place.data / "PUB_NOMBRES_PJ.txt"
    write = (
        "import django; django.setup(); from pathlib import Path; from acompana.demonstration.registers import "
        f"write_names; write_names(Path({str(file)!r}), rows={companies}, seed=1, noise=0.02)"
    )
    place.run("-c", write)
    found: dict[str, Any] = {"file_megabytes": file.stat().st_size // 1_000_000}
    for name, more in (("dry run", ("--dry-run",)), ("cold", ()), ("again, unchanged", ())):
        found[name] = import_file(place, file, *more)
    found |= bare_copies(place, file)
    place.make()
    found["matcher"] = task(place, "matcher", companies=min(companies, 20_000))
    place.drop()
    return found


def import_file(place: Place, file: Path, *more: str) -> dict[str, float]:
    """Rows a second and what memory it took at most, by the program that people use."""
    command = [sys.executable, "manage.py", "import_companies", "sii-nombres", str(file), *more]
    process = subprocess.Popen(command, cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    match = IMPORTED.search(said)
    if process.returncode or not match:
        raise SystemExit(f"bench: the import ended with {process.returncode}:\n{said}")
    rows, seconds = int(match[1]), max(float(match[2].replace(",", ".")), 0.001)
    return {"rows": rows, "seconds": seconds, "rate": rows / seconds, "megabytes": usage.ru_maxrss // 1024}


def bare_copies(place: Place, file: Path) -> dict[str, float]:
    """Rows a second that the database takes without validation: into the table of companies with its indexes, and
    beside it to be compared."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rates"
        place.run("-m", "bench.copying", str(file), str(out))
        rates: dict[str, float] = json.loads(out.read_text())
        return rates


if __name__ == "__main__":
    raise SystemExit(main())
