"""What was noted later counts from when it happened: figures, terms and the log (INT-7, INT-10, INT-25)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from acompana.commitments.models import Commitment
from acompana.commitments.operations import fulfil, pause
from acompana.demonstration.roads import give_answers
from acompana.evaluation.deadlines import deadline_rows, rows_of
from acompana.evaluation.rules import DEADLINE_FIGURES, Period
from acompana.evaluation.selection import Selection
from acompana.intake import operations as intake
from acompana.intake.mail import moment_words
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.logbook.models import Entry
from acompana.progress.moments import NOT_YET
from acompana.questionnaires.operations import finish_response, start_response
from acompana.shell.words import MONTHS, long_date, reading_on
from tests.desk.conftest import company_made_once

FORMAT = "%Y-%m-%dT%H:%M"
WAITED = 20  # days since the result: its three business days are over, whatever the weekday


kept_company, company = company_made_once(days=WAITED)


@pytest.fixture
def matter(company):
    return latest_intake_of(company).matter


@pytest.fixture
def client(enter, cast):
    return enter(cast["executive"])


@pytest.fixture
def soon(matter) -> datetime:
    """Two hours after the result, to the minute: as people say it."""
    return (matter.state_since + timedelta(hours=2)).replace(second=0, microsecond=0)


def page_of(matter, page="contacto"):
    return f"/escritorio/ingresos/{matter.number}/{page}/"


def local(moment, matter):
    return moment.astimezone(ZoneInfo(matter.office.time_zone)).strftime(FORMAT)


def noted(client, matter, moment, **more):
    told = moment if isinstance(moment, str) else local(moment, matter)
    return client.post(
        page_of(matter), {"outcome": "reached", "channel": "phone", "happened_at": told, "text": "Quedamos.", **more}
    )


# --- the contact ----------------------------------------------------------------------------------------------------


def test_the_page_asks_when_it_was_and_proposes_now(client, matter, now):
    shown = client.get(page_of(matter))
    assert "¿Cuándo fue?" in shown.content.decode()
    assert abs(
        shown.context["form"]["happened_at"].value() - timezone.localtime(now).replace(tzinfo=None)
    ) < timedelta(minutes=5)


def test_a_contact_made_in_time_and_noted_late_counts_as_in_time(client, matter, soon, now):
    assert noted(client, matter, soon).status_code == 302
    contact = Commitment.objects.get(matter=matter, rule="DL-1")
    assert contact.due_at < now
    assert (contact.fulfilled_at, contact.was_kept) == (soon, True)
    selection = Selection(Period("fechas", "", (now - timedelta(days=30)).date(), (now + timedelta(days=1)).date()))
    row = next(row for row in deadline_rows(selection, now) if row.row.rule == "DL-1")
    assert (row.row.in_time, row.row.late) == (1, 0)
    assert [one.pk for one in rows_of(DEADLINE_FIGURES["en-plazo"], selection, now, rule="DL-1")] == [contact.pk]
    assert not rows_of(DEADLINE_FIGURES["fuera-de-plazo"], selection, now, rule="DL-1")


def test_the_interview_is_owed_from_the_moment_told(client, matter, soon):
    noted(client, matter, soon)
    owed = Commitment.objects.get(matter=matter, rule="DL-2")
    assert owed.starts_at == soon
    due = (soon.astimezone(ZoneInfo(matter.office.time_zone)) + timedelta(days=15)).date()
    assert owed.due_at.astimezone(ZoneInfo(matter.office.time_zone)).date() == due


def test_the_log_keeps_when_it_was_and_when_it_was_written(client, company, matter, soon, now):
    noted(client, matter, soon)
    for entry in Entry.objects.filter(company=company, happened_at=soon):
        assert entry.recorded_at - now < timedelta(minutes=5)
    assert Entry.objects.filter(company=company, happened_at=soon).count() == 2  # the call and the step
    page = client.get(company.get_absolute_url()).content.decode()
    assert f"anotado el {timezone.localtime(now):%d-%m-%Y}, " in page
    assert matter.steps.get(transition="record_contact").taken_at == soon


def test_what_is_yet_to_come_is_refused_at_its_field_with_nothing_lost(client, matter, now):
    refused = noted(client, matter, now + timedelta(hours=3), text="Le dejé recado a Ana.")
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"happened_at": [NOT_YET]}
    assert "Le dejé recado a Ana." in refused.content.decode()
    matter.refresh_from_db()
    assert matter.state == "to_contact"


def test_before_the_stage_began_it_cannot_have_been(client, matter):
    refused = noted(client, matter, matter.state_since - timedelta(minutes=2))
    since = matter.state_since.astimezone(ZoneInfo(matter.office.time_zone))
    (error,) = refused.context["form"].errors["happened_at"]
    assert f"a las {since:%H:%M}: no pudo ser antes." in error


def test_the_minute_in_which_the_stage_began_is_not_before_it(client, matter):
    noted(client, matter, matter.state_since)
    matter.refresh_from_db()
    assert matter.state == "to_interview"


def test_a_date_left_empty_is_asked_for(client, matter):
    assert "happened_at" in noted(client, matter, "").context["form"].errors


def test_an_attempt_is_noted_when_it_was(client, matter, soon):
    noted(client, matter, soon, outcome="not_reached")
    assert Entry.objects.get(matter=matter, outcome="not_reached").happened_at == soon


def test_the_operation_refuses_what_the_page_does(matter, cast, now):
    with pytest.raises(Refused, match="todavía no pasa"):
        intake.record_contact(
            matter=matter, contact=None, channel="phone", text="", actor=cast.actor("executive", now), now=now,
            happened_at=now + timedelta(seconds=1),
        )  # fmt: skip


# --- a call noted on the record -------------------------------------------------------------------------------------


def called(client, company, moment):
    sent = {"noting": "call", "kind": "call", "outcome": "reached", "happened_at": moment.strftime(FORMAT)}
    return client.post(company.get_absolute_url(), sent, follow=True).content.decode()


def test_a_call_noted_on_the_record_meets_the_contact_when_it_was(client, company, matter, soon):
    assert "cuenta como el contacto de su ingreso" in called(client, company, timezone.localtime(soon))
    assert Commitment.objects.get(matter=matter, rule="DL-1").fulfilled_at == soon
    assert Commitment.objects.get(matter=matter, rule="DL-2").starts_at == soon


def test_a_call_before_its_result_is_noted_and_is_not_the_contact(client, company, matter):
    before = timezone.localtime(matter.state_since) - timedelta(days=3)
    assert "no cuenta como el contacto de su ingreso" in called(client, company, before)
    matter.refresh_from_db()
    assert matter.state == "to_contact"


# --- the interview --------------------------------------------------------------------------------------------------


@pytest.fixture
def contacted(client, matter, soon):
    noted(client, matter, soon)
    matter.refresh_from_db()
    return matter


def scored(matter, cast, now):
    executive = cast.actor("executive", now)
    response = start_response(
        instrument="interview", company=matter.company, matter=matter, actor=executive, now=now, again=True
    )
    give_answers(response, share=1.0, actor=executive, now=now)
    return response


def test_an_interview_held_in_time_and_noted_late_is_in_time(client, contacted, soon):
    held = soon + timedelta(days=2)
    shown = client.get(page_of(contacted, "entrevista")).context["form"]
    answers = {name: field.choices[0][0] for name, field in shown.fields.items() if getattr(field, "choices", None)}
    sent = {**answers, "mode": "visit", "happened_at": local(held, contacted), "finish": "1"}
    assert client.post(page_of(contacted, "entrevista"), sent).status_code == 302
    kept = Commitment.objects.get(matter=contacted, rule="DL-2")
    assert (kept.fulfilled_at, kept.was_kept) == (held, True)
    assert Commitment.objects.get(matter=contacted, rule="PD-1").starts_at == held
    assert contacted.company.counting_actions.get(kind="interview").done_on == timezone.localdate(held)


@pytest.fixture
def agreed(contacted, cast, soon):
    return intake.arrange_interview(
        matter=contacted, mode="visit", place="Su planta", minutes=60, starts_at=soon + timedelta(days=2),
        even_if_closed=True, actor=cast.actor("executive", soon), now=soon,
    )  # fmt: skip


def filled(client, matter):
    """What the page of the interview sends with every question answered, and nothing told of when it was."""
    shown = client.get(page_of(matter, "entrevista")).context["form"]
    answers = {name: field.choices[0][0] for name, field in shown.fields.items() if getattr(field, "choices", None)}
    return {**answers, "mode": "visit", "finish": "1"}


def test_whether_it_was_when_agreed_is_asked_with_nothing_marked_and_any_other_date_begins_now(
    client, contacted, agreed, now
):
    form = client.get(page_of(contacted, "entrevista")).context["beside_form"]
    assert form["on_agreed"].value() is None
    at = agreed.starts_at.astimezone(ZoneInfo(contacted.office.time_zone))
    assert f"{at.day} de {MONTHS['es'][at.month - 1]}" in form["on_agreed"].label
    assert f", {at.hour}:{at:%M})?" in form["on_agreed"].label
    assert abs(form["happened_at"].value() - timezone.localtime(now).replace(tzinfo=None)) < timedelta(minutes=5)
    refused = client.post(page_of(contacted, "entrevista"), filled(client, contacted))
    assert refused.context["beside_form"].errors.keys() == {"on_agreed"}


def test_held_when_agreed_counts_from_then_and_the_confirmation_says_what_that_makes_late(
    client, contacted, agreed, now
):
    sent = filled(client, contacted) | {"on_agreed": str(agreed.pk), "happened_at": local(now, contacted)}
    told = client.post(page_of(contacted, "entrevista"), sent, follow=True).content.decode()
    kept = Commitment.objects.get(matter=contacted, rule="DL-2")
    assert (kept.fulfilled_at, kept.was_kept) == (agreed.starts_at, True)
    with reading_on(timezone.localdate(now)):
        assert f"fue el {moment_words(agreed.starts_at, contacted.office.time_zone)}." in told
    assert "Quedó fuera de plazo" not in told
    assert "validarla ya está atrasado" in told  # it was twelve business days ago
    assert not Entry.objects.filter(matter=contacted, fact="No fue como se acordó").exists()


def test_held_later_than_agreed_is_late_and_both_say_so(client, contacted, agreed, now):
    sent = filled(client, contacted) | {"on_agreed": "no", "happened_at": local(now, contacted)}
    told = client.post(page_of(contacted, "entrevista"), sent, follow=True).content.decode()
    kept = Commitment.objects.get(matter=contacted, rule="DL-2")
    assert not kept.was_kept
    with reading_on(timezone.localdate(now)):
        due = long_date(kept.due_at.astimezone(ZoneInfo(contacted.office.time_zone)).date())
    assert f"Quedó fuera de plazo: se debía a más tardar el {due}." in told
    assert "validarla ya está atrasado" not in told
    noted = Entry.objects.get(matter=contacted, fact="No fue como se acordó")
    assert "estaba acordada para el" in noted.text.body


def test_yes_holds_for_the_date_that_was_shown(client, contacted, agreed, cast, now):
    sent = filled(client, contacted) | {"on_agreed": str(agreed.pk)}
    intake.reschedule_interview(
        interview=agreed, starts_at=now + timedelta(days=4), reason="Viaja", actor=cast.actor("executive", now),
        now=now, even_if_closed=True, even_if_late=True,
    )  # fmt: skip
    refused = client.post(page_of(contacted, "entrevista"), sent)
    assert "cambió mientras tanto" in refused.content.decode()


def test_before_the_contact_no_interview_was_held(client, contacted, cast, soon, now):
    response = scored(contacted, cast, now)
    finish_response(response=response, actor=cast.actor("executive", now), now=now)
    with pytest.raises(Refused, match="no pudo ser antes"):
        intake.hold_interview(
            matter=contacted, response=response, actor=cast.actor("executive", now), now=now,
            happened_at=soon - timedelta(hours=1),
        )  # fmt: skip


# --- a clock that stood still ---------------------------------------------------------------------------------------


def test_a_pause_after_it_was_done_takes_nothing_off(matter, cast):
    owed, executive = Commitment.objects.get(matter=matter, rule="DL-1"), cast.actor("executive", matter.state_since)
    due, began = owed.due_at, owed.starts_at
    pause(commitment=owed, reason="Pidió plazo", actor=executive, now=began + timedelta(hours=20))
    fulfil(commitment=owed, actor=executive, now=began + timedelta(days=9), done_at=began + timedelta(hours=2))
    owed.refresh_from_db()
    assert (owed.fulfilled_at, owed.due_at) == (began + timedelta(hours=2), due)
    assert owed.pauses.get().resumed_at == owed.pauses.get().paused_at
