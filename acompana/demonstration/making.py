"""The demonstration from an empty system: offices and people, the bulk, the cast's history, absences, search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction

from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.letters import settle_written, write_letters
from acompana.demonstration.bulk.staff import Staff, make_staff
from acompana.demonstration.bulk.telling import Bulk
from acompana.demonstration.cast import OWN_COMPANY, RIVAL_COMPANY, Cast, make_people
from acompana.demonstration.cast_history import KNOWN_COMPANY, MET_COMPANY, make_absences, make_cast_history
from acompana.demonstration.repeated import make_repeated
from acompana.kernel.rulebook import begin_request, end_request
from acompana.kernel.search.keeping import reindex
from acompana.people.models import Person
from acompana.people.operations.ground import load_demonstration_offices
from acompana.questionnaires.models import Version

FULL, SMALL = 3000, 100
Told = Callable[[str], None]


def silent(_: str) -> None:
    """Says nothing: for tests."""


class Stages:
    """Says each stage as it begins, with how far the whole is and how long it took so far."""

    def __init__(self, told: Told, count: int) -> None:
        self.told, self.count, self.done, self.started = told, count, 0, monotonic()

    def begin(self, title: str) -> None:
        self.done += 1
        bar = "█" * round(self.done / self.count * 20)
        self.told(f"[{bar:<20}] {monotonic() - self.started:5.1f} s  {title}")


def make_demonstration(*, now: datetime, companies: int = FULL, told: Told = silent) -> Cast:
    """Everything, in one transaction: all or nothing. The same for the same day."""
    stages = Stages(told, 6)
    with transaction.atomic(), amendments_read_once():
        stages.begin("Oficinas y personas de la agencia")
        load_demonstration_offices()
        _publish_long_ago(now - timedelta(days=3 * 366))
        since = (now - timedelta(days=3 * 366)).date()
        cast = make_people(now=now, since=since)
        chance = Chance(reserved=[OWN_COMPANY, RIVAL_COMPANY, KNOWN_COMPANY, MET_COMPANY, *_known_ruts()])
        staff, made = make_staff(chance, companies=companies, now=now, since=since - timedelta(days=3 * 365))
        _link_posts(staff)
        told(f"{made:>9} personas de la agencia")
        stages.begin(f"Historia de {companies} empresas")
        bulk = Bulk(count=companies, now=now, chance=chance, staff=staff)
        rows = bulk.tell(told)
        stages.begin("Escribir")
        rows.write(told)
        stages.begin("Mensajes")
        write_letters(rows.letters, chance, bulk.ground, told)
        stages.begin("Índice de búsqueda")
        reindex()
        stages.begin("Historia del elenco y ausencias")
        make_cast_history(cast, now=now)
        settle_written(bulk.ground)
        make_absences(staff, cast, now=now)
        make_repeated(staff, now=now)
    _refresh_statistics()
    told(f"Listo en {monotonic() - stages.started:.1f} s.")
    return cast


@contextmanager
def amendments_read_once() -> Iterator[None]:
    """As in a request: the rulebook's amendments do not change while the demonstration is made."""
    begin_request()
    try:
        yield
    finally:
        end_request()


def _publish_long_ago(at: datetime) -> None:
    """The instruments as if the agency had used them from the beginning of its history: a migration publishes them on
    the day on which the database is made, and what is published never changes, so each is written anew."""
    for version in Version.objects.filter(number=1, responses=None, published_by=None, published_at__gt=at):
        kept = version.pk
        version.delete()
        version.pk, version.drafted_at, version.published_at = kept, at, at
        version.save(force_insert=True)


def _known_ruts() -> list[str]:
    return [rut for rut in Person.objects.values_list("rut", flat=True) if rut]


def _link_posts(staff: Staff) -> None:
    """Loads the posts of those who commit acts, so that asking for their office costs no query each."""
    known = {person.pk: person for person in Person.objects.select_related("staff_member__office__country")}
    staff.commercial = [known[person.pk] for person in staff.commercial]


def _refresh_statistics() -> None:
    """The planner chooses indexes by statistics; after writing in bulk they are old."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
