"""What one thing done to many companies would do: which would change, which stay as they are, and why (EXP-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from acompana.companies.models import BulkAction, Company
from acompana.companies.operations.assigning import capacity_warning
from acompana.companies.permissions import may_assign, may_change, with_a_duty
from acompana.companies.portfolio import cease_to_count
from acompana.companies.queries import known_companies
from acompana.intake.inviting import Invitable, invitable
from acompana.intake.mail import main_contacts
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Person
from acompana.reference.models import Sector
from acompana.shell.words import count_of

COLUMNS = {"assign": "executive_id", "office": "office_id", "sector": "sector_id", "origin": "origin_detail"}
CHANGES_DATA = ("sector", "origin")  # asks for `may_change`; who has a company is of heads, and inviting, of INT-2
CHANGED_SINCE = "Cambió después de la vista previa: queda como está."
Left = list[Any]  # id, name, why
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Preview:
    """The companies (ids) that would change, by name; which would not and why, and what to know before saying yes.
    `beyond_places`: who gets them would have more than their places, so it must be said twice (ROL-2)."""

    changing: list[int]
    left_out: list[Left]
    warning: str = ""
    beyond_places: bool = False

    @property
    def count(self) -> int:
        return len(self.changing)


def as_they_stand(verb: str, companies: Sequence[int]) -> list[list[Any]]:
    """What the preview shows of each company: its id, and the value that would change or the address of the letter.
    A query for every thousand. It is what `BulkAction.kept` holds until the act is undone."""
    rows: list[list[Any]] = []
    for ids in pieces(companies, 1000):
        if verb == "invite":
            found = main_contacts(ids)
            rows += [[pk, found[pk].email if pk in found else ""] for pk in ids]
        else:
            rows += [list(row) for row in Company.objects.filter(pk__in=ids).values_list("pk", COLUMNS[verb])]
    return rows


def preview_bulk(action: BulkAction, actor: Actor, now: datetime) -> Preview:
    """Row by row what would change and what would stay as it is, and why. Queries: a few for every thousand companies,
    and one for places."""
    left: list[Left] = []
    changing: list[tuple[str, int]] = []
    for ids in pieces(action.company_ids, 1000):
        change, leaving = split(action, known_companies().filter(pk__in=ids).order_by("pk"), actor, now)
        left += leaving
        changing += [(company.sort_name, company.pk) for company in change]
    ids = [pk for _, pk in sorted(changing)]
    warning = _warning(action, ids, now)
    return Preview(ids, left, warning, beyond_places=action.verb == "assign" and bool(warning))


def _warning(action: BulkAction, companies: Sequence[int], now: datetime) -> str:
    match action.verb:
        case "assign":
            return capacity_warning(Person.objects.get(pk=int(action.value)), len(companies), now)
        case "invite":
            return "Los correos que salen no se pueden deshacer."
        case "office":
            return "Quedan sin ejecutivo o ejecutiva: la oficina nueva les asigna uno."
        case "sector":
            return _out_of_portfolio(Sector.objects.get(pk=int(action.value)), companies, now)
    return ""


def _out_of_portfolio(sector: Sector, companies: Sequence[int], now: datetime) -> str:
    """How many cease to count in the portfolio, in the words of the amendment of a sector (DEF-2, PUB-5)."""
    today = timezone.localdate(now)
    many = sum(cease_to_count(ids, sector, today) for ids in pieces(companies, 1000))
    if not many:
        return ""
    does = "deja" if many == 1 else "dejan"
    counted = f"{count_of(many, 'empresa validada', 'empresas validadas')} {does} de contar en la cartera"
    return f"{counted}: la estrategia no cubre el sector {sector}."


def rows_of(action: BulkAction, companies: Sequence[int]) -> list[tuple[Company, str]]:
    """Some companies of an act (ids) as they are now, by name; of those invited, where the letter goes. One query."""
    shown = Company.objects.filter(pk__in=companies).select_related("executive", "office", "sector")
    addresses = dict(action.kept) if action.verb == "invite" else {}
    rows = shown.order_by("sort_name", "pk")
    return [(company, addresses.get(company.pk) or _as_it_is(action.verb, company)) for company in rows]


def changed_by(action: BulkAction) -> list[int]:
    """The companies (ids) that it changed."""
    left = {row[0] for row in action.left_out}
    return [pk for pk in action.company_ids[: action.position] if pk not in left]


def _as_it_is(verb: str, company: Company) -> str:
    match verb:
        case "assign":
            return str(company.executive or "Nadie")
        case "office":
            return str(company.office or "Sin oficina")
        case "sector":
            return str(company.sector or "Sin sector")
        case "origin":
            return company.origin_detail or "Sin anotar"
    return ""


def pieces(items: Sequence[Item], size: int) -> Iterable[Sequence[Item]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def split(
    action: BulkAction, companies: Iterable[Company], actor: Actor, now: datetime
) -> tuple[list[Company], list[Left]]:
    """Those that would change; those that stay, with the reason: also what is no longer as the preview showed it."""
    rows = list(companies)
    ids = [company.pk for company in rows]
    busy: set[int | None] = set()
    if action.verb == "office":
        busy = set(Matter.objects.filter(company__in=ids, closed_at=None).values_list("company", flat=True))
    owed = with_a_duty(actor, ids) if action.verb in CHANGES_DATA else frozenset()
    letters = invitable(ids, actor, now) if action.verb == "invite" else {}
    seen = dict(action.kept)
    change: list[Company] = []
    left: list[Left] = []
    for company in rows:
        letter = letters.get(company.pk)
        why = _why_not_invited(letter) if letter else _why_not(action, company, actor, busy, owed)
        stands = letter.address if letter else getattr(company, COLUMNS[action.verb])
        if not why and seen.get(company.pk, stands) != stands:
            why = CHANGED_SINCE
        if why:
            left.append([company.pk, company.name, why])
        else:
            change.append(company)
    return change, left


def _why_not_invited(letter: Invitable) -> str:
    """A bulk invitation writes to nobody twice; a single page may."""
    if letter.why_not or letter.invited_on is None:
        return letter.why_not
    return f"Ya invitada el {letter.invited_on:%d-%m-%Y}."


def _why_not(action: BulkAction, company: Company, actor: Actor, busy: set[int | None], owed: Collection[int]) -> str:
    match action.verb:
        case "assign":
            if not may_assign(actor, company):
                return "La asigna la dirección de su oficina."
            return "Ya está a su cargo." if str(company.executive_id) == action.value else ""
        case "office":
            if not may_assign(actor, company):
                return "La traslada la dirección de su oficina."
            if company.pk in busy:
                return "Tiene algo en curso: se traslada desde su ficha."
            return "Ya es de esa oficina." if str(company.office_id) == action.value else ""
    if not may_change(actor, company, owed):
        return "La cambia quien la tiene a cargo o la dirección de su oficina."
    if action.verb == "sector" and str(company.sector_id) == action.value:
        return "Ya tiene ese sector."
    if action.verb == "origin" and company.origin_detail == action.value.strip():
        return "Ya lo dice."
    return ""
