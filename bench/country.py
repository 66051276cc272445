"""The invented country of the bench: companies, contacts, staff, logbook and commitments, skewed as real ones are.

`make(companies=1_000_000)` fills the database that Django is set to. The same seed gives the same rows.
"""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import connection

from acompana.commitments.models import Commitment
from acompana.companies.models import Company, Contact
from acompana.companies.rules import match_key
from acompana.companies.tally import recount_companies
from acompana.kernel import sets
from acompana.kernel.models import SearchRow
from acompana.kernel.rut import check_digit
from acompana.kernel.search.keeping import reindex
from acompana.kernel.search.text import normalise
from acompana.logbook.models import Entry, EntryText
from acompana.people.models import Office, Person, Role, RoleGrant, StaffMember
from acompana.reference.models import Commune, Country, Sector
from bench.loading import Shape, filling, in_one, stored

SEED = 20
FIRST_RUT, RUTS, STEP = 40_000_000, 5_000_000, 1_234_567
ENTRIES, COMMITMENTS = 5.0, 0.2  # for each company
RELATED = 0.2  # of the registry
TODAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 15, tzinfo=UTC)
STAMP = "bench_stamp"

STEMS = [
    "ALTO",
    "BELLA",
    "CERRO",
    "DOÑA",
    "EL",
    "FUNDO",
    "GRAN",
    "HIJOS",
    "LA",
    "LOS",
    "MAR",
    "NUEVO",
    "PUERTO",
    "RÍO",
    "SAN",
    "SANTA",
    "TIERRA",
    "VALLE",
    "VILLA",
    "LAGO",
]
SYLLABLES = [
    "AL",
    "BRA",
    "CAN",
    "DEL",
    "ER",
    "FUN",
    "GUA",
    "HUE",
    "IN",
    "JUN",
    "LLAN",
    "MAU",
    "ÑU",
    "ON",
    "PEU",
    "QUI",
    "RAN",
    "SUR",
    "TRO",
    "UN",
    "VAL",
    "YAN",
    "ZOR",
    "ÁN",
    "CHI",
    "MEL",
]
TAILS = ("SPA", "LIMITADA", "EIRL", "S.A.", "LTDA")
NAMES = [
    "Ana",
    "Luis",
    "Rosa",
    "Pedro",
    "Elena",
    "Hugo",
    "Inés",
    "Marco",
    "Sofía",
    "Raúl",
    "Julia",
    "Óscar",
    "Marta",
    "Iván",
    "Paula",
    "Ángel",
    "Nora",
    "Bruno",
]
TRADES = (
    "COMERCIAL", "AGRÍCOLA", "TRANSPORTES", "INVERSIONES", "CONSTRUCTORA", "EXPORTADORA", "SERVICIOS", "FORESTAL",
    "PESQUERA", "VIÑA", "MINERA", "INMOBILIARIA", "PANADERÍA", "DISTRIBUIDORA", "INGENIERÍA", "TURISMO", "GANADERA",
)  # fmt: skip


class Zipf:
    """Draws places: the first half as often again as the second, and so on down to the very rare."""

    def __init__(self, many: int, chance: random.Random) -> None:
        self.sums = list(accumulate(1 / (i + 1) for i in range(many)))
        self.chance = chance

    def draw(self) -> int:
        return bisect(self.sums, self.chance.random() * self.sums[-1])


