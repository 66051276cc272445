"""Each figure on a screen equals the rows of its list, on the page and in the file."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest
from django.test import RequestFactory
from django.urls import reverse

from acompana.commitments.rules import percentile
from acompana.evaluation import queries
from acompana.evaluation.rules import (
    EXITS,
    GROUPINGS,
    NUMBER_OF,
    REACHED,
    REFERRED,
    REFUSED,
    ROUTE_FIGURES,
    STATIONS,
    TIMED,
    Period,
)
from acompana.evaluation.selection import Selection
from acompana.evaluation.showing import Shown, in_days, percent, took
from acompana.evaluation.views import lists
from acompana.intake.states import INTAKE, OFF_THE_ROAD
from acompana.kernel.lifecycle import stations_of
from acompana.matters.models import Step
from acompana.portal.views import public
from acompana.progress.pages import stations_before
from tests.evaluation.world import NOW

pytestmark = pytest.mark.django_db

LAST_YEAR = Period("12m", "", NOW.date().replace(year=2025), NOW.date())
EVER = Selection(Period("fechas", "", NOW.date().replace(year=2024), NOW.date()))
SELECTIONS = {
    "ever": EVER,
    "last year": Selection(LAST_YEAR),
    "region": Selection(LAST_YEAR, region="CL-VS"),
    "office": Selection(LAST_YEAR, office="CL-BI"),
    "branch": Selection(EVER.period, branch="bajo-atendido"),
    "unit": Selection(EVER.period, unit="strategic-development"),
    "nothing": Selection(LAST_YEAR, region="CL-AP"),
}
NUMBERS = range(1, len(STATIONS) + 1)
CASES = [(figure, number) for figure in ROUTE_FIGURES.values() for number in (0, *NUMBERS)]


@pytest.mark.parametrize("name", SELECTIONS)
def test_each_figure_of_the_funnel_is_the_number_of_its_rows(world, name):
    selection = SELECTIONS[name]
    counted = queries.figures(selection).whole
    for figure, station in CASES:
        listed = queries.rows_of(figure, station, selection).count()
        assert counted.value(figure, station) == listed, (figure.slug, station)


def test_the_stations_are_those_of_the_process_by_its_names():
    counted = [state for station in STATIONS for state in station.states]
    assert counted == [state.slug for state in INTAKE.states if state.turn != "nobody"] + ["preadmitted"]
    assert [station.label for station in STATIONS] == [
        "Ficha",
        "Test",
        "Entrevista: por contactar",
        "Entrevista: por entrevistar",
        "Entrevista: por validar",
        "Preadmisibilidad",
        "Preadmitida",
    ]
    assert [str(label) for label, _ in public.STATIONS] == stations_of(INTAKE)
    assert {*counted, *EXITS} == {state.slug for state in INTAKE.states}
    assert {*OFF_THE_ROAD} == {*EXITS, "preadmitted"}  # what the queue of intakes counts as off the road
    referred = INTAKE.state("referred")
    assert REFERRED.label == referred.label.replace("Derivada", "Derivadas")
    assert stations_before(INTAKE, referred) == ["Test", "Entrevista"]  # where the figures count who left so


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_groups_add_up_to_the_whole(world, grouping):
    whole = queries.figures(EVER).whole
    groups = queries.figures(EVER, grouping).groups
    assert len(groups) > 2
    for figure, station in CASES:
        assert sum(counted.value(figure, station) for counted in groups.values()) == whole.value(figure, station)


def test_who_reached_a_station_is_there_or_left_there_or_went_on(world):
    counted = queries.figures(EVER).whole
    assert counted.opened > 50
    for number in NUMBERS[:-1]:
        onward = counted.reached(number + 1)
        assert counted.reached(number) == counted.here(number) + counted.left(number) + onward
    assert counted.reached(1) == counted.opened


def test_who_was_not_validated_is_told_at_the_validation_and_never_reached_the_station_after_it(world):
    validation, after = NUMBER_OF["por-validar"], NUMBER_OF["preadmisibilidad"]
    declined = set(Step.objects.filter(transition="decline").values_list("matter_id", flat=True))
    assert declined
    assert declined == {row["id"] for row in queries.rows_of(REFUSED, validation, EVER)}
    assert declined.isdisjoint(row["id"] for row in queries.rows_of(REACHED, after, EVER))


def test_who_was_referred_after_its_interview_is_told_at_the_validation_among_the_referred(world):
    validation = NUMBER_OF["por-validar"]
    sent_on = set(Step.objects.filter(transition="refer_interviewed").values_list("matter_id", flat=True))
    assert sent_on
    assert sent_on == {row["id"] for row in queries.rows_of(REFERRED, validation, EVER)}
    assert queries.figures(EVER).whole.value(REFERRED, validation) == len(sent_on)


@pytest.mark.parametrize("station", [0, *NUMBERS[1:]])
def test_times_are_those_of_the_list(world, station):
    times = queries.figures(EVER).whole.times[station]
    taken = [queries.days_to(station, row) for row in queries.rows_of(TIMED, station, EVER)]
    assert times.measured == len(taken)
    assert times.median == pytest.approx(percentile(taken, 0.5), abs=1e-3)
    assert times.ninetieth == pytest.approx(percentile(taken, 0.9), abs=1e-3)


def test_months_add_up(world):
    months = queries.figures(EVER).months
    counted = queries.figures(EVER).whole
    assert sum(month.opened for month in months) == counted.opened
    assert sum(month.preadmitted for month in months) == counted.reached(len(STATIONS))
    for month in months:
        assert month.opened == queries.journeys(month.selection).count()


# --- on the screen: every number that opens a list, walked as a reader would ------------------------------------

ROUTE = [f"?por={grouping}" for grouping in GROUPINGS]
DEADLINES = ["?", "?por=oficina", "?por=responsable", "?unidad=national-directorate", "?region=CL-BI"]
PAGES = [("evaluation:route", query) for query in ROUTE] + [("evaluation:deadlines", query) for query in DEADLINES]
EVERY_DAY = "&periodo=fechas&desde=2024-01-01&hasta=2026-09-16"
ANCHOR = re.compile(r'<a href="(?P<href>/indicadores/lista/\?[^"]+)">(?P<number>[\d.]+)</a>')


def figures_in(value, seen: dict[str, int]) -> dict[str, int]:
    """Every figure in a page's context, by its address."""
    if isinstance(value, Shown):
        assert seen.setdefault(value.href, value.value) == value.value, f"{value.href} is told twice, differently"
    elif isinstance(value, dict):
        for part in value.values():
            figures_in(part, seen)
    elif isinstance(value, list | tuple):
        for part in value:
            figures_in(part, seen)
    elif hasattr(value, "__dataclass_fields__"):
        for name in dir(value):
            if not name.startswith("_"):
                figures_in(getattr(value, name), seen)
    return seen


