"""Two at once, with real transactions on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from acompana.kernel.refusals import Stale
from acompana.matters.models import Matter, Step
from acompana.matters.operations import next_number
from acompana.progress.jobs import take_timed_steps
from acompana.progress.operations import open_matter, take_step
from acompana.progress.tests.conftest import NOW, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("ground", "walk")]


def at_once(count, work):
    """Run `work(index)` in so many threads that start together; the results, exceptions included."""
    barrier = Barrier(count)

    def run(index):
        try:
            barrier.wait(timeout=10)
            return work(index)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_no_number_is_given_twice():
    numbers = at_once(8, lambda index: [next_number(prefix="PAS", year=2026) for _ in range(5)])
    flat = sorted(number for some in numbers for number in some)
    assert flat == [f"PAS-2026-{n:06d}" for n in range(1, 41)]


def test_of_two_people_at_once_one_moves_the_matter_and_the_other_is_told():
    cast = make_cast()
    matter = open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, company=cast.company)
    names, actors = ("send", "give_up"), (cast.carolina, cast.ana)
    copies = [Matter.objects.select_related("office", "company").get(pk=matter.pk) for _ in names]

    results = at_once(
        2, lambda i: take_step(matter=copies[i], transition=names[i], actor=actors[i], now=NOW, channel="portal")
    )

    assert sorted(type(result).__name__ for result in results) == ["Stale", "Step"]
    refusal = next(result for result in results if isinstance(result, Stale))
    assert "Mientras tanto" in refusal.reason
    assert Step.objects.filter(matter=matter).count() == 2


def test_of_two_workers_at_once_one_takes_the_timed_step(caplog):
    cast = make_cast()
    matter = open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, company=cast.company)
    take_step(matter=matter, transition="wait", actor=cast.carolina, now=NOW)
    assert matter.timer_at is not None

    moved = at_once(2, lambda index: take_timed_steps(now=matter.timer_at + timedelta(seconds=1)))

    assert sorted(moved) == [0, 1]
    assert [step.transition for step in matter.steps.all()] == ["open", "wait", "expire"]