def words(many: int) -> list[str]:
    """So many invented words, each once."""
    chance = random.Random(SEED)
    made: dict[str, None] = {}
    while len(made) < many:
        made["".join(chance.choices(SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
    return list(made)


class Land:
    """What all tables of one size share."""

    def __init__(self, companies: int) -> None:
        self.companies = companies
        self.related = max(1, int(companies * RELATED))
        self.offices = list(Office.objects.filter(region__isnull=False).values_list("pk", "region_id").order_by("pk"))
        self.communes = list(Commune.objects.values_list("pk", "region_id").order_by("pk"))
        self.sectors = list(Sector.objects.values_list("pk", flat=True).order_by("pk"))
        self.chile = Country.objects.get(alpha2="CL").pk
        self.staff: list[tuple[int, int]] = []  # person, office

    def hire(self) -> None:
        """One executive for each 3,000 companies, from 20 on; rules of `people` in sets."""
        many = max(20, self.companies // 3000)
        people = Person.objects.bulk_create(
            Person(
                email=f"ejecutiva{i}@executives.bench.example",
                given_names=NAMES[i % len(NAMES)],
                family_names=f"Bench {i}",
                joined_at=NOON,
            )
            for i in range(many)
        )
        members = StaffMember.objects.bulk_create(
            StaffMember(person=person, office_id=self.offices[i % len(self.offices)][0], since_on=date(2020, 1, 1))
            for i, person in enumerate(people)
        )
        role = Role.objects.get(slug="regional-executive")
        RoleGrant.objects.bulk_create(
            RoleGrant(staff_member=member, role=role, since_on=date(2020, 1, 1)) for member in members
        )
        self.staff = [(member.person_id, member.office_id) for member in members]

    def company_rows(self) -> Iterator[tuple[Any, ...]]:
        chance = random.Random(SEED + 1)
        lexicon = words(min(60_000, max(2_000, self.companies // 10)))
        word, commune = Zipf(len(lexicon), chance), Zipf(len(self.communes), chance)
        sector, trade = Zipf(len(self.sectors), chance), Zipf(len(TRADES), chance)
        pick = chance.random
        office_of = {region: pk for pk, region in self.offices}
        created = stored(NOON)
        for pk in range(1, self.companies + 1):
            number = FIRST_RUT + pk * STEP % RUTS
            legal = f"{TRADES[trade.draw()]} {STEMS[int(pick() * len(STEMS))]} {lexicon[word.draw()]} "
            legal += f"{lexicon[word.draw()]} {TAILS[int(pick() * len(TAILS))]}"
            brand = f"{lexicon[word.draw()]} {lexicon[word.draw()]}".title() if pick() < 0.15 else ""
            place, region = self.communes[commune.draw()]
            related = pk <= self.related
            begun = TODAY - timedelta(days=int(pick() * 9000) + 400)
            since = TODAY - timedelta(days=int(pick() * 1500)) if related else None
            worked = TODAY - timedelta(days=int(pick() * 900)) if related and pick() < 0.7 else None
            until = date(worked.year + 1, 12, 31) if worked and worked.year >= 2025 else None
            former = date(worked.year + 2, 1, 1) if worked and worked.year < 2025 else None
            owner = self.staff[int(pick() * len(self.staff))][0] if related and pick() < 0.6 else None
            yield (
                pk, f"{number}{check_digit(number)}", legal, brand, match_key(legal), match_key(brand), self.chile,
                region, place, f"{lexicon[word.draw()].title()} {int(pick() * 9000)}", begun.isoformat(),
                self.sectors[sector.draw()], "direct" if related else "register",
                office_of.get(region) if related else None, owner, since and since.isoformat(),
                worked and worked.isoformat(), until and until.isoformat(), former and former.isoformat(), created,
            )  # fmt: skip

    def contact_rows(self) -> Iterator[tuple[Any, ...]]:
        chance = random.Random(SEED + 2)
        lexicon = words(2_000)
        for pk in range(1, self.related + 1):
            name = f"{chance.choice(NAMES)} {chance.choice(lexicon).title()}"
            phone = f"9{chance.randrange(10**8):08d}"
            yield pk, pk, name, f"contacto{pk}@empresa{pk}.example", f"+56{phone}", phone, True

    def entry_rows(self) -> Iterator[tuple[Any, ...]]:
        """Of ten companies with a relation, the first has as many as the next two; each has one at least."""
        chance = random.Random(SEED + 3)
        pick = chance.random
        kinds = (("call", "Llamada: se habló con la empresa."), ("mail", "Correo a la empresa."),
                 ("visit", "Visita a la empresa."), ("note", "Nota."), ("step", "Pasó a otro estado."))  # fmt: skip
        instants = [stored(NOON - timedelta(hours=i)) for i in range(20_000)]
        many = int(self.companies * ENTRIES)
        for pk in range(1, many + 1):
            kind, fact = kinds[int(pick() ** 2 * 5)]
            company = pk if pk <= self.related else 1 + int(pick() ** 2.5 * self.related)
            person, office = self.staff[int(pick() * len(self.staff))]
            at = instants[int(pick() * 20_000)]
            yield pk, kind, company, office, person, "phone", "none", "none", "staff", fact, at, at

    def text_rows(self) -> Iterator[tuple[Any, ...]]:
        """Words for three of five entries."""
        chance = random.Random(SEED + 4)
        said = [" ".join(w.lower() for w in chance.choices(words(500), k=18)).capitalize() + "." for _ in range(500)]
        for pk in range(1, int(self.companies * ENTRIES) + 1):
            if pk % 5 < 3:
                yield pk, said[pk % 500]

    def commitment_rows(self) -> Iterator[tuple[Any, ...]]:
        """Open ones: a tenth late, the rest due within two months."""
        chance = random.Random(SEED + 5)
        told = json.dumps(["Plazo: 3 días hábiles.", "Se cuenta desde el día siguiente."], ensure_ascii=False)
        for pk in range(1, int(self.companies * COMMITMENTS) + 1):
            person, office = chance.choice(self.staff)
            starts = NOON - timedelta(days=chance.randrange(1, 30))
            due = NOON + timedelta(minutes=chance.randrange(-9 * 1440, 60 * 1440))
            due = max(due, starts)
            warn = due - timedelta(days=1)
            yield (
                pk, "DL-1", 1, "Contactar a la empresa", chance.randrange(1, self.related + 1), "person", office,
                person, stored(starts), stored(due), told, stored(warn),
            )  # fmt: skip


COMPANY = (
    "id", "rut", "legal_name", "trade_name", "match_name", "match_trade_name", "country_id", "region_id",
    "commune_id", "address", "started_on", "sector_id", "origin", "office_id", "executive_id", "related_on",
    "last_worked_on", "user_until", "former_from", "created_at",
)  # fmt: skip
CONTACT = ("id", "company_id", "name", "email", "phone", "phone_digits", "is_main")
ENTRY = (
    "id", "kind", "company_id", "office_id", "author_id", "channel", "direction", "outcome", "visibility", "fact",
    "happened_at", "recorded_at",
)  # fmt: skip
COMMITMENT = (
    "id", "rule", "rule_version", "what", "company_id", "debtor", "office_id", "owner_id", "starts_at", "due_at",
    "explanation", "warn_at",
)  # fmt: skip


def make(companies: int) -> None:
    """Everything, in an empty database that was migrated."""
    country = Land(companies)
    country.hire()
    alone = not connection.in_atomic_block  # a test has a transaction around it
    if alone and not sets.is_postgres():
        sets.run("PRAGMA synchronous = OFF")
    plan = (
        (Company, COMPANY, country.company_rows()),
        (Contact, CONTACT, country.contact_rows()),
        (Entry, ENTRY, country.entry_rows()),
        (EntryText, ("entry_id", "body"), country.text_rows()),
        (Commitment, COMMITMENT, country.commitment_rows()),
    )
    for model, names, rows in plan:
        shape = Shape(model, names)
        with filling(shape.table):
            in_one(shape.fill, rows)
    index(country)
    recount_companies()
    sets.run("VACUUM ANALYZE" if alone and sets.is_postgres() else "ANALYZE")
    if alone and not sets.is_postgres():
        sets.run("PRAGMA synchronous = FULL")


def index(country: Land) -> None:
    """The search index. SQLite makes it in one go; PostgreSQL is given rows and makes its trigrams afterwards."""
    if not sets.is_postgres():
        reindex(["company", "contact"])
        return
    shape = Shape(SearchRow, ("kind", "object_id", "tier", "mark", "audience", "company_id", "text", "code"))
    if "id" in shape.columns:
        place = shape.columns.index("id")
        del shape.columns[place], shape.usual[place]
        shape.places = [p - (p > place) for p in shape.places]

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in country.company_rows():
            tier = 0 if row[15] else 2
            text = f" {normalise(f'{row[3]} {row[2]}')}"[:500]
            yield "company", row[0], tier, f"r{tier}r", "all", row[0], text, row[1].lower()
        for pk, company, name, email, _, digits, _ in country.contact_rows():
            yield "contact", pk, 1, "r1r", "all", company, f" {normalise(f'{name} {email}')}"[:500], digits

    with filling(shape.table):
        in_one(shape.fill, rows())
