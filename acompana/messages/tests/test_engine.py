"""How a worker begins; pages that wait for a job say so when no worker runs, and nothing of it when one does."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.template import Context, Template

from acompana.kernel.clock import read_clock
from acompana.messages import worker
from acompana.messages.models import Worker
from acompana.messages.queries import LATE_HEARTBEAT, is_anybody_working
from acompana.messages.templatetags.engine import STOPPED

pytestmark = pytest.mark.django_db


def start_worker() -> Worker:
    now = read_clock()
    return Worker.objects.create(place="here", pid=1, started_at=now, heartbeat_at=now)


def test_a_worker_works_while_its_heartbeat_is_fresh(django_assert_num_queries):
    now = read_clock()
    assert not is_anybody_working(now)
    worker = start_worker()
    with django_assert_num_queries(1):
        assert is_anybody_working(now)
    assert not is_anybody_working(now + LATE_HEARTBEAT + timedelta(seconds=5))
    Worker.objects.filter(pk=worker.pk).update(stopped_at=now)
    assert not is_anybody_working(now)


def test_the_sentence_of_a_page_that_waits(rf):
    request = rf.get("/")
    request.now = read_clock()
    page = Template("{% load engine %}{% engine_stopped %}")
    assert page.render(Context({"request": request})) == STOPPED
    start_worker()
    assert page.render(Context({"request": request})) == ""


def test_a_worker_reads_the_addresses_before_it_has_threads(monkeypatch):
    told = []
    monkeypatch.setattr(worker, "read_addresses", lambda: told.append("addresses"))
    monkeypatch.setattr(threading.Thread, "start", lambda self: told.append("thread"))
    monkeypatch.setattr(threading.Thread, "join", lambda self, timeout=None: None)
    stopping = threading.Event()
    stopping.set()
    worker.Workshop(stopping).run()
    assert told[0] == "addresses"
    assert told[1:] == ["thread"] * len(told[1:]) != []
