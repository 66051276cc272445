"""Companies with what belongs to them: names by line of business and region, size, products, contacts, consents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.models import (
    Company,
    CompanyActivity,
    Consent,
    Contact,
    DeclaredExport,
    Mandate,
    MarketInterest,
    Product,
)
from acompana.companies.rules import match_key, phone_digits
from acompana.demonstration.bulk.chance import Chance, address_of, domain_of
from acompana.demonstration.bulk.ground import HOME, Ground
from acompana.demonstration.bulk.rows import Rows
from acompana.demonstration.catalogue import Line, Place, lines, nature, places
from acompana.people.models import Office, Person

SUFFIXES = (("SpA", 50), ("Ltda.", 25), ("S.A.", 8), ("EIRL", 12), ("y Compañía Limitada", 5))
# Sales brackets of the tax service, by how many companies have each: mostly small.
BRACKETS = ((2, 3), (3, 5), (4, 10), (5, 22), (6, 20), (7, 16), (8, 11), (9, 7), (10, 3), (11, 2), (12, 1))
WORKERS = {2: (1, 2), 3: (1, 3), 4: (1, 4), 5: (2, 9), 6: (4, 14), 7: (8, 30), 8: (15, 60), 9: (30, 140)}
MANY_WORKERS = (90, 600)
POSITIONS = (
    "Gerencia general",
    "Gerencia comercial",
    "Encargada de exportaciones",
    "Socio fundador",
    "Administración",
)
CHANNELS = (("whatsapp", 40), ("email", 35), ("phone", 20), ("video", 5))
CERTIFICATIONS = ("HACCP", "Orgánico", "BRC", "Comercio justo", "ISO 9001", "ISO 14001", "Sello mujer", "B Corp")
WOMEN = (("none", 45), ("part", 22), ("leads", 15), ("sole", 18))


@dataclass(slots=True)
class Made:
    """A company under way: what the rest of its history needs at hand."""

    company: Company
    line: Line
    place: Place
    office: Office
    contact: Contact | None = None
    owner: Person | None = None
    export_years: list[int] = field(default_factory=list)
    colour: str | None = None  # of its newest standing


class CompanyMaker:
    """Makes companies one by one; nothing is written."""

    def __init__(self, rows: Rows, chance: Chance, ground: Ground) -> None:
        self.rows, self.chance, self.ground = rows, chance, ground
        self.names: set[str] = set(Company.objects.values_list("match_name", flat=True))
        self.emails: set[str] = {email for email in Person.objects.values_list("email", flat=True) if email}
        self._regions = [(place, place.weight) for place in places()]
        self._lines = {
            place.region: [(line, line.weight_in(place.region)) for line in lines() if line.weight_in(place.region)]
            for place in places()
        }

    # --- the company --------------------------------------------------------------------------------------------

    def national(self, *, at: datetime, origin: str = "direct", related: bool = True, region: str = "") -> Made:
        """A national company of some region and line of business, known by its name and RUT alone."""
        place = self.chance.weighted([pair for pair in self._regions if not region or pair[0].region == region])
        line = self.chance.weighted(self._lines[place.region])
        office = self.ground.offices[place.region]
        name = self._name(line, place)
        company = Company(
            kind="national",
            rut=self.chance.rut(),
            legal_name=f"{name} {self.chance.weighted(SUFFIXES)}",
            trade_name=name if self.chance.happens(0.35) else "",
            country=self.ground.countries["CL"],
            region=self.ground.regions[place.region],
            office=office if related else None,
            origin=origin,
            registered_by_officer_on=at.astimezone(HOME).date() if origin == "officer" else None,
            related_on=at.astimezone(HOME).date() if related else None,
            created_at=at,
        )
        self._keep(company)
        return Made(company, line, place, office)

    def _keep(self, company: Company) -> Company:
        company.match_name = match_key(company.legal_name)
        company.match_trade_name = match_key(company.trade_name)
        return self.rows.add(company)

    def _name(self, line: Line, place: Place) -> str:
        """A name that no other company has, but for suffix, accents and order."""
        for attempt in range(12):
            word = self.chance.pick(place.words if self.chance.happens(0.4) and attempt < 4 else nature())
            name = self.chance.pick(line.names).format(w=word)
            if attempt >= 4:
                name = f"{name} {self.chance.pick(place.words)}"
            if attempt >= 8:
                name = f"{name} {self.chance.faker.last_name()}"
            if match_key(name) not in self.names:
                break
        self.names.add(match_key(name))
        return name

    def other(self, kind: str, *, at: datetime, office: Office, by: Person, country: str = "CL") -> Made:
        """A foreign company or an institution, registered by an officer."""
        place = self.chance.weighted(self._regions)
        line = self.chance.weighted(self._lines[place.region])
        if kind == "foreign":
            tails = ("Trading", "Imports", "Foods", "Distribution", "Group")
            name = f"{self.chance.faker.last_name()} {self.chance.pick(tails)}"
        else:
            heads = ("Asociación Gremial de", "Cámara de Comercio de", "Cooperativa", "Centro de Extensión")
            name = f"{self.chance.pick(heads)} {self.chance.pick(place.words)}"
        while match_key(name) in self.names:
            name = f"{name} {self.chance.faker.last_name()}"
        self.names.add(match_key(name))
        company = Company(
            kind=kind,
            rut=self.chance.rut() if kind == "institution" else None,
            foreign_tax_id=f"{country}-{self.chance.whole(100_000, 999_999)}" if kind == "foreign" else "",
            legal_name=name,
            country=self.ground.countries[country],
            region=self.ground.regions[place.region] if kind == "institution" else None,
            commune=self._commune(place) if kind == "institution" else None,
            sector=self.ground.sectors[line.sector],
            offer=line.offer,
            office=office,
            origin="officer",
            registered_by_officer_on=at.astimezone(HOME).date(),
            related_on=at.astimezone(HOME).date(),
            created_at=at,
            created_by=by,
        )
        self._keep(company)
        return Made(company, line, place, office)

    def _commune(self, place: Place):
        name = self.chance.weighted(list(place.communes.items()))
        return self.ground.communes[place.region, name]

    # --- its form -----------------------------------------------------------------------------------------------

    def fill_form(self, made: Made, *, at: datetime) -> None:
        """A complete characterisation (INT-8), with products, markets and, of an exporter, its years of exports."""
        company, line, chance = made.company, made.line, self.chance
        bracket = chance.weighted(BRACKETS)
        year = at.astimezone(HOME).year - 1
        started = date(chance.whole(1995, year), chance.whole(1, 12), chance.whole(1, 28))
        company.started_on = min(started, at.astimezone(HOME).date() - timedelta(days=200))
        company.tax_category = "first" if chance.happens(0.95) else "second"
        company.commune = self._commune(made.place)
        company.address = chance.street()
        company.sector = self.ground.sectors[line.sector]
        company.sales_bracket = self.ground.brackets[bracket]
        company.workers = chance.whole(*WORKERS.get(bracket, MANY_WORKERS))
        company.commercial_year = year
        company.offer = line.offer
        company.exported_recently = chance.happens(line.exporters * (0.5 if bracket < 6 else 1.15))
        company.women_role = chance.weighted(WOMEN)
        company.sells_online = chance.happens(0.45)
        if chance.happens(0.3):
            company.certifications = ", ".join(sorted(chance.random.sample(CERTIFICATIONS, chance.whole(1, 2))))
        if chance.happens(0.4):
            company.website = f"https://www.{domain_of(company.name)}"
        self.rows.add(CompanyActivity(company=company, activity=self.ground.activities[line.activity], is_main=True))
        for description, heading in chance.random.sample(line.products, chance.whole(1, min(2, len(line.products)))):
            self.rows.add(
                Product(
                    company=company,
                    description=description,
                    is_service=not heading,
                    heading=self.ground.headings[heading] if heading else None,
                )
            )
        for code in chance.random.sample(line.markets, chance.whole(1, min(3, len(line.markets)))):
            self.rows.add(MarketInterest(company=company, country=self.ground.countries[code]))
        if company.exported_recently:
            self._exports(made, at=at, year=year)

    def _exports(self, made: Made, *, at: datetime, year: int) -> None:
        chance = self.chance
        proof = chance.weighted((("stated", 60), ("confirmed", 20), ("documented", 20)))
        habitual = chance.happens(0.4)
        made.export_years = [year, year - 1, year - 2] if habitual else [year - chance.whole(0, 2)]
        for one in made.export_years:
            for code in chance.random.sample(made.line.markets, chance.whole(1, 2)):
                self.rows.add(
                    DeclaredExport(
                        company=made.company,
                        year=one,
                        market=self.ground.countries[code],
                        amount_usd=Decimal(chance.whole(4, 900) * 1000),
                        proof=proof,
                        declared_by=made.owner,
                        declared_at=at,
                    )
                )

    # --- its people ---------------------------------------------------------------------------------------------

    def owner(self, made: Made, *, at: datetime) -> Person:
        """The person who enters for the company; a contact of it with an active mandate."""
        given, family, gender = self.chance.person_name()
        email = self._email(given, family, made.company)
        person = self.rows.add(
            Person(
                rut=self.chance.rut(),
                email=email,
                email_verified_at=at,
                given_names=given,
                family_names=family,
                phone=self.chance.mobile(),
                joined_at=at,
                password="!",  # nobody enters with it: ClaveÚnica alone
            )
        )
        made.owner = person
        self.rows.add(
            Mandate(
                company=made.company,
                person=person,
                state="active",
                basis="founder",
                requested_at=at,
                decided_at=at,
            )
        )
        self.contact(made, name=person.full_name, email=email, gender=gender, at=at, person=person)
        return person

    def contact(
        self, made: Made, *, name: str, email: str, gender: str, at: datetime, person: Person | None = None
    ) -> Contact:
        """A contact with channel and consents; the first one is the main one."""
        phone = person.phone if person else self.chance.mobile()
        contact = self.rows.add(
            Contact(
                company=made.company,
                person=person,
                name=name,
                position=self.chance.pick(POSITIONS),
                email=email,
                phone=phone,
                phone_digits=phone_digits(phone),
                preferred_channel=self.chance.weighted(CHANNELS),
                gender=gender,
                is_main=made.contact is None,
                verified_at=at if person else None,
            )
        )
        made.contact = made.contact or contact
        for text in CONSENT_TEXTS:
            if self.chance.happens(0.7):
                given = self.chance.happens(0.8)
                self.rows.add(
                    Consent(
                        contact=contact,
                        purpose=text.purpose,
                        given=given,
                        text_version=text.version,
                        recorded_at=at,
                        recorded_by=person,
                    )
                )
        return contact

    def stranger(self, made: Made, *, at: datetime) -> Contact:
        """A contact who does not enter."""
        given, family, gender = self.chance.person_name()
        email = self._email(given, family, made.company)
        return self.contact(made, name=f"{given} {family}", email=email, gender=gender, at=at)

    def _email(self, given: str, family: str, company: Company) -> str:
        email = address_of(given, family, domain=domain_of(company.name))
        if email in self.emails:
            email = f"{self.chance.whole(10, 9999)}.{email}"
        self.emails.add(email)
        return email
