"""The database itself keeps who owed what before, and when a clock stood still, on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from acompana.commitments.models import Commitment, Pause, Recount, Transfer
from acompana.commitments.operations import pause, resume, transfer
from acompana.people.operations import add_holiday


@pytest.fixture
def rows(cast, owe):
    """A pause that ended, one that did not, a transfer, and a date that a holiday moved."""
    owed, other = owe(debtor="person", owner=cast.carolina), owe()
    for commitment in (owed, other):
        pause(commitment=commitment, reason="Falta el certificado", actor=cast.actor, now=cast.now)
    resume(commitment=owed, actor=cast.actor, now=cast.now + timedelta(hours=1))
    transfer(
        commitments=Commitment.objects.filter(pk=owed.pk),
        to_owner=cast.hugo,
        reason="Cambio de cartera",
        actor=cast.actor,
        now=cast.now,
    )
    add_holiday(day=date(2026, 9, 21), name="Duelo nacional", actor=cast.actor, now=cast.now)
    return cast


def ended():
    return Pause.objects.filter(resumed_at__isnull=False)


def running():
    return Pause.objects.filter(resumed_at=None)


REFUSED = {
    "when a pause began": lambda cast: running().update(paused_at=cast.now - timedelta(days=9)),
    "why it stands": lambda cast: running().update(reason="Otro motivo"),
    "when it ended": lambda cast: ended().update(resumed_at=cast.now + timedelta(days=9)),
    "that it ended": lambda cast: ended().update(resumed_at=None, resumed_by=None),
    "who ended it": lambda cast: ended().update(resumed_by=cast.hugo),
    "who ended what did not end": lambda cast: running().update(resumed_by=cast.hugo),
    "its beginning while it ends": lambda cast: running().update(
        resumed_at=cast.now + timedelta(days=1), paused_at=cast.now - timedelta(days=9)
    ),
    "other facts under cover of erasing the reason": lambda cast: ended().update(reason="", resumed_by=cast.hugo),
    "a pause itself": lambda cast: Pause.objects.all()._raw_delete("default"),
    "to whom it went": lambda cast: Transfer.objects.update(to_owner=cast.carolina),
    "why it went": lambda cast: Transfer.objects.update(reason="Otro motivo"),
    "from when a date moved": lambda cast: Recount.objects.update(was_due_at=cast.now),
    "a move itself": lambda cast: Recount.objects.all()._raw_delete("default"),
    "a transfer itself": lambda cast: Transfer.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refuses_to_change(what, rows):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        REFUSED[what](rows)


def test_a_pause_ends_once_and_its_commitment_may_pause_again(rows):
    commitment = running().get().commitment
    resume(commitment=commitment, actor=rows.actor, now=rows.now + timedelta(hours=2))
    pause(commitment=commitment, reason="Falta otro", actor=rows.actor, now=rows.now + timedelta(hours=3))
    assert commitment.pauses.count() == 2


def test_the_words_of_a_person_may_be_erased(rows):
    assert ended().update(reason="") == 1
    assert Transfer.objects.update(reason="") == 1


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's")
def test_refuses_to_replace_the_pause_that_stands(rows):
    columns = "commitment_id, paused_at, paused_by_id, reason, evidence_id, answer_id, resumed_at, resumed_by_id"
    values = columns.replace("reason", "'Otro motivo'")
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(
            f"REPLACE INTO commitments_pause ({columns}) "
            f"SELECT {values} FROM commitments_pause WHERE resumed_at IS NULL"
        )
