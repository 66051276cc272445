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
    "search, common terms": 45, "search, rare terms": 15, "list of region and sector": 20,
    "company with 50 entries": 15, "region × status": 60,
}  # fmt: skip
WRITE_TARGETS = {"8 clients": 400}
IMPORT_TARGETS = {"PostgreSQL": 15_000, "SQLite": 10_000}  # rows a second, cold


def page(measured: dict[str, dict[int, dict[str, Any]]], *, images: Path) -> str:
    """Each part at the largest size at which it was measured; growth over the sizes that were asked, and each part of
    those at which it was measured."""
    parts = ["# Figures", "", _machine(), ""]
    for database, by_size in measured.items():
        parts += [f"## {database}", "", *_when(by_size)]
        asked, worked = _largest(by_size, "asking"), _largest(by_size, "working")
        if asked:
            parts += [*_reads(*asked), *_writes(*asked)]
        if imported := _largest(by_size, "importing"):
            parts += _imports(*imported, IMPORT_TARGETS[database])
        if worked:
            parts += _work(*worked)
        parts += _statements([found for _, found in filter(None, (asked, worked))])
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


def _target(size: int, target: int | None, is_met: bool) -> str:
    """Targets are of a million companies."""
    if target is None or size < 1_000_000:
        return "—"
    return f"{target:,}" if is_met else f"{target:,}, **missed**"


def _ratio(one: float, other: float) -> str:
    found = one / max(other, 0.000_001)
    return f"{found:.1f}" if found >= 1 else f"{found:.2f}"


