"""Whether two companies are one: what each is known by, what speaks for and against, and the verdict (SRC-1, EXP-1).

Pure: no database, no clock. `judge` gives a verdict with its reasons; `name_keys` and `contact_keys` say under which
headings a company is looked up, so that only companies with something in common are ever compared.

What a verdict may do. CERTAIN (the same RUT; an e-mail that the agency verified) may be joined without a person, if
one of the two is a bare card: no RUT of its own, nobody who represents it. LIKELY goes to the review list. Two
different RUTs are two legal persons: never certain; two that are known from a register alone are not even compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from django.core.exceptions import ValidationError

from acompana.companies.likeness import (
    address_key,
    domain_of,
    names_agree,
    ruts_look_alike,
    same_name_words,
    skeleton,
    telling,
    weight_of,
    with_one_letter_less,
    words_of_name,
)
from acompana.kernel.rut import check_rut

LIKELY_FROM = 50  # points
SAME_COMMUNE = 12  # the most that place may add
FEW = 3  # companies that may share a phone or an address and still be told by it
TELLS = 10  # points from which evidence is a reason of its own; what many share has fewer
# What puts two companies at the end of the list though nothing else is in common, while few share it.
PEOPLE_ANSWER = frozenset({"email", "verified_email", "phone"})
ALONE = PEOPLE_ANSWER | {"domain", "address"}
SAME_NAME, CORE_NAME, NEAR_NAME, ALIKE_NAME = 1.0, 0.97, 0.9, 0.75


@dataclass(frozen=True)
class Traits:
    """What a company is known by, ready to be compared."""

    pk: int
    names: tuple[tuple[str, ...], ...]  # the words of its names, legal first
    written: tuple[str, ...] = ()  # its names as they are written
    rut: str = ""
    tax_id: str = ""  # of its country, or a RUT that somebody typed there
    country: int = 0
    national: bool = True
    related: bool = True
    region: int | None = None
    commune: int | None = None
    office: int | None = None
    emails: frozenset[str] = frozenset()
    verified: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Nobody has said by a RUT which legal person it is."""
        return not self.rut

    @property
    def stands(self) -> bool:
        """May be half of a pair with a company of another RUT: the agency knows it from more than a register."""
        return self.related or self.is_open

    @cached_property
    def cores(self) -> tuple[tuple[str, ...], ...]:
        return tuple(dict.fromkeys(telling(words) for words in self.names))


