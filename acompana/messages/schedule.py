"""Recurring jobs: read from `config/schedule.toml`, claimed by a conditional update, run by the worker."""

from __future__ import annotations

import logging
import tomllib
import traceback
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from acompana.messages.models import ScheduledJob, Worker

log = logging.getLogger(__name__)
PAGE = Path(settings.PACKAGE) / "config" / "schedule.toml"
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Recurring:
    """One line of the schedule. `at`: the hour of Santiago of a daily job."""

    name: str
    title: str
    job: str
    every: timedelta
    at: time | None = None

    def due_after(self, instant: datetime) -> datetime:
        """When it runs next, strictly after an instant."""
        if self.at is None:
            return instant + self.every
        zone = ZoneInfo(settings.TIME_ZONE)
        local = instant.astimezone(zone)
        due = datetime.combine(local.date(), self.at, zone)
        return due if due > local else datetime.combine(local.date() + timedelta(days=1), self.at, zone)


def read_schedule(page: Path = PAGE) -> tuple[Recurring, ...]:
    """Every recurring job. Raises ValueError when the page cannot be what it should."""
    rows = []
    for raw in tomllib.loads(page.read_text()).get("job", []):
        every = timedelta(**{UNITS[raw["every"][-1]]: int(raw["every"][:-1])})
        at = time.fromisoformat(raw["at"]) if "at" in raw else None
        if at and every != timedelta(days=1):
            raise ValueError(f'{raw["name"]}: «at» goes with every = "1d"')
        rows.append(Recurring(raw["name"], raw["title"], raw["job"], every, at))
    if len({row.name for row in rows}) != len(rows):
        raise ValueError("two jobs of the schedule have the same name")
    return tuple(rows)


@transaction.atomic
def take_up_schedule(schedule: tuple[Recurring, ...], *, now: datetime) -> None:
    """Rows for the jobs of the page: new ones wait their first turn, those that left the page are forgotten."""
    ScheduledJob.objects.exclude(name__in=[recurring.name for recurring in schedule]).delete()
    for recurring in schedule:
        due = recurring.due_after(now)
        row, made = ScheduledJob.objects.get_or_create(name=recurring.name, defaults={"due_at": due})
        if not made and row.due_at > due:
            ScheduledJob.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=due)


def run_due(schedule: tuple[Recurring, ...], *, worker: Worker, now: datetime) -> int:
    """Run what is due and not taken by another worker. Says how many ran."""
    by_name = {recurring.name: recurring for recurring in schedule}
    ran = 0
    for row in ScheduledJob.objects.filter(due_at__lte=now, name__in=by_name):
        recurring = by_name[row.name]
        claimed = ScheduledJob.objects.filter(pk=row.pk, due_at=row.due_at).update(
            due_at=recurring.due_after(now),
            outcome=ScheduledJob.Outcome.RUNNING,
            claimed_by=worker,
            started_at=now,
            finished_at=None,
            error="",
        )
        if claimed:
            _run(row, recurring, now)
            ran += 1
    return ran


def _run(row: ScheduledJob, recurring: Recurring, now: datetime) -> None:
    from acompana.kernel.clock import read_clock

    outcome, error = ScheduledJob.Outcome.DONE, ""
    try:
        import_string(recurring.job)(now=now)
    except Exception:
        log.exception("scheduled job %s failed", recurring.name)
        outcome, error = ScheduledJob.Outcome.FAILED, traceback.format_exc()[-4000:]
    ScheduledJob.objects.filter(pk=row.pk).update(outcome=outcome, error=error, finished_at=read_clock())


def recover_schedule(*, now: datetime) -> int:
    """Jobs that a stopped worker left half done are due again."""
    return ScheduledJob.objects.filter(
        outcome=ScheduledJob.Outcome.RUNNING, claimed_by__stopped_at__isnull=False
    ).update(outcome=ScheduledJob.Outcome.ABANDONED, due_at=now, finished_at=now)
