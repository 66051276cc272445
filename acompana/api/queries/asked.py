"""Codes that lists are filtered by, where no table of reference has them: one that is none is told, since it would
silently give nothing."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from acompana.api.problems import wrong
from acompana.api.queries.codes import no_such
from acompana.kernel.lifecycle import all_lifecycles, versions_of
from acompana.kernel.rulebook import all_rules, find_rule
from acompana.questionnaires.models import Version


def known_rule(code: str, now: datetime) -> str:
    """The id of a rule, whatever the case in which it is written."""
    if (rule := find_rule(code, timezone.localdate(now))) is None:
        raise wrong("query.rule", no_such(code))
    return rule.id


def known_book(code: str, on: date) -> str:
    if code not in {rule.book for rule in all_rules(on)}:
        raise wrong("query.book", no_such(code))
    return code


def known_kind(code: str) -> str:
    """A kind of matter."""
    if not versions_of(code):
        raise wrong("query.kind", no_such(code))
    return code


def known_state(code: str, kind: str) -> str:
    """A state of a kind of matter, or of any, under whichever version of its table."""
    kinds = [kind] if kind else [table.kind for table in all_lifecycles()]
    if not any(code == state.slug for one in kinds for table in versions_of(one) for state in table.states):
        raise wrong("query.state", no_such(code))
    return code


def known_instrument(code: str) -> str:
    if not Version.objects.filter(instrument=code).exists():
        raise wrong("query.instrument", no_such(code))
    return code
