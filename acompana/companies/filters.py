"""The filters of the registry's list: what each offers, and the condition that it puts in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from acompana.companies import row_filters as rows
from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.filter_choices import (
    NO_DATA,
    Choice,
    communes,
    countries,
    executives,
    fixed,
    flat,
    former_executive,
    former_office,
    ids_of,
    offices,
    ranges,
)
from acompana.companies.models import Company, Contact, DeclaredExport
from acompana.companies.portfolio import is_in_portfolio
from acompana.companies.queries import is_complete
from acompana.companies.rules import STATUS_LABELS
from acompana.companies.typed_filters import (
    CONTACT_TEXTS,
    DAYS,
    PRODUCT_TEXTS,
    SHORTEST,
    TEXTS,
    contact_contains,
    contains,
    day_is,
    find_day,
    find_text,
    product_contains,
)
from acompana.people.models import Channel, Language, Office
from acompana.reference.models import Commune, Country, Region, SalesBracket, Sector

SIZES = (
    ("MICRO", "Micro"),
    ("PEQUENA", "Pequeña"),
    ("MEDIANA", "Mediana"),
    ("GRANDE", "Grande"),
    ("SIN_INFORMACION", "Sin información"),
)
WORKERS: dict[str, tuple[str, int, int | None]] = {
    "0": ("Ninguno", 0, 0),
    "1-9": ("1 a 9", 1, 9),
    "10-49": ("10 a 49", 10, 49),
    "50-199": ("50 a 199", 50, 199),
    "200": ("200 o más", 200, None),
}
YEARS: dict[str, tuple[str, int, int | None]] = {
    "0-2": ("Menos de 3 años", 0, 2),
    "3-5": ("3 a 5 años", 3, 5),
    "6-10": ("6 a 10 años", 6, 10),
    "11": ("Más de 10 años", 11, None),
}
YES_NO: tuple[Choice, ...] = (("si", "Sí"), ("no", "No"))
HAS: tuple[Choice, ...] = (("si", "Tiene"), ("no", "No tiene"))
PORTFOLIO: tuple[Choice, ...] = (
    ("si", "Cuenta"),
    ("validada", "Validada, no cuenta"),
    ("no", "No cuenta"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A filter that may be put on. `choices` reads what it offers; `condition` makes of a choice a condition."""

    name: str
    label: str
    choices: Callable[[], Sequence[Choice]]
    condition: Callable[[str, date], Q]
    everything: str = "Todos"
    always: bool = False  # shown without being asked for
    find: Callable[[str], Choice | None] | None = None  # too many to offer: the one of a typed value
    formerly: Callable[[str], Choice | None] | None = None  # the one of a value that is offered no more
    type: str = "text"  # of the field in which it is typed
    not_found: str = "no existe «{}»."
    reads_all: bool = False  # no index helps it: see `typed_filters`
    reads_once: bool = False  # nor this one, where few fit: what is counted is kept, and not looked for again


@dataclass(slots=True)
class Filter:
    """One filter of a list: its name in the address, its label, its choices, and what was chosen. What names nothing
    matches nothing, and its page says so."""

    kind: Kind
    chosen: str
    choices: Sequence[Choice] = field(default_factory=tuple)
    unknown: str = ""  # what was asked for and does not exist

    @property
    def name(self) -> str:
        return self.kind.name

    @property
    def label(self) -> str:
        return self.kind.label

    @property
    def everything(self) -> str:
        return self.kind.everything

    @property
    def is_typed(self) -> bool:
        return self.kind.find is not None

    @property
    def asked(self) -> str:
        return self.chosen or self.unknown

    @property
    def unknown_text(self) -> str:
        told = self.kind.not_found.format(self.unknown)
        return f"{self.label}: {told} Mientras este filtro siga así, no hay empresas que mostrar."

    @property
    def asked_text(self) -> str:
        return f"«{self.unknown}»" if self.unknown else dict(flat(self.choices)).get(self.chosen, "")


# --- conditions -------------------------------------------------------------------------------------------------


def _is(column: str) -> Callable[[str, date], Q]:
    return lambda value, today: Q(**{column: value})


def _tri(column: str) -> Callable[[str, date], Q]:
    # Said twice: PostgreSQL does not see by itself that what is false is known, nor then that an index has it.
    return lambda value, today: (
        Q(**{column: None}) if value == "sin" else Q(**{column: value == "si", f"{column}__isnull": False})
    )


def _executive(value: str, today: date) -> Q:
    return Q(executive=None) if value == "nadie" else Q(executive_id=int(value))


def _complete(value: str, today: date) -> Q:
    return is_complete(today) if value == "si" else ~is_complete(today)


def _has(column: str) -> Callable[[str, date], Q]:
    return lambda value, today: ~Q(**{column: ""}) if value == "si" else Q(**{column: ""})


def _workers(value: str, today: date) -> Q:
    if value == NO_DATA[0]:
        return Q(workers=None)
    _, least, most = WORKERS[value]
    return Q(workers__gte=least) & (Q() if most is None else Q(workers__lte=most))


