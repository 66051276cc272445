"""Invented companies that are one and look like two, and others that are two and look like one; seeded.

For measuring how well duplicates are found. Nothing here knows how they are looked for: no word list, no normal form
and no rule is shared with `companies`. Each double carries one kind of noise, named, so that each is measured apart;
most cards carry a way of reaching the company too, as business cards do. RUTs are invented (40 to 44.9 million).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

LINES = (
    "Agrícola", "Comercial", "Exportadora", "Viña", "Conservas", "Maderas", "Pesquera", "Textiles", "Metalúrgica",
    "Sociedad Agrícola", "Sociedad Comercial", "Transportes", "Inversiones", "Servicios", "Alimentos", "Cervecería",
    "Apícola", "Calzados", "Muebles", "Laboratorios", "Consultora", "Constructora", "Frutícola", "Lácteos", "Salmones",
    "Importadora y Exportadora", "Producciones", "Ingeniería", "Tecnologías", "Avícola", "Aceites", "Turismo",
)  # fmt: skip
SAINTS = (
    "Santa",
    "San",
    "Los",
    "Las",
    "El",
    "La",
    "Alto",
    "Valle",
    "Río",
    "Cerro",
    "Puerto",
    "Monte",
    "Lago",
    "Nuevo",
)
SYLLABLES = (
    "al", "bar", "bel", "ca", "car", "cha", "chi", "co", "cu", "da", "dor", "fer", "fu", "ga", "gua", "gue", "hue",
    "jo", "la", "lin", "lla", "lle", "lo", "ma", "mer", "mi", "mon", "na", "ne", "ño", "ña", "pa", "pe", "pu", "que",
    "qui", "ra", "re", "ri", "ro", "sa", "sol", "ta", "te", "ti", "tra", "tu", "va", "ve", "vi", "ya", "za", "zu",
)  # fmt: skip
FAMILIES = (
    "Aravena", "Bórquez", "Cáceres", "Donoso", "Espinoza", "Fuentealba", "Gutiérrez", "Henríquez", "Iturra", "Jara",
    "Lagos", "Muñoz", "Núñez", "Oyarzún", "Pérez", "Quezada", "Riquelme", "Sepúlveda", "Toledo", "Urrutia", "Vásquez",
    "Yáñez", "Zúñiga", "Alarcón", "Bustamante", "Carvajal", "Echeverría", "Godoy", "Leiva", "Mansilla", "Ojeda",
)  # fmt: skip
GIVEN = ("Ana", "Luis", "María", "José", "Carolina", "Pedro", "Rosa", "Jorge", "Elena", "Raúl", "Inés", "Óscar")
FORMS = (
    ("SpA", "S.p.A.", "SPA", "Sociedad por Acciones"),
    ("Ltda.", "Limitada", "LTDA", "y Compañía Limitada"),
    ("S.A.", "SA", "Sociedad Anónima", "S.A."),
    ("E.I.R.L.", "EIRL", "Empresa Individual de Responsabilidad Limitada", "E.I.R.L."),
)
STREETS = ("Arturo Prat", "Los Aromos", "Manuel Rodríguez", "O'Higgins", "Lautaro", "Camino Viejo", "Balmaceda")
SHORT = {
    "Agrícola": "Agr.", "Comercial": "Com.", "Exportadora": "Exp.", "Sociedad": "Soc.", "Importadora": "Imp.",
    "Transportes": "Transp.", "Inversiones": "Inv.", "Servicios": "Serv.", "Constructora": "Const.", "Santa": "Sta.",
    "Hermanos": "Hnos.", "Laboratorios": "Lab.", "Alimentos": "Alim.", "Tecnologías": "Tec.", "Viña": "V.",
    "Metalúrgica": "Metal.", "Producciones": "Prod.", "Ingeniería": "Ing.", "Consultora": "Consult.",
}  # fmt: skip
NEIGHBOURS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "i": "uo", "l": "kñ", "m": "n",
    "n": "bm", "o": "ip", "p": "o", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "z": "x",
}  # fmt: skip
FREE_MAIL = ("gmail.com", "hotmail.com", "yahoo.es", "outlook.com")
FIRST_NUMBER = 40_000_000


@dataclass(frozen=True, slots=True)
class Invented:
    """One record. `entity`: which company it is really; `kind`: by what noise it was made."""

    entity: int
    kind: str
    legal_name: str
    trade_name: str = ""
    number: int | None = None  # of its RUT, without check digit
    typed_number: int | None = None  # a RUT that somebody typed where a foreign number goes
    related: bool = True
    place: int = 0  # the commune, as an index; -1: not known
    address: str = ""
    contact: str = ""
    email: str = ""
    verified: bool = False
    phone: str = ""
    website: str = ""


class Doubles:
    """The records for a number of companies, the same for the same seed."""

    def __init__(self, *, companies: int, seed: int, places: int) -> None:
        self.chance = random.Random(seed)
        self.companies, self.places = companies, places
        self.entities = 0
        self.domains = 0

    def records(self) -> Iterator[Invented]:
        """All of them: bases, doubles of a third of them, and those that only look like others."""
        makers: tuple[tuple[str, Callable[[Invented, str], Invented]], ...] = (
            ("slip", self._slip),
            ("accents", self._accents),
            ("suffix", self._suffix),
            ("swapped", self._swapped),
            ("shortened", self._shortened),
            ("word lost", self._word_lost),
            ("joined", self._joined),
            ("new phone", self._new_phone),
            ("only trade name", self._only_trade_name),
            ("branch", self._branch),
            ("RUT in the wrong field", self._typed_rut),
            ("verified e-mail", self._verified),
        )
        traps = (
            self._accountant,
            self._namesakes_elsewhere,
            self._namesakes_in_the_register,
            self._sisters,
            self._consultant,
        )
        made = 0
        while made < self.companies:
            draw = self.chance.random()
            if draw < 0.05:
                for record in self.chance.choice(traps)():
                    made += 1
                    yield record
                continue
            base = self._base(related=draw < 0.55)
            made += 1
            if draw < 0.35:
                kind, maker = makers[self.chance.randrange(len(makers))]
                if kind == "verified e-mail":
                    base = replace(base, verified=True, related=True)
                yield base
                made += 1
                yield maker(base, kind)
            else:
                yield base

    # --- bases ----------------------------------------------------------------------------------------------------

    def _word(self) -> str:
        return "".join(self.chance.choice(SYLLABLES) for _ in range(self.chance.choice((2, 3, 3)))).capitalize()

    def _core(self) -> str:
        draw = self.chance.random()
        if draw < 0.35:
            return f"{self.chance.choice(SAINTS)} {self._word()}"
        if draw < 0.6:
            return f"{self._word()} {self._word()}"
        if draw < 0.8:
            return f"{self.chance.choice(FAMILIES)} y {self.chance.choice(FAMILIES)} {self._word()}"
        if draw < 0.9:
            return f"Hermanos {self.chance.choice(FAMILIES)} {self._word()}"
        return self._word() + self.chance.choice(("mar", "sur", "agro", "tec", "pack"))

    def _base(self, *, related: bool, core: str = "", line: str = "") -> Invented:
        self.entities += 1
        line = line or self.chance.choice(LINES)
        core = core or self._core()
        form = self.chance.choice(FORMS)[0]
        person = f"{self.chance.choice(GIVEN)} {self.chance.choice(FAMILIES)}"
        domain = self._domain(core)
        record = Invented(
            entity=self.entities,
            kind="base",
            legal_name=f"{line} {core} {form}",
            trade_name=core if related and self.chance.random() < 0.5 else "",
            number=FIRST_NUMBER + self.entities,
            related=related,
            place=self.chance.randrange(self.places),
            address=f"{self.chance.choice(STREETS)} {self.chance.randrange(1, 4000)}",
        )
        if not related:
            return replace(record, legal_name=record.legal_name.upper())
        return replace(
            record, contact=person, email=self._email(person, domain), phone=self._phone(),
            website=f"https://www.{domain}" if self.chance.random() < 0.4 else "",
        )  # fmt: skip

    def _domain(self, core: str) -> str:
        self.domains += 1
        plain = _plain(core).replace(" ", "").lower()[:18]
        return f"{plain}{self.domains % 97}.cl"

    def _email(self, person: str, domain: str) -> str:
        name = _plain(person).lower().replace(" ", ".")
        if self.chance.random() < 0.25:
            return f"{name}{self.entities}@{self.chance.choice(FREE_MAIL)}"
        return f"{name}@{domain}"

    def _phone(self) -> str:
        return f"+56 9 {self.chance.randrange(1000, 9999)} {self.chance.randrange(1000, 9999)}"

    # --- one company, two records -----------------------------------------------------------------------------------

    def _card(self, base: Invented, kind: str, name: str) -> Invented:
        """A card of the company without RUT, which says or not where it is and how the base is reached."""
        told = self.chance.random()
        contact = email = phone = ""
        if base.related and told < 0.8:
            contact = base.contact
            if told < 0.5:
                email = base.email
            if told > 0.3:
                phone = base.phone.replace("+56 9 ", "9") if self.chance.random() < 0.5 else base.phone
        elif self.chance.random() < 0.7:
            contact = f"{self.chance.choice(GIVEN)} {self.chance.choice(FAMILIES)}"
            domain = base.website.removeprefix("https://www.") or self._domain(name)
            email, phone = self._email(contact, domain), self._phone()
        knows_place = self.chance.random() < 0.75
        return replace(
            base,
            kind=kind,
            legal_name=name,
            trade_name="",
            number=None,
            related=True,
            verified=False,
            place=base.place if knows_place else -1,
            address=base.address if knows_place and self.chance.random() < 0.3 else "",
            contact=contact,
            email=email,
            phone=phone,
            website="",
        )

    def _slip(self, base: Invented, kind: str) -> Invented:
        name = base.legal_name
        for _ in range(self.chance.choice((1, 1, 2))):
            places = [n for n, letter in enumerate(name) if letter.isalpha() and n > 0]
            at = self.chance.choice(places)
            letter = name[at].lower()
            draw = self.chance.random()
            if draw < 0.25:
                name = name[:at] + name[at + 1 :]
            elif draw < 0.5:
                name = name[:at] + letter + name[at:]
            elif draw < 0.75 and at + 1 < len(name) and name[at + 1].isalpha():
                name = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
            else:
                name = name[:at] + self.chance.choice(NEIGHBOURS.get(letter, "e")) + name[at + 1 :]
        return self._card(base, kind, name)

    def _accents(self, base: Invented, kind: str) -> Invented:
        return self._card(base, kind, _plain(base.legal_name).upper())

    def _suffix(self, base: Invented, kind: str) -> Invented:
        name = base.legal_name
        for forms in FORMS:
            for form in sorted(forms, key=len, reverse=True):
                if name.lower().endswith(form.lower()):
                    return self._card(
                        base, kind, f"{name[: -len(form)]}{self.chance.choice((*forms[1:], ''))}".strip()
                    )
        return self._card(base, kind, name)

    def _swapped(self, base: Invented, kind: str) -> Invented:
        words = base.legal_name.split()
        body, form = words[:-1], words[-1]
        turn = self.chance.randrange(1, len(body)) if len(body) > 1 else 0
        return self._card(base, kind, " ".join([*body[turn:], *body[:turn], form]))

    def _shortened(self, base: Invented, kind: str) -> Invented:
        words = [SHORT.get(word.capitalize(), word) for word in base.legal_name.split()]
        return self._card(base, kind, " ".join(words))

    def _word_lost(self, base: Invented, kind: str) -> Invented:
        words = base.legal_name.split()
        body = words[:-1]
        if len(body) > 2:
            body.pop(0)  # people leave out what line it is in
        return self._card(base, kind, " ".join(body))

    def _joined(self, base: Invented, kind: str) -> Invented:
        words = base.legal_name.split()
        at = max(len(words) - 3, 0)
        return self._card(base, kind, " ".join([*words[:at], "".join(words[at : at + 2]), *words[at + 2 :]]))

    def _new_phone(self, base: Invented, kind: str) -> Invented:
        card = self._card(base, kind, base.legal_name)
        return replace(card, phone=self._phone(), email="", website=base.website)

    def _only_trade_name(self, base: Invented, kind: str) -> Invented:
        """A brand that has nothing of the legal name; only how to reach it says who it is."""
        brand = f"{self._word()} {self._word()}"
        card = replace(self._card(base, kind, ""), legal_name="", trade_name=brand)
        if base.related:
            return replace(card, contact=base.contact, email=base.email, phone=base.phone, place=base.place)
        return replace(card, legal_name=base.legal_name, trade_name=brand)

    def _branch(self, base: Invented, kind: str) -> Invented:
        elsewhere = self.chance.randrange(self.places)
        card = self._card(base, kind, f"{base.legal_name} Sucursal {self.chance.choice(('Norte', 'Sur', 'Centro'))}")
        email = f"sucursal@{base.email.partition('@')[2]}" if base.email else ""
        return replace(card, place=elsewhere, address="", phone=self._phone(), email=email)

    def _typed_rut(self, base: Invented, kind: str) -> Invented:
        return replace(self._card(base, kind, base.legal_name), typed_number=base.number)

    def _verified(self, base: Invented, kind: str) -> Invented:
        maker = self.chance.choice((self._slip, self._accents, self._shortened, self._word_lost))
        return replace(maker(base, kind), kind=kind, email=base.email, contact=base.contact)

    # --- two companies that look like one ---------------------------------------------------------------------------

    def _accountant(self) -> Iterator[Invented]:
        """Several companies with the phone and the e-mail of one accountant, in one commune."""
        place, phone = self.chance.randrange(self.places), self._phone()
        self.entities += 1
        email = f"contador{self.entities}@estudio{self.entities}.cl"
        for _ in range(self.chance.randrange(3, 7)):
            base = self._base(related=True)
            number = None if self.chance.random() < 0.4 else base.number
            yield replace(base, kind="accountant", place=place, phone=phone, email=email, website="", number=number)

    def _namesakes_elsewhere(self) -> Iterator[Invented]:
        core, line = self._core(), self.chance.choice(LINES)
        for _ in range(2):
            base = self._base(related=True, core=core, line=line)
            number = None if self.chance.random() < 0.5 else base.number
            yield replace(base, kind="namesakes elsewhere", number=number)

    def _namesakes_in_the_register(self) -> Iterator[Invented]:
        core, line = self._core(), self.chance.choice(LINES)
        place = self.chance.randrange(self.places)
        for _ in range(self.chance.randrange(2, 4)):
            base = self._base(related=False, core=core, line=line)
            yield replace(base, kind="namesakes in the register", place=place)

    def _sisters(self) -> Iterator[Invented]:
        """Companies of one group: one core, one address, one phone, one domain, each its own line of business."""
        core, phone, domain = self._core(), self._phone(), ""
        address, place = f"{self.chance.choice(STREETS)} {self.chance.randrange(1, 4000)}", 0
        for turn in range(2):
            base = self._base(related=True, core=core, line=LINES[self.chance.randrange(len(LINES))])
            domain = domain or base.email.partition("@")[2]
            place = place if turn else base.place
            yield replace(
                base, kind="sisters", trade_name="", phone=phone, place=place, address=address, website="",
                email=f"contacto{turn}@{domain}",
            )  # fmt: skip

    def _consultant(self) -> Iterator[Invented]:
        """A consultant who verified their e-mail for one company stands on the card of another."""
        base = self._base(related=True)
        yield replace(base, kind="consultant", verified=True)
        yield replace(self._base(related=True), kind="consultant", number=None, email=base.email, contact=base.contact)


def _plain(text: str) -> str:
    return text.translate(str.maketrans("áéíóúñÁÉÍÓÚÑü", "aeiounAEIOUNu")).replace("'", "")
