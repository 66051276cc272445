"""What an import does with a second connection, where there can be one; the same comes out without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from acompana.companies.models import Company
from acompana.kernel.models import SearchRow
from acompana.people.actors import SYSTEM
from acompana.sources.alongside import both, helped_by, may_help
from acompana.sources.models import Run, Source
from acompana.sources.operations.running import claim, start_run
from acompana.sources.tests.conftest import NAMES_HEAD, NOW, name_row
from acompana.sources.working import Work

pytestmark = pytest.mark.usefixtures("ground")


def test_an_import_that_has_help_indexes_everything_once(tmp_path: Path):
    path = tmp_path / "PUB_NOMBRES_PJ.txt"
    path.write_text("\n".join([NAMES_HEAD, *(name_row(41_880_300 + n, f"EMPRESA {n} SPA") for n in range(25)), ""]))
    source = Source.objects.get(slug="sii-nombres")
    run = start_run(source=source, is_trial=False, path=path, actor=SYSTEM, now=NOW)
    assert claim(run, now=NOW)
    Work(run, read_clock=lambda: NOW, stretch=2, many=5)()
    run = Run.objects.get()
    assert (run.state, run.created, run.applied, run.indexed) == ("done", 25, 25, 25)
    found = sorted(SearchRow.objects.filter(kind="company").values_list("object_id", flat=True))
    assert found == sorted(Company.objects.values_list("pk", flat=True))


def test_it_helps_on_postgresql_outside_a_transaction():
    assert may_help() == (connection.vendor == "postgresql")
    with transaction.atomic():
        assert not may_help()


def test_what_the_second_falls_over_is_left_to_the_first():
    def step() -> bool:
        raise RuntimeError("of the second pair of hands")

    done = []
    with helped_by(step) as call:
        call()
        done.append("by the first")
    assert done == ["by the first"]


def test_what_the_second_does_is_over_when_the_first_is():
    waiting, done = [1, 2, 3], []

    def step() -> bool:
        if waiting:
            done.append(waiting.pop(0))
        return bool(waiting)

    with helped_by(step) as call:
        while may_help() and waiting:
            call()
    assert done == ([1, 2, 3] if may_help() else [])


def test_what_either_of_two_raises_is_raised():
    done: list[str] = []

    def fail() -> None:
        raise RuntimeError("of the other")

    with pytest.raises(RuntimeError, match="of the other"):
        both(lambda: done.append("one"), fail)
    assert done == ["one"]
