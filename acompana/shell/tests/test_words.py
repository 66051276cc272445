from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from acompana.shell import charts, components, words

DAY = date(2026, 9, 24)


def test_dates_as_people_read_them():
    with words.reading_on(DAY):
        assert words.long_date(DAY) == "jueves 24 de septiembre"
        assert words.long_date(DAY, with_year=True) == "jueves 24 de septiembre de 2026"
    assert words.short_date(DAY) == "24-09-2026"
    assert words.long_date(None) == words.short_date("") == ""
    with translation.override("en"), words.reading_on(DAY):
        assert words.long_date(DAY) == "Thursday 24 September"


@pytest.mark.parametrize(
    ("language", "last", "first"),
    [
        ("es", "jueves 31 de diciembre", "viernes 1 de enero de 2027"),
        ("en", "Thursday 31 December", "Friday 1 January 2027"),
    ],
)
def test_a_date_of_another_year_says_its_year(language, last, first):
    with translation.override(language), words.reading_on(date(2026, 12, 28)):
        assert words.long_date(date(2026, 12, 31)) == last
        assert words.long_date(date(2027, 1, 1)) == first
        assert words.later_date(date(2027, 1, 1)) == first


def test_the_year_is_said_where_nobody_knows_when_it_is_read():
    assert words.long_date(DAY) == "jueves 24 de septiembre de 2026"
    with words.reading_on(DAY.replace(year=2027)), words.reading_on(DAY):
        assert words.long_date(DAY) == "jueves 24 de septiembre"
    assert words.long_date(DAY) == "jueves 24 de septiembre de 2026"


def test_an_instant_is_shown_in_the_active_zone():
    just_after_midnight_utc = datetime(2026, 9, 25, 1, 30, tzinfo=UTC)
    assert words.short_date(just_after_midnight_utc) == "24-09-2026"
    assert words.clock_time(just_after_midnight_utc) == "22:30"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1.234.567"),
        (1234.5, "1.234,5"),
        (0, "0"),
        (-3, "−3"),
        ("", ""),
        (None, ""),
        ("x", ""),
        (12.345, "12,35"),
    ],
)
def test_numbers(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1234567, "CLP", "$1.234.567"),
        (12.5, "UF", "UF 12,50"),
        (1234.5, "USD", "US$ 1.234,50"),
        (-500, "CLP", "−$500"),
        (None, "CLP", ""),
    ],
)
def test_money(value, currency, text):
    assert words.money(value, currency) == text


NOW = datetime(2026, 9, 17, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("owed", "tone", "phrase"),
    [
        ({"due_at": NOW - timedelta(days=1)}, "late", "venció ayer"),
        ({"due_at": NOW - timedelta(hours=1)}, "late", "venció hoy"),
        ({"due_at": NOW + timedelta(hours=1)}, "soon", "vence hoy"),
        ({"due_at": NOW + timedelta(days=1)}, "soon", "mañana"),
        ({"due_at": NOW + timedelta(days=5)}, "plain", "en 5 días corridos"),
        ({"due_at": NOW + timedelta(days=5), "business_days_left": 3}, "plain", "en 3 días hábiles"),
        ({"due_at": NOW, "fulfilled_at": NOW - timedelta(days=2)}, "good", "cumplido el 15-09-2026"),
        ({"due_at": NOW, "fulfilled_at": NOW + timedelta(days=2)}, "good", "cumplido el 19-09-2026, fuera de plazo"),
        ({"due_at": NOW, "cancelled_at": NOW}, "plain", "ya no corre"),
    ],
)
def test_what_is_said_of_something_owed(owed, tone, phrase):
    shown = components.due_context({"explanation": [], **owed}, NOW, "desk")
    assert (shown["tone"], shown["phrase"]) == (tone, phrase)


def test_a_company_reads_days_as_one_says_them():
    shown = components.due_context({"due_at": NOW + timedelta(days=5), "explanation": []}, NOW, "portal")
    assert shown["phrase"] == "en 5 días"


def test_a_due_date_is_told_in_its_offices_zone():
    owed = {"due_at": datetime(2026, 9, 18, 2, 59, 59, tzinfo=UTC), "office": {"time_zone": "Asia/Tokyo"}}
    assert components.due_context(owed, NOW, "desk")["date_text"] == "18-09-2026"
    with words.reading_on(NOW.date()):
        shown = components.due_context({**owed, "office": None}, NOW, "portal")
    assert shown["date_text"] == "jueves 17 de septiembre"


def test_bars_and_funnel():
    rows = charts.funnel_rows([{"label": "a", "value": 200}, {"label": "b", "value": 50}, {"label": "c", "value": 0}])
    assert [r["length"] for r in rows] == ["100.00", "25.00", "0.00"]
    assert [r["share"] for r in rows] == ["", "25 %", "0 %"]
    assert charts.bar_rows([]) == []
    assert charts.bar_rows([{"label": "a", "value": 0}])[0]["length"] == "0.00"


@pytest.mark.parametrize(("value", "top"), [(0, 1), (7, 10), (81, 100), (120, 200), (1001, 2000), (250, 250)])
def test_scales_end_on_round_numbers(value, top):
    assert charts.nice_top(value) == top


def test_line_chart_keeps_labels_apart():
    chart = charts.line_chart(["a", "b"], [{"label": "x", "values": [1, 5]}, {"label": "y", "values": [2, 5]}])
    places = sorted(float(line["label_y"]) for line in chart["lines"])
    assert places[1] - places[0] >= 30
    assert chart["table"][1] == {"label": "b", "cells": [{"text": "5", "href": ""}, {"text": "5", "href": ""}]}


@pytest.mark.parametrize(("months", "wide", "on_phones"), [(1, 1, 1), (4, 4, 4), (12, 12, 4), (13, 7, 4), (36, 12, 4)])
def test_a_phone_shows_few_of_the_labels_and_always_the_last(months, wide, on_phones):
    labels = [f"mes {n}" for n in range(months)]
    ticks = charts.line_chart(labels, [{"label": "x", "values": [1] * months}])["ticks"]
    assert sum(bool(tick["text"]) for tick in ticks) == wide
    shown = [tick for tick in ticks if tick["on_phones"]]
    assert len(shown) == on_phones
    assert all(tick["text"] for tick in shown)
    assert ticks[-1] == {"text": labels[-1], "on_phones": True}


def test_line_chart_opens_the_list_of_each_figure():
    chart = charts.line_chart(["a"], [{"label": "x", "values": [1], "hrefs": ["/lista/?mes=a"]}])
    assert chart["table"][0]["cells"] == [{"text": "1", "href": "/lista/?mes=a"}]
