"""When and where an interview can be: open hours, its term, one at a time, a place that one can go to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from acompana.commitments.models import Commitment
from acompana.demonstration.roads import free_hour, open_hour
from acompana.intake import operations as intake
from acompana.intake.interview_hours import agreed_on, closed_words, hours_words, last_attended_day, last_day_of
from acompana.intake.mail import moment_words
from acompana.intake.models import Interview
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.messages.models import Message
from acompana.people.calendars import calendar_of
from acompana.people.models import ExtraHoliday, Office
from acompana.shell.words import long_date, reading_on
from tests.desk.conftest import made_of_company, road_of
from tests.desk.interview_steps import arrange, meant, page_of, video_call
from tests.kept import copy_of


@pytest.fixture
def client(enter, cast):
    return enter(cast["executive"])


def saturday(now):
    local = timezone.localtime(now)
    return (local + timedelta(days=(5 - local.weekday()) % 7 or 7)).strftime("%Y-%m-%dT10:30")


def test_a_day_without_office_is_warned_of_and_can_be_meant(client, contacted, now):
    data = {"mode": "video", "place_video": "https://reunion.example/1", "minutes": "60", "starts_at": saturday(now)}
    assert "even_if_closed" not in client.get(page_of(contacted, "acordar")).content.decode()
    refused = client.post(page_of(contacted, "acordar"), data)
    assert refused.status_code == 422
    assert "la oficina no atiende. Si es a esa hora igual, marca la casilla" in refused.content.decode()
    assert not Interview.objects.filter(matter=contacted).exists()
    assert client.post(page_of(contacted, "acordar"), meant(refused, data, "even_if_closed")).status_code == 302
    assert timezone.localtime(Interview.objects.get(matter=contacted).starts_at).weekday() == 5


@pytest.mark.parametrize("changed", [{"starts_at": 7}, {"mode": "phone", "place_phone": "+56 9 6543 2109"}])
def test_what_was_confirmed_holds_for_the_interview_that_was_asked_about(client, contacted, now, changed):
    """A tick is for the date and the way that its question named: another one is asked about again."""
    address = page_of(contacted, "acordar")
    data = {"mode": "video", "place_video": "https://reunion.example/1", "minutes": "60", "starts_at": saturday(now)}
    if "starts_at" in changed:
        changed = {"starts_at": saturday(now + timedelta(days=changed["starts_at"]))}
    sent = meant(client.post(address, data), data, "even_if_closed", "even_if_late") | changed
    asked = client.post(address, sent)
    assert asked.status_code == 422
    form = asked.context["form"]
    assert "even_if_closed" in form.errors
    assert not form["even_if_closed"].value()
    assert not Interview.objects.filter(matter=contacted).exists()
    ticks = [tick.name for tick in form.asked_again()]
    assert client.post(address, meant(asked, data | changed, *ticks)).status_code == 302


def test_the_company_confirms_the_date_that_it_was_asked_about(enter, contacted, cast, now):
    arrange(contacted, cast, now)
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    data = {"starts_at": saturday(now), "reason": "Viajo"}
    other = {"starts_at": saturday(now + timedelta(days=7))}
    sent = meant(owner.post(address, data), data, "even_if_closed", "even_if_late") | other
    asked = owner.post(address, sent)
    assert asked.status_code == 422
    assert "even_if_closed" in asked.context["form"].errors
    assert contacted.interviews.get().cancelled_at is None


def test_the_company_overwrites_no_date_that_it_did_not_see(enter, contacted, cast, now):
    """Moved, or called off, by somebody else while the page was open: said, with what was typed (EXP-16)."""
    arrange(contacted, cast, now)
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    shown = owner.get(address).context["interview"]
    wanted = open_hour(contacted.office, now + timedelta(days=6)).strftime("%Y-%m-%dT12:00")
    mine = {"seen": shown.pk, "starts_at": wanted, "reason": "Viajo a Lima"}
    theirs = open_hour(contacted.office, now + timedelta(days=5))
    moved = intake.reschedule_interview(
        interview=shown, starts_at=theirs, reason="Turno", actor=cast.actor("executive", now), now=now
    )
    late = owner.post(address, mine)
    page = late.content.decode()
    assert late.status_code == 422
    with reading_on(timezone.localdate(now)):
        when = moment_words(theirs, contacted.office.time_zone)
    assert f"Mientras tanto la entrevista cambió: ahora es el {when}" in page
    assert "Viajo a Lima" in page
    assert owner.post(address, {"seen": shown.pk, "verb": "cancel", "why": "No puedo"}).status_code == 422
    assert contacted.interviews.get(cancelled_at=None) == moved
    intake.cancel_interview(interview=moved, reason="Paro", actor=cast.actor("executive", now), now=now)
    gone = owner.post(address, mine | {"seen": moved.pk})
    assert gone.status_code == 422
    assert "Mientras tanto la entrevista se canceló" in gone.content.decode()
    assert "Viajo a Lima" in gone.content.decode()


def test_the_company_is_warned_too(enter, contacted, cast, now):
    arrange(contacted, cast, now)
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    data = {"starts_at": saturday(now + timedelta(days=7)), "reason": "Viajo"}
    refused = owner.post(address, data)
    assert refused.status_code == 422
    assert "fin de semana: la oficina no atiende" in refused.content.decode()
    assert owner.post(address, meant(refused, data, "even_if_closed")).status_code == 302


def at_three(office, now):
    """Three in the morning of a business day of next week."""
    return open_hour(office, now + timedelta(days=5)).strftime("%Y-%m-%dT03:00")


def test_an_hour_without_office_is_warned_of_with_its_hours_and_can_be_meant(client, contacted, now):
    night = at_three(contacted.office, now)
    data = {"mode": "video", "place_video": "https://reunion.example/1", "minutes": "60", "starts_at": night}
    refused = client.post(page_of(contacted, "acordar"), data)
    assert refused.status_code == 422
    (error,) = refused.context["form"].errors["even_if_closed"]
    assert f"a las 3:00 la oficina está cerrada: atiende {hours_words(contacted.office)}." in error
    assert not Interview.objects.filter(matter=contacted).exists()
    assert client.post(page_of(contacted, "acordar"), meant(refused, data, "even_if_closed")).status_code == 302


def test_a_date_after_the_term_is_asked_again_on_both_sides(client, enter, contacted, cast, now):
    late = open_hour(contacted.office, now + timedelta(days=30)).strftime("%Y-%m-%dT10:30")
    data = {"mode": "video", "place_video": "https://reunion.example/1", "minutes": "60", "starts_at": late}
    refused = client.post(page_of(contacted, "acordar"), data)
    with reading_on(timezone.localdate(now)):
        last = long_date(last_day_of(contacted, now))
    assert refused.context["form"].errors == {
        "even_if_late": [f"Pasa el plazo para entrevistarla, que es el {last}. ¿Agendar igual?"]
    }
    assert client.post(page_of(contacted, "acordar"), meant(refused, data, "even_if_late")).status_code == 302
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    later = open_hour(contacted.office, now + timedelta(days=31)).strftime("%Y-%m-%dT11:30")
    moved = {"starts_at": later, "reason": "Viajo"}
    told = owner.post(address, moved)
    assert told.status_code == 422
    assert f"Nos comprometimos a hacerla a más tardar el {last}, y esa fecha es después." in told.content.decode()
    assert owner.post(address, meant(told, moved, "even_if_late")).status_code == 302


def test_the_hours_and_the_last_day_are_told_before_a_date_is_chosen(client, enter, contacted, cast, now):
    told, zone = f"que atiende {hours_words(contacted.office)}.", ZoneInfo(contacted.office.time_zone)
    today = timezone.localdate(now, zone)
    saturday = today + timedelta(days=14 + 5 - today.weekday())
    due = datetime.combine(saturday, time(23, 59, 59), zone)
    contacted.commitments.filter(rule="DL-2").update(due_at=due)
    attended = last_attended_day(contacted.office, saturday)
    assert attended < saturday
    with reading_on(today):
        last = f"a más tardar el {long_date(last_day_of(contacted, now))}."
        last_attended = f"El último día que atiende la oficina es el {long_date(attended)}."
    page = client.get(page_of(contacted, "acordar")).content.decode()
    assert told in page
    assert f"{last.replace('a más', 'A más')} {last_attended}" in page
    arrange(contacted, cast, now)
    theirs = enter(cast["owner"]).get(f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/").content.decode()
    assert told in theirs
    assert f"{last} {last_attended}" in theirs


def test_a_term_that_is_over_is_not_asked_about_again(contacted, now):
    assert last_day_of(contacted, now + timedelta(days=40)) is None


def test_a_holiday_is_named(contacted):
    christmas = datetime(2026, 12, 25, 15, tzinfo=UTC)
    with reading_on(christmas.date()):
        told = closed_words(christmas, 60, contacted.office)
    assert told.startswith("El viernes 25 de diciembre es feriado (Navidad)")
    assert closed_words(christmas - timedelta(days=1), 60, contacted.office) == ""


def test_an_interview_that_would_outlast_the_office_is_asked_about(client, enter, contacted, cast, now):
    """It lasts what its calendar file says: who would stay after hours says that it is meant (OFF-2)."""
    calendar = calendar_of(contacted.office)
    closes_at = calendar.closing_after(open_hour(contacted.office, now + timedelta(days=3)))
    quarter_before = as_typed(closes_at - timedelta(minutes=15), contacted.office)
    data = {"mode": "video", "place_video": "https://reunion.example/1", "starts_at": quarter_before}
    address = page_of(contacted, "acordar")
    refused = client.post(address, data | {"minutes": "60"})
    ends, closes = (f"{at:%H:%M}".removeprefix("0") for at in (closes_at + timedelta(minutes=45), closes_at))
    (error,) = refused.context["form"].errors["even_if_closed"]
    assert f"la entrevista terminaría a las {ends}, y la oficina cierra a las {closes}." in error
    assert client.post(address, data | {"minutes": "15"}).status_code == 302
    agreed = contacted.interviews.get()
    with pytest.raises(Refused, match="la oficina cierra a las"):
        intake.reschedule_interview(
            interview=agreed, starts_at=closes_at - timedelta(minutes=15), minutes=16, reason="Dura más",
            actor=cast.actor("executive", now), now=now,
        )  # fmt: skip
    owner, theirs = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    moved = {"starts_at": as_typed(closes_at - timedelta(minutes=5), contacted.office), "reason": "Viajo"}
    asked = owner.post(theirs, moved)
    assert "la oficina cierra a las" in asked.content.decode()
    assert owner.post(theirs, meant(asked, moved, "even_if_closed")).status_code == 302


# --- one executive, one interview at a time -------------------------------------------------------------------------


def beside_it(cast, now, _contacted):
    """Another company of the executive, with its interview agreed."""
    other = latest_intake_of(road_of(cast, now, 2)).matter
    intake.record_contact(
        matter=other, contact=None, channel="phone", text="", actor=cast.actor("executive", now), now=now
    )
    other.refresh_from_db()
    return arrange(other, cast, now, days=6)


kept_beside = made_of_company(beside_it, upon="kept_contacted")
beside = copy_of("kept_beside")


def as_typed(at, office):
    return timezone.localtime(at, ZoneInfo(office.time_zone)).strftime("%Y-%m-%dT%H:%M")


def test_a_company_does_not_take_an_hour_of_another_one_and_is_not_told_whose(enter, contacted, cast, now, beside):
    arrange(contacted, cast, now)
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    for apart in (timedelta(0), timedelta(minutes=59), -timedelta(minutes=59)):
        data = {"starts_at": as_typed(beside.starts_at + apart, contacted.office), "reason": "Viajo"}
        asked = owner.post(address, data)
        refused = owner.post(address, meant(asked, data, "even_if_closed", "even_if_late", "even_if_taken"))
        assert refused.status_code == 422
        assert "A esa hora ya no hay lugar: elige otra." in refused.content.decode()
        assert str(beside.matter.company) not in refused.content.decode()
    after = {"starts_at": as_typed(beside.starts_at + timedelta(minutes=60), contacted.office), "reason": "Viajo"}
    sent = after | {"asked_about": after["starts_at"], "even_if_closed": "on", "even_if_late": "on"}
    assert owner.post(address, sent).status_code == 302


def test_the_desk_is_asked_again_with_the_other_company_named(client, contacted, now, beside):
    data = video_call(now, "https://reunion.example/2") | {"starts_at": as_typed(beside.starts_at, contacted.office)}
    refused = client.post(page_of(contacted, "acordar"), data)
    assert refused.status_code == 422
    (error,) = refused.context["form"].errors["even_if_taken"]
    assert f"ya tiene una entrevista con {beside.matter.company} de " in error
    assert not Interview.objects.filter(matter=contacted).exists()
    sent = client.post(page_of(contacted, "acordar"), meant(refused, data, "even_if_late", "even_if_taken"))
    assert sent.status_code == 302
    assert Interview.objects.filter(starts_at=beside.starts_at).count() == 2


def test_an_interview_gives_way_to_itself_and_to_one_that_was_called_off(contacted, cast, now, beside):
    executive = cast.actor("executive", now)
    intake.cancel_interview(interview=beside, reason="Se enfermó", actor=executive, now=now)
    mine = arrange(contacted, cast, now, days=6)
    assert mine.starts_at == beside.starts_at
    quarter = timedelta(minutes=15)
    moved = intake.reschedule_interview(
        interview=mine, starts_at=mine.starts_at + quarter, reason="Un poco después", actor=executive, now=now,
        even_if_closed=True,
    )  # fmt: skip
    assert moved.replaces == mine
    with pytest.raises(Refused, match="ya tiene una entrevista con"):
        arrange(beside.matter, cast, now, days=6)


# --- a place that one can go to -------------------------------------------------------------------------------------


def test_an_interview_at_the_office_asks_for_a_street_and_tells_it_with_the_city(client, enter, cast, contacted, now):
    assert contacted.office.address == ""  # the sources publish none
    data = video_call(now, "") | {"mode": "office"}
    assert client.get(page_of(contacted, "acordar")).context["form"]["place_office"].value() == ""
    for vague in ("", "Oficina regional"):
        refused = client.post(page_of(contacted, "acordar"), data | {"place_office": vague})
        assert refused.status_code == 422
        assert refused.context["form"].errors["place_office"]
    assert client.post(page_of(contacted, "acordar"), data | {"place_office": "Calle Larga 12"}).status_code == 302
    where = f"Calle Larga 12, {contacted.office.city}"
    assert f"Dónde: {where}" in Message.objects.get(template="intake/interview").body
    owner, address = enter(cast["owner"]), f"/mi-empresa/{contacted.company_id}/"
    assert f"En la oficina regional: {where}." in owner.get(address).content.decode()
    event = Calendar.from_ical(owner.get(f"{address}entrevista/calendario/").content).walk("VEVENT")[0]
    assert str(event["LOCATION"]) == f"{contacted.office.name}, {where}"


def test_the_office_of_which_the_address_is_known_proposes_it(client, contacted):
    Office.objects.filter(pk=contacted.office_id).update(address="Calle Corta 3")
    assert client.get(page_of(contacted, "acordar")).context["form"]["place_office"].value() == "Calle Corta 3"


def test_a_free_hour_is_after_what_the_executive_has_agreed(contacted, road, cast, now):
    executive = cast.actor("executive", now)
    agreed = arrange(contacted, cast, now)
    other = latest_intake_of(road(2, "high")).matter
    intake.record_contact(matter=other, contact=None, channel="whatsapp", text="", actor=executive, now=now)
    found = free_hour(other.office, executive, agreed.starts_at - timedelta(minutes=30), 60)
    assert found >= agreed.starts_at + timedelta(minutes=agreed.minutes)
    assert closed_words(found, 60, other.office) == ""
    intake.arrange_interview(
        matter=other, mode="video", place="https://reunion.example/2", starts_at=found, minutes=60, actor=executive,
        now=now,
    )  # fmt: skip


# --- moved to where it is -------------------------------------------------------------------------------------------


def test_to_its_own_hour_and_place_an_interview_is_not_moved(client, enter, contacted, cast, now):
    """Neither side: nothing changes, and nobody is written to (EXP-16)."""
    arrange(contacted, cast, now)
    agreed = contacted.interviews.get()
    letters = Message.objects.count()
    same = {"starts_at": as_typed(agreed.starts_at, contacted.office), "reason": "Confirmo", "seen": agreed.pk}
    address = page_of(contacted, "acordar")
    ours = same | {"mode": agreed.mode, f"place_{agreed.mode}": agreed.place, "minutes": agreed.minutes}
    theirs = f"/mi-empresa/{contacted.company_id}/entrevista/cambiar/"
    for answered in (client.post(address, ours), enter(cast["owner"]).post(theirs, same)):
        assert answered.status_code == 422
        assert answered.context["form"].errors["starts_at"] == ["Ya está agendada para esa fecha y hora."]
    with pytest.raises(Refused, match="Ya está agendada"):
        intake.reschedule_interview(
            interview=agreed, starts_at=agreed.starts_at, reason="Confirmo", actor=cast.actor("owner", now), now=now
        )
    assert contacted.interviews.get() == agreed
    assert Message.objects.count() == letters
    longer = client.post(address, ours | {"minutes": agreed.minutes + 15})
    assert longer.status_code == 302


# --- a day that is to be off ----------------------------------------------------------------------------------------


def test_who_adds_a_day_off_reads_which_interviews_are_agreed_for_it(enter, contacted, cast, now, beside):
    admin = enter(cast["administrator"])
    day = timezone.localtime(beside.starts_at, ZoneInfo(contacted.office.time_zone)).date()
    Commitment.objects.open().update(cancelled_at=now, cancelled_because="nothing moves")
    typed = {"closure-day": day, "closure-name": "Mudanza"}
    asked = admin.post("/escritorio/administracion/oficinas/CL-VS/cierres/", typed)
    page = asked.content.decode()
    assert "<strong>1 entrevista acordada</strong> para ese día en esa oficina" in page
    assert "Ningún plazo abierto cambia de día." in page
    assert f'<a href="{beside.matter.company.get_absolute_url()}">' in page
    assert f"con {cast['executive']}" in page
    assert not ExtraHoliday.objects.exists()
    assert (
        "Cierre anotado."
        in admin.post(
            "/escritorio/administracion/oficinas/CL-VS/cierres/", typed | {asked.context["sure"]: "1"}, follow=True
        ).content.decode()
    )


def test_the_interviews_of_a_day_are_those_of_its_offices_and_their_clock_in_one_query(
    contacted, cast, now, beside, django_assert_num_queries
):
    zone, biobio = ZoneInfo(contacted.office.time_zone), Office.objects.get(code="CL-BI")
    day = timezone.localtime(beside.starts_at, zone).date()
    off, elsewhere = ExtraHoliday(day=day, name="Duelo"), ExtraHoliday(day=day, name="Mudanza", office=biobio)
    assert (agreed_on(off), agreed_on(elsewhere)) == ([beside], [])
    late = arrange(contacted, cast, now)
    Interview.objects.filter(pk=late.pk).update(starts_at=datetime.combine(day, time(23, 30), zone))
    with django_assert_num_queries(1):
        assert [str(one.matter.company) for one in agreed_on(off)] == [
            str(one.matter.company) for one in (beside, late)
        ]
    assert agreed_on(ExtraHoliday(day=day + timedelta(days=1), name="Duelo")) == []
    Interview.objects.filter(pk=late.pk).update(cancelled_at=now)
    assert agreed_on(off) == [beside]
