"""What the database takes bare: the lines of a file into the table of companies, with its indexes; and into an empty
table that is compared with the registry. Both taken back."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import django

LINES = 200_000
COMPARED = (
    "SELECT count(*) FROM bench_staged s LEFT JOIN companies_company c ON c.rut = s.rut "
    "WHERE c.id IS NULL OR c.legal_name <> s.legal_name"
)


def main() -> None:
    django.setup()
    from django.db import transaction

    from acompana.companies.models import Company
    from acompana.reference.models import Country
    from bench.country import NOON
    from bench.loading import Shape, stored

    file, out = (Path(name) for name in sys.argv[1:])
    shape = Shape(Company, ("id", "foreign_tax_id", "legal_name", "origin", "country_id", "created_at"))
    chile, at = Country.objects.get(alpha2="CL").pk, stored(NOON)

    def rows() -> Iterator[list[Any]]:
        with file.open(errors="replace") as lines:
            for number, line in enumerate(islice(lines, 1, LINES + 1)):
                cells = line.split("\t")
                # Numbers as long as a RUT, in a column without a rule: the same companies are in the registry.
                yield shape.row((10**9 + number, cells[0], cells[3][:200], "register", chile, at))

    from acompana.kernel import sets

    def staged() -> Iterator[list[Any]]:
        with file.open(errors="replace") as lines:
            for number, line in enumerate(islice(lines, 1, LINES + 1)):
                cells = line.split("\t")
                yield [number, f"{cells[0]}{cells[1]}", cells[3][:200]]

    def compare() -> None:
        sets.make_table("bench_staged", {"line": "bigint", "rut": "text", "legal_name": "text"})
        sets.load("bench_staged", ("line", "rut", "legal_name"), staged())
        sets.rows(COMPARED)

    count = sum(1 for _ in islice(file.open(errors="replace"), 1, LINES + 1))
    acts = {"bare": lambda: sets.load(shape.table, shape.columns, rows()), "bare_compared": compare}
    found = {}
    for name, act in acts.items():
        began = time.perf_counter()
        with transaction.atomic():
            act()
            found[name] = count / (time.perf_counter() - began)
            transaction.set_rollback(True)
    out.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
