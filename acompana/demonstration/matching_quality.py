"""How well duplicates are found, on invented companies whose truth is known: precision and recall by kind of noise.

report = measure_matcher(companies=20_000, seed=7, now=now)       # writes: for a database of tests or benchmarks
print("\\n".join(report.lines()))
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations, islice

from django.utils.timezone import localdate

from acompana.companies.models import Company, CompanyPair, Contact
from acompana.companies.operations import open_search, run_search
from acompana.companies.rules import match_key, phone_digits
from acompana.demonstration.doubles import Doubles, Invented
from acompana.kernel.rut import rut_with_check_digit
from acompana.people.actors import SYSTEM
from acompana.reference.models import Commune, Country

BATCH = 2000


@dataclass(slots=True)
class Kind:
    """Of one kind of noise: pairs that are one, of these on the list or joined, and joined."""

    pairs: int = 0
    found: int = 0
    joined: int = 0


@dataclass(slots=True)
class Report:
    """What a search made of the invented companies."""

    records: int = 0
    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    joined: int = 0
    joined_rightly: int = 0
    listed: int = 0
    listed_rightly: int = 0
    wrong: Counter[str] = field(default_factory=Counter)  # pairs on the list that are two, by what made them alike

    @property
    def automatic_precision(self) -> float:
        return self.joined_rightly / self.joined if self.joined else 1.0

    @property
    def recall(self) -> float:
        pairs = sum(kind.pairs for kind in self.kinds.values())
        return sum(kind.found for kind in self.kinds.values()) / pairs if pairs else 1.0

    @property
    def list_precision(self) -> float:
        return self.listed_rightly / self.listed if self.listed else 1.0

    def lines(self) -> list[str]:
        rows = [f"{'noise':<26}{'pairs':>8}{'found':>8}{'recall':>9}{'joined':>9}"]
        for name, kind in sorted(self.kinds.items()):
            rows.append(
                f"{name:<26}{kind.pairs:>8}{kind.found:>8}{kind.found / max(kind.pairs, 1):>9.3f}{kind.joined:>9}"
            )
        rows += [f"two on the list as one: {name:<26}{count:>6}" for name, count in self.wrong.most_common()]
        rows.append(f"records {self.records}, recall of list and joined together {self.recall:.4f}")
        rows.append(f"joined by itself {self.joined}, automatic precision {self.automatic_precision:.4f}")
        rows.append(f"on the review list {self.listed}, of which one and the same {self.list_precision:.4f}")
        return rows


def measure_matcher(
    *, companies: int, seed: int, now: datetime, read_clock: Callable[[], datetime] | None = None
) -> Report:
    """Writes the invented companies, searches the whole registry, and compares what it found with the truth."""
    records = write_doubles(companies=companies, seed=seed, now=now)
    search = open_search(actor=SYSTEM, now=now)
    run_search(search=search, now=now, read_clock=read_clock or (lambda: now))
    return compare_with_truth(records)


def write_doubles(*, companies: int, seed: int, now: datetime) -> dict[int, Invented]:
    """The invented companies with their contacts, in sets; the records by the id of their company."""
    communes = list(Commune.objects.order_by("pk").values_list("pk", "region_id"))
    chile = Country.objects.get(alpha2="CL")
    made: dict[int, Invented] = {}
    stream = Doubles(companies=companies, seed=seed, places=len(communes)).records()
    while batch := list(islice(stream, BATCH)):
        rows = Company.objects.bulk_create(_company(record, communes, chile, now) for record in batch)
        made |= {row.pk: record for row, record in zip(rows, batch, strict=True)}
        Contact.objects.bulk_create(_contacts(zip(rows, batch, strict=True), now))
    return made


def _company(record: Invented, communes: list[tuple[int, int]], chile: Country, now: datetime) -> Company:
    commune, region = communes[record.place] if record.place >= 0 else (None, None)
    return Company(
        legal_name=record.legal_name,
        trade_name=record.trade_name,
        match_name=match_key(record.legal_name),
        match_trade_name=match_key(record.trade_name),
        rut=rut_with_check_digit(record.number) if record.number else None,
        foreign_tax_id=rut_with_check_digit(record.typed_number) if record.typed_number else "",
        country=chile,
        commune_id=commune,
        region_id=region,
        address=record.address,
        website=record.website,
        related_on=localdate(now) if record.related else None,
        created_at=now,
    )


def _contacts(rows: Iterable[tuple[Company, Invented]], now: datetime) -> Iterable[Contact]:
    for company, record in rows:
        if record.email or record.phone:
            yield Contact(
                company=company,
                name=record.contact or "Recepción",
                email=record.email,
                phone=record.phone,
                phone_digits=phone_digits(record.phone),
                verified_at=now if record.verified else None,
                is_main=True,
            )


def compare_with_truth(records: dict[int, Invented]) -> Report:
    """What of the truth is joined or on the list, and what of the list and of the joined is true."""
    report = Report(records=len(records))
    pairs = CompanyPair.objects.filter(first__in=Company.objects.filter(created_at__isnull=False)).order_by()
    joined: set[tuple[int, int]] = set()
    listed: set[tuple[int, int]] = set()
    for first, second, state in pairs.values_list("first_id", "second_id", "state").iterator(chunk_size=5000):
        if first in records and second in records:
            (joined if state == CompanyPair.State.MERGED else listed).add((first, second))
    by_entity: dict[int, list[int]] = defaultdict(list)
    for pk, record in records.items():
        by_entity[record.entity].append(pk)
    for ids in by_entity.values():
        for pair in combinations(sorted(ids), 2):
            kind = report.kinds[records[pair[1]].kind if records[pair[1]].kind != "base" else records[pair[0]].kind]
            kind.pairs += 1
            kind.found += pair in joined or pair in listed
            kind.joined += pair in joined
    for name, chosen in (("joined", joined), ("listed", listed)):
        right = sum(records[a].entity == records[b].entity for a, b in chosen)
        setattr(report, name, len(chosen))
        setattr(report, f"{name}_rightly", right)
        for a, b in chosen:
            if records[a].entity != records[b].entity:
                report.wrong[" / ".join(sorted({records[a].kind, records[b].kind}))] += 1
    return report
