"""Many companies by one statement are counted and told in the feed as if each had come alone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from acompana.companies.models import Company, CompanyTally
from acompana.companies.tally import COMPANIES, fold_tally, insert_companies
from acompana.companies.tests.conftest import NOW
from acompana.kernel import feed, sets, tally, wholesale
from acompana.kernel.models import FeedRow
from acompana.reference.models import Country, Region

pytestmark = pytest.mark.django_db
COPIED = [field.column for field in Company._meta.local_concrete_fields if not field.generated]


def triggers() -> dict[str, str]:
    if sets.is_postgres():
        return dict(sets.rows("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"))
    return dict(sets.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def counted() -> set[tuple]:
    fold_tally()
    return set(CompanyTally.objects.values_list(*COMPANIES.keys, "many"))


@pytest.fixture
def some() -> list[Company]:
    one, other = Region.objects.order_by("pk")[:2]
    chile = Country.objects.get(alpha2="CL")
    return [
        Company.objects.create(legal_name=f"Empresa {n}", country=chile, created_at=NOW, region=region, related_on=on)
        for n, (region, on) in enumerate([(one, None), (one, NOW.date()), (other, None), (None, None), (one, None)])
    ]


def insert_again(**changed: str) -> int:
    told = {"id": f"id + {Company.objects.order_by('-pk')[0].pk}", **changed}
    values = ", ".join(told.get(name, name) for name in COPIED)
    return insert_companies(
        f"INSERT INTO {COMPANIES.of} ({', '.join(COPIED)}) SELECT {values} FROM {COMPANIES.of} WHERE id > %s", [0]
    )


def test_they_are_counted_as_they_are(some):
    assert insert_again(related_on="NULL") == len(some)
    found = counted()
    tally.recount(COMPANIES)
    assert found == counted()
    assert sum(many for *_, many in found) == 2 * len(some)


def test_the_feed_tells_of_each(some):
    before = Company.objects.order_by("-pk")[0].pk
    insert_again()
    told = FeedRow.objects.filter(object_id__gt=before, kind="company").order_by("id")
    assert list(told.values_list("object_id", "company_id", "action")) == [
        (pk, pk, "created") for pk in Company.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)
    ]
    assert all(row.at for row in told)


def test_every_trigger_is_there_afterwards(some):
    before = triggers()
    insert_again()
    assert triggers() == before
    assert feed.name_of_insertion(COMPANIES.of) in before
    assert tally.name_of_insertion(COMPANIES) in before


def test_a_statement_that_fails_takes_nothing_away(some):
    before = triggers()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_again(id="id")
    assert triggers() == before


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its triggers: they run once anyway")
def test_a_trigger_that_nobody_named_runs_for_each(some):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (id integer)")
        cursor.execute(
            f"CREATE TRIGGER another AFTER INSERT ON {COMPANIES.of} BEGIN INSERT INTO seen VALUES (NEW.id); END"
        )
    insert_again()
    assert sets.value("SELECT count(*) FROM seen") == len(some)


def test_what_is_not_asked_for_is_left_to_its_trigger(some):
    """Without the tally's name its trigger stays, and counts."""
    told = ", ".join({"id": f"id + {some[-1].pk}"}.get(name, name) for name in COPIED)
    sql = f"INSERT INTO {COMPANIES.of} ({', '.join(COPIED)}) SELECT {told} FROM {COMPANIES.of}"
    assert wholesale.insert(COMPANIES.of, sql, []) == len(some)
    found = counted()
    tally.recount(COMPANIES)
    assert found == counted()
