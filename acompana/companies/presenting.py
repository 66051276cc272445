"""What the registry's pages show, worked out from companies: identity, sections of data, what was typed beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from acompana.companies import rules
from acompana.companies.counting import Counting, counting_of
from acompana.companies.listing import TONES
from acompana.companies.models import Company, Mandate
from acompana.companies.portfolio import portfolio_of
from acompana.companies.queries import completeness, size_of, status_of
from acompana.kernel.rut import format_rut
from acompana.people.queries import who_holds
from acompana.shell import words


@dataclass(frozen=True, slots=True)
class Identity:
    """The header of a record: what it is at one glance, each with its reason."""

    name: str
    other_name: str
    rut: str
    place: str
    size: rules.Size
    status: rules.Status
    counting: Counting
    tone: str
    portfolio: rules.Decision
    in_charge: str
    office: str


InCharge = Callable[[Company], str]
_in_charge: dict[str, InCharge] = {}


def register_in_charge(room: str, words: InCharge) -> None:
    """A room above says who has a company where «A cargo de …» is not so; it gives empty words where it is."""
    _in_charge[room] = words


def _who_has(company: Company, today: date) -> str:
    if said := next((told for tell in _in_charge.values() if (told := tell(company))), ""):
        return said
    if company.executive is None:
        return "Sin ejecutivo a cargo"
    attends, absence = who_holds(company.executive, today)
    away = f", fuera hasta el {words.short_date(absence.until_on)}: la atiende {attends}" if absence else ""
    return f"A cargo de {company.executive}{away}"


def identity(company: Company, today: date) -> Identity:
    status = status_of(company, today)
    places = [str(company.commune or ""), company.region.brief_name if company.region else company.country.name]
    other = company.legal_name if company.trade_name and company.legal_name != company.trade_name else ""
    return Identity(
        name=company.name,
        other_name=other,
        rut=format_rut(company.rut) if company.rut else company.foreign_tax_id,
        place=", ".join(dict.fromkeys(place for place in places if place)),
        size=size_of(company, today),
        status=status,
        counting=counting_of(company, status, today),
        tone=TONES.get(status.code, "plain"),
        portfolio=portfolio_of(company, today),
        in_charge=_who_has(company, today),
        office=str(company.office) if company.office else "",
    )


SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Identificación", ("legal_name", "trade_name", "foreign_tax_id", "started_on", "tax_category", "activity")),
    ("Dónde está", ("country", "region", "commune", "address", "website")),
    ("Qué hace", ("sector", "offer", "product", "certifications", "sells_online")),
    ("Tamaño", ("sales_bracket", "workers", "commercial_year", "women_role")),
    ("Exportaciones e intereses", ("exported_recently", "export", "market", "programme_interest")),
    ("Relación con la agencia", ("origin", "origin_detail", "office", "executive", "related_on", "last_worked_on")),
)
ROW_LABELS = {
    "activity": "Actividades del SII",
    "product": "Productos o servicios",
    "export": "Exportaciones declaradas",
    "market": "Mercados de interés",
}


def readable(company: Company, name: str) -> str:
    """A column's value as people read it; empty if there is none."""
    value = getattr(company, name)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Sí" if value else "No"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if name == "commercial_year":
        return str(value)
    if isinstance(value, int):
        return words.number(value)
    display = getattr(company, f"get_{name}_display", None)
    return str(display()) if display else str(value)


def _row_values(company: Company, name: str) -> list[str]:
    if name == "activity":
        return [str(row.activity) for row in company.activities.select_related("activity").order_by("-is_main", "id")]
    if name == "product":
        return [
            f"{row.description} ({row.heading.code})" if row.heading else row.description
            for row in company.products.select_related("heading").order_by("id")
        ]
    if name == "market":
        return [str(row.country) for row in company.markets.select_related("country").order_by("country")]
    rows = company.exports.select_related("market").order_by("-year", "market")
    return [
        f"{row.year} · {row.market}"
        + (f" · US$ {words.number(row.amount_usd)}" if row.amount_usd is not None else "")
        + f" · {row.get_proof_display()}"
        for row in rows
    ]


