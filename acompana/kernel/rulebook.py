"""The rulebook: which value a rule has on a date, and how people change it ("Where a rule lives").

The files are version 0. An amendment is a row that wins over the files from its date on, whatever an upgrade brings.
Amendments are read once per request, so that every worker sees a new one at the next request; outside a request
(jobs, commands) they are read at each call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from acompana.kernel.models import RuleAmendment
from acompana.kernel.refusals import Refused
from acompana.kernel.rulebook_files import Rule, faults_of_term, freeze, load_rules, thaw
from acompana.kernel.statements import Statement, columns_of
from acompana.kernel.terms import Term
from acompana.kernel.verbs import asked_once, forget

__all__ = [
    "Amended",
    "Rule",
    "UnknownRule",
    "all_rules",
    "amend_rule",
    "check_can_amend",
    "find_rule",
    "get_rule",
    "get_rule_version",
    "history_of_rule",
    "name_of_rule",
    "next_change",
    "term_of",
    "what_starts",
]

REASON_AT_LEAST = 10


class UnknownRule(LookupError):
    """No file of the rulebook has that id: a fault of the program, not of the person."""


@dataclass(frozen=True, slots=True)
class Amended:
    """A rule's value as people amended it, with who and why; for the page of the protocol."""

    rule: Rule
    author_id: int | None
    reason: str
    amended_at: datetime | None


AMENDMENTS = "amendments of the rulebook"
_request = Local()


def begin_request(**kwargs: object) -> None:
    """From here on amendments are read once, until `end_request`."""
    _request.amendments = None
    _request.under_way = True


def end_request(**kwargs: object) -> None:
    _request.under_way = False
    _request.amendments = None


request_started.connect(begin_request, dispatch_uid="rulebook-begin")
request_finished.connect(end_request, dispatch_uid="rulebook-end")


def get_rule(rule_id: str, on: date) -> Rule:
    """The rule as in force on a date. Raises UnknownRule. One query per request at most."""
    amendments = [amendment for amendment in _amendments(rule_id) if amendment.valid_from <= on]
    if amendments:
        # Of two from the same day the later version wins: it corrects the other.
        return _amended(max(amendments, key=lambda row: (row.valid_from, row.version)))
    return _from_file(rule_id, on)


def name_of_rule(rule_id: str) -> str:
    """What a rule is called, which no amendment changes. Raises UnknownRule. No query."""
    return _files_of(rule_id)[-1].label


def what_starts(rule_id: str, language: str = "es") -> str:
    """The fact that started a clock under a rule, true of whichever company it runs for; no amendment changes it.
    Empty if the rule is unknown. No query."""
    if not (found := load_rules().get(rule_id)):
        return ""
    rule = found[-1]
    return (rule.began_en or rule.starts_when_en) if language == "en" else (rule.began or rule.starts_when)


def find_rule(text: str, on: date) -> Rule | None:
    """The rule that somebody wrote, whatever its case ("dl-1"); None if there is none."""
    wanted = text.strip().casefold()
    return next((get_rule(rule_id, on) for rule_id in load_rules() if rule_id.casefold() == wanted), None)


def next_change(rule_id: str, on: date) -> Rule | None:
    """What the rule will be from its next date on; None while nothing is planned."""
    coming = [amendment for amendment in _amendments(rule_id) if amendment.valid_from > on]
    if not coming:
        return None
    first = min(amendment.valid_from for amendment in coming)
    return get_rule(rule_id, first)


def get_rule_version(rule_id: str, version: int, on: date) -> Rule:
    """The rule in a version: what a promise of that date was made under, whatever changed since (EXP-8)."""
    if version == 0:
        return _from_file(rule_id, on)
    for amendment in _amendments(rule_id):
        if amendment.version == version:
            return _amended(amendment)
    raise UnknownRule(f"{rule_id} v{version}")


def all_rules(on: date, *, book: str = "") -> list[Rule]:
    """Every rule in force on a date, in the order of the files; of one file if `book` is given."""
    return [get_rule(rule_id, on) for rule_id, found in load_rules().items() if not book or found[0].book == book]


def history_of_rule(rule_id: str) -> list[Amended]:
    """Every value that the rule has or will have, the newest first; version 0 is the file."""
    files = [Amended(rule, None, "", None) for rule in _files_of(rule_id)]
    rows = [
        Amended(_amended(row), row.author_id, row.reason, row.amended_at)
        for row in RuleAmendment.objects.filter(rule_id=rule_id)
    ]
    return sorted(files + rows, key=lambda item: (item.rule.valid_from, item.rule.version), reverse=True)


def term_of(rule: Rule) -> Term | None:
    """The term that a rule gives; None if it is not about time."""
    if not rule.is_term:
        return None
    return Term(rule=rule.id, **rule.value)


@transaction.atomic
def amend_rule(
    *, rule_id: str, value: Mapping[str, Any], valid_from: date, reason: str, actor_id: int, now: datetime
) -> Rule:
    """Give a rule another value from a date on (today or later); the past keeps the one that it had.

    Raises UnknownRule, or Refused with a sentence: a past date, no reason, a value unlike the rule's.
    """
    standing = _from_file(rule_id, valid_from)
    check_can_amend(rule=standing, value=value, valid_from=valid_from, reason=reason, now=now)
    last = RuleAmendment.objects.filter(rule_id=rule_id).order_by("-version").first()
    try:
        with transaction.atomic():
            row = RuleAmendment.objects.create(
                rule_id=rule_id,
                version=last.version + 1 if last else 1,
                value=thaw(value),
                valid_from=valid_from,
                author_id=actor_id,
                reason=reason.strip(),
                amended_at=now,
            )
    except IntegrityError as error:
        raise Refused(
            "Otra persona cambió esta regla recién. Revisa su valor y vuelve a intentarlo.", rule_id
        ) from error
    _request.amendments = None
    forget(AMENDMENTS)
    return _amended(row)


