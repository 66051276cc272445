"""The rules in force, and when a deadline of the protocol ends (OFF-3, EXP-9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem, Said, wrong
from acompana.api.queries.asked import known_book
from acompana.api.queries.codes import no_such, unknown
from acompana.kernel.deadlines import compute_due
from acompana.kernel.rulebook import Rule, all_rules, find_rule, term_of
from acompana.kernel.rulebook_files import thaw
from acompana.people.calendars import calendar_of
from acompana.people.queries import office_by_code

router = Router()
HOW_IT_IS_WRITTEN = Said("Escríbela como 2026-09-16T15:00.", "Write it as 2026-09-16T15:00.")
FARTHEST = (datetime(1950, 1, 1, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC))


def _shown(rule: Rule) -> dict[str, Any]:
    names = ("id", "kind", "book", "label", "unit", "valid_from", "version", "source", "status")
    return {**{name: getattr(rule, name) for name in names}, "value": thaw(rule.value)}


def _for_staff(request: ApiRequest) -> None:
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")


@endpoint(
    router, "GET", "/rules", scope="rulebook:read", answer=schemas.RulesOut, summary="Las reglas en vigor un día",
    refuses=("not-allowed",),
)  # fmt: skip
def list_rules(request: ApiRequest, filters: Query[schemas.RulesAsked]) -> Any:
    """Con su valor, desde cuándo y de dónde sale; las que empezaron después no vienen. `book` es un libro:
    commitments, companies, evaluation, intake."""
    _for_staff(request)
    on: date = filters.on or timezone.localdate(request.now)
    rules = all_rules(on, book=known_book(filters.book, on) if filters.book else "")
    return {
        "on": on,
        "items": [_shown(rule) for rule in rules if rule.valid_from <= on],
    }


@endpoint(
    router, "GET", "/rules/{rule_id}", scope="rulebook:read", answer=schemas.RuleOut, summary="Una regla hoy",
    refuses=("not-found", "not-allowed"),
)  # fmt: skip
def get_rule(request: ApiRequest, rule_id: Path[str]) -> Any:
    """Por su id: DL-1."""
    _for_staff(request)
    rule = find_rule(rule_id[:40], timezone.localdate(request.now))
    if rule is None:
        raise Problem("not-found")
    return _shown(rule)


@endpoint(
    router, "GET", "/deadlines", scope="rulebook:read", answer=schemas.DeadlineOut,
    summary="Cuándo vence un plazo, y por qué", refuses=("refused", "not-allowed"),
)  # fmt: skip
def compute_deadline(request: ApiRequest, filters: Query[schemas.DeadlineAsked]) -> Any:
    """Con el calendario, los feriados y la hora de la oficina; lo mismo que `manage.py deadline`."""
    _for_staff(request)
    office = office_by_code(filters.office)
    if office is None:
        raise unknown("office", filters.office)
    try:
        instant = datetime.fromisoformat(filters.start)
        zone = ZoneInfo(office.time_zone)
        # By way of UTC, so that a local time that a change of hour leaves out becomes one that exists.
        start = (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC).astimezone(zone)
    except (ValueError, OverflowError) as error:
        raise _wrong("start", HOW_IT_IS_WRITTEN) from error
    if not FARTHEST[0] <= start <= FARTHEST[1]:
        raise _wrong("start", Said("Queda fuera del calendario.", "It is out of the calendar."))
    rule = find_rule(filters.rule, start.date())
    term = term_of(rule) if rule else None
    if term is None:
        terms = {one.id for one in all_rules(start.date()) if one.kind == "term"}
        raise _wrong("rule", no_such(filters.rule, terms))
    if filters.language == "en":
        request.content_language = "en"  # type: ignore[attr-defined]
    due = compute_due(term=term, start=start, calendar=calendar_of(office), language=filters.language)
    return {"rule": term.rule, "start": start, "due": due.due_at, "explanation": list(due.explanation)}


def _wrong(name: str, message: Said) -> Problem:
    return wrong(f"query.{name}", message)