@pytest.fixture(scope="module")
def counted() -> dict[str, int]:
    """How many rows the list at an address counts: several pages lead to the same."""
    return {}


def rows_at(href: str, world, counted: dict[str, int]) -> int:
    """How many rows the list at an address counts; its page itself is drawn in other tests."""
    if href not in counted:
        counted[href] = list_at(href, world).rows().count()
    return counted[href]


@pytest.mark.parametrize(("name", "query"), PAGES)
@pytest.mark.one_database  # what a page writes; that figures and rows agree is asked of both below
def test_each_number_of_a_page_is_the_rows_of_its_list(world, enter, counted, name, query):
    client = enter(world)
    answer = client.get(reverse(name) + query + EVERY_DAY)
    context = {
        key: answer.context[key]
        for key in ("cards", "stations", "groups", "rows", "broken_down")
        if key in answer.context
    }
    told = figures_in(context, {})
    for found in ANCHOR.finditer(answer.content.decode()):
        href, number = html.unescape(found["href"]), int(found["number"].replace(".", ""))
        assert told.setdefault(href, number) == number
    assert len(told) > 20
    assert sum(told.values()) > 40
    for href, number in told.items():
        assert rows_at(href, world, counted) == number, href


def list_at(href: str, world) -> lists.Behind:
    request = RequestFactory().get(href)
    request.actor, request.now = world.cast.actor("control", NOW), NOW
    return lists.behind(request)


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_each_share_and_median_of_the_route_is_that_of_the_rows_of_its_list(world, enter, grouping):
    answer = enter(world).get(f"{reverse('evaluation:route')}?por={grouping}{EVERY_DAY}")
    stations, groups = answer.context["stations"][1:], answer.context["groups"]
    shares = [(row.part.href, row.share, len(STATIONS)) for row in groups]
    shares += [(row.part.href, row.share_words, number) for number, row in enumerate(stations, 2)]
    medians = [(row.timed.href, row.median, 0) for row in groups]
    medians += [(row.timed.href, row.median, number) for number, row in enumerate(stations, 2)]
    page = html.unescape(answer.content.decode())
    for href, shown, station in shares:
        rows, told = list(list_at(href, world).rows()), list_at(href, world).told()
        arrived = sum(row["furthest"] >= station for row in rows)
        assert shown == percent(arrived / len(rows))
        assert told.startswith(f"{shown}: {arrived} de {len(rows)} ")
        assert f'<a href="{href}">{shown}</a>' in page
    for href, shown, station in medians:
        taken = [queries.days_to(station, row) for row in list_at(href, world).rows()]
        assert shown == in_days(percentile(taken, 0.5))
        if taken:
            assert list_at(href, world).told().startswith(f"Mediana: {shown}. Nueve de cada diez, en ")
            assert f'<a href="{href}">{shown}</a>' in page
    assert len({shown for _, shown, _ in [*shares, *medians]}) > 6


