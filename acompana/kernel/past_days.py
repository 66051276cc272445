"""Why the day of something that happened already cannot be it: one rule for forms, verbs, programs and the logbook."""

from __future__ import annotations

from datetime import date

FIRST_YEAR = 1900  # a year before it was typed wrong
TOO_EARLY = f"Esa fecha es de antes de {FIRST_YEAR}. Revisa el año."
NOT_YET = "Esa fecha todavía no llega. Revisa el año."


def past_day_fault(day: date, today: date) -> str:
    """The sentence that says what is wrong with it; empty if nothing is."""
    if day > today:
        return NOT_YET
    return TOO_EARLY if day.year < FIRST_YEAR else ""