def _age(value: str, today: date) -> Q:
    """Whole years since it began, by the calendar year: a filter, not the rule that asks for a day."""
    if value == NO_DATA[0]:
        return Q(started_on=None)
    _, least, most = YEARS[value]
    began = Q(started_on__lte=date(today.year - least, 12, 31))
    return began & (Q() if most is None else Q(started_on__gte=date(today.year - most, 1, 1)))


def _closed(value: str, today: date) -> Q:
    return Q(closed_on__isnull=value == "no")


def _size(value: str, today: date) -> Q:
    return Q(sales_bracket__in=SalesBracket.objects.filter(size=value).values("pk"))


def _portfolio(value: str, today: date) -> Q:
    """Whether it counts in the portfolio; or is validated and does not count all the same (DEF-2)."""
    counts = is_in_portfolio(today)
    if value == "si":
        return counts
    return Q(validated_on__isnull=False) & ~counts if value == "validada" else Q(validated_on=None) | ~counts


def _validated(value: str, today: date) -> Q:
    return Q(validated_on__isnull=value == "no")


def _texts(texts: Iterable[tuple[str, str, str]], of: Callable[[str], Callable[[str, date], Q]]) -> Iterable[Kind]:
    for name, label, column in texts:
        yield Kind(
            name, label, fixed(()), of(column), find=find_text, type="search", not_found=TOO_SHORT, reads_all=True
        )


def _year(name: str, label: str, condition: Callable[[str, date], Q]) -> Kind:
    return Kind(
        name, label, fixed(()), condition, "Cualquiera", find=rows.find_year, type="number", not_found=rows.NO_YEAR
    )


def _days() -> Iterable[Kind]:
    for name, label, column, lookup in DAYS:
        yield Kind(
            name, label, fixed(()), day_is(column, lookup), find=find_day, type="date", not_found="«{}» no es un día."
        )


