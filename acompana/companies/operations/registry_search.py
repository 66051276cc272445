"""The search for duplicates over the whole registry, in sets: a million companies in minutes, memory flat (EXP-1).

1. Every company is read twice, some thousands at a time. The first time, each heading under which it is looked up
   leaves marks in a table of fixed size; the second time, only headings that somebody else has, and that a company
   stands under which may be half of a pair, are written to a temporary table.
2. The database pairs companies under one heading. A heading that many share (the phone of an accountant, « Inversiones
   Santa María ») is left out: those companies meet under another one, or are not told apart by anything.
3. Pairs are judged by the pure rules, some hundreds at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from acompana.companies.matching import Sharers, Traits, contact_keys, judge, name_keys
from acompana.companies.models import Company, CompanyPair, PairSearch, WaitingMatch
from acompana.companies.operations.keeping import person_id
from acompana.companies.operations.pairing import forget_unseen, keep_verdicts
from acompana.companies.operations.traits import all_traits, traits_of
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor

Tell = Callable[[int, int], None]
STILL_ALIVE = timedelta(minutes=15)
MOST_UNDER_A_HEADING = 60
PAIRS_AT_ONCE = 500
LARGEST_TABLE = 2**26
KEYS, HEADINGS, PAIRS = "match_keys", "match_headings", "match_pairs"
_ONCE, _TWICE, _OPEN = 1, 2, 4


@verb
def open_search(*, actor: Actor, now: datetime) -> PairSearch:
    """Starts a search's row. Refused while another runs; one that went silent is taken for stopped."""
    silent = PairSearch.objects.filter(running=True, alive_at__lt=now - STILL_ALIVE)
    silent.update(running=None, finished_at=now, step=PairSearch.Step.STOPPED)
    try:
        with transaction.atomic():
            return PairSearch.objects.create(
                started_at=now, alive_at=now, requested_by_id=person_id(actor), companies=Company.objects.count()
            )
    except IntegrityError as error:
        raise Refused("Ya hay una búsqueda en curso: espera a que termine.", "EXP-1") from error


def run_search(
    *, search: PairSearch, now: datetime, read_clock: Callable[[], datetime], tell: Tell | None = None
) -> PairSearch:
    """Compares the whole registry and brings the review list up to date; joins what is exact.

    Run again after its worker died, it starts over: what it writes is the same. `read_clock` dates its progress,
    `tell(done, total)` says it to a job.
    """
    from acompana.companies.operations.merging import join_certain

    progress = _Progress(search, read_clock, tell)
    waiting = now  # what changes from here on is compared again
    with _temporary_tables():
        _write_headings(progress)
        pairs = _pair(progress)
        certain = _judge(pairs, progress, now)
    forget_unseen(company_ids=None, before=now)
    WaitingMatch.objects.filter(noted_at__lt=waiting).delete()
    progress.step(PairSearch.Step.JOINING, len(certain))
    joined = 0
    for place, pair_id in enumerate(certain, 1):
        joined += join_certain(pair_id=pair_id, now=now) is not None
        progress.at(place)
    found = CompanyPair.objects.filter(state="open").count()
    PairSearch.objects.filter(pk=search.pk).update(
        step=PairSearch.Step.DONE, running=None, finished_at=read_clock(), found=found, joined=joined, compared=pairs
    )
    search.refresh_from_db()
    return search


class _Progress:
    """Says how far a search is, a few times a second at most."""

    def __init__(self, search: PairSearch, read_clock: Callable[[], datetime], tell: Tell | None) -> None:
        self.search, self.read_clock, self.tell = search, read_clock, tell
        self.total = 0

    def step(self, step: str, total: int) -> None:
        self.total = total
        self._write(step=step, done=0, total=total)

    def at(self, done: int) -> None:
        self._write(done=min(done, self.total))
        if self.tell is not None:
            self.tell(min(done, self.total), self.total)

    def _write(self, **values: object) -> None:
        PairSearch.objects.filter(pk=self.search.pk).update(alive_at=self.read_clock(), **values)


# --- headings ---------------------------------------------------------------------------------------------------


class _Marks:
    """Whether a heading was seen once, twice, by a company that may be half of a pair: a byte each, memory fixed.

    Two headings may share a byte; that costs a needless row, never a missed one.
    """

    def __init__(self, companies: int) -> None:
        size = 2**16
        while size < min(companies * 24, LARGEST_TABLE):
            size *= 2
        self.mask, self.bytes = size - 1, bytearray(size)

    def add(self, key: int, is_open: bool) -> None:
        place = key & self.mask
        mark = self.bytes[place]
        self.bytes[place] = mark | (_TWICE if mark else _ONCE) | (_OPEN if is_open else 0)

    def worth_writing(self, key: int) -> bool:
        return self.bytes[key & self.mask] & (_TWICE | _OPEN) == _TWICE | _OPEN


def _keys(traits: Traits) -> Iterator[tuple[int, bool]]:
    """Each heading as a number, and whether under it the company may be half of a pair."""
    seen: set[int] = set()
    for headings, is_open in ((contact_keys(traits), traits.stands), (name_keys(traits), traits.is_open)):
        for heading in headings:
            key = hash(heading)  # of this process, which both readings share
            if key not in seen:
                seen.add(key)
                yield key, is_open


