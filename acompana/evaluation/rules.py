"""What the figures count: the stations of the route, the periods to look at, and the view that a role is given first.

Pure: days come in, no database and no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from acompana.intake.states import INTAKE
from acompana.shell.words import within_sentence

# --- the route as a funnel (INT-7, EVA-11) ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the intake route, or one of its states where the figures tell them apart. A matter arrives when it
    first takes a step into one of its states."""

    slug: str
    states: tuple[str, ...]
    meaning: str

    @property
    def label(self) -> str:
        """As the table of the intake names it: its station; with the state, where there is more to do at the station
        than this; an end by its state."""
        state = INTAKE.state(self.states[0])
        if state.final:
            return state.label
        to_do = {row.slug for row in INTAKE.states if row.station == state.station and row.turn != "nobody"}
        return state.station if to_do == set(self.states) else f"{state.station}: {within_sentence(state.label)}"


STATIONS = (
    Station("ficha", ("characterization",), "La empresa abrió su ingreso y tiene una ficha que completar."),
    Station("test", ("self_test",), "Envió la ficha. Las que exportan pasan sin hacer el test."),
    Station("por-contactar", ("to_contact",), "Quedó en manos de la oficina, que debe contactarla."),
    Station("por-entrevistar", ("to_interview",), "La oficina la contactó y debe entrevistarla o visitarla."),
    Station("por-validar", ("to_validate",), "Se hizo la entrevista; falta validarla."),
    Station(
        "preadmisibilidad",
        ("preadmissibility", "preadmissibility_review"),
        "Fue validada: completa su preadmisibilidad y espera la decisión.",
    ),
    Station("preadmitida", ("preadmitted",), "Quedó preadmitida: terminó la ruta."),
)
NUMBER_OF = {station.slug: number for number, station in enumerate(STATIONS, 1)}
WHOLE_ROUTE = 0  # the number under which the days from the form to the pre-admission are kept


@dataclass(frozen=True, slots=True)
class RouteFigure:
    """A figure of the funnel: its name in addresses, what its list is called, and what it counts."""

    slug: str
    label: str
    definition: str
    states: tuple[str, ...] = ()


REACHED = RouteFigure(
    "llegaron",
    "Llegaron",
    "Ingresos que llegaron a la estación o a una posterior. Quien se salta el test porque exporta cuenta como pasada.",
)
HERE = RouteFigure("aqui", "Están aquí", "Ingresos que siguen en la ruta y cuya estación más avanzada es esta.")
WITHDRAWN = RouteFigure(
    "desistieron", "Desistieron", "La empresa dejó la ruta estando en esta estación.", ("withdrawn",)
)
REFERRED = RouteFigure(
    "derivadas",
    "Derivadas a otro organismo",
    "La empresa fue derivada a otro organismo: por el resultado de su test o por lo que mostró la entrevista. "
    "Salió de la ruta, pero su ingreso sigue abierto: falta saber cómo le fue, y puede volver.",
    ("referred",),
)
REFUSED = RouteFigure("no-preadmitidas", "No preadmitidas", "La decisión de la oficina fue no.", ("not_preadmitted",))
EXITS = {figure.states[0]: figure for figure in (WITHDRAWN, REFERRED, REFUSED)}
"""How the route is left: where nobody has a turn any more, each by the figure that counts it."""
LEFT = RouteFigure(
    "salieron",
    "Salieron",
    "Desistieron, fueron derivadas o no fueron preadmitidas. El de las derivadas sigue abierto: pueden volver.",
    tuple(EXITS),
)
TIMED = RouteFigure(
    "demora",
    "Con demora medida",
    "Ingresos que pisaron la estación, con los días corridos desde la anterior que pisaron.",
)
PART = RouteFigure(
    "parte",
    "Parte que llega",
    "Ingresos que llegaron a la estación anterior (en toda la ruta, todos): de ellos se dice qué parte siguió.",
)
ROUTE_FIGURES = {row.slug: row for row in (REACHED, HERE, WITHDRAWN, REFERRED, REFUSED, LEFT, TIMED, PART)}

NONE = "ninguna"  # in an address: those that have no region, branch or unit
BRANCHES = {
    "alto": "Potencial alto",
    "medio": "Potencial medio",
    "bajo": "Potencial bajo, derivado",
    "bajo-atendido": "Potencial bajo, en región que atiende",
    "exportadora": "Exportadora",
    "antigua": "Antigua usuaria que exporta",
    NONE: "Sin resultado todavía",
}
UNITS = {
    "national-directorate": "Dirección nacional",
    "strategic-development": "Desarrollo estratégico",
    NONE: "Sin unidad todavía",
}
GROUPINGS = {"region": "Región", "oficina": "Oficina", "rama": "Rama", "unidad": "Unidad que supervisa"}


FEW = 5  # of fewer cases a median says little, and the page says so


