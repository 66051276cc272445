"""Files as the tax service publishes them (FMT-1), invented and as long as asked for, for tests, trials and the bench.

    write_names(path, rows=1_000_000, seed=1)

RUTs lie in the range that nobody has, and none comes twice; the same seed gives the same file byte by byte, and three
files of one seed speak of the same companies. Memory stays flat. `noise`: the share of rows with a fault of the kinds
that real files have: wrong check digits, names of regions as they were before 2007 and 2018, other spellings of
communes, bytes of Latin-1, days that do not exist, codes that nobody knows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from acompana.kernel.rut import check_digit
from acompana.reference.operations import rows_of
from acompana.reference.rules import normalise_words

FIRST_RUT, RUTS = 40_000_000, 5_000_000
STEP = 1_234_567  # without common divisor with RUTS: every number comes once before any comes again
BLOCK = 5_000

TRADES = (
    "COMERCIAL", "AGRÍCOLA", "TRANSPORTES", "INVERSIONES", "CONSTRUCTORA", "EXPORTADORA", "SERVICIOS", "FORESTAL",
    "PESQUERA", "VIÑA", "MINERA", "INMOBILIARIA", "PANADERÍA", "DISTRIBUIDORA", "INGENIERÍA", "TURISMO", "GANADERA",
    "IMPRENTA", "CONSULTORA", "FRUTÍCOLA", "MAESTRANZA", "LABORATORIO", "EDITORIAL", "CONFECCIONES", "APÍCOLA",
)  # fmt: skip
HALVES = (
    "SAN", "SANTA", "LOS", "LAS", "EL", "LA", "DON", "DOÑA", "ALTO", "VALLE", "PUERTO", "CERRO", "RÍO", "LAGO",
    "NUEVO",
)  # fmt: skip
OTHERS = (
    "ROBLES", "ÑUBLE", "AMANECER", "HORIZONTE", "COIGÜES", "ALERCES", "MAÑÍOS", "QUILLAYES", "PEUMOS", "ESTEROS",
    "VERTIENTES", "CÓNDORES", "BANDURRIAS", "ANDES", "PACÍFICO", "MOLINOS", "CASTAÑOS", "NOTROS", "RAULÍES", "CANELOS",
    "ARRAYANES", "COPIHUES", "GUINDOS", "TRIGALES", "VIENTOS", "FAROS", "HUERTOS", "ALMENDROS", "PIEDRAS", "SALARES",
)  # fmt: skip
TAILS = ("SPA", "LIMITADA", "EIRL", "S.A.", "LTDA", "Y CIA LTDA", "S A C")
OLD_REGIONS = {
    "15": "I REGION DE TARAPACA", "14": "X REGION LOS LAGOS", "16": "VIII REGION DEL BIO BIO",
}  # fmt: skip
ROMAN_NAMES = {"13": "XIII REGION METROPOLITANA"}
BRACKETS = (1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13)

NAMES_HEAD = "RUT\tDV\tCOD_SUBTIPO\tRAZON_SOCIAL\tFECHA_INICIO_VIG\tFECHA_TG_VIG"
ACTIVITIES_HEAD = "RUT\tDV\tCODIGO ACTIVIDAD\tDESC. ACTIVIDAD ECONOMICA\tFECHA\tAFECTA A IVA\tCATEGORIA TRIBUTARIA"
COMPANIES_HEAD = (
    "Año comercial\tRUT\tDV\tRazón social\tTramo según ventas\tNúmero de trabajadores dependie\t"
    "Fecha inicio de actividades vige\tFecha término de giro\tFecha primera inscripción de ac\tTipo término de giro\t"
    "Tipo de contribuyente\tSubtipo de contribuyente\tTramo capital propio positivo\tTramo capital propio negativo\t"
    "Rubro económico\tSubrubro económico\tActividad económica\tRegión\tProvincia\tComuna\tR_PRESUNTA\tOTROS_REGIMENES"
)


@dataclass(frozen=True, slots=True)
class Invented:
    """What all three files say of one company."""

    number: int
    digit: str
    name: str
    started: tuple[int, int, int]
    commune: int
    activities: tuple[int, ...]
    bracket: int
    workers: int
    noisy: str


class Register:
    """The invented country of one seed."""

    def __init__(self, *, seed: int = 1, noise: float = 0.0) -> None:
        self.seed, self.noise = seed, noise
        self.activities = [(row["codigo"], row["actividad"], row["rubro"], row["subrubro"]) for row in _activities()]
        regions = {row["region_code"]: row for row in rows_of("regions.csv")}
        self.places = [
            (row["commune_name"], row["province_name"], row["region_code"], regions[row["region_code"]])
            for row in rows_of("communes.csv")
        ]

    def companies(self, rows: int) -> Iterator[Invented]:
        """The first so many, always the same."""
        chance = random.Random(self.seed)
        pick = chance.random
        place = chance.randrange(RUTS)
        for _ in range(rows):
            place = (place + STEP) % RUTS
            number = FIRST_RUT + place
            name = (
                f"{TRADES[int(pick() * len(TRADES))]} {HALVES[int(pick() * len(HALVES))]} "
                f"{OTHERS[int(pick() * len(OTHERS))]} {int(pick() * 9000) + 1} {TAILS[int(pick() * len(TAILS))]}"
            )
            started = (1990 + int(pick() * 35), 1 + int(pick() * 12), 1 + int(pick() * 28))
            activities = tuple(int(pick() * len(self.activities)) for _ in range(1 + int(pick() * 3)))
            draw = pick()
            noisy = KINDS_OF_NOISE[int(draw / self.noise * len(KINDS_OF_NOISE))] if draw < self.noise else ""
            bracket = BRACKETS[int(pick() * len(BRACKETS))]
            yield Invented(
                number,
                check_digit(number) if noisy != "digit" else "K" if check_digit(number) != "K" else "1",
                name,
                started,
                int(pick() * len(self.places)),
                activities,
                bracket,
                int(pick() * bracket * bracket),
                noisy,
            )

    def name_line(self, company: Invented) -> str:
        year, month, day = company.started
        began = f"{day:02d}-{month:02d}-{year}" if company.noisy != "day" else f"31-02-{year}"
        return f"{company.number}\t{company.digit}\t{company.bracket}\t{company.name}\t{began}\t"

    def company_line(self, company: Invented, *, year: int) -> str:
        began = "{}-{:02d}-{:02d}".format(*company.started) if company.noisy != "day" else "2019-02-31"
        commune, province, code, region = self.places[company.commune]
        named = ROMAN_NAMES.get(code) or f"{region['roman']} REGION {region['short_name'].upper()}"
        if company.noisy == "region":
            named = OLD_REGIONS.get(code, named)
        if company.noisy == "commune":
            commune = normalise_words(commune)
        _, activity, line, sub_line = self.activities[company.activities[0]]
        return (
            f"{year}\t{company.number}\t{company.digit}\t{company.name}\t{company.bracket}\t{company.workers}"
            f"\t{began}\t\t{began}\t\tPERSONA JURIDICA COMERCIAL\tSOC. POR ACCIONES\t{company.bracket}\t"
            f"\t{line}\t{sub_line}\t{activity}\t{named}\t{province.upper()}\t{commune.upper()}\t\t"
        )

    def activity_lines(self, company: Invented) -> list[str]:
        day = "{2:02d}-{1:02d}-{0}".format(*company.started)
        lines = []
        for index in dict.fromkeys(company.activities):
            code, name, *_ = self.activities[index]
            code = code if company.noisy != "activity" else "999999"
            lines.append(f"{company.number}\t{company.digit}\t{int(code)}\t{name}\t{day}\tS\t1")
        return lines


KINDS_OF_NOISE = ("digit", "day", "region", "commune", "latin", "activity")


def _activities() -> list[dict[str, str]]:
    return rows_of("sii_activities.csv")


def _write(path: Path, head: str, register: Register, rows: int, lines: Callable[[Invented], list[str]]) -> int:
    """Writes a file in blocks; gives how many rows it has under its head."""
    written = 0
    block: list[bytes] = [f"{head}\n".encode()]
    with path.open("wb") as file:
        for company in register.companies(rows):
            encoding = "latin-1" if company.noisy == "latin" else "utf-8"
            made = lines(company)
            written += len(made)
            block += [f"{line}\n".encode(encoding) for line in made]
            if len(block) > BLOCK:
                _flush(file, block)
        _flush(file, block)
    return written


def _flush(file: BinaryIO, block: list[bytes]) -> None:
    file.write(b"".join(block))
    block.clear()


def write_names(path: Path, *, rows: int, seed: int = 1, noise: float = 0.0) -> int:
    """PUB_NOMBRES_PJ: one row for each company."""
    register = Register(seed=seed, noise=noise)
    return _write(path, NAMES_HEAD, register, rows, lambda company: [register.name_line(company)])


def write_companies(path: Path, *, rows: int, seed: int = 1, noise: float = 0.0, year: int = 2025) -> int:
    """PUB_EMPRESAS_PJ of one commercial year: one row for each company, 22 columns."""
    register = Register(seed=seed, noise=noise)
    return _write(path, COMPANIES_HEAD, register, rows, lambda company: [register.company_line(company, year=year)])


def write_activities(path: Path, *, rows: int, seed: int = 1, noise: float = 0.0) -> int:
    """PUB_NOM_ACTECOS of so many companies: one to three rows for each."""
    register = Register(seed=seed, noise=noise)
    return _write(path, ACTIVITIES_HEAD, register, rows, register.activity_lines)