def _write_headings(progress: _Progress) -> None:
    """Reads the registry twice; of the progress each reading is half, and it is told in companies."""
    total = progress.search.companies
    progress.step(PairSearch.Step.READING, total)
    marks = _Marks(total)
    done = 0
    for chunk in all_traits():
        for traits in chunk:
            for key, is_open in _keys(traits):
                marks.add(key, is_open)
        done += len(chunk)
        progress.at(done // 2)
    done = total
    for chunk in all_traits():
        _insert(
            (key, traits.pk, is_open) for traits in chunk for key, is_open in _keys(traits) if marks.worth_writing(key)
        )
        done += len(chunk)
        progress.at(done // 2)


def _insert(rows: Iterable[tuple[int, int, bool]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {KEYS} (heading, company, is_open) FROM STDIN") as copy:
                for key, pk, is_open in rows:
                    copy.write_row((key, pk, int(is_open)))
        else:
            values = ((key, pk, int(is_open)) for key, pk, is_open in rows)
            cursor.cursor.executemany(f"INSERT INTO {KEYS} VALUES (?, ?, ?)", values)


class _temporary_tables:
    """Tables of this connection alone, gone with the search."""

    def __enter__(self) -> None:
        self.__exit__()
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE {KEYS} (heading bigint NOT NULL, company bigint NOT NULL, "
                "is_open smallint NOT NULL)"
            )

    def __exit__(self, *trouble: object) -> None:
        with connection.cursor() as cursor:
            for table in (PAIRS, HEADINGS, KEYS):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")


# --- pairs ------------------------------------------------------------------------------------------------------


def _pair(progress: _Progress) -> int:
    """Pairs of companies under one heading, in the database; how many."""
    progress.step(PairSearch.Step.PAIRING, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {HEADINGS} AS SELECT heading, count(*) AS companies FROM {KEYS} "
            "GROUP BY heading HAVING count(*) > 1 AND max(is_open) = 1"
        )
        cursor.execute(f"CREATE INDEX {KEYS}_heading ON {KEYS} (heading)")
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {KEYS}")
            cursor.execute(f"ANALYZE {HEADINGS}")
        # CROSS JOIN pins SQLite's order: the headings first.
        cursor.execute(
            f"CREATE TEMPORARY TABLE {PAIRS} AS SELECT DISTINCT a.company AS one, b.company AS other "
            f"FROM {HEADINGS} h CROSS JOIN {KEYS} a CROSS JOIN {KEYS} b "
            "WHERE a.heading = h.heading AND b.heading = h.heading AND a.company < b.company "
            f"AND (a.is_open = 1 OR b.is_open = 1) AND h.companies <= {MOST_UNDER_A_HEADING}"
        )
        cursor.execute(f"CREATE INDEX {PAIRS}_order ON {PAIRS} (one, other)")
        cursor.execute(f"CREATE INDEX {HEADINGS}_heading ON {HEADINGS} (heading)")
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {PAIRS}")
        cursor.execute(f"SELECT count(*) FROM {PAIRS}")
        count = cursor.fetchone()[0]
    progress.at(1)
    return count


def _next_pairs(after: tuple[int, int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT one, other FROM {PAIRS} WHERE (one, other) > (%s, %s) ORDER BY one, other LIMIT {PAIRS_AT_ONCE}",
            after,
        )
        return [(one, other) for one, other in cursor.fetchall()]


def _judge(pairs: int, progress: _Progress, now: datetime) -> list[int]:
    progress.step(PairSearch.Step.JUDGING, pairs)
    certain: list[int] = []
    after, done = (0, 0), 0
    while batch := _next_pairs(after):
        after = batch[-1]
        done += len(batch)
        traits = traits_of({pk for pair in batch for pk in pair})
        compared = [(traits[a], traits[b]) for a, b in batch if a in traits and b in traits]
        sizes = _sizes(compared)
        certain += keep_verdicts([(a, b, judge(a, b, sizes)) for a, b in compared], now=now)
        progress.at(done)
    return list(dict.fromkeys(certain))


def _sizes(compared: list[tuple[Traits, Traits]]) -> Sharers:
    """How many companies are under each heading that some pair shares, from the tables of this search."""
    wanted: dict[int, tuple[str, str]] = {}
    for one, other in compared:
        for kind, shared in (
            ("email", one.emails & other.emails),
            ("phone", one.phones & other.phones),
            ("domain", one.domains & other.domains),
            ("address", one.addresses & other.addresses),
        ):
            wanted |= {hash((kind, value)): (kind, value) for value in shared}
    counted: dict[tuple[str, str], int] = {}
    keys = list(wanted)
    with connection.cursor() as cursor:
        for start in range(0, len(keys), 500):
            some = keys[start : start + 500]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"SELECT heading, companies FROM {HEADINGS} WHERE heading IN ({marks})", some)
            counted |= {wanted[key]: count for key, count in cursor.fetchall()}
    return lambda kind, value: counted.get((kind, value), 2)
