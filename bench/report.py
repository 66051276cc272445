"""Tells what was measured: one page in Markdown, with a picture of how it grows."""

from __future__ import annotations

import os
import platform
from math import log
from pathlib import Path
from typing import Any

from bench import curve

ELSEWHERE = """
## What people use instead

Measured elsewhere, on another machine of this size, with 1,000,000 companies, two workers, JSON over HTTP, p50,
and not by this program: that list 168–230 ms; accent-insensitive contains search 240–406 ms (p95 1.2–1.8 s);
company with 50 entries 35–42 ms in 19–37 queries; region × stage 395–703 ms; creating an entry 63–83 requests/s
with one client and 102–172 with eight; import with validation 330–630 rows/s. The database itself: 0.1 ms for that
list, 0.1–40 ms for that search, 30–46 ms for region × stage, 35,000–48,000 rows/s with its indexes.
"""
TARGETS = {
    "search, common terms": "45", "search, rare terms": "15", "list of region and sector": "20",
    "company with 50 entries": "15", "region × status": "60",
}  # fmt: skip


WRITE_TARGETS = {"8 clients": "400"}
IMPORT_TARGETS = {"PostgreSQL": "15,000", "SQLite": "10,000"}  # rows a second, cold


def page(measured: dict[str, dict[int, dict[str, Any]]], *, images: Path) -> str:
    """Each part at the largest size at which it was measured; growth over the sizes that were asked, and each part of
    those at which it was measured."""
    parts = ["# Figures", "", _machine(), ""]
    for database, by_size in measured.items():
        parts += [f"## {database}", "", *_when(by_size)]
        if asked := _largest(by_size, "asking"):
            parts += [*_reads(*asked), *_writes(asked[1])]
        if imported := _largest(by_size, "importing"):
            parts += _imports(*imported, IMPORT_TARGETS[database])
        if worked := _largest(by_size, "working"):
            parts += _work(*worked)
        grown = {size: kept["found"] for size, kept in by_size.items() if "asking" in kept["parts"]}
        if len(grown) > 1:
            name = f"bench-{database.lower()}.svg"
            images.mkdir(parents=True, exist_ok=True)
            (images / name).write_text(curve.draw(grown))
            parts += [*_growth(grown), f"![Growth]({images.name}/{name})", ""]
    return "\n".join(parts) + ELSEWHERE


def _largest(by_size: dict[int, dict[str, Any]], part: str) -> tuple[int, dict[str, Any]] | None:
    sizes = [size for size, kept in by_size.items() if part in kept["parts"]]
    return (max(sizes), by_size[max(sizes)]["found"]) if sizes else None


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**3
    return (
        f"Written by `python3 dev.py bench`. {os.cpu_count()} cores, {memory} GB, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}. Server, its clients and the database share them."
    )


def _when(by_size: dict[int, dict[str, Any]]) -> list[str]:
    lines = [
        "| companies | measured | on | commit | minutes | load before | load after |",
        "| --: | --- | --- | --- | --: | --: | --: |",
    ]
    told = [(size, part, kept["parts"][part]) for size, kept in by_size.items() for part in kept["parts"]]
    for size, part, one in told:
        before, after = one["load"]
        lines.append(
            f"| {size:,} | {part} | {one['on']} | {one['commit'] or '—'} | {one['minutes']:.0f} | {before:.1f} "
            f"| {after:.1f} |"
        )
    busy = any(one["load"][0] > _cores() * 0.75 for _, _, one in told)
    note = (
        f"**Others worked on this machine of {_cores()} cores** where the load before was above {_cores()}: times are "
        "several times those of a quiet one, of the system and of the bare statements alike; the ratio says more."
    )
    return [*lines, "", *([note, ""] if busy else [])]


def _cores() -> int:
    return os.cpu_count() or 1