class Answer(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for two companies being one, or against (`points` below zero)."""

    kind: str
    text: str
    points: int
    value: str = ""

    def as_row(self) -> dict[str, str | int]:
        return {"kind": self.kind, "text": self.text, "points": self.points, "value": self.value}


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    points: int = 0
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


NO = Verdict(Answer.NO)
Sharers = Callable[[str, str], int]  # kind and value of a heading → how many companies have it


def two_alone(kind: str, value: str) -> int:
    """As if nobody else had it."""
    return 2


def valid_rut_in(tax_id: str) -> str:
    """A RUT that was typed as a tax number: what is exact about it is the number."""
    if sum(character.isdigit() for character in tax_id) < 7:
        return ""
    try:
        return check_rut(tax_id)
    except ValidationError:
        return ""


# --- the verdict ------------------------------------------------------------------------------------------------


def judge(one: Traits, other: Traits, shared_by: Sharers = two_alone, *, enough: frozenset[str] = ALONE) -> Verdict:
    """Whether two companies are one, with everything that speaks for and against.

    `shared_by` says how many companies have an e-mail, phone, domain or address: what many share (an accountant's
    phone) tells nothing. `enough`: the kinds of evidence of which one alone is likely too, with fewer points than any
    other; who did not count how many share a domain or an address leaves these out.
    """
    two_persons = bool(one.rut and other.rut and one.rut != other.rut)
    if two_persons and not (one.related or other.related):
        return NO
    agreement = max((names_agree(a, b) for a in one.names for b in other.names), default=0.0)
    found = [*_by_number(one, other), *_by_name(one, other, agreement), *_by_contact(one, other, shared_by)]
    for_it = sum(evidence.points for evidence in found)
    alone = any(evidence.kind in enough and evidence.points >= TELLS for evidence in found)
    alone = alone and not _say_they_are_two(one, other, two_persons)
    if for_it + SAME_COMMUNE < LIKELY_FROM and not alone:
        return NO
    found += [*_by_place(one, other), *_against(one, other, two_persons)]
    points = min(sum(evidence.points for evidence in found), 100)
    kinds = {evidence.kind for evidence in found}
    if not two_persons and agreement >= ALIKE_NAME and kinds & {"rut", "tax_id", "verified_email"}:
        exact = next(evidence for evidence in found if evidence.kind in ("rut", "tax_id", "verified_email"))
        return Verdict(Answer.CERTAIN, 100, tuple(found), exact.text)
    if two_persons and not kinds & {"near_rut", "email", "verified_email", "phone", "address"}:
        return NO
    if points < LIKELY_FROM and not alone:
        return NO
    best = max(found, key=lambda evidence: evidence.points)
    return Verdict(Answer.LIKELY, min(points, 99), tuple(found), best.text)


def _say_they_are_two(one: Traits, other: Traits, two_persons: bool) -> bool:
    """By their numbers, or one is national and the other not: a mere roof or domain in common is what a group, a
    family or a representative has."""
    both_told = bool(one.tax_id and other.tax_id) and one.country == other.country
    return two_persons or (both_told and one.tax_id != other.tax_id) or one.national != other.national


def _by_number(one: Traits, other: Traits) -> Iterator[Evidence]:
    if one.rut and other.rut:
        return
    own, typed = (one, other) if one.rut else (other, one)
    if own.rut and typed.tax_id and valid_rut_in(typed.tax_id) == own.rut:
        yield Evidence("rut", "Tienen el mismo RUT", 90, own.rut)
    elif one.tax_id and one.tax_id == other.tax_id and one.country == other.country:
        yield Evidence("tax_id", "Tienen la misma identificación tributaria", 90, one.tax_id)


def _by_name(one: Traits, other: Traits, agreement: float) -> Iterator[Evidence]:
    if agreement >= SAME_NAME:
        words = next(words for words in one.names if words in other.names)
        # « Inversiones Sur » is the name of many: alone it is not enough.
        yield Evidence(
            "same_name",
            f"Tienen {same_name_words(one.written, other.written)}",
            52 if _tells(words) else 40,
            " ".join(words),
        )
    elif agreement >= NEAR_NAME:
        yield Evidence("near_name", "Tienen casi el mismo nombre", 50 if _tell(one, other) else 40)
    elif agreement >= ALIKE_NAME:
        yield Evidence("alike_name", "Tienen nombres parecidos", 34)
    elif agreement >= 0.45:
        yield Evidence("some_name", "Comparten parte del nombre", 14)
    elif _one_contains_the_other(one, other):
        yield Evidence("some_name", "El nombre de una está dentro del de la otra", 24)
    elif one.names and other.names:
        # Told, and hardly weighed: one company may well be known by two names.
        yield Evidence("other_name", "Sus nombres no se parecen", -1)


def _tells(words: tuple[str, ...]) -> bool:
    return sum(map(weight_of, words)) >= 1.0 and sum(map(len, telling(words))) >= 5


def _tell(one: Traits, other: Traits) -> bool:
    """Whether both have a name of two words that tell: a slip in the only one may make another company of it."""
    return all(any(len(core) >= 2 and _tells(core) for core in side.cores) for side in (one, other))


def _one_contains_the_other(one: Traits, other: Traits) -> bool:
    return any(set(a) <= set(b) or set(b) <= set(a) for a in one.cores for b in other.cores if _tells(a) and _tells(b))


def _by_contact(one: Traits, other: Traits, shared_by: Sharers) -> Iterator[Evidence]:
    emails = one.emails & other.emails
    for email in sorted(emails):
        alone = shared_by("email", email) <= 2
        if alone and email in one.verified | other.verified:
            yield Evidence("verified_email", "Comparten un correo que la agencia verificó", 70, email)
        else:
            yield _shared("email", "Comparten un correo", email, shared_by, 52, FEW)
        break  # one says it; more of them say nothing more
    for phone in sorted(one.phones & other.phones)[:1]:
        yield _shared("phone", "Comparten un teléfono", phone, shared_by, 40, FEW)
    for domain in sorted(one.domains & other.domains)[:1]:
        # An e-mail in common has its domain in common: that is told once.
        points = 6 if emails else 32
        yield _shared("domain", "Sus correos o sitios son del mismo dominio", domain, shared_by, points, FEW + 1)
    for address in sorted(one.addresses & other.addresses)[:1]:
        yield _shared("address", "Tienen la misma calle y número", address, shared_by, 26, FEW + 1)


def _shared(kind: str, text: str, value: str, shared_by: Sharers, points: int, few: int) -> Evidence:
    count = shared_by(kind, value)
    if count > few:
        return Evidence(kind, f"{text}, pero lo usan {count} empresas", 4, value)
    return Evidence(kind, text, points, value)


def _by_place(one: Traits, other: Traits) -> Iterator[Evidence]:
    if one.commune and one.commune == other.commune:
        yield Evidence("commune", "Están en la misma comuna", SAME_COMMUNE)
    elif one.region and one.region == other.region:
        yield Evidence("region", "Están en la misma región", 5)
    elif one.region and other.region:
        yield Evidence("other_region", "Están en regiones distintas", -14)


def _against(one: Traits, other: Traits, two_persons: bool) -> Iterator[Evidence]:
    if two_persons and ruts_look_alike(one.rut, other.rut):
        yield Evidence("near_rut", "Sus RUT se diferencian en una cifra", -8)
    elif two_persons:
        yield Evidence("other_rut", "Tienen RUT distintos: son dos personas jurídicas, salvo error", -40)
    if one.national != other.national:
        yield Evidence("other_kind", "Una es nacional y la otra no", -14)


# --- headings under which a company is looked up ----------------------------------------------------------------


def contact_keys(traits: Traits) -> Iterator[tuple[str, str]]:
    """The headings that are compared whatever the RUT: where it is reached, and its numbers."""
    for email in traits.emails:
        yield "email", email
    for phone in traits.phones:
        yield "phone", phone
    for domain in traits.domains:
        yield "domain", domain
    for address in traits.addresses:
        yield "address", address
    if traits.rut:
        yield "rut", traits.rut
    if traits.tax_id:
        yield "tax_id", f"{traits.country}:{traits.tax_id}"
        if rut := valid_rut_in(traits.tax_id):
            yield "rut", rut
    if traits.commune and traits.names:
        yield "here", f"{traits.commune}:{' '.join(traits.names[0])}"


def name_keys(traits: Traits) -> Iterator[tuple[str, str]]:
    """The headings that count while one of the two has no RUT: its name, whole, without a word, as it sounds."""
    for words in traits.names:
        yield "name", " ".join(words)
    for core in traits.cores:
        yield "core", " ".join(core)
        yield "sound", " ".join(sorted(filter(None, map(skeleton, core))))
        yield "joined", "".join(core)
        if traits.commune:
            yield "core-here", f"{traits.commune}:{' '.join(core)}"
            yield from (("word-here", f"{traits.commune}:{word}") for word in core if len(word) >= 4)
        if len(core) == 1 and len(core[0]) >= 5:
            yield "letters", core[0]
            yield from (("letters", less) for less in with_one_letter_less(core[0]))
        elif len(core) == 2:
            one, other = core
            yield "word", f"{one}|{other[:1]}"
            yield "word", f"{other}|{one[:1]}"
        elif 3 <= len(core) <= 8:
            yield from (("words", " ".join(core[:n] + core[n + 1 :])) for n in range(len(core)))
        if len(core) == 2:
            yield "words", " ".join(core)  # where one of three words is missing


# --- a pair that somebody said no to ----------------------------------------------------------------------------

_BY_VALUE = frozenset({"rut", "tax_id", "verified_email", "email", "phone", "domain", "address"})
_Rows = list[dict[str, str | int]]


def says_something_new(before: _Rows, now: tuple[Evidence, ...]) -> bool:
    """Whether evidence found now was not there when a person said that they are two: a phone, an e-mail, an address,
    a number in common that was not. A new spelling of a name is not new evidence."""
    known = {(row["kind"], row["value"]) for row in before}
    # An e-mail that was verified since is the same e-mail.
    known |= {("verified_email", row["value"]) for row in before if row["kind"] == "email"}
    known |= {("email", row["value"]) for row in before if row["kind"] == "verified_email"}
    return any(
        evidence.kind in _BY_VALUE and evidence.points >= TELLS and (evidence.kind, evidence.value) not in known
        for evidence in now
    )


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many companies have each heading, counted beforehand."""

    counted: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def __call__(self, kind: str, value: str) -> int:
        return self.counted.get((kind, value), 2)


def make_traits(
    *,
    pk: int,
    legal_name: str,
    trade_name: str,
    address: str = "",
    website: str = "",
    emails: tuple[tuple[str, bool], ...] = (),
    phones: tuple[str, ...] = (),
    commune: int | None = None,
    rut: str | None = None,
    tax_id: str = "",
    **rest: object,
) -> Traits:
    """Traits of raw columns. `emails`: address and whether it was verified; `phones`: last nine digits."""
    names = tuple(dict.fromkeys(words for name in (legal_name, trade_name) if name and (words := words_of_name(name))))
    street = address_key(address) if address and commune else ""
    domains = {domain_of(email) for email, _ in emails} | ({domain_of(website)} if website else set())
    return Traits(
        pk=pk,
        names=names,
        written=tuple(filter(None, (legal_name, trade_name))),
        rut=rut or "",
        tax_id=tax_id.strip().upper(),
        commune=commune,
        emails=frozenset(email for email, _ in emails if email),
        verified=frozenset(email for email, verified in emails if email and verified),
        phones=frozenset(filter(None, phones)),
        domains=frozenset(filter(None, domains)),
        addresses=frozenset({f"{commune}|{street}"}) if street else frozenset(),
        **rest,  # type: ignore[arg-type]
    )
