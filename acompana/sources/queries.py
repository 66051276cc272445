"""Reads of runs that more than one caller needs."""

from __future__ import annotations

from pathlib import Path

from acompana.kernel.refusals import Refused
from acompana.sources.mapping import SourceMapping, places_of
from acompana.sources.models import Source
from acompana.sources.reading import first_rows, look_at


def source_of_file(path: Path) -> Source | None:
    """The source whose mapping fits the columns of a file best; None if none fits."""
    facts = look_at(path)
    best: tuple[int, Source] | None = None
    for source in Source.objects.filter(retired_on=None).order_by("-is_shipped", "pk"):
        mapping = SourceMapping.of(source.mapping)
        table, _ = first_rows(path, facts, mapping, 1)
        try:
            fits = len(places_of(mapping, table.head))
        except Refused:
            continue
        if best is None or fits > best[0]:
            best = (fits, source)
    return best[1] if best else None
