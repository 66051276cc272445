"""Warnings and breaches: claimed once, quiet when nobody is at work (EXP-7)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from acompana.commitments.jobs import claim_breaches, warn_due_commitments
from acompana.commitments.models import Commitment
from acompana.commitments.operations import fulfil, pause, resume

SANTIAGO = ZoneInfo("America/Santiago")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)


def test_exp_7_a_warning_waits_for_somebody_to_be_at_work(owe):
    commitment = owe()
    assert warn_due_commitments(at("2026-09-19T12:00")) == []  # Saturday
    assert warn_due_commitments(at("2026-09-21T08:30")) == []  # before the office opens
    assert warn_due_commitments(at("2026-09-21T13:30")) == []  # lunch
    assert warn_due_commitments(at("2026-09-21T14:30")) == [commitment]
    assert warn_due_commitments(at("2026-09-21T14:31")) == []


def test_a_breach_is_claimed_once_and_only_of_what_runs(cast, owe):
    late, done, paused = owe(), owe(), owe()
    fulfil(commitment=done, actor=cast.actor, now=cast.now)
    pause(commitment=paused, reason="Esperamos antecedentes", actor=cast.actor, now=at("2026-09-17T10:00"))
    assert claim_breaches(at("2026-09-22T23:59:58")) == []
    assert claim_breaches(at("2026-09-23T00:00:00")) == [late]
    assert claim_breaches(at("2026-09-23T00:00:01")) == []
    moved = resume(commitment=paused, actor=cast.actor, now=at("2026-09-24T10:00"))
    assert claim_breaches(moved.due_at) == []
    assert claim_breaches(moved.due_at + timedelta(seconds=1)) == [paused]


def test_a_date_that_moved_is_warned_of_again(cast, owe):
    commitment = owe("DL-2")
    assert warn_due_commitments(at("2026-09-29T10:00")) == [commitment]
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=at("2026-09-29T11:00"))
    assert resume(commitment=commitment, actor=cast.actor, now=at("2026-10-06T11:00")).warned_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("job", [warn_due_commitments, claim_breaches])
def test_two_workers_at_once_claim_each_commitment_once(cast, owe, job):
    for _ in range(12):
        owe()
    now = at("2026-09-21T14:30") if job is warn_due_commitments else at("2026-09-23T10:00")
    barrier = Barrier(2)

    def work():
        try:
            barrier.wait(timeout=10)
            return [row.pk for row in job(now)]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        claimed = [found.result(timeout=60) for found in [workers.submit(work), workers.submit(work)]]
    assert sorted(claimed[0] + claimed[1]) == sorted(Commitment.objects.values_list("pk", flat=True))
