"""What was measured stays in a file for each database and size, part by part: the page is written from all of them."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PARTS = ("asking", "working", "importing")
FILE = "measured-{}-{:08d}.json"


def measure_part(
    folder: Path, database: str, companies: int, part: str, measure: Callable[[], dict[str, Any]]
) -> None:
    """Measures one part and keeps what it found, with date, commit, load before and after, and how long it took."""
    began, load = time.monotonic(), os.getloadavg()[0]
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    on = f"{datetime.now(UTC):%Y-%m-%d}"
    found = measure()
    minutes = (time.monotonic() - began) / 60
    told = {"on": on, "commit": commit, "load": [load, os.getloadavg()[0]], "minutes": minutes}
    file = folder / FILE.format(database, companies)
    kept = json.loads(file.read_text()) if file.exists() else {"found": {}, "parts": {}}
    kept |= {"database": database, "companies": companies}
    kept["found"] |= found
    kept["parts"] |= {part: told}
    file.write_text(json.dumps(kept))


def all_kept(folder: Path) -> dict[str, dict[int, dict[str, Any]]]:
    """By database, and in it by number of companies from the smallest: what was measured last."""
    by_database: dict[str, dict[int, dict[str, Any]]] = {}
    for file in sorted(folder.glob("measured-*.json")):
        kept = json.loads(file.read_text())
        by_database.setdefault(kept["database"], {})[kept["companies"]] = kept
    return by_database
