"""Making the demonstration in an empty system: the same on the same day, once only, and by its commands."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from acompana.commitments.models import Commitment
from acompana.companies.models import Company
from acompana.demonstration.making import SMALL, make_demonstration
from acompana.matters.models import Matter
from tests.demonstration.conftest import NOW

pytestmark = pytest.mark.django_db


def told_of() -> list[tuple]:
    """What two makings are compared by: names, RUTs and where everything stands since when."""
    matters = Matter.objects.order_by("number").values_list("number", "company__rut", "state", "state_since")
    owed = Commitment.objects.order_by("starts_at", "id").values_list("rule", "what", "due_at", "fulfilled_at")
    names = Company.objects.order_by("rut", "legal_name", "id").values_list(
        "rut", "legal_name", "commune__name", "executive__email"
    )
    return [*names, *matters, *owed]


@pytest.mark.one_database  # the same draws; that it loads on both, the next one tries
def test_the_same_day_makes_the_same_demonstration_at_any_hour():
    makings = []
    for hour in (9, 17):
        with transaction.atomic():
            make_demonstration(now=NOW.replace(hour=hour), companies=40)
            makings.append(told_of())
            transaction.set_rollback(True)
    assert makings[0] == makings[1]


def test_the_command_fills_an_empty_system_once(capsys):
    call_command("demo", "--small", "--if-empty")
    assert Company.objects.count() >= SMALL
    assert "Listo en" in capsys.readouterr().out
    before = Company.objects.count()
    call_command("demo", "--if-empty")
    assert Company.objects.count() == before
    with pytest.raises(SystemExit):
        call_command("demo")
    call_command("demo", "--people")
    assert "/demostracion/correo/" in capsys.readouterr().out
    call_command("check_invariants")
    assert "0 violations" in capsys.readouterr().out
    Matter.objects.filter(pk=Matter.objects.filter(kind="intake").first().pk).update(turn="nobody")
    with pytest.raises(SystemExit):
        call_command("check_invariants", "paths")


def test_shots_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("ACOMPANA_CHROMIUM", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="Chromium is missing"):
        call_command("shots", str(tmp_path))
