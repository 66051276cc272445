"""The filters of the registry's list: what each offers, and the condition that it puts in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from acompana.companies.consent_rules import CONSENT_TEXTS
from acompana.companies.models import Company, CompanyActivity, Consent, Contact, MarketInterest, Product
from acompana.companies.queries import is_complete
from acompana.companies.rules import STATUS_LABELS
from acompana.companies.typed_filters import (
    CONTACT_TEXTS,
    DAYS,
    SHORTEST,
    TEXTS,
    contact_contains,
    contains,
    day_is,
    find_day,
    find_text,
)
from acompana.people.models import Office, Person
from acompana.people.office_choice import office_choices
from acompana.reference.models import Activity, Commune, Country, Region, SalesBracket, Sector, TariffHeading

Choice = tuple[str, str]
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
NO_DATA: Choice = ("sin", "Sin dato")
YES_NO: tuple[Choice, ...] = (("si", "Sí"), ("no", "No"))
HAS: tuple[Choice, ...] = (("si", "Tiene"), ("no", "No tiene"))


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
    type: str = "text"  # of the field in which it is typed
    not_found: str = "no existe el código «{}», y no se filtra por él."
    reads_all: bool = False  # no index helps it: see `typed_filters`
    reads_once: bool = False  # nor this one, where few fit: what is counted is kept, and not looked for again


@dataclass(slots=True)
class Filter:
    """One filter of a list: its name in the address, its label, its choices, and what was chosen."""

    kind: Kind
    chosen: str
    choices: Sequence[Choice] = field(default_factory=tuple)
    unknown: str = ""  # what was typed and does not exist

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
    def unknown_text(self) -> str:
        return f"{self.label}: {self.kind.not_found.format(self.unknown)}"

    @property
    def chosen_text(self) -> str:
        return dict(flat(self.choices)).get(self.chosen, "")


def flat(choices: Iterable[tuple[Any, Any]]) -> list[Choice]:
    """Choices without their groups."""
    return [one for value, label in choices for one in (label if isinstance(label, list) else [(value, label)])]


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


def contacts_in_service() -> Any:
    return Contact.objects.filter(company=OuterRef("pk"), ended_on=None)


def _contact(value: str, today: date) -> Q:
    found = Q(Exists(contacts_in_service()))
    return found if value == "si" else ~found


def _mail(value: str, today: date) -> Q:
    found = Q(Exists(contacts_in_service().exclude(email="")))
    return found if value == "si" else ~found


def contacts_that_agree(purpose: str = "") -> Any:
    """Contacts whose newest answer, to a purpose or to any, is yes (LAW-4); a condition for `Exists`."""
    newest = Consent.objects.filter(contact=OuterRef("contact"), purpose=OuterRef("purpose")).order_by(
        "-recorded_at", "-id"
    )
    given = Consent.objects.filter(contact=OuterRef("pk"), given=True, pk=newest.values("pk")[:1])
    return given.filter(purpose=purpose) if purpose else given


def _consent(value: str, today: date) -> Q:
    """A purpose to which a contact of the company agrees; or «falta», a contact in service that agreed to nothing."""
    if value == "falta":
        return Q(Exists(contacts_in_service().filter(~Exists(contacts_that_agree()))))
    return Q(Exists(contacts_in_service().filter(Exists(contacts_that_agree(value)))))


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


def _market(value: str, today: date) -> Q:
    return Q(Exists(MarketInterest.objects.filter(company=OuterRef("pk"), country__alpha2=value)))


def _product(value: str, today: date) -> Q:
    return Q(Exists(Product.objects.filter(company=OuterRef("pk"), heading__code__startswith=value)))


def _activity(value: str, today: date) -> Q:
    return Q(Exists(CompanyActivity.objects.filter(company=OuterRef("pk"), activity__code=value)))


def _size(value: str, today: date) -> Q:
    return Q(sales_bracket__in=SalesBracket.objects.filter(size=value).values("pk"))


def _validated(value: str, today: date) -> Q:
    return Q(validated_on__isnull=value == "no")


# --- choices ----------------------------------------------------------------------------------------------------


def _fixed(choices: Iterable[Choice]) -> Callable[[], Sequence[Choice]]:
    kept = tuple(choices)
    return lambda: kept


def _ids_of(rows: Iterable[Any], text: Callable[[Any], str]) -> Sequence[Choice]:
    return [(str(row.pk), text(row)) for row in rows]


def _executives() -> Sequence[Choice]:
    people = Person.objects.filter(staff_member__isnull=False, is_active=True)
    return [("nadie", "Nadie"), *_ids_of(people, str)]


def _communes() -> Sequence[Choice]:
    rows = Commune.objects.select_related("region")
    return [(row.code, f"{row.name} ({row.region.brief_name})") for row in rows]


def _countries() -> Sequence[Choice]:
    return [(row.alpha2, row.name) for row in Country.objects.all()]


def _ranges(ranges: Mapping[str, tuple[str, int, int | None]]) -> Callable[[], Sequence[Choice]]:
    return _fixed((*((value, label) for value, (label, _, _) in ranges.items()), NO_DATA))


def _find_heading(text: str) -> Choice | None:
    row = TariffHeading.objects.filter(code=text.replace(".", "")[:6]).first()
    return (row.code, f"{row.code} {row.name[:60]}") if row else None


def _offices() -> QuerySet[Office]:
    """Of those abroad, which attend foreign companies, the ones that have any."""
    attends = Exists(Company.objects.filter(office=OuterRef("pk")))
    return Office.objects.exclude(Q(kind=Office.Kind.COMMERCIAL) & ~attends).select_related("region", "country")


def _find_activity(text: str) -> Choice | None:
    row = Activity.objects.filter(code=text[:6].strip()).first() if text[:6].isdigit() else None
    return (row.code, f"{row.code} {row.name}") if row else None


def _texts(texts: Iterable[tuple[str, str, str]], of: Callable[[str], Callable[[str, date], Q]]) -> Iterable[Kind]:
    for name, label, column in texts:
        yield Kind(
            name, label, _fixed(()), of(column), find=find_text, type="search", not_found=TOO_SHORT, reads_all=True
        )


def _days() -> Iterable[Kind]:
    for name, label, column, lookup in DAYS:
        yield Kind(
            name, label, _fixed(()), day_is(column, lookup), find=find_day, type="date", not_found="«{}» no es un día."
        )


TOO_SHORT = f"«{{}}» es muy corto, y no se filtra por eso. Escribe {SHORTEST} letras o más."
KINDS: tuple[Kind, ...] = (
    Kind("estado", "Estado", _fixed(STATUS_LABELS.items()), _is("status"), always=True),
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
        lambda: [("ninguna", "Ninguna"), *office_choices(_offices())],
        _is("office__code"),
        "Todas",
        always=True,
    ),
    Kind(
        "sector",
        "Sector",
        lambda: [(s.slug, s.name) for s in Sector.objects.all()],
        _is("sector__slug"),
        always=True,
    ),
    Kind("ejecutivo", "A cargo de", _executives, _executive, "Cualquiera", always=True),
    Kind("comuna", "Comuna", _communes, _is("commune__code"), "Todas"),
    Kind("actividad", "Actividad (código)", _fixed(()), _activity, "Todas", find=_find_activity),
    Kind("tramo", "Ventas anuales", lambda: _ids_of(SalesBracket.objects.all(), str), _is("sales_bracket_id")),
    Kind("tamano", "Tamaño por ventas", _fixed(SIZES), _size),
    Kind("clase", "Clase", _fixed(Company.Kind.choices), _is("kind"), "Todas"),
    Kind("potencial", "Potencial", _fixed(Company.Potential.choices), _is("potential")),
    Kind("oferta", "Ofrece", _fixed(Company.Offer.choices), _is("offer"), "Cualquier cosa"),
    Kind("origen", "De dónde viene", _fixed(Company.Origin.choices), _is("origin"), "De cualquier parte"),
    Kind(
        "exporta",
        "Exportó en 3 años",
        _fixed((*YES_NO, ("sin", "Sin dato"))),
        _tri("exported_recently"),
        "Da lo mismo",
    ),
    Kind("online", "Vende por internet", _fixed((*YES_NO, ("sin", "Sin dato"))), _tri("sells_online"), "Da lo mismo"),
    Kind("mujeres", "Mujeres", _fixed(Company.WomenRole.choices), _is("women_role"), "Da lo mismo"),
    Kind("trabajadores", "Trabajadores", _ranges(WORKERS), _workers, "Cualquier número"),
    Kind("antiguedad", "Antigüedad", _ranges(YEARS), _age, "Cualquiera"),
    Kind("giro", "Término de giro", _fixed(HAS), _closed, "Da lo mismo"),
    Kind("categoria", "Categoría tributaria", _fixed(Company.TaxCategory.choices), _is("tax_category"), "Todas"),
    Kind("pais", "País", _countries, _is("country__alpha2")),
    Kind("mercado", "Mercado de interés", _countries, _market),
    Kind("producto", "Producto (arancel)", _fixed(()), _product, "Todos", find=_find_heading),
    Kind("certificaciones", "Certificaciones", _fixed(HAS), _has("certifications"), "Da lo mismo"),
    Kind("web", "Sitio web", _fixed(HAS), _has("website"), "Da lo mismo"),
    Kind("direccion", "Dirección", _fixed(HAS), _has("address"), "Da lo mismo"),
    Kind("contacto", "Persona de contacto", _fixed(HAS), _contact, "Da lo mismo"),
    Kind("correo", "Correo de contacto", _fixed(HAS), _mail, "Da lo mismo"),
    Kind(
        "permiso",
        "Permiso de contactos",
        _fixed((*((t.purpose, t.label) for t in CONSENT_TEXTS), ("falta", "Algún contacto sin permiso"))),
        _consent,
        "Da lo mismo",
    ),
    Kind("completa", "Ficha completa", _fixed(YES_NO), _complete, "Da lo mismo", reads_once=True),
    Kind("validada", "Validada", _fixed(YES_NO), _validated, "Da lo mismo"),
    *_texts(TEXTS, contains),
    *_texts(CONTACT_TEXTS, contact_contains),
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
        if kind.find is not None:
            found = kind.find(asked) if asked else None
            chosen, choices = (found[0], (found,)) if found else ("", ())
            shown.append(Filter(kind, chosen, choices, unknown="" if found else asked))
            continue
        offered = kind.choices()
        shown.append(Filter(kind, asked if asked in dict(flat(offered)) else "", offered))
    return shown


def filters_left(shown: Iterable[Filter]) -> list[Choice]:
    """Filters that are not shown yet: name and label."""
    there = {item.name for item in shown}
    return [(kind.name, kind.label) for kind in KINDS if kind.name not in there]
