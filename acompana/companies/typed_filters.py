"""Filters of the list of companies into which something is typed: a part of a text, the first or last day of a range.

No index helps a part of a text: what is read is bounded by who has a relation with the agency, or by another filter
that narrows the list (`listing.CompanyList.bounded`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import CharField, Exists, Func, OuterRef, Q
from django.db.models.lookups import Contains
from django.db.models.sql.compiler import SQLCompiler

from acompana.companies.models import Contact, Product
from acompana.kernel.search.text import normalise

Condition = Callable[[str, date], Q]
SHORTEST = 3  # letters or digits
ACCENTED, PLAIN = "ÁÉÍÓÚÜÑáéíóúüñ", "aeiouunaeiouun"
_FOLDED = str.maketrans(ACCENTED, PLAIN)
# Name in the address, label, and the column of the company.
TEXTS = (
    ("conocida", "Dónde la conocimos", "origin_detail"),
    ("direccion_contiene", "Dirección contiene", "address"),
    ("web_contiene", "Sitio web contiene", "website"),
    ("certificaciones_contiene", "Certificaciones contiene", "certifications"),
    ("programas", "Programas de interés contiene", "programme_interest"),
    ("identificacion", "Identificación tributaria contiene", "foreign_tax_id"),
)
# The same, of its contacts.
CONTACT_TEXTS = (
    ("contacto_contiene", "Nombre de contacto contiene", "name"),
    ("correo_contiene", "Correo de contacto contiene", "email"),
    ("cargo_contiene", "Cargo de contacto contiene", "position"),
)
# And of its products.
PRODUCT_TEXTS = (("producto_contiene", "Producto contiene", "description"),)
DAYS = (
    ("relacion_desde", "Relación desde el", "related_on", "gte"),
    ("relacion_hasta", "Relación hasta el", "related_on", "lte"),
    ("accion_desde", "Última acción desde el", "last_worked_on", "gte"),
    ("accion_hasta", "Última acción hasta el", "last_worked_on", "lte"),
    ("validada_desde", "Validada desde el", "validated_on", "gte"),
    ("validada_hasta", "Validada hasta el", "validated_on", "lte"),
)
# The first and last day of each range.
DAY_RANGES = tuple((name, name.replace("_desde", "_hasta")) for name, *_ in DAYS if name.endswith("_desde"))
# Each has an index, or is joined by one; to have no office or nobody in charge narrows nothing.
NARROWING = ("region", "comuna", "sector", "oficina", "ejecutivo")  # and one activity
NOBODYS = ("ninguna", "nadie")


def narrows(chosen: Mapping[str, str]) -> bool:
    """Whether one of the choices leaves a part of the registry that may be read whole."""
    return any(chosen.get(name, NOBODYS[0]) not in NOBODYS for name in NARROWING) or is_a_code(
        chosen.get("actividad", "")
    )


def is_a_code(activity: str) -> bool:
    """Whether an activity is asked for by its whole code, and not by a beginning or words that many have."""
    return len(activity) == 6 and activity.isdigit()


def find_text(text: str) -> tuple[str, str] | None:
    """A part of a text, if it is long enough to tell anything."""
    return (text, text) if len(normalise(text).replace(" ", "")) >= SHORTEST else None


def find_day(text: str) -> tuple[str, str] | None:
    """A day as the field of a browser writes it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.isoformat(), f"{day:%d-%m-%Y}"


def contains(column: str) -> Condition:
    return lambda value, today: Q(_contains(column, value))


def contact_contains(column: str) -> Condition:
    def condition(value: str, today: date) -> Q:
        contacts = Contact.objects.filter(company=OuterRef("pk"), ended_on=None)
        return Q(Exists(contacts.filter(_contains(column, value))))

    return condition


def product_contains(column: str) -> Condition:
    def condition(value: str, today: date) -> Q:
        products = Product.objects.filter(company=OuterRef("pk"))
        return Q(Exists(products.filter(_contains(column, value))))

    return condition


def _contains(column: str, value: str) -> Any:
    return Contains(Folded(column), value.lower().translate(_FOLDED))


class Folded(Func):
    """A text without capitals and Spanish accents. The normal form of searches tells more and costs six times as much,
    which counts here: it is worked out for every row that is read."""

    arity = 1
    output_field = CharField()
    function = "LOWER"

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        template = f"LOWER(TRANSLATE(%(expressions)s, '{ACCENTED}', '{PLAIN}'))"
        return super().as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> tuple[str, Any]:
        inner = "%(expressions)s"
        for accented, plain in zip(ACCENTED, PLAIN, strict=True):
            inner = f"REPLACE({inner}, '{accented}', '{plain}')"
        return super().as_sql(compiler, connection, template=f"LOWER({inner})", **context)


def day_is(column: str, lookup: str) -> Condition:
    """Who has one of these days has a relation with the agency: said, so that an index has them."""
    return lambda value, today: Q(**{f"{column}__{lookup}": date.fromisoformat(value), "related_on__isnull": False})
