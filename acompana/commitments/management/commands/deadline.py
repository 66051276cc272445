"""When a deadline of the protocol ends: `manage.py deadline DL-1 --from 2026-09-16T15:00 --office CL-RM`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandParser

from acompana.kernel.deadlines import compute_due
from acompana.kernel.rulebook import find_rule, term_of
from acompana.kernel.terms import Term
from acompana.people.calendars import calendar_of
from acompana.people.models import Office
from acompana.people.queries import office_by_code

NOT_POSSIBLE = 2  # exit code
WHY_NOT = {
    "es": {
        "office": "No hay una oficina con el código {given}.",
        "rule": "No hay una regla {given} en el protocolo.",
        "term": "La regla {given} no es un plazo: no tiene una cantidad.",
        "date": "La fecha «{given}» no se entiende: escríbela como 2026-09-16T15:00.",
        "beyond": "Esa fecha queda fuera del calendario.",
        "no_rule": "Falta la regla: escribe su código, como DL-1.",
        "no_start": "Falta desde cuándo: escribe --from con una fecha, como --from 2026-09-16T15:00.",
        "no_office": "Falta la oficina: escribe --office con su código, como --office CL-RM.",
        "language": "El idioma «{given}» no se habla aquí: escribe --lang es o --lang en.",
        "unread": "No se entiende la pregunta: escríbela como deadline DL-1 --from 2026-09-16T15:00 --office CL-RM, "
        "y además --lang en o --json si quieres.",
    },
    "en": {
        "office": "There is no office with the code {given}.",
        "rule": "There is no rule {given} in the protocol.",
        "term": "Rule {given} is not a deadline: it has no amount.",
        "date": "The date “{given}” cannot be read: write it like 2026-09-16T15:00.",
        "beyond": "That date is beyond the calendar.",
        "no_rule": "The rule is missing: write its code, like DL-1.",
        "no_start": "The start is missing: write --from with a date, like --from 2026-09-16T15:00.",
        "no_office": "The office is missing: write --office with its code, like --office CL-RM.",
    },
}

NO_SUCH_HOUR = {
    "es": "Esa noche se adelanta el reloj y las {asked} no existen: se cuenta desde las {start}.",
    "en": "That night the clock goes forward and {asked} does not exist: it counts from {start}.",
}


class Command(BaseCommand):
    help = "When a deadline of the protocol ends, and why."
    requires_system_checks: list[str] = []  # it answers a question; a page elsewhere cannot spoil the answer

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """What cannot be read at all gets one sentence too, instead of the usage of every command."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        if parser.called_from_command_line:
            parser.error = lambda message: self.refuse(CannotAnswer("unread"))  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        # None is required here and any language is taken: what is missing is said by a sentence of ours.
        parser.add_argument("rule", nargs="?", default="", help="id of the deadline: DL-1")
        parser.add_argument("--from", dest="start", default="", help="ISO 8601; without offset: the office's time")
        parser.add_argument("--office", default="", help="code of the office: CL-RM, CL-CENTRAL")
        parser.add_argument("--lang", default="es", metavar="{es,en}", help="language of what is said")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            term, start, office = _asked(options)
            due = compute_due(term=term, start=start, calendar=calendar_of(office), language=options["lang"])
        except (CannotAnswer, OverflowError) as error:
            self.refuse(error if isinstance(error, CannotAnswer) else CannotAnswer("beyond"), options["lang"])
        explanation = [*_left_out(options, start), *due.explanation]
        if options["json"]:
            answer = {
                "rule": term.rule,
                "start": start.isoformat(),
                "due": due.due_at.isoformat(),
                "explanation": explanation,
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
        else:
            self.stdout.write(f"{term.rule}: {due.due_at.isoformat()}")
            self.stdout.write("\n".join(explanation))

    def refuse(self, refusal: CannotAnswer, language: str = "es") -> NoReturn:
        """One sentence, in Spanish unless another language that is spoken here was asked for."""
        self.stderr.write(WHY_NOT.get(language, WHY_NOT["es"])[refusal.why].format(given=refusal.given))
        raise SystemExit(NOT_POSSIBLE) from refusal


class CannotAnswer(Exception):
    """The question has no answer. `why` names the sentence that says so, about what was `given`."""

    def __init__(self, why: str, given: str = "") -> None:
        super().__init__(why)
        self.why, self.given = why, given


def _asked(options: dict[str, Any]) -> tuple[Term, datetime, Office]:
    if options["lang"] not in WHY_NOT:
        raise CannotAnswer("language", options["lang"])
    for name in ("rule", "start", "office"):
        if not options[name]:
            raise CannotAnswer(f"no_{name}")
    office = office_by_code(options["office"])
    if office is None:
        raise CannotAnswer("office", options["office"])
    start = _instant(options["start"], office)
    rule = find_rule(options["rule"], start.date())
    if rule is None:
        raise CannotAnswer("rule", options["rule"])
    term = term_of(rule)
    if term is None:
        raise CannotAnswer("term", rule.id)
    return term, start, office


def _instant(text: str, office: Office) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise CannotAnswer("date", text) from error
    zone = ZoneInfo(office.time_zone)
    # By way of UTC, so that a local time that a change of hour leaves out becomes one that exists.
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)


def _left_out(options: dict[str, Any], start: datetime) -> list[str]:
    """Says so where the hour that was asked for is one that a change of the clock leaves out."""
    asked = datetime.fromisoformat(options["start"])
    if asked.tzinfo or asked == start.replace(tzinfo=None):
        return []
    return [NO_SUCH_HOUR[options["lang"]].format(asked=f"{asked:%H:%M}", start=f"{start:%H:%M}")]
