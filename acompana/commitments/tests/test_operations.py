"""Promising, keeping, calling off, pausing (EXP-8, OFF-3)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from acompana.commitments.dates import explain, ledger_of
from acompana.commitments.models import Commitment, Pause
from acompana.commitments.operations import cancel, fulfil, pause, promise_by_hand, resume, return_from_absence
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook import UnknownRule, amend_rule
from acompana.logbook.models import Entry
from acompana.people.models import Absence, ExtraHoliday, StaffMember

SANTIAGO = ZoneInfo("America/Santiago")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SANTIAGO)


def test_a_promise_takes_its_date_its_words_and_its_warning_from_the_protocol(cast, owe):
    commitment = owe(what="")
    assert commitment.due_at == at("2026-09-22T23:59:59")
    assert commitment.what == "Contactar a la empresa tras su test, para acordar una entrevista o visita"
    assert commitment.explanation[-1] == "Vence el martes 22 de septiembre a las 23:59."
    assert commitment.warn_at == at("2026-09-21T09:44")  # Monday, a quarter of the time before
    assert explain(commitment)[0] == (
        "Corre desde el miércoles 16 de septiembre de 2026: la empresa terminó el test, o se decidió atenderla."
    )
    assert explain(commitment)[1].startswith("3 días hábiles desde")
    english = explain(commitment, "en")[0]
    assert english.endswith(": the company finished the self-test, or it was decided to attend to it.")
    assert explain(commitment, "en")[-1] == "Due on Tuesday 22 September at 23:59."


def test_a_promise_minds_the_days_that_an_administrator_added(cast, owe):
    ExtraHoliday.objects.create(day=date(2026, 9, 17), name="Elecciones", added_by=cast.carolina, added_at=cast.now)
    ExtraHoliday.objects.create(
        day=date(2026, 9, 21), name="Mudanza", office=cast.biobio, added_by=cast.carolina, added_at=cast.now
    )
    assert owe().due_at == at("2026-09-23T23:59:59")
    assert owe(office=cast.biobio).due_at == at("2026-09-24T23:59:59")


def test_a_term_counted_backwards_starts_now_and_remembers_its_event(cast, owe):
    visit = at("2026-11-10T10:00")
    commitment = owe("DL-13", starts_at=visit)
    assert (commitment.event_at, commitment.starts_at) == (visit, cast.now)
    assert commitment.due_at == at("2026-10-09T23:59:59")
    english = explain(commitment, "en")
    assert english[0] == "It is counted back from Tuesday 10 November 2026: an importer's visit is planned."
    assert english[1].startswith("30 calendar days before")
    late = owe("DL-13", starts_at=at("2026-09-20T10:00"))
    assert late.starts_at == late.due_at < cast.now


@pytest.mark.parametrize("wrong", [{"debtor": "person"}, {"debtor": "company", "company": None}])
def test_nothing_is_owed_by_nobody(owe, wrong):
    with pytest.raises(Refused):
        owe(**wrong)


def test_a_rule_without_amount_cannot_be_promised(owe):
    with pytest.raises(UnknownRule):
        owe("INT-11")


def test_what_is_agreed_by_hand_needs_words_and_a_future_date(cast):
    given = {"debtor": "office", "office": cast.office, "now": cast.now, "actor": cast.actor}
    agreed = promise_by_hand(what="Enviar el folleto", due_at=cast.now + timedelta(days=2), **given)
    assert agreed.rule == ""
    with pytest.raises(Refused, match="futura"):
        promise_by_hand(what="Enviar el folleto", due_at=cast.now, **given)
    with pytest.raises(Refused, match="Escribe"):
        promise_by_hand(what="  ", due_at=cast.now + timedelta(days=2), **given)
    with pytest.raises(Refused, match="acordada a mano"):
        pause(commitment=agreed, reason="Esperamos", actor=cast.actor, now=cast.now)


def test_a_commitment_ends_once(cast, owe):
    kept, called_off = owe(), owe()
    assert fulfil(commitment=kept, actor=cast.actor, now=cast.now).was_kept
    cancel(commitment=called_off, because="Se retiró", actor=cast.actor, now=cast.now)
    for closed in (kept, called_off):
        with pytest.raises(Refused):
            fulfil(commitment=closed, actor=cast.actor, now=cast.now)
        with pytest.raises(Refused):
            cancel(commitment=closed, because="Otra vez", actor=cast.actor, now=cast.now)


def test_exp_8_a_pause_moves_the_date_and_the_ledger_lists_it(cast, owe):
    commitment = owe()
    pause(commitment=commitment, reason="Esperamos antecedentes", actor=cast.actor, now=at("2026-09-17T10:00"))
    with pytest.raises(Refused, match="ya está en pausa"):
        pause(commitment=commitment, reason="Otra vez", actor=cast.actor, now=at("2026-09-17T11:00"))
    resumed = resume(commitment=commitment, actor=cast.actor, now=at("2026-09-21T09:30"))
    assert resumed.due_at == at("2026-09-23T23:59:59")
    assert any("Esperamos antecedentes" in sentence for sentence in resumed.explanation)
    assert [stretch.kind for stretch in ledger_of(resumed)] == ["start", "counted", "paused", "counted"]
    facts = list(Entry.objects.order_by("pk").values_list("fact", flat=True))
    assert facts[0].startswith("Plazo en pausa: Contactar a la empresa")
    assert facts[1].endswith("vence el 23-09-2026")
    with pytest.raises(Refused, match="no está en pausa"):
        resume(commitment=commitment, actor=cast.actor, now=at("2026-09-21T09:31"))


def test_off_3_a_rule_that_may_not_pause_refuses_and_says_why(cast, owe):
    with pytest.raises(Refused, match="El plazo DL-7 corre sin pausas"):
        pause(commitment=owe("DL-7"), reason="Esperamos", actor=cast.actor, now=cast.now)
    with pytest.raises(Refused, match="ya venció"):
        pause(commitment=owe(), reason="Esperamos", actor=cast.actor, now=at("2026-09-25T10:00"))
    with pytest.raises(Refused, match="Escribe qué se espera"):
        pause(commitment=owe(), reason=" ", actor=cast.actor, now=cast.now)


def test_the_arithmetic_of_a_promise_survives_a_change_of_its_rule(cast, owe):
    commitment = owe()
    amend_rule(
        rule_id="DL-1",
        value={"amount": 9, "unit": "business_days", "roll": "none", "may_pause": False},
        valid_from=date(2026, 9, 16),
        reason="Un cambio que no alcanza a lo prometido",
        actor_id=cast.carolina.pk,
        now=cast.now,
    )
    pause(commitment=commitment, reason="Esperamos", actor=cast.actor, now=at("2026-09-17T10:00"))
    assert resume(commitment=commitment, actor=cast.actor, now=at("2026-09-21T09:30")).due_at == at(
        "2026-09-23T23:59:59"
    )
    assert owe().rule_version == 1


def test_keeping_a_paused_promise_resumes_it_first(cast, owe):
    commitment = owe()
    pause(commitment=commitment, reason="Esperamos", actor=cast.actor, now=at("2026-09-17T10:00"))
    kept = fulfil(commitment=commitment, actor=cast.actor, now=at("2026-09-30T10:00"))
    assert kept.was_kept
    assert not Pause.objects.filter(resumed_at=None).exists()


def test_por_10_what_is_promised_by_somebody_absent_falls_to_the_substitute(cast, owe):
    absence = Absence.objects.create(
        staff_member=StaffMember.objects.get(person=cast.carolina),
        substitute=StaffMember.objects.get(person=cast.hugo),
        from_on=date(2026, 9, 14),
        until_on=date(2026, 9, 20),
        recorded_by=cast.hugo,
        recorded_at=cast.now,
    )
    commitment = owe(debtor="person", owner=cast.carolina)
    assert commitment.owner == cast.hugo
    handed = commitment.transfers.get()
    assert (handed.from_owner, handed.absence) == (cast.carolina, absence)
    return_from_absence(absence=absence, actor=cast.actor, now=cast.now)
    commitment.refresh_from_db()
    assert commitment.owner == cast.carolina


@pytest.mark.parametrize(
    "change",
    [
        {"debtor": "person", "owner": None},
        {"debtor": "company", "company": None},
        {"due_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"fulfilled_at": datetime(2026, 9, 17, tzinfo=UTC), "cancelled_at": datetime(2026, 9, 17, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_what_must_never_be(owe, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=owe().pk).update(**change)
