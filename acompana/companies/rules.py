"""What the registry decides, without database or clock: status, size, completeness, portfolio, names, phones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from acompana.kernel.search.text import normalise
from acompana.shell.words import count_of


def record_address(company_id: int) -> str:
    """The desk's page of a company; it is composed above this floor, so that no room here can name it."""
    return f"/escritorio/empresas/{company_id}/"


# --- names and phones (EXP-1) -----------------------------------------------------------------------------------

# Suffixes as they look once normalised, longest first. They say what a company is, not which company it is.
COMPANY_SUFFIXES = (
    "sociedad por acciones",
    "sociedad anonima cerrada",
    "sociedad anonima abierta",
    "sociedad anonima",
    "empresa individual de responsabilidad limitada",
    "sociedad de responsabilidad limitada",
    "responsabilidad limitada",
    "compania limitada",
    "y compania",
    "e i r l",
    "y cia",
    "limitada",
    "eirl",
    "ltda",
    "l t d a",
    "s p a",
    "spa",
    "s a c",
    "sac",
    "s a",
    "sa",
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "corp",
    "co",
)
_BY_LAST_WORD: dict[str, list[list[str]]] = {}
for _suffix in COMPANY_SUFFIXES:
    _BY_LAST_WORD.setdefault(_suffix.rpartition(" ")[2], []).append(_suffix.split())
LINKING_WORDS = frozenset({"de", "del", "la", "las", "los", "el", "y", "e", "the", "and", "of"})


def name_without_suffix(name: str) -> str:
    """The normal form of a name without « SpA », « y Cía. Ltda. » and their like; never empty if the name is not."""
    words = normalise(name).split(" ")
    return " ".join(words[: _words_that_tell(words)])


def _words_that_tell(words: list[str]) -> int:
    """How many words are left before the longest row of suffixes at the end; all of them if that is everything."""
    first = len(words)
    if words[-1] not in _BY_LAST_WORD:
        return first
    ends = [first]
    while ends:
        end = ends.pop()
        for suffix in _BY_LAST_WORD.get(words[end - 1], ()) if end else ():
            start = end - len(suffix)
            if start >= 0 and words[start:end] == suffix:
                if start < first:
                    first = start
                ends.append(start)
    return first or len(words)


def match_key(name: str) -> str:
    """What two spellings of one company's name share: no suffix, accents, case or order of the words (EXP-1).

    "Viña Cerro Pardo y Cía. Ltda." and "CERRO PARDO, VIÑA" have one key.
    """
    return match_key_of(normalise(name))


def match_key_of(normal: str) -> str:
    """`match_key` of a name that is in its normal form already."""
    words = normal.split(" ")
    del words[_words_that_tell(words) :]
    telling = [word for word in words if word not in LINKING_WORDS] or words
    telling.sort()
    return " ".join(telling)[:200]


def phone_digits(phone: str) -> str:
    """The last nine digits, which are those of a Chilean number with or without +56; fewer than seven say nothing."""
    digits = "".join(character for character in phone if character.isdigit())
    return digits[-9:] if len(digits) >= 7 else ""


# --- status (DEF-1 to DEF-4, DEF-7) -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The stored facts that status is a comparison of."""

    kind: str
    registered_by_officer: bool
    related_on: date | None
    started_on: date | None
    last_worked_on: date | None
    user_until: date | None
    former_from: date | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Status:
    code: str
    label: str
    reason: str


STATUS_LABELS: Mapping[str, str] = {
    "user": "Usuaria",
    "lapsed": "Usuaria vencida",
    "former": "Antigua usuaria",
    "potential": "Cuenta potencial",
    "registered": "Registrada",
    "registry": "Solo registro",
}


NOT_YET_USER = "Atendida, aún no usuaria"
REGISTRY_ONLY = "Se conoce solo por un registro público. Entra en las listas cuando la agencia hace algo con ella."


def spell_day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def was_never_user(*, kind: str, started_on: date | None, user_until: date | None, today: date) -> bool:
    """Whether what was done with a company never made it a user: it had not begun its activities by the end of the
    last year in which something counted (DEF-3). `user_until`: that end; `today` where that year still runs."""
    if kind != "national" or user_until is None:
        return False
    return started_on is None or started_on > min(user_until, today)


def lapsed_label(*, kind: str, started_on: date | None, user_until: date | None, today: date) -> str:
    """What a company between user and former user is called: «vencida» is only who was a user (DEF-3, DEF-4)."""
    never = was_never_user(kind=kind, started_on=started_on, user_until=user_until, today=today)
    return NOT_YET_USER if never else STATUS_LABELS["lapsed"]


