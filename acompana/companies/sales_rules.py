"""What can be said of how large a company is (DEF-6): of which year its sales are, and how many workers it has."""

from __future__ import annotations

from datetime import date

EARLY_SALES = "Las anotadas son de un año anterior a su inicio de actividades."
YEAR_MISSING = "Falta el año de esas ventas."
COMMERCIAL_YEARS = 3  # of how many past years sales may be told
MOST_WORKERS = 200_000  # more than the largest of the country has: a figure beyond it was typed wrong


def commercial_year_fault(year: int, today: date, started_on: date | None = None) -> str:
    """Why a year cannot be that of a company's sales; empty if it can: one of the last three that have ended, and none
    before it began its activities (DEF-6)."""
    last = today.year - 1
    begun = started_on.year if started_on else 0
    if last < begun <= today.year:
        return (
            f"La empresa inició actividades en {begun} y ese año no ha terminado: "
            "en las ventas elige «Sin ventas / sin información»."
        )
    first = last - COMMERCIAL_YEARS + 1
    if not first <= year <= last:
        return f"El año de las ventas tiene que haber terminado y ser de los últimos 3: entre {first} y {last}."
    return f"La empresa inició actividades en {begun}: las ventas no son de antes." if year < begun else ""


def year_missing_fault(has_sales: bool, year: int | None) -> str:
    """Why sales cannot be kept without their year; empty where there are none, or their year is there."""
    return YEAR_MISSING if has_sales and year is None else ""


def sales_fault(year: int | None, today: date, started_on: date | None = None) -> str:
    """Why the year of sales that there are cannot be kept; empty if it can. Without a year nobody knows of when."""
    return year_missing_fault(True, year) or commercial_year_fault(year or 0, today, started_on)


def start_fault(started_on: date | None, year: int | None) -> str:
    """Why a company cannot have begun its activities on a day; empty if it can: not after the year of the sales that
    are kept of it (DEF-6)."""
    if started_on is None or year is None or started_on.year <= year:
        return ""
    return (
        f"Hay ventas anotadas del año {year}, de antes de esa fecha. Si la fecha está bien, cambia antes las ventas, "
        "en «Tamaño»."
    )


def workers_fault(workers: int | None) -> str:
    """Why a company cannot have that many workers; empty if it can, or if nobody knows."""
    if workers is None or 0 <= workers <= MOST_WORKERS:
        return ""
    return f"El número de trabajadores va de 0 a {MOST_WORKERS:,}. Revisa la cifra.".replace(",", ".")