def _reads(size: int, found: dict[str, Any]) -> list[str]:
    lines = [
        f"{size:,} companies, {found['country']}. {found['database']}. Milliseconds; JSON over HTTP with a token, two "
        "processes; bare: the statement alone on the same database in the same run; both find in memory what they "
        "read. Region × status is bare a statement over the registry; the system reads counts that it keeps as "
        "companies change, so that its ratio is below one.",
        "",
        "| question | p50 | p95 | bare p50 | bare p95 | ratio of p50 | target p50 |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, row in found["reads"].items():
        http, bare, target = row["http"], row["bare"], TARGETS.get(name)
        ratio, plain = _ratio(http["p50"], bare["p50"]), f"{bare['p50']:.2f} | {bare['p95']:.2f}"
        told = _target(size, target, http["p50"] <= (target or 0))
        lines.append(f"| {name} | {http['p50']:.1f} | {http['p95']:.1f} | {plain} | {ratio} | {told} |")
    lines += ["", f"| page (HTML), {size:,} companies | p50 | p95 |", "| --- | --: | --: |"]
    return [*lines, *(f"| {n} | {s['p50']:.1f} | {s['p95']:.1f} |" for n, s in found["pages"].items()), ""]


def _writes(size: int, found: dict[str, Any]) -> list[str]:
    lines = [
        f"| creating an entry, {size:,} companies | requests/s | bare/s | ratio | target |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, row in found["writes"].items():
        target = WRITE_TARGETS.get(name)
        told = _target(size, target, row["http"] >= (target or 0))
        lines.append(
            f"| {name} | {row['http']:.0f} | {row['bare']:.0f} | {_ratio(row['bare'], row['http'])} | {told} |"
        )
    return [*lines, ""]


def _imports(size: int, found: dict[str, Any], target: int) -> list[str]:
    imports = found["imports"]
    matcher = imports["matcher"]
    lines = [
        f"| import of {size:,} rows (SII names) | rows/s | seconds | memory of the largest process, MB "
        "| bare rows/s | ratio | target rows/s |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name in ("dry run", "cold", "again, unchanged"):
        row, bare = imports[name], imports["bare" if name == "cold" else "bare_compared"]
        told = _target(size, target if name == "cold" else None, row["rate"] >= target)
        lines.append(
            f"| {name} | {row['rate']:,.0f} | {row['seconds']:.1f} | {row['megabytes']} | {bare:,.0f} "
            f"| {_ratio(bare, row['rate'])} | {told} |"
        )
    return [
        *lines,
        "",
        "Bare, cold: lines of the file loaded into the table of companies with its indexes, beside the companies that "
        "are there, without validation; the import makes the indexes once at its end, so that it may be the faster "
        "one. Bare, dry run and again: loaded into an empty table and compared with the registry by RUT and name.",
        "",
        f"- Matcher on {matcher['records']:,} invented records: automatic precision {matcher['precision']:.4f} "
        f"(wanted 0.99), recall of the list {matcher['recall']:.4f} (wanted 0.9).",
        "",
    ]


def _work(size: int, found: dict[str, Any]) -> list[str]:
    work = found["work"]
    search, routing, sweep, days = work["duplicates"], work["routing"], work["sweep"], work["deadlines"]
    rows = (
        (f"duplicates over the whole registry, {search['compared']:,} pairs judged", search, search["companies"]),
        (f"sweep over {sweep['open']:,} open commitments, {sweep['claimed']:,} claimed", sweep, sweep["open"]),
        (f"routing {routing['many']:,} finished tests", routing, routing["many"]),
        (f"{days['many']:,} deadlines, each with its explanation", days, days["many"]),
    )
    lines = [
        f"| long work, {size:,} companies | seconds | a second | bare seconds | ratio |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, one, many in rows:
        bare = f"{one['bare']:.1f} | {_ratio(one['seconds'], one['bare'])}" if "bare" in one else "— | —"
        lines.append(f"| {name} | {one['seconds']:.1f} | {many / one['seconds']:,.0f} | {bare} |")
    lines += [
        "",
        "Bare: of duplicates, who is called the same or shares an e-mail or a telephone, counted; of the sweep, two "
        "updates; of routing, the statements of the same tests alone. Deadlines ask no database.",
        "",
        f"- Each test routed is a transaction with its logbook, commitment and letters: {routing['to_contact']:,} to "
        f"be contacted, {routing['exempt']:,} of them with a low result in the five regions; "
        f"{routing['referred']:,} referred.",
        f"- Memory at most: of the worker that sends what routing wrote and runs the jobs that are due "
        f"{found['worker_megabytes']} MB; of the process of the long work above {work['megabytes']} MB.",
    ]
    if "server_megabytes" in found:
        lines.append(f"- Memory of the server at most, all its processes: {found['server_megabytes']} MB.")
    return [*lines, ""]


def _statements(founds: list[dict[str, Any]]) -> list[str]:
    """The bare statements as they were sent."""
    told: dict[str, list[str]] = {}
    for found in founds:
        told |= {name: row["statements"] for name, row in found.get("reads", {}).items() if "search" not in name}
        told |= {"search, one term": found["reads"]["search, rare terms"]["statements"]} if "reads" in found else {}
        told |= {"creating an entry": found["writes"]["1 client"]["statements"]} if "writes" in found else {}
        if "work" in found:
            told |= {name: found["work"][name]["statements"] for name in ("duplicates", "sweep")}
    lines = ["<details><summary>The bare statements</summary>", ""]
    for name, statements in told.items():
        lines += [f"{name}:", "", "```sql", *(" ".join(sql.split()) + ";" for sql in statements), "```", ""]
    return [*lines, "</details>", ""] if told else []


def _growth(by_size: dict[int, Any]) -> list[str]:
    head = "| growth, p50 ms | " + " | ".join(f"{n:,}" for n in by_size) + " | no worse than n log n |"
    lines = [head, "| --- |" + " --: |" * (len(by_size) + 1)]
    for name, values in _series(by_size).items():
        points = list(values.items())
        (first, small), (last, large) = points[0], points[-1]
        kept = "yes" if large <= last * log(last) / (first * log(first)) * small else "NO"
        told = [f"{values[size]:.1f}" if size in values else "—" for size in by_size]
        lines.append(f"| {name} | {' | '.join(told)} | {kept} |")
    memory = {size: f["imports"]["cold"]["megabytes"] for size, f in by_size.items() if "imports" in f}
    told = [str(memory.get(size, "—")) for size in by_size]
    times = f"{max(memory.values()) / min(memory.values()):.1f} times at most" if memory else ""
    return [*lines, f"| memory of the import, MB | {' | '.join(told)} | {times} |", ""]


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
