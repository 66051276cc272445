"""The columns that a list of companies may show, and its file carry; who looks chooses which, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.models import Company
from acompana.companies.queries import completeness, main_contact_of
from acompana.kernel.phones import normal_phone, shown_phone
from acompana.kernel.rut import format_rut
from acompana.shell.words import count_of


@dataclass(frozen=True, slots=True)
class Column:
    """`value` reads it from a company whose `needs` were fetched with it, and what hangs on it, `hanging`, at
    once for all of a page or stretch of a file; `order` names the order of its heading; `beneath`, what a page shows
    in small under it, which has columns of its own in a file."""

    slug: str
    label: str
    value: Callable[[Company], Any]
    needs: tuple[str, ...] = ()
    hanging: tuple[str, ...] = ()
    order: str = ""
    is_number: bool = False
    is_long: bool = False  # several things in a cell
    beneath: tuple[str, ...] = ()


def _status(company: Company) -> Any:
    return company.status["label"]  # type: ignore[attr-defined]


def _size(company: Company) -> Any:
    return company.sales_bracket.label if company.sales_bracket else ""


def _of_contact(part: str) -> Callable[[Company], str]:
    """Of with whom one speaks: the main contact, else the first."""

    def value(company: Company) -> str:
        contact = main_contact_of(company)
        found = getattr(contact, part) if contact else ""
        return found() if callable(found) else found

    return value


def _contact_name(company: Company) -> str:
    contact = main_contact_of(company)
    return contact.name if contact and contact.is_named else ""


def _contact_phone(company: Company) -> str:
    return shown_phone(normal_phone(_of_contact("phone")(company)))


def _permissions(company: Company) -> str:
    """What with whom one speaks agrees to now, whichever of the rows that a merge found to be one says it (LAW-4)."""
    contact = main_contact_of(company)
    if contact is None:
        return ""
    rows = [row for row in company.contacts.all() if contact.pk in (row.pk, row.same_as_id)]
    answers = sorted((one for row in rows for one in row.consents.all()), key=lambda one: (one.recorded_at, one.pk))
    given = {answer.purpose: answer.given for answer in answers}
    return "; ".join(text.label for text in CONSENT_TEXTS if given.get(text.purpose)) or "Ninguno"


def _exports(company: Company) -> str:
    """The years in which it declared exports, the newest first, each with its markets."""
    markets: dict[int, list[str]] = {}
    for row in sorted(company.exports.all(), key=lambda row: (-row.year, row.market.name)):
        markets.setdefault(row.year, []).append(row.market.name)
    return "; ".join(f"{year}: {', '.join(names)}" for year, names in markets.items())


def _activities(company: Company) -> str:
    rows = sorted(company.activities.all(), key=lambda row: (not row.is_main, row.pk))
    return "; ".join(str(row.activity) for row in rows)


def _products(company: Company) -> str:
    return "; ".join(row.description for row in sorted(company.products.all(), key=lambda row: row.pk))


def _markets(company: Company) -> str:
    return ", ".join(sorted(row.country.name for row in company.markets.all()))


def _whole(company: Company) -> str:
    missing = completeness(company, company.seen_on)  # type: ignore[attr-defined]
    many = count_of(len(missing), "dato", "datos")
    return f"Información parcial: {'falta' if len(missing) == 1 else 'faltan'} {many}" if missing else "Completa"


COLUMNS: dict[str, Column] = {
    column.slug: column
    for column in (
        Column("nombre", "Empresa", lambda c: c.name, order="nombre", beneath=("razon",)),
        Column("razon", "Razón social", lambda c: c.legal_name),
        Column("fantasia", "Nombre de fantasía", lambda c: c.trade_name),
        Column("rut", "RUT", lambda c: format_rut(c.rut) if c.rut else c.foreign_tax_id),
        Column("clase", "Clase", lambda c: c.get_kind_display()),
        Column("pais", "País", lambda c: c.country.name, ("country",)),
        Column("region", "Región", lambda c: c.region.brief_name if c.region else "", ("region",)),
        Column(
            "comuna",
            "Comuna",
            lambda c: c.commune.name if c.commune else "",
            ("commune",),
            beneath=("region", "pais"),
        ),
        Column("direccion", "Dirección", lambda c: c.address),
        Column("sector", "Sector", lambda c: c.sector.name if c.sector else "", ("sector",)),
        Column("estado", "Estado", _status),
        Column("potencial", "Potencial", lambda c: c.get_potential_display()),
        Column("oficina", "Oficina", lambda c: c.office.name if c.office else "", ("office",)),
        Column("ejecutivo", "A cargo", lambda c: str(c.executive) if c.executive else "", ("executive",)),
        Column("categoria", "Categoría tributaria", lambda c: c.get_tax_category_display()),
        Column("tramo", "Ventas anuales", _size, ("sales_bracket",)),
        Column("ano_comercial", "Año comercial", lambda c: c.commercial_year),
        Column("trabajadores", "Trabajadores", lambda c: c.workers, is_number=True),
        Column("oferta", "Ofrece", lambda c: c.get_offer_display()),
        Column("exporta", "Exportó en 3 años", lambda c: c.exported_recently),
        Column("exportaciones", "Exportaciones declaradas", _exports, hanging=("exports__market",), is_long=True),
        Column("online", "Vende por internet", lambda c: c.sells_online),
        Column("mujeres", "Mujeres", lambda c: c.get_women_role_display()),
        Column("web", "Sitio web", lambda c: c.website),
        Column("programas", "Programas de interés", lambda c: c.programme_interest),
        Column("origen", "De dónde viene", lambda c: c.get_origin_display()),
        Column("conocida", "Dónde la conocimos", lambda c: c.origin_detail),
        Column("relacion", "Relación desde", lambda c: c.related_on),
        Column("accion", "Última acción", lambda c: c.last_worked_on),
        Column("validada", "Validada el", lambda c: c.validated_on),
        Column("inicio", "Inicio de actividades", lambda c: c.started_on),
        Column("giro", "Término de giro", lambda c: c.closed_on),
        Column("contacto", "Contacto principal", _contact_name, hanging=("contacts",)),
        Column("correo", "Correo de contacto", _of_contact("email"), hanging=("contacts",)),
        Column("telefono", "Teléfono de contacto", _contact_phone, hanging=("contacts",)),
        Column("cargo", "Cargo del contacto", _of_contact("position"), hanging=("contacts",)),
        Column("canal", "Canal que prefiere", _of_contact("get_preferred_channel_display"), hanging=("contacts",)),
        Column("idioma", "Idioma del contacto", _of_contact("get_language_display"), hanging=("contacts",)),
        Column("permiso", "Permisos del contacto", _permissions, hanging=("contacts__consents",), is_long=True),
        Column("actividades", "Actividades", _activities, hanging=("activities__activity",), is_long=True),
        Column("productos", "Productos o servicios", _products, hanging=("products",), is_long=True),
        Column("mercados", "Mercados de interés", _markets, hanging=("markets__country",), is_long=True),
        Column("certificaciones", "Certificaciones", lambda c: c.certifications),
        Column("ficha", "Ficha completa", _whole, hanging=("contacts", "activities", "products")),
    )
}
USUAL = ("nombre", "rut", "comuna", "sector", "estado", "ejecutivo")


def chosen_columns(asked: Iterable[str]) -> list[Column]:
    """The columns of these names, in their order; the name comes first always, and none known means the usual."""
    known = [slug for slug in dict.fromkeys(asked) if slug in COLUMNS and slug != "nombre"]
    return [COLUMNS[slug] for slug in (("nombre", *known) if known else USUAL)]


def columns_of_file(shown: Iterable[Column]) -> list[Column]:
    """The columns that a page shows and, behind each, what it shows beneath, once: the file has what is on screen
    (EXP-4)."""
    chosen = list(shown)
    added = {name for column in chosen for name in column.beneath} - {column.slug for column in chosen}
    columns: dict[str, Column] = {}
    for column in chosen:
        columns[column.slug] = column
        columns |= {name: COLUMNS[name] for name in column.beneath if name in added}
    return list(columns.values())


def needs_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """What must be fetched with the companies, so that no column asks for itself."""
    return tuple(dict.fromkeys(name for column in columns for name in column.needs))


def hanging_of(columns: Iterable[Column]) -> tuple[str, ...]:
    """What hangs on the companies and must be fetched with them, each by a statement for all."""
    return tuple(dict.fromkeys(name for column in columns for name in column.hanging))
