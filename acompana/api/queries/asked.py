"""Codes that lists are filtered by, where no table of reference has them: one that is none is told, since it would
silently give nothing."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from acompana.api.permissions import reads_as_staff
from acompana.api.problems import wrong
from acompana.api.queries.codes import no_such
from acompana.api.queries.responses import OF_THE_COMPANY
from acompana.kernel.lifecycle import all_lifecycles, versions_of
from acompana.kernel.rulebook import all_rules, find_rule
from acompana.people.actors import Actor
from acompana.questionnaires.models import Version


def known_rule(code: str, now: datetime) -> str:
    """The id of a rule, whatever the case in which it is written."""
    on = timezone.localdate(now)
    if (rule := find_rule(code, on)) is None:
        raise wrong("query.rule", no_such(code, {commitment.id for commitment in all_rules(on, book="commitments")}))
    return rule.id


def known_book(code: str, on: date) -> str:
    return _known("book", code, {rule.book for rule in all_rules(on)})


def known_kind(code: str) -> str:
    """A kind of matter."""
    if not versions_of(code):
        raise wrong("query.kind", no_such(code, {table.kind for table in all_lifecycles()}))
    return code


def known_state(code: str, kind: str) -> str:
    """A state of a kind of matter, or of any, under whichever version of its table."""
    kinds = [kind] if kind else [table.kind for table in all_lifecycles()]
    return _known("state", code, {state.slug for one in kinds for table in versions_of(one) for state in table.states})


def known_instrument(code: str, actor: Actor) -> str:
    """Of those that the actor may read."""
    every = set(Version.objects.order_by().values_list("instrument", flat=True))
    return _known("instrument", code, every if reads_as_staff(actor) else every.intersection(OF_THE_COMPANY))


def _known(name: str, code: str, codes: set[str]) -> str:
    if code not in codes:
        raise wrong(f"query.{name}", no_such(code, codes))
    return code
