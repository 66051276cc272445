"""The counts by region and status are those of the companies, whoever wrote them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from acompana.companies.models import Company, CompanyTally
from acompana.companies.queries import count_by_region_and_status, known_companies, with_status
from acompana.companies.tally import COMPANIES, fold_tally
from acompana.companies.tests.conftest import NOW
from acompana.kernel import sets, tally
from acompana.reference.models import Country, Region

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def add(name: str, **values) -> Company:
    values = {"country": Country.objects.get(alpha2="CL"), "created_at": NOW, "related_on": TODAY, **values}
    return Company.objects.create(legal_name=name, **values)


def by_hand() -> dict[tuple[int | None, str], int]:
    counts: dict[tuple[int | None, str], int] = {}
    for company in with_status(known_companies(), TODAY):
        place = (company.region_id, company.status_code)
        counts[place] = counts.get(place, 0) + 1
    return counts


@pytest.fixture
def some() -> list[Company]:
    one, other = Region.objects.order_by("pk")[:2]
    worked = {"last_worked_on": TODAY, "user_until": date(TODAY.year, 12, 31), "former_from": date(2099, 1, 1)}
    long_ago = {"last_worked_on": date(2019, 3, 1), "user_until": date(2019, 12, 31), "former_from": date(2021, 3, 1)}
    tomorrow = TODAY + timedelta(days=1)
    return [
        add("Registro", region=one, related_on=None),
        add("Otra del registro", region=one, related_on=None, started_on=tomorrow),
        add("Usuaria", region=one, started_on=date(2010, 1, 1), **worked),
        add("Empieza mañana", region=one, started_on=tomorrow, **worked),
        add("Nadie sabe cuándo", region=other, **worked),
        add("Extranjera", region=other, kind="foreign", **worked),
        add("Antigua", region=other, **long_ago),
        add("Inscrita", region=None),
        add("De datos parciales", region=other, registered_by_officer_on=TODAY),
        add("De datos parciales y trabajada", region=other, registered_by_officer_on=TODAY, **worked),
    ]


def test_it_counts_each_status(some):
    counts = count_by_region_and_status(TODAY)
    assert counts == by_hand()
    assert sum(counts.values()) == len(some)
    assert {status for _, status in counts} == {"registry", "user", "former", "lapsed", "registered", "potential"}


def test_a_day_later_it_counts_who_began(some):
    before = count_by_region_and_status(TODAY)
    after = count_by_region_and_status(TODAY + timedelta(days=1))
    place = some[3].region_id
    assert (after[place, "user"], before[place, "user"]) == (2, 1)


@pytest.mark.parametrize(
    "act",
    [
        lambda: Company.objects.filter(related_on=None).update(related_on=TODAY),
        lambda: Company.objects.update(region=Region.objects.order_by("pk")[3]),
        lambda: Company.objects.filter(legal_name="Registro").delete(),
        lambda: Company.objects.filter(legal_name="Inscrita").update(
            merged_into=Company.objects.get(legal_name="Usuaria")
        ),
        lambda: Company.objects.update(last_worked_on=None, user_until=None, former_from=None),
        lambda: Company.objects.update(started_on=F("related_on"), kind="national"),
        lambda: Company.objects.bulk_create(
            Company(legal_name=f"Empresa {n}", country_id=Country.objects.get(alpha2="CL").pk, created_at=NOW)
            for n in range(3)
        ),
    ],
)
def test_it_follows_whatever_is_written(some, act):
    before = by_hand()
    act()
    assert by_hand() != before
    assert count_by_region_and_status(TODAY) == by_hand()


def test_what_changes_nothing_of_it_writes_nothing(some):
    rows = list(CompanyTally.objects.order_by("pk").values())
    Company.objects.update(address="Los Aromos 12", version=F("version") + 1)
    assert list(CompanyTally.objects.order_by("pk").values()) == rows


def test_folding_keeps_the_counts_and_shortens_them(some):
    for _ in range(3):
        Company.objects.filter(pk=some[2].pk).update(region=None)
        Company.objects.filter(pk=some[2].pk).update(region=some[0].region)
    fold_tally()
    assert count_by_region_and_status(TODAY) == by_hand()
    assert CompanyTally.objects.count() == CompanyTally.objects.values(*COMPANIES.keys).distinct().count()


def test_it_can_be_made_anew(some):
    expected = count_by_region_and_status(TODAY)
    CompanyTally.objects.all().delete()
    call_command("recount_companies", verbosity=0)
    assert count_by_region_and_status(TODAY) == expected


def test_a_trigger_that_was_lost_comes_back_with_the_count(some):
    expected = count_by_region_and_status(TODAY)
    on = " ON companies_company" if sets.is_postgres() else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER companies_companytally_insert{on}")
    add("Nadie la contó", related_on=None)
    assert count_by_region_and_status(TODAY) == expected
    tally.keep(COMPANIES)
    assert count_by_region_and_status(TODAY) == by_hand() != expected