def status_on(facts: Standing, today: date) -> Status:
    """The status of a company on a day, with the reason to show (DEF-1, DEF-3, DEF-4, DEF-7)."""
    if facts.related_on is None:
        return Status("registry", STATUS_LABELS["registry"], REGISTRY_ONLY)
    started = facts.kind != "national" or (facts.started_on is not None and facts.started_on <= today)
    if facts.user_until is not None and facts.user_until >= today and started:
        worked = f"; la última fue el {spell_day(facts.last_worked_on)}" if facts.last_worked_on else ""
        return Status(
            "user",
            f"Usuaria {facts.user_until.year}",
            f"En {facts.user_until.year} tiene al menos una acción que cuenta{worked}.",
        )
    if facts.last_worked_on is not None:
        return _status_after_work(facts, today)
    if not facts.complete and facts.registered_by_officer:
        return Status(
            "potential", STATUS_LABELS["potential"], "La registró la agencia y le faltan datos obligatorios."
        )
    missing = "" if facts.complete else " Su ficha está incompleta."
    return Status(
        "registered", STATUS_LABELS["registered"], f"Está registrada y aún no tiene acciones que cuenten.{missing}"
    )


def _status_after_work(facts: Standing, today: date) -> Status:
    assert facts.last_worked_on is not None
    last = spell_day(facts.last_worked_on)
    if facts.former_from is not None and facts.former_from <= today:
        return Status(
            "former",
            STATUS_LABELS["former"],
            f"Trabajó con la agencia por última vez el {last}; es antigua desde el {spell_day(facts.former_from)}.",
        )
    if was_never_user(kind=facts.kind, started_on=facts.started_on, user_until=facts.user_until, today=today):
        begun = facts.started_on is not None and facts.started_on <= today
        why = (
            "entonces no había iniciado actividades, así que no ha sido usuaria."
            if begun
            else "falta su inicio de actividades para ser usuaria."
        )
        return Status("lapsed", NOT_YET_USER, f"Tiene una acción del {last}, pero {why}")
    return Status(
        "lapsed", STATUS_LABELS["lapsed"], f"Este año no tiene acciones que cuenten. La última fue el {last}."
    )


# --- completeness (DEF-5) ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """A required field that is empty: its name in the form, its label, and why it is asked; `answered`: it has an
    answer, which cannot stay, and `why` says so."""

    field: str
    label: str
    why: str
    answered: bool = False


REQUIRED_WORDS: Mapping[str, tuple[str, str]] = {
    "rut": ("RUT", "Identifica a la empresa en todos los registros."),
    "legal_name": ("Razón social", "Es el nombre con el que figura ante el SII."),
    "trade_name": ("Nombre", "Con él se la reconoce."),
    "started_on": ("Inicio de actividades", "Sin él no puede ser empresa usuaria."),
    "tax_category": ("Categoría tributaria", "La agencia atiende a la primera y a la segunda categoría."),
    "activity": ("Actividad económica", "Dice a qué se dedica."),
    "country": ("País", "Dice dónde está."),
    "region": ("Región", "Dice qué oficina la atiende."),
    "commune": ("Comuna", "Dice qué oficina la atiende."),
    "address": ("Dirección", "Para visitarla y escribirle."),
    "sector": ("Sector", "Dice quién la atiende y en qué actividades puede participar."),
    "sales_bracket": ("Ventas anuales", "De ellas depende su tamaño."),
    "workers": ("Trabajadores", "Sirve para conocer su tamaño."),
    "offer": ("Bienes o servicios", "Dice qué versión del test le corresponde."),
    "product": ("Productos o servicios", "Dice qué puede exportar."),
    "exported_recently": ("Exportaciones de los últimos 3 años", "De ello depende si hace el test."),
    "women_role": ("Propiedad y dirección de mujeres", "Abre el programa MujerExporta."),
    "contact_name": ("Nombre de contacto", "Alguien con quien hablar."),
    "contact_position": ("Cargo de contacto", "Dice qué puede decidir."),
    "contact_email": ("Correo de contacto", "Para avisarle de cada paso."),
    "contact_phone": ("Teléfono de contacto", "Para llamarla dentro de plazo."),
    "website": ("Sitio web", "Ayuda a conocer su oferta."),
    "foreign_tax_id": ("Identificación tributaria", "La identifica en su país."),
}

# The columns of the company that the characterisation form asks (INT-8); contacts, products, exports, markets and
# activities have rows of their own.
CHARACTERIZATION_FIELDS = (
    "legal_name",
    "trade_name",
    "foreign_tax_id",
    "started_on",
    "tax_category",
    "country",
    "region",
    "commune",
    "address",
    "sector",
    "sales_bracket",
    "workers",
    "commercial_year",
    "offer",
    "exported_recently",
    "women_role",
    "certifications",
    "website",
    "sells_online",
    "programme_interest",
    "origin",
    "origin_detail",
)
# What the agency alone says of a company; its own people are asked the rest (POR-9).
OF_THE_AGENCY = frozenset({"foreign_tax_id", "country", "origin_detail"})
OF_ITS_PEOPLE = frozenset(CHARACTERIZATION_FIELDS) - OF_THE_AGENCY
CONTACT_FIELDS = ("contact_name", "contact_position", "contact_email", "contact_phone")


def in_a_sentence(label: str) -> str:
    """A label with a small first letter, unless it is an acronym."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def missing_fields(required: Iterable[str], present: Mapping[str, object]) -> list[Missing]:
    """What of the required list is empty, in the order of the list (DEF-5). False and zero are answers."""
    missing = []
    for name in required:
        if present.get(name) in (None, ""):
            label, why = REQUIRED_WORDS.get(name, (name, ""))
            missing.append(Missing(name, label, why))
    return missing


