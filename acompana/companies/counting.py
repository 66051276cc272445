"""Which actions count for a company to be a user, in words, and those that its status speaks of (DEF-3, DEF-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from acompana.companies.models import Company, CountingAction
from acompana.companies.record_tabs import address_of_tab
from acompana.companies.rules import Status, spell_day
from acompana.kernel.rulebook import get_rule
from acompana.kernel.statements import Statement, given_id

KIND_WORDS: Mapping[str, str] = {
    "interview": "entrevista",
    "advice": "asesoría",
    "workshop": "taller",
    "fair": "feria",
    "mission": "misión comercial",
    "business-agenda": "agenda de negocios",
    "call-award": "concurso adjudicado",
    "business-plan": "plan de negocios",
}
SPEAKS_OF_COUNTING = ("user", "lapsed", "former", "registered")


@dataclass(frozen=True, slots=True)
class Counted:
    """An action that counted: what it was, its day, and where the logbook tells of that day."""

    kind: str
    day: str
    href: str


@dataclass(frozen=True, slots=True)
class Counting:
    """What a status rests on: what counts, and what counted in the last year that had any, newest first."""

    year: int | None = None
    actions: Sequence[Counted] = ()
    what_counts: str = ""


_OF_A_COMPANY = Statement(
    lambda: (
        CountingAction.objects.filter(company=given_id("company"))
        .order_by("-done_on", "-id")
        .values_list("kind", "done_on")
    )
)


def words_of(kind: str) -> str:
    """A kind of rule DEF-3 as people read it; one that the rulebook added since, as it was written there."""
    return KIND_WORDS.get(kind, kind.replace("-", " "))


def counting_of(company: Company, status: Status, today: date) -> Counting:
    """What to show beside a company's status of what counts for it; nothing where the status asks for none."""
    if status.code not in SPEAKS_OF_COUNTING:
        return Counting()
    *kinds, last = [words_of(kind) for kind in get_rule("DEF-3", today).value["types"]]
    what_counts = (
        f"Cuentan, si las registra un ejecutivo o ejecutiva regional o comercial: {', '.join(kinds)} y {last}. "
        "Las llamadas, visitas, correos, mensajes y notas de su bitácora no cuentan."
    )
    if company.last_worked_on is None:
        return Counting(what_counts=what_counts)
    year, log = company.last_worked_on.year, address_of_tab("log", company)
    actions = [
        Counted(words_of(kind), spell_day(day), f"{log}?dia={day:%Y-%m-%d}" if log else "")
        for kind, day in _OF_A_COMPANY.rows(company=company.pk)
        if day.year == year
    ]
    return Counting(year, actions, what_counts)
