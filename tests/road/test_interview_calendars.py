"""The date of an interview goes to both calendars: put in, moved, taken out, one identity (FMT-5, EXP-16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from acompana.demonstration.roads import hold_interview
from acompana.intake import operations as intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.refusals import Refused
from acompana.messages.delivery import as_mail
from acompana.messages.models import Attachment, Message
from tests.road.test_road import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def arranged(cast, company):
    matter = latest_intake_of(company).matter
    executive = cast.actor("executive", NOW)
    intake.record_contact(matter=matter, contact=None, channel="phone", text="", actor=executive, now=NOW)
    return intake.arrange_interview(
        matter=matter,
        mode="video",
        place="https://reunion.example/1",
        starts_at=NOW + timedelta(days=6),
        minutes=45,
        actor=executive,
        now=NOW,
    )


def told() -> list[tuple[str, str, str, int]]:
    """Of each calendar file sent, in order: to whom, what it asks, its identity, its sequence."""
    rows = []
    for one in Attachment.objects.select_related("message").order_by("pk"):
        calendar = Calendar.from_ical(bytes(one.content))
        event = calendar.walk("VEVENT")[0]
        rows.append((one.message.to_address, str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"])))
    return rows


def test_both_get_each_date_under_one_identity_with_a_rising_sequence(cast, arranged):
    owner, executive = cast.actor("newcomer", NOW), cast.actor("executive", NOW)
    moved = intake.reschedule_interview(
        interview=arranged, starts_at=NOW + timedelta(days=5), reason="Viajo", actor=owner, now=NOW
    )
    intake.cancel_interview(interview=moved, reason="Se cortó la luz", actor=executive, now=NOW)
    again = intake.arrange_interview(
        matter=arranged.matter,
        mode="office",
        place="Oficina",
        starts_at=NOW + timedelta(days=12),
        minutes=30,
        actor=executive,
        now=NOW,
    )
    rows = told()
    both = ["valentina.rios@oliva.example", cast["executive"].email]
    assert [row[0] for row in rows] == both * 4
    assert [row[1] for row in rows[::2]] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert len({row[2] for row in rows}) == 1
    assert [row[3] for row in rows[::2]] == [0, 2, 3, 4]
    assert [row[3] for row in rows[1::2]] == [0, 2, 3, 4]
    assert again.matter.state == "to_interview"


def test_who_is_on_the_route_gets_it_too_at_an_address_that_is_not_the_contacts(cast, arranged):
    arranged.matter.company.contacts.update(email="Otra.Persona@oliva.example")
    moved = intake.reschedule_interview(
        interview=arranged,
        starts_at=NOW + timedelta(days=5),
        reason="Viajo",
        actor=cast.actor("newcomer", NOW),
        now=NOW,
    )
    intake.cancel_interview(interview=moved, reason="Me enfermé", actor=cast.actor("newcomer", NOW), now=NOW)
    both = ["valentina.rios@oliva.example", "otra.persona@oliva.example"]
    assert [row[0] for row in told() if row[0] != arranged.executive.email] == [both[0], *both, *both]
    subjects = list(Message.objects.filter(to_address=both[0], template="intake/interview").order_by("pk"))
    assert [one.subject.partition(":")[0] for one in subjects] == ["Tu entrevista", "Cambió tu entrevista"]


def test_the_file_says_who_calls_and_who_is_called(arranged):
    content = bytes(Attachment.objects.first().content)
    event = Calendar.from_ical(content).walk("VEVENT")[0]
    assert str(event["ORGANIZER"]) == "mailto:valparaiso@prochile.gob.cl"
    assert {str(one) for one in event["ATTENDEE"]} == {
        "mailto:valentina.rios@oliva.example",
        f"mailto:{arranged.executive.email}",
    }
    assert event.decoded("DTSTART") == arranged.starts_at
    # In UTC: a zone by its name would need its description in the file (RFC 5545).
    assert b"TZID" not in content
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=45)


def test_the_mail_carries_the_method_in_its_type(arranged):
    mail = as_mail(Message.objects.get(template="intake/interview")).message()
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "entrevista.ics"
    assert b"BEGIN:VEVENT" in part.get_payload(decode=True)


def test_leaving_the_road_takes_it_out_of_the_calendar(cast, arranged):
    intake.withdraw(matter=arranged.matter, actor=cast.actor("newcomer", NOW), now=NOW, reason="Cierro")
    assert [row[1] for row in told()] == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]


def test_held_before_its_hour_takes_the_date_out_of_both_calendars(cast, arranged):
    hold_interview(arranged.matter, executive=cast.actor("executive", NOW), now=NOW, otherwise=True)
    assert [row[1] for row in told()] == ["REQUEST", "REQUEST", "CANCEL", "CANCEL"]
    assert "queda sin efecto" in Message.objects.get(template="intake/interview_held").body


def test_calling_it_off_needs_a_reason_and_a_side(cast, arranged):
    for key, reason in (("executive", " "), ("other_executive", "No"), ("rival", "No")):
        with pytest.raises(Refused):
            intake.cancel_interview(interview=arranged, reason=reason, actor=cast.actor(key, NOW), now=NOW)
    arranged.refresh_from_db()
    assert arranged.cancelled_at is None
