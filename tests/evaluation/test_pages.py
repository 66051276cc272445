"""Who sees what first, how many queries, and what a page says when there is nothing."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.evaluation.rules import Period, Thresholds, known_periods, preset, slices, why_not_whole
from acompana.evaluation.showing import percent
from acompana.kernel.rulebook import amend_rule
from acompana.people.models import Office
from tests.evaluation.world import NOW, Bulk, Random, World, make_people
from tests.kept import made_once

ROUTE, DEADLINES, LIST = (reverse(f"evaluation:{name}") for name in ("route", "deadlines", "list"))


kept_people = made_once(lambda: World(make_people(now=NOW), NOW))


@pytest.fixture
def empty(db, kept_people) -> World:
    return deepcopy(kept_people)


def fill(world: World, *, each: int) -> None:
    """A high one in each of some regions; the same person answers for all."""
    bulk = Bulk(world.cast, Random(1))
    for number in range(each):
        bulk.one(1 + 2 * number, "high", list(bulk.offices.values())[number])


@pytest.mark.parametrize(
    ("who", "region", "unit"),
    [
        ("director", "CL-VS", ""),
        ("directorate", "", "national-directorate"),
        ("strategy", "", "strategic-development"),
        ("control", "", ""),
        ("administrator", "", ""),
        ("executive", "", ""),
    ],
)
@pytest.mark.parametrize("address", [ROUTE, DEADLINES])
def test_each_role_sees_its_own_first_and_all_if_it_asks(empty, enter, who, region, unit, address):
    client = enter(empty, who)
    first = client.get(address).context["asked"].selection
    assert (first.region, first.unit, first.period.code) == (region, unit, "12m")
    all_of_it = client.get(f"{address}?periodo=12m&region=&unidad=").context["asked"].selection
    assert (all_of_it.region, all_of_it.unit) == ("", "")


def test_a_list_is_of_what_its_address_says_whoever_opens_it(empty, enter):
    seen = enter(empty, "director").get(f"{LIST}?figura=llegaron&periodo=2026").context["asked"]
    assert seen.selection.region == ""


@pytest.mark.parametrize("address", [ROUTE, DEADLINES])
def test_no_office_abroad_is_offered_and_one_asked_for_is_kept(empty, enter, address):
    chile = Office.objects.get(code="CL-CENTRAL").country
    abroad = Office.objects.create(
        code="PE-LIM", kind="commercial", name="Lima", city="Lima", country=chile, time_zone="America/Lima"
    )
    client = enter(empty)

    def offered(query):
        seen = client.get(address + query).context["asked"]
        return [str(code) for code, label in seen.form.fields["oficina"].choices], seen.selection.office

    codes, chosen = offered("?periodo=12m")
    assert (codes[0], codes[1], codes[-1], len(codes), chosen) == ("", "CL-AP", "CL-CENTRAL", 18, "")
    assert offered(f"?periodo=12m&oficina={abroad.code}") == ([*codes, "En el exterior"], abroad.code)


@pytest.mark.parametrize(("address", "words"), [(ROUTE, "no se abrió ningún ingreso"), (DEADLINES, "nadie prometió")])
def test_an_empty_period_says_what_will_appear(empty, enter, address, words):
    answer = enter(empty).get(address)
    assert words in answer.content.decode()
    assert answer.status_code == 200


def test_an_empty_list_says_so(empty, enter):
    assert "la cifra es cero" in enter(empty).get(f"{LIST}?figura=vencidos&periodo=12m").content.decode()


@pytest.mark.parametrize(
    "query", ["?periodo=fechas", "?periodo=fechas&desde=ayer", "?periodo=fechas&desde=2026-05-01&hasta=2026-04-01"]
)
def test_a_wrong_period_is_told_and_the_last_year_shown(empty, enter, query):
    answer = enter(empty).get(ROUTE + query)
    assert answer.status_code == 200
    assert answer.context["asked"].form.errors
    assert answer.context["asked"].selection.period.code == "12m"


def test_dates_typed_beside_another_period_are_told_and_alone_they_are_the_period(empty, enter):
    client, dates = enter(empty), "desde=2026-05-01&hasta=2026-05-31"
    beside = client.get(f"{ROUTE}?periodo=2025&{dates}")
    assert "las fechas valen con el período «Entre dos fechas»" in beside.content.decode()
    assert beside.context["asked"].selection.period.code == "2025"
    alone = client.get(f"{ROUTE}?{dates}").context["asked"]
    assert (alone.selection.period.code, alone.form.errors) == ("fechas", {})


@pytest.mark.parametrize(
    "query", ["region=XX", "oficina=%27", "rama=otra", "por=nada", "figura=x&estacion=y", "page=9"]
)
@pytest.mark.parametrize("address", [ROUTE, DEADLINES, LIST])
def test_what_an_address_invents_is_left_out(empty, enter, address, query):
    page = enter(empty).get(f"{address}?periodo=12m&{query}")
    assert page.status_code == 200
    assert ("La cifra «x» no existe." in page.content.decode()) == (address == LIST and "figura=x" in query)


PAGES = {
    f"{ROUTE}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16&por=region": 7,
    f"{ROUTE}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16&por=oficina": 7,
    f"{DEADLINES}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16": 14,
    f"{DEADLINES}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16&por=oficina": 15,
    f"{LIST}?figura=llegaron&periodo=fechas&desde=2024-01-01&hasta=2026-09-16": 8,
    f"{LIST}?figura=prometidos&periodo=fechas&desde=2024-01-01&hasta=2026-09-16": 15,
}


def queries_of(client, address: str) -> int:
    client.get(address)  # what a process reads once: rules, the theme
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.one_database  # how many there are, no database decides
def test_as_many_queries_for_one_row_as_for_three(empty, enter, address, rows):
    fill(empty, each=rows)
    assert queries_of(enter(empty), address) == PAGES[address]


def test_what_nobody_had_taken_is_told_with_who_fulfilled_it(empty, enter):
    fill(empty, each=1)
    person = empty.cast["executive"]
    done = Commitment.objects.exclude(fulfilled_at=None)
    assert done.update(owner=None, fulfilled_by=person)
    address = f"{LIST}?figura=prometidos&periodo=fechas&desde=2024-01-01&hasta=2026-09-16"
    assert f"Lo cumplió {person.full_name}" in enter(empty).get(address).content.decode()


def test_a_share_is_judged_as_it_is_shown_by_word_drawing_and_colour(empty, enter):
    """By the thresholds of the rulebook, on the bars and in the table alike (EVA-13)."""
    fill(empty, each=3)
    page = enter(empty).get(f"{DEADLINES}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16")
    text = page.content.decode()
    for row, bar in zip((row for row in page.context["rows"] if row.row.settled), page.context["bars"], strict=True):
        assert bar["grade"] == row.grade
        assert row.grade.word in text
    for words in ("90 % o más", "de 70 a 89 %", "menos de 70 %"):
        assert words in text
    amend_rule(
        rule_id="EVA-13", value={"kept": 101, "near": 101}, valid_from=NOW.date(), reason="Para probar la regla",
        actor_id=empty.cast["administrator"].pk, now=NOW,
    )  # fmt: skip
    page = enter(empty).get(f"{DEADLINES}?periodo=fechas&desde=2024-01-01&hasta=2026-09-16")
    assert {row.grade.word for row in page.context["rows"] if row.row.settled} == {"Lejos"}
    assert "menos de 101 %" in page.content.decode()


# --- rules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "of", "shown", "word"),
    [
        (692, 773, "90 %", "Se cumple"),  # 89.52
        (733, 810, "90 %", "Se cumple"),
        (179, 200, "90 %", "Se cumple"),  # 89.5
        (894, 1000, "89 %", "Cerca"),
        (139, 200, "70 %", "Cerca"),
        (694, 1000, "69 %", "Lejos"),
        (0, 3, "0 %", "Lejos"),
    ],
)
def test_what_is_shown_is_what_is_judged(kept, of, shown, word):
    assert percent(kept / of) == shown
    assert Thresholds(kept=90, near=70).grade(kept / of).word == word


def test_periods_hold_each_day_once():
    known = known_periods(date(2026, 11, 21))
    assert (known["12m"].first, known["12m"].last) == (date(2025, 11, 22), date(2026, 11, 21))
    assert (known["2026-T4"].first, known["2026-T4"].last) == (date(2026, 10, 1), date(2026, 12, 31))
    assert "2025-T3" in known
    assert (known["2025"].first, known["2025"].last) == (date(2025, 1, 1), date(2025, 12, 31))
    assert known_periods(date(2028, 2, 29))["12m"].first == date(2027, 3, 1)


@pytest.mark.parametrize(("first", "last"), [(date(2025, 11, 22), date(2026, 11, 21)), (date(2019, 5, 4), NOW.date())])
def test_slices_cover_a_period_without_overlap(first, last):
    parts = slices(Period("fechas", "", first, last))
    assert (parts[0].first, parts[-1].last) == (first, last)
    for before, after in pairwise(parts):
        assert before.after == after.first


def test_a_month_that_runs_and_one_that_is_cut_are_told_and_those_to_come_are_not_there():
    today = date(2026, 11, 21)
    told = {part.label: why_not_whole(part, today) for part in slices(known_periods(today)["12m"])}
    assert (told["nov 25"], told["dic 25"], told["oct 26"], told["nov 26"]) == ("desde el 22-11", "", "", "en curso")
    cut = slices(Period("fechas", "", date(2026, 3, 5), date(2026, 3, 20)))
    assert [why_not_whole(part, today) for part in cut] == ["desde el 05-03, hasta el 20-03"]
    assert why_not_whole(slices(Period("fechas", "", date(2026, 10, 1), date(2026, 10, 31)))[0], today) == ""


def test_the_chart_says_which_month_is_not_whole_yet(empty, enter):
    fill(empty, each=1)
    for page in (ROUTE, DEADLINES):
        chart = enter(empty).get(f"{page}?periodo=2026").content.decode().split('id="meses"')[1]
        assert "lo que no es un período entero: sep 26, en curso" in chart
        months = re.findall(r'<tr><th scope="row">([^<]+)</th>', chart)
        assert (months[0], months[-1], len(months)) == ("ene 26", "sep 26 (en curso)", 9)


def test_a_head_of_no_region_and_other_staff_see_all():
    assert preset(roles={"regional-director"}, region="") == {}
    assert preset(roles={"regional-executive"}, region="CL-VS") == {}


@pytest.mark.django_db
def test_every_regional_office_has_a_brief_name():
    from acompana.people.rules import brief_office_name

    names = {brief_office_name(office.name) for office in Office.objects.filter(kind="regional")}
    assert len(names) == 16
    assert not any(name.lower().startswith("oficina") for name in names)