def label_of(name: str) -> str:
    if name in ROW_LABELS:
        return ROW_LABELS[name]
    field: Any = Company._meta.get_field(name)
    return capfirst(field.verbose_name)


def data_sections(company: Company, today: date, titles: Collection[str] = ()) -> list[dict[str, Any]]:
    """The characterisation in sections of rows for `summary_list`, all or those of some titles; what is required and
    missing is marked."""
    missing = {item.field: item.why for item in completeness(company, today)}
    sections = []
    for title, names in SECTIONS:
        if titles and title not in titles:
            continue
        rows = []
        for name in names:
            row: dict[str, Any] = {"label": label_of(name)}
            if name in ROW_LABELS:
                row["values"] = _row_values(company, name)
                row["value"] = ", ".join(row["values"])
            else:
                row["value"] = readable(company, name)
            if name in missing:
                row["missing"] = "Falta"
                row["note"] = missing[name] if row["value"] else ""
            if row["value"] or name in missing or name not in ("foreign_tax_id", "origin_detail"):
                rows.append(row)
        sections.append({"title": title, "rows": rows})
    return sections


@dataclass(frozen=True, slots=True)
class Difference:
    """What the registry has and what was typed, side by side."""

    label: str
    stored: str
    typed: str


def decided_words(mandate: Mandate) -> str:
    """Who decided a request for access, what, and when, in a sentence; empty while it waits (INT-24, EXP-13)."""
    if mandate.decided_at is None or mandate.state in (Mandate.State.REQUESTED, Mandate.State.LIMITED):
        return ""
    at, who = timezone.localtime(mandate.decided_at), mandate.decided_by
    when = f"el {words.long_date(at)} a las {at:%H:%M}"
    why = f" Motivo: «{mandate.reason}»." if mandate.reason else ""
    if mandate.state == Mandate.State.REFUSED:
        return f"{who} lo rechazó {when}.{why}" if who else f"Se rechazó {when}.{why}"
    if mandate.state == Mandate.State.ENDED and who == mandate.person:
        return f"Dejó su acceso {when}.{why}"
    if mandate.state == Mandate.State.ENDED:
        return f"{who} le quitó el acceso {when}.{why}" if who else f"Su acceso terminó {when}.{why}"
    if mandate.basis == Mandate.Basis.FOUNDER:
        return f"Tiene acceso desde que registró la empresa, {when}."
    if who is None or mandate.basis == Mandate.Basis.VERIFIED_CONTACT:
        return f"Lo confirmó un enlace a un contacto verificado, {when}."
    return f"{who} le dio acceso {when}."


def other_legal_name(mandate: Mandate) -> str:
    """The legal name that was typed under a limited mandate, where the registry knows another one; else empty."""
    typed, known = mandate.entered.get("values", {}).get("legal_name", ""), mandate.company.legal_name
    return typed if known and typed != known else ""


def entered_rows(mandate: Mandate) -> list[Difference]:
    """What was typed under a limited mandate, beside what the registry has (INT-24)."""
    rows = []
    for name, raw in mandate.entered.get("values", {}).items():
        field: Any = Company._meta.get_field(name)
        if raw in (None, ""):
            continue
        if isinstance(field, models.ForeignKey):
            typed = str(field.related_model._base_manager.filter(pk=raw).first() or "")
        else:
            shown = Company(**{name: field.to_python(raw)})
            typed = readable(shown, name)
        rows.append(Difference(label_of(name), readable(mandate.company, name), typed))
    return rows + _entered_beside(mandate)


def _entered_beside(mandate: Mandate) -> list[Difference]:
    """The contact and the products typed under a limited mandate."""
    rows = []
    if contact := mandate.entered.get("contact"):
        known = "; ".join(str(known) for known in mandate.company.contacts.filter(ended_on=None))
        typed = ", ".join(contact[name] for name in ("name", "position", "email", "phone") if contact.get(name))
        rows.append(Difference("Contacto nuevo", known, typed))
    if products := mandate.entered.get("products"):
        typed = "; ".join(row["description"] for row in products)
        rows.append(Difference(ROW_LABELS["product"], "; ".join(_row_values(mandate.company, "product")), typed))
    return rows