def few_words(measured: int) -> str:
    """The quiet note beside a median or a percentile of very few cases; empty where there are enough."""
    return "pocos casos" if 0 < measured < FEW else ""


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0 to 1; None of nothing."""
    return part / whole if whole else None


def whole_percent(value: float) -> int:
    """A share as every page says it: 0.895 is 90 %, and is judged as 90 %."""
    return int((100 * Decimal(str(value))).quantize(Decimal(1), ROUND_HALF_UP))


def preset(*, roles: Collection[str], region: str) -> dict[str, str]:
    """What somebody looks at first (INT-7): a head of region their region, each supervising unit its own intakes."""
    if "regional-director" in roles and region:
        return {"region": region}
    unit = next((slug for slug in UNITS if slug in roles), "")
    return {"unidad": unit} if unit else {}


# --- compliance per deadline (EVA-13) ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadlineFigure:
    """A figure of compliance: its name in addresses, and the name under which `commitments.queries` counts it."""

    slug: str
    name: str
    label: str
    definition: str


DEADLINE_FIGURES = {
    row.slug: row
    for row in (
        DeadlineFigure(
            "prometidos", "all", "Prometidos", "Compromisos que empezaron a correr en el período, sin los anulados."
        ),
        DeadlineFigure("en-plazo", "in_time", "En plazo", "Cumplidos a más tardar en su fecha."),
        DeadlineFigure(
            "fuera-de-plazo", "late", "Fuera de plazo", "Cumplidos después de su fecha, y los vencidos sin cumplir."
        ),
        DeadlineFigure(
            "resueltos", "settled", "Ya medibles", "Los que están en plazo más los que están fuera de plazo."
        ),
        DeadlineFigure("hechos", "done", "Cumplidos", "Cumplidos, en plazo o no: de ellos se mide la demora."),
        DeadlineFigure("corriendo", "running", "Corriendo", "Sin cumplir, con plazo por delante o en pausa."),
        DeadlineFigure("vencidos", "overdue_now", "Vencidos hoy", "Sin cumplir y con la fecha pasada, sin pausa."),
    )
}


@dataclass(frozen=True, slots=True)
class Grade:
    """How well a deadline is kept: said by a word and a drawing, and only then by a colour."""

    word: str
    icon: str
    tone: str


KEPT, NEAR, FAR = Grade("Se cumple", "check", "good"), Grade("Cerca", "half", "soon"), Grade("Lejos", "alert", "late")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which percentage a deadline is kept, and from which it is near (EVA-13; data of the rulebook)."""

    kept: int
    near: int

    def grade(self, value: float | None) -> Grade | None:
        """Judged by the figure as it is shown; None where nothing could be measured."""
        if value is None:
            return None
        shown = whole_percent(value)
        return KEPT if shown >= self.kept else NEAR if shown >= self.near else FAR

    def legend(self) -> list[tuple[Grade, str]]:
        """Each grade with the percentages that it takes."""
        between = f"de {self.near} a {self.kept - 1} %" if self.near < self.kept else ""
        told = [(KEPT, f"{self.kept} % o más"), (NEAR, between), (FAR, f"menos de {min(self.near, self.kept)} %")]
        return [(grade, words) for grade, words in told if words]


# --- periods ----------------------------------------------------------------------------------------------------

LAST_YEAR = "12m"
BY_DATES = "fechas"
YEARS_BACK = 4
QUARTERS_BACK = 6
MONTHS_DRAWN = 36
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included. `code` is how addresses say it. `of`: the first and last day of the
    month or year that it is a slice of."""

    code: str
    label: str
    first: date
    last: date
    of: tuple[date, date] | None = None

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        return self.last + timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The first of the month that many months away."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def known_periods(today: date) -> dict[str, Period]:
    """The periods to choose from, by code: the last 12 months, this year and those before, the last quarters."""
    same_day = (
        date(today.year - 1, today.month, min(today.day, 28))
        if today.day == 29
        else today.replace(year=today.year - 1)
    )
    found = [Period(LAST_YEAR, "Últimos 12 meses", same_day + timedelta(days=1), today)]
    found += [
        Period(str(year), f"Año {year}", date(year, 1, 1), date(year, 12, 31))
        for year in range(today.year, today.year - YEARS_BACK, -1)
    ]
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    for back in range(QUARTERS_BACK):
        first = add_months(quarter, -3 * back)
        number = (first.month - 1) // 3 + 1
        code, label = f"{first.year}-T{number}", f"Trimestre {number} de {first.year}"
        found.append(Period(code, label, first, add_months(first, 3) - timedelta(days=1)))
    return {period.code: period for period in found}


def period_of_dates(first: date, last: date) -> Period:
    return Period(BY_DATES, f"{first:%d-%m-%Y} a {last:%d-%m-%Y}", first, last)


def slices(period: Period) -> list[Period]:
    """A period by months, or by years beyond three years, for the lines of a chart. The ends are cut to the period."""
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    step = 1 if months <= MONTHS_DRAWN else 12
    start = period.first.replace(day=1) if step == 1 else date(period.first.year, 1, 1)
    found = []
    while start <= period.last:
        end = add_months(start, step)
        label = f"{MONTHS[start.month - 1]} {start:%y}" if step == 1 else str(start.year)
        first, last = max(start, period.first), min(end - timedelta(days=1), period.last)
        found.append(Period(BY_DATES, label, first, last, (start, end - timedelta(days=1))))
        start = end
    return found


def why_not_whole(part: Period, today: date) -> str:
    """What a slice lacks of its month or year: it runs today, or the period cuts it; empty if it is whole."""
    if part.of is None:
        return ""
    first, last = part.of
    lacks = [f"desde el {part.first:%d-%m}"] if part.first > first else []
    if part.last < last and part.last < today:
        lacks.append(f"hasta el {part.last:%d-%m}")
    elif today <= last:
        lacks.append("en curso")
    return ", ".join(lacks)


def group_label(kind: str, value: object, names: Mapping[object, str]) -> str:
    """What a group of a breakdown is called."""
    if kind == "rama":
        return BRANCHES[str(value)]
    if kind == "unidad":
        return UNITS.get(str(value or NONE), str(value))
    return names.get(value, "Sin región")