@pytest.mark.parametrize("by", ["", "oficina", "responsable"])
def test_each_share_and_median_of_a_deadline_is_that_of_the_rows_of_its_list(world, enter, by):
    answer = enter(world).get(f"{reverse('evaluation:deadlines')}?por={by}{EVERY_DAY}")
    told = 0
    for row in answer.context["broken_down"]:
        share, median = (list_at(row.figures[name].href, world) for name in ("resueltos", "hechos"))
        if settled := list(share.rows()):
            kept = sum(one.was_kept for one in settled)
            assert row.share_words == percent(kept / len(settled))
            assert share.told() == f"{row.share_words}: {kept} de {len(settled)} se cumplieron en plazo."
        if taken := [line.cells[-2] for line in median.lines(median.rows())]:
            assert row.median == took(percentile(taken, 0.5), row.row.unit)
            assert median.told().startswith(f"Mediana: {row.median}. Nueve de cada diez, en {row.ninetieth} o menos.")
            told += 1
    assert told > 3
    card = answer.context["cards"][0]
    whole = list_at(card["shown"].href, world)
    kept = sum(one.was_kept for one in whole.rows())
    assert card["value"] == percent(kept / card["shown"].value)
    assert whole.told() == f"{card['value']}: {kept} de {card['shown'].value} se cumplieron en plazo."


@pytest.mark.parametrize("name", ["evaluation:route", "evaluation:deadlines"])
def test_the_file_of_a_list_has_the_rows_of_the_list(world, enter, name):
    client = enter(world)
    answer = client.get(reverse(name) + "?" + EVERY_DAY)
    for href, number in figures_in(answer.context["cards"], {}).items():
        page = client.get(href)
        text = b"".join(client.get(page.context["download"]).streaming_content).decode()
        assert text.startswith("\ufeff")
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        assert len(rows) - 1 == number
        listed = [line["line"].label for line in page.context["lines"]]
        assert [row[0].removeprefix("'") for row in rows[1 : len(listed) + 1]] == listed


def test_a_file_runs_no_formula_and_speaks_spanish(world, enter):
    client = enter(world)
    address = f"{reverse('evaluation:list_file')}?figura=llegaron&estacion=por-contactar{EVERY_DAY}"
    answer = client.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="lista-llegaron-entrevista-por-contactar.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()), delimiter=";"))
    cells = [cell for row in rows for cell in row]
    assert any(cell.startswith("'=Empresa") for cell in cells)
    assert not any(cell[:1] in "=+-@" for cell in cells if cell)
    taken = [row[9] for row in rows[1:] if row[9]]
    assert taken
    assert all(re.fullmatch(r"\d+,\d\d", cell) for cell in taken)
    assert all(re.fullmatch(r"\d\d-\d\d-\d{4} \d\d:\d\d", row[6]) for row in rows[1:])


@pytest.mark.parametrize("name", ["route_file", "deadlines_file"])
@pytest.mark.parametrize("by", ["", "region", "oficina", "responsable"])
def test_the_file_of_a_chart_says_its_figures(world, enter, name, by):
    answer = enter(world).get(f"{reverse(f'evaluation:{name}')}?por={by}{EVERY_DAY}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode()), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert len(rows) > 3
