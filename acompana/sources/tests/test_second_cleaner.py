"""What two processes make of a file is what one makes of it, also where one of them falls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from acompana.companies.models import Company
from acompana.kernel.rut import check_digit
from acompana.sources import second_cleaner
from acompana.sources.cleaned import Cleaned, Numbered
from acompana.sources.cleaning import Cleaner
from acompana.sources.mapping import Column, SourceMapping
from acompana.sources.second_cleaner import SecondCleaner, cleaning
from acompana.sources.staging import make_lookup
from acompana.sources.tests.conftest import NAMES_HEAD, name_row

pytestmark = pytest.mark.django_db
MAPPING = SourceMapping(
    (Column("RUT", "rut"), Column("Nombre", "legal_name"), Column("Inicio", "started_on"), Column("Region", "region"))
)
PLACES = {"rut": 0, "legal_name": 1, "started_on": 2, "region": 3}


@pytest.fixture
def cleaner() -> Cleaner:
    return Cleaner(MAPPING, PLACES, 4, make_lookup(datetime(2026, 9, 16, tzinfo=UTC)))


def row(line: int) -> list[str]:
    number = 41_880_000 + line
    if line % 7 == 3:
        return [str(number), "COMPAÃ‘ÃA", "ayer", "Ñuble"]
    return [f"{number}-{check_digit(number)}", f"VIÑA {line} LTDA", "03-09-2019", "del Maule" if line % 2 else "Sur"]


def batches(count: int = 12, size: int = 5) -> list[list[Numbered]]:
    return [[(line, row(line)) for line in range(at * size + 1, (at + 1) * size + 1)] for at in range(count)]


def alone(cleaner: Cleaner) -> list[Cleaned]:
    return [cleaner.batch(batch) for batch in batches()]


@pytest.fixture
def second(cleaner) -> Iterator[SecondCleaner]:
    beside = SecondCleaner(cleaner)
    yield beside
    beside.end()
    assert beside.process.returncode is not None


def test_batches_come_in_their_order_as_one_would_make_them(cleaner, second):
    found = list(second.clean(batches()))
    assert [batch for batch, _ in found] == batches()
    assert [cleaned for _, cleaned in found] == alone(cleaner)
    assert not second.fell


def test_the_other_process_cleans_as_this_one(cleaner, second):
    [batch] = batches(1)
    assert second.talker.submit(second._ask, batch).result() == cleaner.batch(batch)


def test_where_it_falls_one_goes_on_alone(cleaner, second, caplog):
    second.process.kill()
    assert [cleaned for _, cleaned in second.clean(batches())] == alone(cleaner)
    assert second.fell
    assert [record.message for record in caplog.records] == ["the second cleaner of an import fell; one goes on alone"]


def test_it_ends_by_itself_when_the_one_that_began_it_is_gone(second):
    second.talker.submit(int).result()
    assert second.process.stdin is not None
    second.process.stdin.close()
    assert second.process.wait(timeout=30) == 0


def test_a_short_file_begins_no_process(cleaner, monkeypatch):
    monkeypatch.setattr(second_cleaner, "SecondCleaner", None)
    with cleaning(cleaner, second_cleaner.LONG - 1) as clean:
        assert [cleaned for _, cleaned in clean(batches())] == alone(cleaner)


def test_a_long_file_is_imported_with_it(write, carry_out, monkeypatch):
    begun: list[SecondCleaner] = []
    monkeypatch.setattr(second_cleaner, "LONG", 10)
    monkeypatch.setattr(
        second_cleaner, "SecondCleaner", lambda cleaner: begun.append(SecondCleaner(cleaner)) or begun[-1]
    )
    run = carry_out(write(NAMES_HEAD, *(name_row(41_880_300 + n, f"EMPRESA {n} SPA") for n in range(20))))
    assert (run.created, Company.objects.count()) == (20, 20)
    [second] = begun
    assert second.process.returncode is not None
