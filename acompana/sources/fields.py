"""What a column of a file may fill, and how each field is compared with the registry and written to it.

A file's column becomes one or more *staged* columns; a field's bit stands for it in a plan and in a company's
provenance. Bits are stored: a new field takes the next one, and none is used again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model

from acompana.reference.amending import Moved
from acompana.reference.models import Activity, SalesBracket, Sector


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a company. `columns`: staged columns and their types, which are the company's too; the first one
    says whether the file has a value. `text`: empty is '' and not null in the registry. `yearly`: belongs to a
    commercial year, and an older year never overwrites a newer one."""

    name: str
    label: str
    bit: int
    columns: tuple[tuple[str, str], ...]
    text: bool = False
    yearly: bool = False

    @property
    def column(self) -> str:
        return self.columns[0][0]


def _text(name: str, label: str, bit: int) -> Field:
    return Field(name, label, bit, ((name, "text"),), text=True)


PLACE = Field(
    "place", "Comuna y región", 1 << 5, (("region_id", "bigint"), ("commune_id", "bigint"), ("office_id", "bigint"))
)
FIELDS: tuple[Field, ...] = (
    _text("legal_name", "Razón social", 1 << 0),
    _text("trade_name", "Nombre de fantasía", 1 << 1),
    Field("started_on", "Inicio de actividades", 1 << 2, (("started_on", "date"),)),
    Field("closed_on", "Término de giro", 1 << 3, (("closed_on", "date"),)),
    _text("tax_category", "Categoría tributaria", 1 << 4),
    PLACE,
    _text("address", "Dirección", 1 << 6),
    Field("sector", "Sector", 1 << 7, (("sector_id", "bigint"),)),
    Field("sales_bracket", "Ventas anuales", 1 << 8, (("sales_bracket_id", "bigint"),), yearly=True),
    Field("workers", "Trabajadores", 1 << 9, (("workers", "integer"),), yearly=True),
    Field("commercial_year", "Año comercial", 1 << 10, (("commercial_year", "integer"),), yearly=True),
    _text("website", "Sitio web", 1 << 11),
)
ACTIVITY_BIT = 1 << 12
CONTACT_BIT = 1 << 13
RELATION_BIT = 1 << 14
BY_NAME = {field.name: field for field in FIELDS}
ALL_BITS = sum(field.bit for field in FIELDS) | ACTIVITY_BIT | CONTACT_BIT


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody may choose for a column on the mapping's page. `field`: which field it helps to fill."""

    slug: str
    label: str
    names: tuple[str, ...]
    hint: str = ""


