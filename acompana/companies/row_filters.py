"""Filters of the list of companies by what hangs on them: contacts, activities, products, exports, markets."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from acompana.companies.models import (
    CompanyActivity,
    Consent,
    Contact,
    DeclaredExport,
    MarketInterest,
    Product,
)
from acompana.companies.typed_filters import SHORTEST
from acompana.kernel.phones import parts_of_phone
from acompana.reference.models import TariffHeading
from acompana.reference.queries import find_activities
from acompana.reference.rules import normalise_words
from acompana.shell.words import count_of, number

Choice = tuple[str, str]
Condition = Callable[[str, date], Q]
CODE = 6  # digits of an activity
NO_YEAR = "«{}» no es un año de cuatro cifras."
NO_AMOUNT = "«{}» no es una cantidad de dólares."
NO_ACTIVITY = "ninguna empieza con «{}» ni tiene esas palabras."


def _of_it(model: Any) -> Any:
    return model.objects.filter(company=OuterRef("pk"))


def _any(rows: Any, value: str) -> Q:
    found = Q(Exists(rows))
    return found if value == "si" else ~found


# --- contacts ---------------------------------------------------------------------------------------------------


def contacts_in_service() -> Any:
    return Contact.objects.filter(company=OuterRef("pk"), ended_on=None)


def has_contact(value: str, today: date) -> Q:
    return _any(contacts_in_service(), value)


def has_mail(value: str, today: date) -> Q:
    return _any(contacts_in_service().exclude(email=""), value)


def has_verified_mail(value: str, today: date) -> Q:
    return _any(contacts_in_service().filter(verified_at__isnull=False), value)


def contact_is(column: str) -> Condition:
    return lambda value, today: Q(Exists(contacts_in_service().filter(**{column: value})))


def contact_phone(value: str, today: date) -> Q:
    """By the digits alone, as they are kept: the last nine of a number."""
    asked = Q()
    for digits in _parts_that_tell(value):
        asked |= Q(phone_digits__contains=digits)
    return Q(Exists(contacts_in_service().filter(asked)))


def find_phone(text: str) -> Choice | None:
    """A part of a telephone, with its country or without, however its digits are parted."""
    return (text, text) if _parts_that_tell(text) else None


def _parts_that_tell(text: str) -> list[str]:
    return [digits for digits in parts_of_phone(text) if len(digits) >= SHORTEST]


def contacts_that_agree(purpose: str = "") -> Any:
    """Contacts whose newest answer, to a purpose or to any, is yes (LAW-4); a condition for `Exists`."""
    newest = Consent.objects.filter(contact=OuterRef("contact"), purpose=OuterRef("purpose")).order_by(
        "-recorded_at", "-id"
    )
    given = Consent.objects.filter(contact=OuterRef("pk"), given=True, pk=newest.values("pk")[:1])
    return given.filter(purpose=purpose) if purpose else given


def consent_is(value: str, today: date) -> Q:
    """A purpose to which a contact of the company agrees; or «falta», a contact in service that agreed to nothing."""
    if value == "falta":
        return Q(Exists(contacts_in_service().filter(~Exists(contacts_that_agree()))))
    return Q(Exists(contacts_in_service().filter(Exists(contacts_that_agree(value)))))


# --- activities and products --------------------------------------------------------------------------------------


def _activities(text: str) -> Any:
    """Those whose code begins as the digits at the start of the text; without digits, those whose name has its words.
    Also what is out of use: companies have it."""
    digits = re.match(r"\d*", text.strip())[0][:CODE]  # type: ignore[index]
    return find_activities(digits or text, with_retired=True)


def find_activity(text: str) -> Choice | None:
    """A code, how it begins, or words of the name of an activity, with what they find."""
    if len(normalise_words(text)) < (1 if text[:1].isdigit() else SHORTEST):
        return None
    rows = list(_activities(text)[:2])
    if not rows:
        return None
    if len(rows) == 1:
        return rows[0].code, f"{rows[0].code} {rows[0].name}"
    many = _activities(text).count()
    return text, f"{text} ({count_of(many, 'actividad', 'actividades')})"


def activity_is(value: str, today: date) -> Q:
    # Ids are read first: the planner sees how few they are.
    ids = list(_activities(value).values_list("pk", flat=True))
    return Q(Exists(_of_it(CompanyActivity).filter(activity__in=ids)))


def find_heading(text: str) -> Choice | None:
    row = TariffHeading.objects.filter(code=text.replace(".", "")[:6]).first()
    return (row.code, f"{row.code} {row.name[:60]}") if row else None


def product_is(value: str, today: date) -> Q:
    return Q(Exists(_of_it(Product).filter(heading__code__startswith=value)))


# --- markets and exports ------------------------------------------------------------------------------------------


def market_is(value: str, today: date) -> Q:
    return Q(Exists(_of_it(MarketInterest).filter(country__alpha2=value)))


def has_exports(value: str, today: date) -> Q:
    return _any(_of_it(DeclaredExport), value)


def export_is(lookup: str) -> Condition:
    return lambda value, today: Q(Exists(_of_it(DeclaredExport).filter(**{lookup: value})))


def find_year(text: str) -> Choice | None:
    return (text, text) if re.fullmatch(r"[12]\d{3}", text) else None


def find_amount(text: str) -> Choice | None:
    """An amount in whole dollars, with or without points between thousands."""
    plain = text.replace(".", "").replace("US$", "").strip()
    return (str(int(plain)), f"US$ {number(int(plain))}") if re.fullmatch(r"\d{1,12}", plain) else None
