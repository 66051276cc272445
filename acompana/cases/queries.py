"""Reads of cases that more than one caller needs."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from acompana.kernel.deadline_words import amount_words
from acompana.kernel.rulebook import get_rule, term_of
from acompana.matters.models import Matter
from acompana.people.models import Absence, Person
from acompana.people.queries import staff_with_role
from acompana.shell.languages import spoken


def term_of_answer(*, day: date) -> str:
    """How long Client management has to answer what is asked on a day (DL-26), in the language that is spoken."""
    term = term_of(get_rule("DL-26", day))
    assert term is not None
    return amount_words(term.amount, term.unit, spoken())


def next_to_answer(now: datetime) -> Person | None:
    """Who of Client management answers the next help request: who is there today and has the fewest (INT-6)."""
    today = timezone.localdate(now)
    away = Absence.objects.filter(from_on__lte=today, until_on__gte=today).values("staff_member")
    mine = Matter.objects.filter(kind="help_request", closed_at=None, owner=OuterRef("person")).order_by()
    waiting = Coalesce(Subquery(mine.values("owner").annotate(many=Count("pk")).values("many")), 0)
    there = staff_with_role("client-management", on=today).exclude(pk__in=away)
    member = there.annotate(waiting=waiting).order_by("waiting", "pk").first()
    return member.person if member else None