# `names`: heads under which it is found in files, in normal form, the best first: « Ciudad » says the commune where no
# column is called so. Spaces are not compared: « e mail » is « email » too.
TARGETS: tuple[Target, ...] = (
    Target(
        "rut",
        "RUT",
        ("rut empresa", "rut de la empresa", "rut contribuyente", "rut cliente", "rut", "rol unico tributario"),
        "con o sin dígito",
    ),
    Target("dv", "Dígito verificador", ("dv", "digito verificador", "digito")),
    Target(
        "legal_name",
        "Razón social",
        (
            "razon social",
            "nombre o razon social",
            "nombre razon social",
            "razon social empresa",
            "razon social de la empresa",
            "nombre empresa",
            "nombre de la empresa",
            "nombre de empresa",
            "nombre legal",
            "empresa",
        ),
    ),
    Target(
        "trade_name",
        "Nombre de fantasía",
        ("nombre de fantasia", "nombre fantasia", "fantasia", "nombre comercial", "marca"),
    ),
    Target(
        "started_on",
        "Inicio de actividades",
        (
            "fecha inicio vig",
            "fecha inicio de actividades vige",
            "inicio de actividades",
            "fecha inicio actividades",
            "fecha de inicio de actividades",
        ),
    ),
    Target(
        "closed_on",
        "Término de giro",
        ("fecha tg vig", "fecha termino de giro", "fecha de termino de giro", "termino de giro"),
    ),
    Target("tax_category", "Categoría tributaria", ("categoria tributaria",)),
    Target(
        "commune",
        "Comuna",
        ("comuna", "comuna tributaria", "comuna empresa", "comuna ciudad", "ciudad comuna", "ciudad"),
        "dice también la región",
    ),
    Target(
        "region", "Región", ("region", "region tributaria", "region empresa"), "se usa si no se reconoce la comuna"
    ),
    Target(
        "address",
        "Dirección",
        (
            "direccion",
            "direccion empresa",
            "direccion de la empresa",
            "direccion comercial",
            "direccion casa matriz",
            "domicilio",
            "domicilio comercial",
            "calle",
        ),
    ),
    Target("sector", "Sector", ("sector",)),
    Target("sales_bracket", "Tramo de ventas", ("tramo segun ventas", "tramo de ventas", "tramo ventas"), "1 a 13"),
    Target(
        "workers",
        "Trabajadores",
        (
            "numero de trabajadores dependie",
            "numero de trabajadores",
            "n de trabajadores",
            "n trabajadores",
            "cantidad de trabajadores",
            "trabajadores",
        ),
    ),
    Target("commercial_year", "Año comercial", ("ano comercial", "ano tributario")),
    Target("activity_code", "Código de actividad", ("codigo actividad", "codigo de actividad", "actividad codigo")),
    Target("activity_name", "Actividad por su nombre", ("actividad economica", "glosa actividad")),
    Target("website", "Sitio web", ("sitio web", "pagina web", "web", "website", "url")),
    Target(
        "contact_name",
        "Contacto: nombre",
        (
            "nombre contacto",
            "nombre de contacto",
            "nombre del contacto",
            "nombre persona de contacto",
            "contacto nombre",
            "persona de contacto",
            "persona contacto",
            "contacto principal",
            "contacto",
        ),
    ),
    Target(
        "contact_email",
        "Contacto: correo",
        (
            "correo contacto",
            "correo de contacto",
            "correo del contacto",
            "email contacto",
            "email de contacto",
            "mail contacto",
            "mail de contacto",
            "contacto correo",
            "contacto email",
            "correo",
            "correo electronico",
            "email",
            "mail",
            "direccion de correo",
            "direccion de correo electronico",
            "correo empresa",
            "email empresa",
        ),
    ),
    Target(
        "contact_phone",
        "Contacto: teléfono",
        (
            "telefono contacto",
            "telefono de contacto",
            "telefono del contacto",
            "fono contacto",
            "fono de contacto",
            "celular contacto",
            "celular de contacto",
            "contacto telefono",
            "telefono",
            "numero de telefono",
            "n de telefono",
            "fono",
            "tel",
            "celular",
            "telefono celular",
            "telefono movil",
            "movil",
            "telefono empresa",
        ),
    ),
    Target("contact_position", "Contacto: cargo", ("cargo contacto", "cargo del contacto", "contacto cargo", "cargo")),
)
# Heads that say a name and not whose (see `mapping.suggest`).
LONE_NAMES = ("nombre", "nombres", "nombre completo", "name")
OF_A_PERSON = ("apellido", "apellidos", "apellido paterno", "cargo", "rut contacto")
TARGET_BY_SLUG = {target.slug: target for target in TARGETS}
EMPTIES = frozenset({"rut", "dv", "commune", "region", "activity_code", "activity_name"})
CONTACT_TARGETS = ("contact_name", "contact_email", "contact_phone", "contact_position")


def fields_of(bits: int) -> list[Field]:
    """The fields of a set of bits, in the order in which people read them."""
    return [field for field in FIELDS if bits & field.bit]


def labels_of(bits: int) -> list[str]:
    """The same in words, with activities and contacts."""
    labels = [field.label for field in fields_of(bits)]
    if bits & ACTIVITY_BIT:
        labels.append("Actividades del SII")
    if bits & CONTACT_BIT:
        labels.append("Contactos")
    return labels


def moved_in_files(row: Model, values: Mapping[str, Any], today: date) -> Iterator[Moved]:
    """Which names files may no longer give a row of reference data: those are read by what they are called today."""
    if isinstance(row, Sector) and "retired_on" in values:
        yield Moved(f"Los archivos que digan «{row.name}» no se leerán en ese dato: ese sector ya no se reconocerá.")
    for model, column in ((Sector, "name"), (Activity, "name"), (SalesBracket, "label")):
        if isinstance(row, model) and column in values:
            was = getattr(row, column)
            yield Moved(f"Los archivos que se carguen deben decir «{values[column]}»: «{was}» ya no se reconocerá.")
