"""Due dates with their sentences, case by case (OFF-3, LAW-1, EXP-8, EXP-9)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from acompana.kernel.calendars import OfficeCalendar
from acompana.kernel.deadlines import compute_due
from acompana.kernel.pause_ledger import pause_ledger
from acompana.kernel.terms import PauseSpan, Term

SANTIAGO = ZoneInfo("America/Santiago")
CALENDAR = OfficeCalendar(zone=SANTIAGO, country="CL", subdivision="RM", seat="Santiago")


def at(text, zone=SANTIAGO):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def due(amount, unit, roll="none", start="2026-09-16T15:00", calendar=CALENDAR, **options):
    term = Term("X", amount, unit, roll, True)
    return compute_due(term=term, start=at(start, calendar.zone), calendar=calendar, **options)


@pytest.mark.parametrize(
    ("amount", "unit", "roll", "start", "expected"),
    [
        (3, "business_days", "none", "2026-09-16T15:00", "2026-09-22T23:59:59-03:00"),
        (15, "calendar_days", "none", "2026-09-16T15:00", "2026-10-01T23:59:59-03:00"),
        (24, "calendar_days", "next", "2026-09-16T15:00", "2026-10-13T23:59:59-03:00"),
        (24, "calendar_days", "previous", "2026-09-16T15:00", "2026-10-09T23:59:59-03:00"),
        (24, "calendar_days", "none", "2026-09-16T15:00", "2026-10-10T23:59:59-03:00"),
        (1, "months", "none", "2026-01-31T10:00", "2026-02-28T23:59:59-03:00"),
        (1, "months", "none", "2028-01-31T10:00", "2028-02-29T23:59:59-03:00"),
        (30, "calendar_days_before", "previous", "2026-11-10T09:00", "2026-10-09T23:59:59-03:00"),
        (0, "days", "none", "2026-09-19T09:00", "2026-09-19T23:59:59-03:00"),
        (48, "hours", "none", "2026-09-16T15:07", "2026-09-18T15:07:00-03:00"),
        (48, "hours", "none", "2026-04-04T10:00", "2026-04-06T09:00:00-04:00"),  # 25 hours on that Saturday
        (1, "calendar_days", "none", "2026-04-03T10:00", "2026-04-04T23:59:59-04:00"),  # the second 23:59:59
    ],
)
def test_terms_end_where_the_protocol_says(amount, unit, roll, start, expected):
    assert due(amount, unit, roll, start).due_at.isoformat() == expected


def test_exp_9_a_date_explains_itself_in_spanish():
    assert due(3, "business_days").explanation == (
        "3 días hábiles desde el miércoles 16 de septiembre de 2026, contados desde el día siguiente.",
        "El viernes 18 es feriado (Independencia Nacional): no se cuenta.",
        "El sábado 19 y el domingo 20 no se cuentan.",
        "Vence el martes 22 de septiembre a las 23:59.",
    )


def test_exp_9_a_date_explains_itself_in_english():
    assert due(3, "business_days", language="en").explanation == (
        "3 business days from Wednesday 16 September 2026, counted from the day after.",
        "Friday 18 is a holiday (Independence Day), so it does not count.",
        "Saturday 19 and Sunday 20 do not count.",
        "Due on Tuesday 22 September at 23:59.",
    )


def test_the_explanation_tells_of_rolls_hours_that_change_and_other_zones():
    assert "El sábado 10, el domingo 11 y el lunes 12 (Encuentro de Dos Mundos) no son hábiles: pasa al día hábil siguiente." in " ".join(due(24, "calendar_days", "next").explanation)  # fmt: skip # noqa: E501
    assert "El último día es sábado; este plazo no se corre." in due(24, "calendar_days").explanation
    assert "La hora cambia entremedio: son 48 horas exactas." in due(48, "hours", start="2026-04-04T10:00").explanation
    assert due(1, "calendar_days", start="2026-04-03T10:00").explanation[-1].startswith("Ese día el reloj marca dos")
    far_south = OfficeCalendar(zone=ZoneInfo("America/Punta_Arenas"), subdivision="MA", seat="Punta Arenas")
    assert due(1, "days", calendar=far_south).explanation[-1].endswith("a las 23:59, hora de Punta Arenas.")
    assert "Tampoco se cuentan 8 días de fin de semana." in due(20, "business_days").explanation


PAUSE = PauseSpan(at("2026-09-17T10:00"), at("2026-09-21T09:00"), "esperamos los antecedentes.")


def test_exp_8_pauses_do_not_count_and_are_told():
    paused = due(3, "business_days", pauses=[PAUSE])
    assert paused.due_at == at("2026-09-23T23:59:59")
    assert (
        "En pausa desde el jueves 17 (esperamos los antecedentes): del viernes 18 al lunes 21 no se cuenta."
        in paused.explanation
    )
    assert due(48, "hours", pauses=[PAUSE]).due_at == at("2026-09-22T14:00")
    same_day = PauseSpan(at("2026-09-17T10:00"), at("2026-09-17T18:00"))
    assert due(3, "business_days", pauses=[same_day]).due_at == at("2026-09-22T23:59:59")
    still_open = PauseSpan(at("2026-09-17T10:00"), None)
    assert due(3, "business_days", pauses=[still_open]).due_at == at("2026-09-22T23:59:59")
    assert any(
        "se calculará de nuevo" in sentence for sentence in due(3, "business_days", pauses=[still_open]).explanation
    )


def test_overlapping_pauses_are_not_taken_off_twice():
    inside = PauseSpan(at("2026-09-18T10:00"), at("2026-09-20T09:00"))
    assert due(48, "hours", pauses=[inside, PAUSE]).due_at == due(48, "hours", pauses=[PAUSE]).due_at


def test_exp_8_the_ledger_lists_every_stretch():
    ledger = pause_ledger(
        term=Term("X", 3, "business_days", "none", True),
        start=at("2026-09-16T15:00"),
        calendar=CALENDAR,
        pauses=[PAUSE],
    )
    assert [(stretch.kind, stretch.amount) for stretch in ledger] == [
        ("start", 0),
        ("counted", 1),
        ("paused", 4),
        ("counted", 2),
    ]
    assert ledger[2].reason == "En pausa: esperamos los antecedentes."
    assert ledger[2].pause is not None
    hours = pause_ledger(
        term=Term("X", 48, "hours", "none", True), start=at("2026-09-16T15:00"), calendar=CALENDAR, pauses=[PAUSE]
    )
    assert [(stretch.kind, stretch.amount) for stretch in hours] == [("counted", 19), ("paused", 95), ("counted", 29)]


@pytest.mark.parametrize(
    "wrong", [(1, "weeks", "none"), (1, "hours", "next"), (-1, "days", "none"), (1, "days", "sometimes")]
)
def test_a_term_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011
        Term("X", *wrong)


def test_a_start_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        compute_due(term=Term("X", 1, "days"), start=datetime(2026, 9, 16), calendar=CALENDAR)  # noqa: DTZ001