def _reads(size: int, found: dict[str, Any]) -> list[str]:
    lines = [
        f"{size:,} companies. {found['database']}. Milliseconds; JSON over HTTP with a token, two processes; "
        "bare: the statement alone on the same database in the same run; both find in memory what they read.",
        "",
        "| question | p50 | p95 | bare p50 | bare p95 | ratio of p50 | target p50 |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, row in found["reads"].items():
        http, bare = row["http"], row["bare"]
        ratio = f"{http['p50'] / max(bare['p50'], 0.001):.1f}"
        target = TARGETS.get(name, "—")
        plain = f"{bare['p50']:.2f} | {bare['p95']:.2f}"
        lines.append(f"| {name} | {http['p50']:.1f} | {http['p95']:.1f} | {plain} | {ratio} | {target} |")
    lines += ["", "| page (HTML) | p50 | p95 |", "| --- | --: | --: |"]
    return [*lines, *(f"| {n} | {s['p50']:.1f} | {s['p95']:.1f} |" for n, s in found["pages"].items()), ""]


def _writes(found: dict[str, Any]) -> list[str]:
    lines = [
        "| creating an entry | requests/s | bare/s | ratio | target |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, row in found["writes"].items():
        ratio, target = row["bare"] / row["http"], WRITE_TARGETS.get(name, "—")
        lines.append(f"| {name} | {row['http']:.0f} | {row['bare']:.0f} | {ratio:.1f} | {target} |")
    return [*lines, ""]


def _imports(size: int, found: dict[str, Any], target: str) -> list[str]:
    imports = found["imports"]
    matcher = imports["matcher"]
    lines = [
        f"| import of {size:,} rows (SII names) | rows/s | seconds | memory at most, MB | target rows/s |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name in ("dry run", "cold", "again, unchanged"):
        row = imports[name]
        lines.append(
            f"| {name} | {row['rate']:,.0f} | {row['seconds']:.1f} | {row['megabytes']} | "
            f"{target if name == 'cold' else '—'} |"
        )
    return [
        *lines,
        f"| bare load with the table's indexes | {imports['bare']:,.0f} | | | |",
        "",
        f"- Matcher on {matcher['records']:,} invented records: automatic precision {matcher['precision']:.4f} "
        f"(wanted 0.99), recall of the list {matcher['recall']:.4f} (wanted 0.9).",
        "",
    ]


def _work(size: int, found: dict[str, Any]) -> list[str]:
    work = found["work"]
    search, routing, sweep = work["duplicates"], work["routing"], work["sweep"]
    lines = [
        f"- Duplicates over {search['companies']:,} companies: {search['seconds']:.1f} s, "
        f"{search['compared']:,} pairs compared.",
        f"- Deadlines: {work['deadlines']['rate']:,.0f} a second, each with its explanation.",
        f"- Routing {routing['many']:,} finished tests, each a transaction with its logbook, commitment and letters: "
        f"{routing['seconds']:.1f} s ({routing['rate']:.0f} a second); {routing['to_contact']:,} to be contacted, "
        f"{routing['exempt']:,} of them with a low result in the five regions; {routing['referred']:,} referred.",
        f"- Sweep over all open commitments of {size:,} companies: {sweep['claimed']:,} claimed in "
        f"{sweep['seconds']:.1f} s.",
        f"- Memory at most: of the worker that sends what routing wrote and runs the jobs that are due "
        f"{found['worker_megabytes']} MB; of the process of the long jobs above {work['megabytes']} MB.",
    ]
    if "server_megabytes" in found:
        lines.append(f"- Memory of the server at most, all its processes: {found['server_megabytes']} MB.")
    return [*lines, ""]


def _growth(by_size: dict[int, Any]) -> list[str]:
    head = "| growth, p50 ms | " + " | ".join(f"{n:,}" for n in by_size) + " | no worse than n log n |"
    lines = [head, "| --- |" + " --: |" * (len(by_size) + 1)]
    for name, values in _series(by_size).items():
        points = list(values.items())
        (first, small), (last, large) = points[0], points[-1]
        kept = "yes" if large <= last * log(last) / (first * log(first)) * small else "NO"
        told = [f"{values[size]:.1f}" if size in values else "—" for size in by_size]
        lines.append(f"| {name} | {' | '.join(told)} | {kept} |")
    memory = [str(f["imports"]["cold"]["megabytes"]) if "imports" in f else "—" for f in by_size.values()]
    return [*lines, f"| memory of the import, MB | {' | '.join(memory)} | |", ""]


def _series(by_size: dict[int, Any]) -> dict[str, dict[int, float]]:
    """What grows, by size where it was measured."""
    series = {
        name: {size: found["reads"][name]["http"]["p50"] for size, found in by_size.items()}
        for name in next(iter(by_size.values()))["reads"]
    }
    series["import, cold, seconds"] = {
        size: found["imports"]["cold"]["seconds"] for size, found in by_size.items() if "imports" in found
    }
    series["duplicates, seconds"] = {
        size: found["work"]["duplicates"]["seconds"] for size, found in by_size.items() if "work" in found
    }
    return {name: values for name, values in series.items() if values}
