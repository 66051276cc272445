"""A clock that stands still for the other party runs again when they answer (EXP-8)."""

from datetime import timedelta

import pytest

from acompana.commitments.models import Commitment
from acompana.commitments.operations import pause
from acompana.companies.models import Company
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.logbook.operations import record_entry
from acompana.matters.models import Matter
from acompana.people.actors import NOBODY, Actor
from acompana.people.models import Person


@pytest.fixture
def owner(cast):
    return Actor(person=Person.objects.create(given_names="Ana", family_names="Rojas", joined_at=cast.now))


@pytest.fixture
def stopped(cast, owe):
    """Paused on the day it was promised."""
    commitment = owe()
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    return commitment


@pytest.fixture
def note(cast):
    """Writes an entry two days later, incoming unless told otherwise."""

    def note(actor=cast.actor, kind="call", direction="in", days=2, **about):
        then = cast.now + timedelta(days=days)
        about = about or {"company": cast.company}
        return record_entry(
            kind=kind, fact="Llamada", actor=actor, now=then, channel="phone", direction=direction, **about
        )

    return note


def matter(cast, number, **about):
    return Matter.objects.create(
        kind="x", number=number, lifecycle_version=1, state="a", state_since=cast.now, turn="agency",
        office=cast.office, opened_at=cast.now, **about,
    )  # fmt: skip


def runs(commitment):
    return Commitment.objects.running().filter(pk=commitment.pk).exists()


def test_a_call_of_the_company_lets_it_run_and_is_named(cast, stopped, note):
    promised = Commitment.objects.get(pk=stopped.pk).due_at
    entry = note()
    ended = stopped.pauses.get()
    assert (ended.answer, ended.resumed_at, ended.resumed_by) == (entry, entry.happened_at, cast.carolina)
    assert Commitment.objects.get(pk=stopped.pk).due_at > promised
    assert Entry.objects.filter(kind="commitment", fact__startswith="Plazo reanudado al haber respuesta").count() == 1


@pytest.mark.parametrize("kind", ["step", "note"])
def test_what_the_company_does_itself_is_an_answer(stopped, note, owner, kind):
    note(actor=owner, kind=kind, direction="none")
    assert runs(stopped)


@pytest.mark.parametrize(
    ("who", "changes"),
    [
        ("staff", {"direction": "out"}),
        ("staff", {"kind": "step", "direction": "none"}),
        ("nobody", {"kind": "message", "direction": "out"}),
        ("owner", {"kind": "change", "direction": "none"}),
    ],
)
def test_what_is_no_answer_leaves_it_paused(cast, stopped, note, owner, who, changes):
    note(actor={"staff": cast.actor, "nobody": NOBODY, "owner": owner}[who], **changes)
    assert not runs(stopped)


def test_it_counts_from_the_answer_though_noted_later(cast, stopped):
    answered = cast.now + timedelta(days=1)
    record_entry(
        kind="mail", fact="Correo", actor=cast.actor, now=cast.now + timedelta(days=4), happened_at=answered,
        channel="email", direction="in", company=cast.company,
    )  # fmt: skip
    assert stopped.pauses.get().resumed_at == answered


def test_what_came_before_the_pause_does_not_end_it(cast, stopped):
    record_entry(
        kind="mail", fact="Correo", actor=cast.actor, now=cast.now, happened_at=cast.now - timedelta(hours=1),
        channel="email", direction="in", company=cast.company,
    )  # fmt: skip
    assert not runs(stopped)


def test_another_company_and_another_matter_end_nothing(cast, owe, note):
    mine, other = matter(cast, "X-1", company=cast.company), matter(cast, "X-2", company=cast.company)
    rival = Company.objects.create(legal_name="Cerro Pardo", country=cast.office.country, created_at=cast.now)
    commitment = owe(matter=mine)
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    note(company=rival)
    note(matter=other)
    assert not runs(commitment)
    note(matter=mine)
    assert runs(commitment)


def test_one_answer_ends_every_pause_of_the_company_and_not_what_the_company_owes(cast, owe, stopped, note):
    second, theirs = owe(matter=matter(cast, "X-1", company=cast.company)), owe("DL-6", debtor="company")
    for commitment in (second, theirs):
        pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=cast.now)
    note()
    assert [runs(commitment) for commitment in (stopped, second, theirs)] == [True, True, False]


def test_evidence_is_of_the_same_company_or_matter(cast, owe, note):
    rival = Company.objects.create(legal_name="Cerro Pardo", country=cast.office.country, created_at=cast.now)
    commitment = owe()
    asked, elsewhere = note(direction="out"), note(direction="out", company=rival)

    def stop(evidence):
        return pause(commitment=commitment, reason="Lo pedimos", actor=cast.actor, now=cast.now, evidence=evidence)

    with pytest.raises(Refused, match="no es de esta empresa"):
        stop(elsewhere)
    assert stop(asked).evidence == asked
