"""Recurring jobs: at their hour, once however many workers there are, again if they were left half done."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils.module_loading import import_string

from acompana.messages.models import ScheduledJob, Worker
from acompana.messages.schedule import Recurring, read_schedule, recover_schedule, run_due, take_up_schedule
from acompana.messages.tests import trial_jobs

HERE = "acompana.messages.tests.trial_jobs"
QUARTER = Recurring("quarter", "Cada cuarto de hora", f"{HERE}.recur", timedelta(minutes=15))
DAILY = Recurring("daily", "Cada día", f"{HERE}.recur", timedelta(days=1), time(6, 30))
BROKEN = Recurring("broken", "Falla", f"{HERE}.recur_badly", timedelta(minutes=15))


def test_every_job_of_the_page_exists_and_says_what_it_does():
    for recurring in read_schedule():
        assert callable(import_string(recurring.job)), recurring.name
        assert recurring.title


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        (datetime(2026, 9, 4, 10, 29, tzinfo=UTC), datetime(2026, 9, 4, 10, 30, tzinfo=UTC)),  # 06:29 in winter
        (datetime(2026, 9, 4, 10, 30, tzinfo=UTC), datetime(2026, 9, 5, 10, 30, tzinfo=UTC)),
        (datetime(2026, 9, 5, 12, 0, tzinfo=UTC), datetime(2026, 9, 6, 9, 30, tzinfo=UTC)),  # the clocks went forward
    ],
)
def test_a_daily_job_keeps_its_hour_of_santiago_over_the_change_of_hour(instant, due):
    assert DAILY.due_after(instant) == due


@pytest.mark.parametrize("line", ['every = "1h"\nat = "06:30"', 'every = "1x"', 'every = "soon"'])
def test_a_schedule_that_cannot_be_is_refused(tmp_path, line):
    page = tmp_path / "schedule.toml"
    page.write_text(f'[[job]]\nname = "x"\ntitle = "X"\njob = "x"\n{line}\n')
    with pytest.raises((ValueError, KeyError)):
        read_schedule(page)


@pytest.mark.django_db
class TestRunning:
    @pytest.fixture
    def workers(self, now) -> list[Worker]:
        trial_jobs.ran.clear()
        return [Worker.objects.create(place="here", pid=pid, started_at=now, heartbeat_at=now) for pid in (1, 2)]

    def test_it_waits_its_first_turn_and_runs_once_for_two_workers(self, now, workers):
        take_up_schedule((QUARTER,), now=now)
        later = now + timedelta(minutes=15)
        assert [run_due((QUARTER,), worker=worker, now=now) for worker in workers] == [0, 0]
        assert [run_due((QUARTER,), worker=worker, now=later) for worker in workers] == [1, 0]
        assert trial_jobs.ran == [later]
        row = ScheduledJob.objects.get()
        assert (row.outcome, row.due_at) == ("done", later + timedelta(minutes=15))

    def test_one_that_fails_says_why_and_does_not_stop_the_others(self, now, workers):
        schedule = (BROKEN, QUARTER)
        take_up_schedule(schedule, now=now)
        assert run_due(schedule, worker=workers[0], now=now + timedelta(hours=1)) == 2
        row = ScheduledJob.objects.get(name="broken")
        assert row.outcome == "failed"
        assert "the schedule stumbled" in row.error
        assert ScheduledJob.objects.get(name="quarter").outcome == "done"

    def test_one_left_half_done_is_due_again(self, now, workers):
        take_up_schedule((QUARTER,), now=now)
        ScheduledJob.objects.update(outcome="running", claimed_by=workers[0], due_at=now + timedelta(hours=1))
        assert recover_schedule(now=now) == 0
        Worker.objects.filter(pk=workers[0].pk).update(stopped_at=now)
        assert recover_schedule(now=now) == 1
        assert run_due((QUARTER,), worker=workers[1], now=now) == 1

    def test_a_page_that_changed_forgets_old_jobs_and_hastens_those_made_more_frequent(self, now, workers):
        take_up_schedule((DAILY, Recurring("quarter", "", f"{HERE}.recur", timedelta(days=9))), now=now)
        take_up_schedule((QUARTER,), now=now)
        row = ScheduledJob.objects.get()
        assert (row.name, row.due_at) == ("quarter", now + timedelta(minutes=15))