def check_can_amend(*, rule: Rule, value: Mapping[str, Any], valid_from: date, reason: str, now: datetime) -> None:
    """Raises Refused if the rule may not have that value from that date."""
    if valid_from < timezone.localdate(now):
        raise Refused("Un cambio rige desde hoy o desde una fecha futura: el pasado no se cambia.", rule.id)
    if len(reason.strip()) < REASON_AT_LEAST:
        raise Refused("Escribe por qué cambia la regla; queda en su historia.", rule.id)
    for fault in faults_of_value(rule, value):
        raise Refused(fault, rule.id)
    for key in rule.fixed:
        if value[key] != rule.value[key]:
            raise Refused(
                f"En {rule.id} no se puede cambiar si el plazo admite pausas: lo fija el protocolo.", rule.id
            )


def faults_of_value(rule: Rule, value: Mapping[str, Any]) -> list[str]:
    """Why a value cannot be the rule's, in Spanish; empty if it can."""
    if not isinstance(value, Mapping):
        return ["El valor de la regla es una tabla de datos con nombre."]
    if rule.is_term:
        unknown = sorted(set(value) - set(rule.value))
        return [f"Sobra «{unknown[0]}»."] if unknown else faults_of_term(value)
    return _unlike(rule.value, value, "", rule.choices)


def _unlike(model: Any, value: Any, path: str, choices: Mapping[str, tuple[str, ...]]) -> list[str]:
    """How a value differs in shape from the one in the file."""
    name = path or "valor"
    if isinstance(model, Mapping):
        return _unlike_table(model, value, path, choices)
    if isinstance(model, list | tuple):
        return _unlike_list(model, value, path, choices)
    if isinstance(model, bool):
        return [] if isinstance(value, bool) else [f"«{name}» es sí o no."]
    if isinstance(model, int | float):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return [] if is_number and value >= 0 else [f"«{name}» es un número, cero o mayor."]
    if not isinstance(value, str) or (model and not value.strip() and "" not in choices.get(path.split(".")[0], ())):
        return [f"«{name}» es un texto y no puede quedar vacío."]
    allowed = choices.get(path.split(".")[0].split("[")[0])
    return [f"«{value}» no es una opción de «{name}»."] if allowed and value not in allowed else []


def _unlike_table(
    model: Mapping[str, Any], value: Any, path: str, choices: Mapping[str, tuple[str, ...]]
) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"«{path or 'valor'}» es una tabla de datos con nombre."]
    faults = [f"Falta «{key}»." for key in model if key not in value]
    faults += [f"Sobra «{key}»." for key in value if key not in model]
    for key, item in model.items():
        if key in value:
            faults += _unlike(item, value[key], f"{path}.{key}".strip("."), choices)
    return faults


def _unlike_list(
    model: list[Any] | tuple[Any, ...], value: Any, path: str, choices: Mapping[str, tuple[str, ...]]
) -> list[str]:
    if not isinstance(value, list | tuple):
        return [f"«{path}» es una lista."]
    if not model:
        return []
    if isinstance(model[0], Mapping):
        # Rows may carry optional keys that the first one lacks.
        known = {key for row in model for key in row}
        needed = set.intersection(*(set(row) for row in model))
        bad = [row for row in value if not isinstance(row, Mapping) or needed - set(row) or set(row) - known]
        return [f"Una fila de «{path}» no tiene los datos que debe."] if bad else []
    faults = [fault for item in value for fault in _unlike(model[0], item, f"{path}[]", choices)]
    if len(set(value)) < len(value):
        faults.append(f"«{path}» repite un elemento.")
    return faults


def _amendments(rule_id: str) -> list[RuleAmendment]:
    if not getattr(_request, "under_way", False):
        return asked_once(AMENDMENTS, _read_amendments).get(rule_id, [])
    if getattr(_request, "amendments", None) is None:
        _request.amendments = _read_amendments()
    return _request.amendments.get(rule_id, [])


def _read_amendments() -> dict[str, list[RuleAmendment]]:
    amendments: dict[str, list[RuleAmendment]] = {}
    columns = columns_of(RuleAmendment)
    for values in _AMENDMENTS.rows():
        row = RuleAmendment.from_db(connection.alias, columns, values)
        amendments.setdefault(row.rule_id, []).append(row)
    return amendments


# Nearly every page asks for a term or a list of the rulebook.
_AMENDMENTS = Statement(lambda: RuleAmendment.objects.values_list(*columns_of(RuleAmendment)))


def _amended(row: RuleAmendment) -> Rule:
    standing = _from_file(row.rule_id, row.valid_from)
    value = freeze(row.value)
    unit = value["unit"] if standing.is_term else standing.unit
    return replace(standing, value=value, unit=unit, valid_from=row.valid_from, version=row.version)


def _files_of(rule_id: str) -> tuple[Rule, ...]:
    try:
        return load_rules()[rule_id]
    except KeyError as error:
        raise UnknownRule(rule_id) from error


def _from_file(rule_id: str, on: date) -> Rule:
    """The file's value on a date; before its first date, the first: nothing older is known."""
    found = _files_of(rule_id)
    return next((rule for rule in reversed(found) if rule.valid_from <= on), found[0])
