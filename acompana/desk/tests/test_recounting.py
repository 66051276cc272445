"""Before a day is added or taken away the page says what it moves; then it does, at once or by the worker (OFF-2)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from acompana.commitments.models import Commitment, Recount
from acompana.commitments.operations import promise
from acompana.kernel.clock import read_clock
from acompana.messages.background import claim_job, run_job
from acompana.messages.models import JobNote, Worker
from acompana.people.models import ExtraHoliday, Office
from acompana.people.tests.desk_people import enter, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    return enter(client, staff("Raul", "Mena", "CL-CENTRAL", "administrator"))


@pytest.fixture
def owed(alto_roble, carolina):
    """Three business days from now, at Valparaíso."""
    now = read_clock()
    return promise(
        rule="DL-1",
        what="Contactar a Conservas Alto Roble",
        debtor="office",
        office=Office.objects.get(code="CL-VS"),
        company=alto_roble,
        starts_at=now,
        now=now,
        actor=carolina,
    )


def day_of(commitment):
    return localdate(Commitment.objects.get(pk=commitment.pk).due_at)


def url(name, *args):
    return reverse(f"administration:{name}", args=args)


def test_a_holiday_is_added_and_taken_away_after_a_yes_to_what_it_moves(admin, owed):
    day = day_of(owed)
    typed = {"day": day, "name": "Duelo nacional", "region": ""}
    asked = admin.post(url("add-holiday"), typed)
    page = asked.content.decode()
    assert "<strong>1 plazo abierto</strong> vencerá otro día" in page
    assert owed.get_absolute_url() in page
    assert not ExtraHoliday.objects.exists()
    sent = {field.html_name: field.value() for field in asked.context["typed"]} | {asked.context["sure"]: "1"}
    told = admin.post(url("add-holiday"), sent, follow=True).content.decode()
    assert "Feriado agregado. 1 plazo abierto vence ahora otro día." in told
    assert "1 plazo cambió de día" in told
    holiday = ExtraHoliday.objects.get()
    assert day_of(owed) > day
    listed = admin.get(reverse("commitments:recounts", args=[holiday.pk])).content.decode()
    assert f"{day:%d-%m-%Y}" in listed
    assert f"{day_of(owed):%d-%m-%Y}" in listed
    shown = admin.get(owed.get_absolute_url()).content.decode()
    assert f"Pasó del {day:%d-%m-%Y} al {day_of(owed):%d-%m-%Y}" in shown
    assert "(Duelo nacional)" in shown

    back = url("withdraw-holiday", holiday.pk)
    assert "Retirar y cambiar 1 plazo" in admin.post(back).content.decode()
    assert ExtraHoliday.objects.get().withdrawn_at is None
    told = admin.post(back, {asked.context["sure"]: "1"}, follow=True).content.decode()
    assert "Se retiró «Duelo nacional». 1 plazo abierto vence ahora otro día." in told
    assert day_of(owed) == day
    moves = admin.get(reverse("commitments:recounts", args=[holiday.pk])).context["rows"]
    today, later = f"{localdate():%d-%m-%Y}", moves[0].becomes
    assert [(row.why, row.was, row.becomes) for row in moves] == [
        (f"Se agregó el {today}", day, later),
        (f"Se retiró el {today}", later, day),
    ]


def test_the_closure_of_an_office_asks_too_and_what_moves_nothing_is_not_asked(admin, owed):
    day = day_of(owed)
    typed = {"closure-day": day, "closure-name": "Mudanza"}
    told = admin.post(url("close-day", "CL-BI"), typed, follow=True).content.decode()
    assert "Cierre anotado. Ningún plazo abierto cambió de día." in told
    asked = admin.post(url("close-day", "CL-VS"), typed)
    sent = {field.html_name: field.value() for field in asked.context["typed"]} | {asked.context["sure"]: "1"}
    told = admin.post(url("close-day", "CL-VS"), sent, follow=True).content.decode()
    assert "Cierre anotado. 1 plazo abierto vence ahora otro día." in told
    closure = ExtraHoliday.objects.get(office__code="CL-VS")
    back = url("reopen-day", "CL-VS", closure.pk)
    assert admin.post(back).context["foreseen"].count == 1
    assert "Cierre retirado." in admin.post(back, {asked.context["sure"]: "1"}, follow=True).content.decode()
    assert day_of(owed) == day


def test_a_great_many_are_counted_again_by_the_worker(admin, owed):
    day, now = day_of(owed), read_clock()
    values = Commitment.objects.filter(pk=owed.pk).values().get()
    del values["id"]
    Commitment.objects.bulk_create([Commitment(**values) for _ in range(500)])
    asked = admin.post(url("add-holiday"), {"day": day, "name": "Duelo nacional"})
    assert (asked.context["foreseen"].count, len(asked.context["foreseen"].first), asked.context["more"]) == (
        501,
        20,
        481,
    )
    told = admin.post(
        url("add-holiday"), {"day": day, "name": "Duelo nacional", asked.context["sure"]: "1"}, follow=True
    ).content.decode()
    assert "Feriado agregado. 501 plazos se revisan en segundo plano, en unos minutos." in told
    assert not Recount.objects.exists()
    worker = Worker.objects.create(place="here", pid=1, started_at=now, heartbeat_at=now)
    run_job(claim_job(worker=worker, now=now), now=now + timedelta(minutes=1))
    note = JobNote.objects.get()
    assert (note.title, note.done, note.total) == (
        f"Contar de nuevo los plazos: {day:%d-%m-%Y} Duelo nacional",
        501,
        501,
    )
    assert Recount.objects.count() == 501
    assert Commitment.objects.filter(due_at__gt=owed.due_at).count() == 501
    assert "501 plazos cambiaron de día" in admin.get(url("holidays"), {"anio": day.year}).content.decode()
