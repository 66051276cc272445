"""Opening matters and taking steps: the state, the step and the logbook move together or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from acompana.commitments import operations as commitments
from acompana.commitments.models import Commitment
from acompana.kernel import lifecycle as engine
from acompana.kernel.refusals import Refused, Stale
from acompana.logbook.models import Entry
from acompana.logbook.operations import erase_text
from acompana.matters.models import Matter, Step
from acompana.matters.queries import open_counts, open_matter_of, route_of
from acompana.people.actors import NOBODY, SYSTEM, Actor
from acompana.progress.jobs import take_timed_steps
from acompana.progress.operations import available_steps, open_matter, settle, take_step
from acompana.progress.tests.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("walk")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def matter(cast):
    return open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, company=cast.company)


def move(matter, transition, actor, **given):
    return take_step(matter=matter, transition=transition, actor=actor, now=LATER, channel="portal", **given)


def test_opening_numbers_the_matter_and_writes_its_first_step_and_entry(cast, matter):
    assert matter.number == "PAS-2026-000001"
    assert (matter.state, matter.turn, matter.lifecycle_version) == ("form", "company", 1)
    step = Step.objects.get(matter=matter)
    assert (step.from_state, step.to_state, step.taken_by, step.channel) == ("", "form", cast.ana.person, "portal")
    entry = Entry.objects.get(matter=matter)
    assert entry.fact == "Se abrió: Paseo PAS-2026-000001"
    assert (entry.visibility, entry.company, entry.author) == ("company", cast.company, cast.ana.person)


def test_a_company_can_go_through_the_same_again(cast, matter):
    again = open_matter(kind="walk", office=cast.office, actor=cast.ana, now=LATER, company=cast.company)
    assert again.number == "PAS-2026-000002"
    assert open_matter_of(cast.company, "walk") == again


def test_a_matter_of_nobody_is_refused(cast):
    with pytest.raises(Refused, match="indica de quién es"):
        open_matter(kind="walk", office=cast.office, actor=SYSTEM, now=NOW)
    assert not Matter.objects.exists()


def test_the_year_of_the_number_is_that_of_the_office(cast):
    new_year = NOW.replace(year=2027, month=1, day=1, hour=1)
    matter = open_matter(kind="walk", office=cast.office, actor=cast.ana, now=new_year, company=cast.company)
    assert matter.number == "PAS-2026-000001"


def test_a_step_moves_the_matter_and_is_registered_with_who_when_and_channel(cast, matter):
    step = move(matter, "send", cast.ana)
    matter.refresh_from_db()
    assert (matter.state, matter.turn, matter.state_since) == ("checking", "agency", LATER)
    assert (step.taken_by, step.taken_at, step.channel) == (cast.ana.person, LATER, "portal")
    entry = Entry.objects.filter(matter=matter).latest("id")
    assert (entry.fact, entry.visibility, entry.kind) == ("La empresa envió su ficha", "company", "step")


def test_a_guard_refuses_with_its_sentence_and_nothing_is_written(cast, matter, facts):
    facts["ready"] = False
    with pytest.raises(Refused, match="La ficha todavía no está completa"):
        move(matter, "send", cast.ana)
    matter.refresh_from_db()
    assert matter.state == "form"
    assert Step.objects.count() == Entry.objects.count() == 1


def test_what_a_step_needs_is_asked_for_and_kept(cast, matter):
    move(matter, "send", cast.ana)
    with pytest.raises(Refused, match="Escribe el motivo"):
        move(matter, "return", cast.carolina, reason="  ")
    step = move(matter, "return", cast.carolina, reason="Falta el teléfono")
    assert step.reason == "Falta el teléfono"
    assert Entry.objects.filter(matter=matter).latest("id").text.body == "Falta el teléfono"


@pytest.mark.parametrize(
    ("name", "allowed"), [("ana", True), ("luis", False), ("carolina", True), ("pedro", False), ("marta", False)]
)
def test_who_may_take_a_step(cast, matter, name, allowed):
    actor = getattr(cast, name)
    if allowed:
        move(matter, "send", actor)
    else:
        with pytest.raises(Refused):
            move(matter, "send", actor)
        matter.refresh_from_db()
        assert matter.state == "form"


def test_nobody_takes_nothing(cast, matter):
    with pytest.raises(Refused):
        move(matter, "give_up", NOBODY)


def test_an_executive_of_another_office_may_when_the_company_or_the_matter_is_theirs(cast, matter):
    cast.company.executive = cast.pedro.person
    cast.company.save()
    matter.refresh_from_db()
    move(matter, "send", cast.pedro)


def test_a_limited_mandate_reaches_only_the_matters_that_its_person_opened(cast, matter):
    cast.company.mandates.update(state="ended")
    cast.company.mandates.create(person=cast.ana.person, state="limited", requested_at=NOW)
    move(matter, "send", cast.ana)
    other = open_matter(kind="walk", office=cast.office, actor=cast.carolina, now=NOW, company=cast.company)
    with pytest.raises(Refused):
        move(other, "send", cast.ana)


def test_the_second_of_two_people_is_told_what_the_first_did(cast, matter):
    copy = Matter.objects.get(pk=matter.pk)
    move(matter, "send", cast.carolina)
    with pytest.raises(Stale) as refusal:
        move(copy, "give_up", cast.ana)
    assert refusal.value.reason == (
        "Mientras tanto Carolina Soto lo pasó a «En revisión» el 16-09-2026 a las 16:00. Revisa cómo está ahora."
    )
    assert Step.objects.filter(matter=matter).count() == 2


def test_a_matter_that_came_back_to_the_same_state_is_not_the_one_that_was_seen(cast, matter):
    copy = Matter.objects.get(pk=matter.pk)
    move(matter, "send", cast.ana)
    move(matter, "return", cast.carolina, reason="Falta algo")
    with pytest.raises(Stale):
        move(copy, "give_up", cast.ana)


def test_a_computed_way_out_is_taken_at_once_when_its_facts_hold(cast, matter):
    move(matter, "send", cast.ana)
    move(matter, "approve", cast.marta, note="Todo en orden")
    assert (matter.state, matter.closed_at, matter.turn) == ("done", LATER, "nobody")
    assert [s.transition for s in matter.steps.all()] == ["open", "send", "approve", "finish"]
    assert matter.steps.last().taken_by is None


def test_a_computed_way_out_waits_until_its_facts_hold(cast, matter, facts):
    move(matter, "send", cast.ana)
    facts["ready"] = False
    move(matter, "approve", cast.marta, note="Falta calcular")
    assert settle(matter=matter, now=LATER) == []
    assert matter.state == "settled"
    facts["ready"] = True
    assert [step.transition for step in settle(matter=matter, now=LATER)] == ["finish"]


def test_the_steps_open_to_somebody_come_with_the_reason_where_they_are_not(cast, matter):
    move(matter, "send", cast.ana)
    seen = {o.name: (o.allowed, o.why_not) for o in available_steps(matter=matter, actor=cast.carolina, now=LATER)}
    assert seen == {
        "approve": (False, "Este paso lo da Dirección regional."),
        "return": (True, ""),
        "give_up": (True, ""),
    }


def test_no_computed_step_is_ever_offered(cast, matter, facts):
    facts["ready"] = False
    move_on = Matter.objects.get(pk=matter.pk)
    facts["ready"] = True
    move(move_on, "send", cast.ana)
    facts["ready"] = False
    move(move_on, "approve", cast.marta, note="x")
    names = [option.name for option in available_steps(matter=move_on, actor=cast.marta, now=LATER)]
    assert names == ["give_up"]


def test_the_route_and_the_counts_follow(cast, matter):
    assert [(s["label"], s["state"]) for s in route_of(matter)] == [("Ficha", "here"), ("Revisión", "ahead")]
    move(matter, "send", cast.ana)
    assert [(s["label"], s["state"]) for s in route_of(matter)] == [("Ficha", "done"), ("Revisión", "here")]
    assert open_counts("walk") == {1: {"checking": 1}}


class TestWhatIsOwed:
    def test_a_step_starts_what_it_owes_and_another_fulfils_it(self, cast, matter):
        move(matter, "wait", cast.carolina)
        owed = Commitment.objects.get(matter=matter)
        assert (owed.rule, owed.debtor, owed.company, owed.starts_at) == ("DL-6", "company", cast.company, LATER)
        move(matter, "answer", cast.ana)
        owed.refresh_from_db()
        assert owed.fulfilled_at == LATER

    def test_the_end_cancels_what_is_still_owed(self, cast, matter):
        move(matter, "wait", cast.carolina)
        move(matter, "give_up", cast.ana)
        owed = Commitment.objects.get(matter=matter)
        assert (owed.fulfilled_at, owed.cancelled_because) == (None, "El asunto terminó: Desistido")

    def test_a_refused_promise_takes_the_whole_step_back(self, cast, matter, monkeypatch):
        def refuse(**given):
            raise Refused("No se puede")

        monkeypatch.setattr(commitments, "promise", refuse)
        with pytest.raises(Refused):
            move(matter, "wait", cast.carolina)
        assert Matter.objects.get(pk=matter.pk).state == "form"
        assert Step.objects.filter(matter=matter).count() == 1


class TestTimedSteps:
    def test_the_term_of_the_rule_runs_from_the_entry_into_the_state(self, cast, matter):
        move(matter, "wait", cast.carolina)
        matter.refresh_from_db()
        # DL-1: 3 business days from Wednesday 16; Friday 18 is a holiday.
        assert timezone.localtime(matter.timer_at).isoformat() == "2026-09-22T23:59:59-03:00"
        assert take_timed_steps(now=matter.timer_at - timedelta(seconds=1)) == 0
        assert take_timed_steps(now=matter.timer_at) == 1
        matter.refresh_from_db()
        assert (matter.state, matter.timer_at, matter.timer) == ("gone", None, "")
        assert matter.steps.last().taken_by is None

    def test_leaving_the_state_takes_its_timer_away(self, cast, matter):
        move(matter, "wait", cast.carolina)
        move(matter, "answer", cast.ana)
        matter.refresh_from_db()
        assert matter.timer_at is None
        assert take_timed_steps(now=LATER + timedelta(days=60)) == 0

    def test_what_the_guard_holds_back_is_asked_again_the_next_day(self, cast, matter, facts):
        move(matter, "wait", cast.carolina)
        facts["ready"] = False
        due = matter.timer_at
        assert take_timed_steps(now=due) == 0
        matter.refresh_from_db()
        assert (matter.state, matter.timer_at) == ("waiting", due + timedelta(days=1))
        facts["ready"] = True
        assert take_timed_steps(now=due + timedelta(days=1)) == 1

    def test_one_that_cannot_move_holds_up_no_other(self, cast, matter, facts, monkeypatch):
        other = open_matter(kind="walk", office=cast.office, actor=cast.ana, now=NOW, company=cast.company)
        move(matter, "wait", cast.carolina)
        move(other, "wait", cast.carolina)
        broken = matter.pk

        def gather(subject):
            if subject.pk == broken:
                raise ValueError("broken")
            return facts

        monkeypatch.setitem(engine._gatherers, ("walk", 1), gather)
        assert take_timed_steps(now=matter.timer_at) == 1
        assert Matter.objects.get(pk=other.pk).state == "gone"


def test_erasing_the_words_of_a_step_erases_its_reason_too(cast, matter):
    move(matter, "send", cast.ana)
    step = move(matter, "return", cast.carolina, reason="Ana pidió esperar por su salud")
    entry = Entry.objects.filter(matter=matter).latest("id")
    administrator = Actor(person=cast.marta.person, roles=frozenset({"administrator"}))
    erase_text(entry=entry, actor=administrator, now=LATER, because="Lo pidió la persona")
    step.refresh_from_db()
    assert (step.reason, step.to_state, step.taken_by) == ("", "form", cast.carolina.person)
    entry.text.refresh_from_db()
    assert entry.text.body == ""