TOO_SHORT = f"«{{}}» es muy corto. Escribe {SHORTEST} letras o más."
TOO_FEW = f"«{{}}» es muy corto. Escribe {SHORTEST} cifras o más."
KINDS: tuple[Kind, ...] = (
    Kind("estado", "Estado", fixed(STATUS_LABELS.items()), _is("status"), always=True),
    Kind(
        "region",
        "Región",
        lambda: [(r.iso, r.short_name) for r in Region.objects.all()],
        _is("region__iso"),
        "Todas",
        always=True,
    ),
    Kind(
        "oficina",
        "Oficina",
        offices,
        _is("office__code"),
        "Todas",
        always=True,
        formerly=former_office,
    ),
    Kind(
        "sector",
        "Sector",
        lambda: [(s.slug, s.name) for s in Sector.objects.all()],
        _is("sector__slug"),
        always=True,
    ),
    Kind("ejecutivo", "A cargo de", executives, _executive, "Cualquiera", always=True, formerly=former_executive),
    Kind("comuna", "Comuna", communes, _is("commune__code"), "Todas"),
    Kind(
        "actividad",
        "Actividad (código o palabras)",
        fixed(()),
        rows.activity_is,
        "Todas",
        find=rows.find_activity,
        not_found=rows.NO_ACTIVITY,
    ),
    Kind("tramo", "Ventas anuales", lambda: ids_of(SalesBracket.objects.all(), str), _is("sales_bracket_id")),
    Kind("tamano", "Tamaño por ventas", fixed(SIZES), _size),
    Kind("clase", "Clase", fixed(Company.Kind.choices), _is("kind"), "Todas"),
    Kind("potencial", "Potencial", fixed(Company.Potential.choices), _is("potential")),
    Kind("oferta", "Ofrece", fixed(Company.Offer.choices), _is("offer"), "Cualquier cosa"),
    Kind("origen", "De dónde viene", fixed(Company.Origin.choices), _is("origin"), "De cualquier parte"),
    Kind(
        "exporta",
        "Exportó en 3 años",
        fixed((*YES_NO, ("sin", "Sin dato"))),
        _tri("exported_recently"),
        "Da lo mismo",
    ),
    Kind("online", "Vende por internet", fixed((*YES_NO, ("sin", "Sin dato"))), _tri("sells_online"), "Da lo mismo"),
    Kind("mujeres", "Mujeres", fixed(Company.WomenRole.choices), _is("women_role"), "Da lo mismo"),
    Kind("trabajadores", "Trabajadores", ranges(WORKERS), _workers, "Cualquier número"),
    Kind("antiguedad", "Antigüedad", ranges(YEARS), _age, "Cualquiera"),
    _year("ano_comercial", "Año comercial", _is("commercial_year")),
    Kind("giro", "Término de giro", fixed(HAS), _closed, "Da lo mismo"),
    Kind("categoria", "Categoría tributaria", fixed(Company.TaxCategory.choices), _is("tax_category"), "Todas"),
    Kind("pais", "País", countries, _is("country__alpha2")),
    Kind("mercado", "Mercado de interés", countries, rows.market_is),
    Kind("producto", "Producto (arancel)", fixed(()), rows.product_is, "Todos", find=rows.find_heading),
    Kind("exportaciones", "Exportaciones declaradas", fixed(HAS), rows.has_exports, "Da lo mismo"),
    Kind("exporto_a", "Exportó a", countries, rows.export_is("market__alpha2")),
    _year("exporto_ano", "Exportó el año", rows.export_is("year")),
    Kind(
        "exporto_monto",
        "Exportó en un año, US$ o más",
        fixed(()),
        rows.export_is("amount_usd__gte"),
        find=rows.find_amount,
        not_found=rows.NO_AMOUNT,
    ),
    Kind(
        "exporto_prueba",
        "Prueba de exportación",
        fixed(DeclaredExport.Proof.choices),
        rows.export_is("proof"),
        "Cualquiera",
    ),
    Kind("certificaciones", "Certificaciones", fixed(HAS), _has("certifications"), "Da lo mismo"),
    Kind("web", "Sitio web", fixed(HAS), _has("website"), "Da lo mismo"),
    Kind("direccion", "Dirección", fixed(HAS), _has("address"), "Da lo mismo"),
    Kind("contacto", "Persona de contacto", fixed(HAS), rows.has_contact, "Da lo mismo"),
    Kind("correo", "Correo de contacto", fixed(HAS), rows.has_mail, "Da lo mismo"),
    Kind("correo_verificado", "Correo de contacto verificado", fixed(HAS), rows.has_verified_mail, "Da lo mismo"),
    Kind(
        "telefono_contiene",
        "Teléfono de contacto contiene",
        fixed(()),
        rows.contact_phone,
        find=rows.find_phone,
        type="search",
        not_found=TOO_FEW,
        reads_all=True,
    ),
    Kind("canal", "Canal que prefiere un contacto", fixed(Channel.choices), rows.contact_is("preferred_channel")),
    Kind("idioma", "Idioma de un contacto", fixed(Language.choices), rows.contact_is("language")),
    Kind("genero", "Género de un contacto", fixed(Contact.Gender.choices), rows.contact_is("gender")),
    Kind(
        "permiso",
        "Permiso de contactos",
        fixed((*((t.purpose, t.label) for t in CONSENT_TEXTS), ("falta", "Algún contacto sin permiso"))),
        rows.consent_is,
        "Da lo mismo",
    ),
    Kind("completa", "Ficha completa", fixed(YES_NO), _complete, "Da lo mismo", reads_once=True),
    Kind("cartera", "Cartera", fixed(PORTFOLIO), _portfolio, "Da lo mismo", reads_once=True),
    Kind("validada", "Validada", fixed(YES_NO), _validated, "Da lo mismo"),
    *_texts(TEXTS, contains),
    *_texts(CONTACT_TEXTS, contact_contains),
    *_texts(PRODUCT_TEXTS, product_contains),
    *_days(),
)
BY_NAME = {kind.name: kind for kind in KINDS}
COMPUTED = "estado"  # several conditions in an order: `queries.of_status`
ID_COLUMNS = {
    "region": ("region_id", Region, "iso"),
    "oficina": ("office_id", Office, "code"),
    "sector": ("sector_id", Sector, "slug"),
    "comuna": ("commune_id", Commune, "code"),
    "pais": ("country_id", Country, "alpha2"),
}


def condition_of(item: Filter, today: date) -> Q:
    """The condition of what was chosen. Ids are read first: that spares the planner a join, and lets it see which
    index orders the list."""
    if item.name in ID_COLUMNS:
        column, model, key = ID_COLUMNS[item.name]
        found: Any = model
        return Q(**{column: found.objects.filter(**{key: item.chosen}).values_list("pk", flat=True).first()})
    return item.kind.condition(item.chosen, today)


def read_filters(query: Any) -> list[Filter]:
    """The filters that are always there, those that the address puts on, and the one asked for to be chosen."""
    shown = []
    for kind in KINDS:
        asked = query.get(kind.name, "").strip()[:60]
        if not (kind.always or asked or query.get("mas") == kind.name):
            continue
        shown.append(_typed(kind, asked) if kind.find is not None else _offered(kind, asked))
    return shown


def _typed(kind: Kind, asked: str) -> Filter:
    found = kind.find(asked) if kind.find is not None and asked else None
    return Filter(kind, found[0], (found,)) if found else Filter(kind, "", unknown=asked)


def _offered(kind: Kind, asked: str) -> Filter:
    """What was asked for stays among its choices, so that a new search does not let go of it unsaid."""
    offered = kind.choices()
    if not asked or asked in dict(flat(offered)):
        return Filter(kind, asked, offered)
    if kind.formerly is not None and (former := kind.formerly(asked)):
        return Filter(kind, former[0], (*offered, former))
    return Filter(kind, "", (*offered, (asked, f"«{asked}», que no existe")), unknown=asked)


def filters_left(shown: Iterable[Filter]) -> list[Choice]:
    """Filters that are not shown yet: name and label."""
    there = {item.name for item in shown}
    return [(kind.name, kind.label) for kind in KINDS if kind.name not in there]