# --- size (DEF-6) -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    code: str
    label: str
    reason: str


SIZE_LABELS: Mapping[str, str] = {
    "micro": "Micro",
    "small": "Pequeña",
    "medium": "Mediana",
    "pyme": "PYME",
    "large": "Grande",
    "unknown": "Tamaño sin determinar",
}


def size_of(
    *,
    uf_min: Decimal | None,
    uf_max: Decimal | None,
    workers: int | None,
    commercial_year: int | None,
    by_sales: Mapping[str, int],
    by_workers: Mapping[str, int],
) -> Size:
    """Size by the bracket of annual sales in UF; by workers where sales are unknown (DEF-6). `by_sales` and
    `by_workers` give the upper end of each size; above the last one a company is large."""
    year = f" del año comercial {commercial_year}" if commercial_year else ""
    if uf_min is not None or uf_max is not None:
        code = next((code for code, top in by_sales.items() if uf_max is not None and uf_max <= top), "large")
        label = SIZE_LABELS[code]
        return Size(code, label, f"Es {in_a_sentence(label)} por sus ventas{year}.")
    if workers is not None:
        code = next((code for code, top in by_workers.items() if workers <= top), "large")
        has = count_of(workers, "trabajador", "trabajadores")
        label = SIZE_LABELS[code]
        return Size(code, label, f"Es {in_a_sentence(label)} por tener {has}; no se conocen sus ventas.")
    missing = "Faltan sus ventas anuales o su número de trabajadores para conocer su tamaño."
    return Size("unknown", SIZE_LABELS["unknown"], missing)


# --- portfolio (DEF-2, PUB-2, PUB-5) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PortfolioFacts:
    active: bool
    sector: str
    sector_is_strategic: bool
    exports: bool
    has_capacity: bool
    missing: Sequence[Missing]
    validated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    yes: bool
    reasons: tuple[str, ...]


def may_be_validated(facts: PortfolioFacts) -> Decision:
    """Whether the conditions of DEF-2 that come before the executive's act hold; else what is missing."""
    reasons = []
    if facts.missing:
        labels = ", ".join(in_a_sentence(item.label) for item in facts.missing)
        reasons.append(f"Faltan datos: {labels}.")
    if not facts.active:
        reasons.append("La empresa tiene término de giro.")
    if not facts.sector:
        if all(item.field != "sector" for item in facts.missing):
            reasons.append("Falta el sector de la empresa.")
    elif not facts.sector_is_strategic:
        reasons.append(f"El sector {facts.sector} no está en la estrategia de la agencia.")
    if not (facts.exports or facts.has_capacity):
        reasons.append("No consta que exporte ni que tenga capacidad para exportar.")
    return Decision(not reasons, tuple(reasons))


def is_portfolio(facts: PortfolioFacts) -> Decision:
    """Portfolio company or not, with what is missing (DEF-2): the conditions and the act of validation."""
    decision = may_be_validated(facts)
    if facts.validated_on is None:
        return Decision(False, (*decision.reasons, "Falta la validación de su ejecutivo o ejecutiva regional."))
    if decision.yes:
        return Decision(True, (f"Validada el {spell_day(facts.validated_on)}.",))
    return decision


# --- user status dates (DEF-3, DEF-4) ---------------------------------------------------------------------------


def years_after(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 28 February (OFF-3)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
