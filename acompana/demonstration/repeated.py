"""Companies that somebody registered again from a card, so that the review list has pairs to decide (EXP-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import slugify
from django.utils.timezone import localdate

from acompana.companies import operations as companies
from acompana.companies.models import Company, CompanyPair, Contact, WaitingMatch
from acompana.demonstration.bulk.ground import HOME
from acompana.demonstration.bulk.staff import Staff
from acompana.intake import operations as intake
from acompana.people.actors import actor_of
from acompana.reference.models import Region


@dataclass(frozen=True, slots=True)
class Card:
    """How an officer wrote down, at some fair, a company that the agency has. `name`: «{whole}» is its own without
    the suffix, «{short}» that without its last letter; `same`: which of phone and e-mail the card repeats."""

    office: str
    name: str
    same: tuple[str, ...]
    days_ago: int
    met_at: str


CARDS = (
    Card("CL-VS", "{whole}", ("phone",), 6, "Feria de la pyme regional"),
    Card("CL-VS", "{short}", ("phone",), 5, "Rueda de negocios de Valparaíso"),
    Card("CL-BI", "{whole} Ltda.", ("phone",), 4, "Encuentro exportador del Biobío"),
    Card("CL-RM", "Productos Doña Clementina", ("phone", "email"), 3, "Espacio Food & Service"),
    Card("CL-RM", "{whole}", ("phone",), 2, "Espacio Food & Service"),
)


def make_repeated(staff: Staff, *, now: datetime) -> list[CompanyPair]:
    """Registers each card as its officer would, and compares it with the registry as the worker does."""
    taken: set[int] = set()
    for card in CARDS:
        contact = _somebody_known(card.office, taken)
        if contact is not None:
            taken.add(contact.company_id)
            _register(card, contact, staff, now=now)
    while WaitingMatch.objects.exists():
        companies.compare_waiting(now=now)
    return list(CompanyPair.objects.filter(state=CompanyPair.State.OPEN))


def _somebody_known(office: str, taken: set[int]) -> Contact | None:
    """The main contact of a company of the office that has been with the agency for long."""
    known = Contact.objects.filter(
        is_main=True, ended_on=None, company__office__code=office, company__kind=Company.Kind.NATIONAL
    ).exclude(phone="")
    validated = known.filter(company__validated_on__isnull=False).exclude(email="").exclude(company__in=taken)
    return validated.select_related("company__office").order_by("company").first()


def _register(card: Card, contact: Contact, staff: Staff, *, now: datetime) -> None:
    company = contact.company
    assert company.office_id is not None
    day = now.astimezone(HOME) - timedelta(days=card.days_ago)
    then = day.replace(hour=13, minute=20, second=0, microsecond=0)
    officer = actor_of(staff.executives[company.office_id][0], localdate(then))
    whole = company.legal_name.removesuffix(" y Compañía Limitada").rsplit(" ", 1)[0]
    repeated = companies.register_potential_account(
        name=card.name.format(whole=whole, short=whole[:-1]),
        contact_name=contact.name,
        phone=contact.phone if "phone" in card.same else "",
        email=contact.email if "email" in card.same else f"ventas@{slugify(whole)}.example",
        met_at=card.met_at,
        region=Region.objects.get(pk=company.region_id) if company.region_id else None,
        actor=officer,
        now=then,
        channel="event",
    )
    intake.register_account(company=repeated, actor=officer, now=then, met_at=card.met_at)
