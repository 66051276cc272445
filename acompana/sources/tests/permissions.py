"""Who imports and who reads where data came from."""

from __future__ import annotations

from types import SimpleNamespace

from acompana.companies.tests.permissions import IN_CHARGE
from acompana.kernel.clock import read_clock
from acompana.sources.models import Run, Source
from tests.permissions import ADMINISTRATOR, CONTROL, STAFF, Row

IMPORTERS = ADMINISTRATOR | CONTROL


def furnish(side: SimpleNamespace, world: object) -> None:
    """A source with a run that is over."""
    slug = f"fuente-{side.company.pk}"
    mapping = {"columns": [{"column": "RUT", "field": "rut"}, {"column": "Nombre", "field": "legal_name"}]}
    side.source = Source.objects.create(slug=slug, name=slug, mapping=mapping)
    side.run = Run.objects.create(
        source=side.source, state="tried", is_trial=True, mapping=mapping, file_name="a.csv", asked_at=read_clock()
    )


def run(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.run.pk}


def source(side: SimpleNamespace) -> dict[str, str]:
    return {"slug": side.source.slug}


def company(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.company.pk}


ROWS = [
    Row("sources:list", get=IMPORTERS),
    Row("sources:new", get=IMPORTERS, post=IMPORTERS),
    Row("sources:source", source, get=IMPORTERS, post=IMPORTERS),
    Row("sources:mapping", source, get=IMPORTERS, post=IMPORTERS),
    Row("sources:sample", source, post=IMPORTERS),
    Row("sources:use", source, post=IMPORTERS),
    Row("sources:run", run, get=IMPORTERS),
    Row("sources:rows", run, get=IMPORTERS),
    Row("sources:rows_file", run, get=IMPORTERS),
    Row("sources:rejected_file", run, get=IMPORTERS),
    Row("sources:import_trial", run, post=IMPORTERS),
    Row("sources:continue", run, post=IMPORTERS),
    Row("sources:cancel", run, get=IMPORTERS, post=IMPORTERS),
    Row("sources:undo", run, get=IMPORTERS, post=IMPORTERS),
    Row("sources:provenance", company, get=STAFF),
    Row("sources:take", company, post=IN_CHARGE),
]
