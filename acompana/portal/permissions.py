"""A company's pages are for its representatives (ROL-13); a limited mandate sees what it typed (INT-24)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import DateTimeField, Q, QuerySet

from acompana.companies.models import Company, Mandate
from acompana.kernel.alphabet import alphabetical
from acompana.kernel.rut import format_rut
from acompana.kernel.statements import Given, Statement, given_id
from acompana.people.actors import Actor
from acompana.people.models import Person

REMEMBERED = timedelta(days=30)


def mandates_of(actor: Actor) -> list[Mandate]:
    """The mandates with which the actor acts for companies, by name, each with its company. One query."""
    if actor.person is None or actor.is_staff:
        return []
    own = Mandate.objects.filter(person=actor.person, state__in=("active", "limited"), company__merged_into=None)
    return sorted(own.select_related("company"), key=lambda mandate: alphabetical(shown_name(mandate)))


def shown_name(mandate: Mandate) -> str:
    """The company as this person may know it: what the agency calls it is not for a limited mandate (INT-24)."""
    if mandate.state == Mandate.State.LIMITED:
        values = mandate.entered.get("values", {})
        return values.get("trade_name") or values.get("legal_name") or format_rut(mandate.company.rut or "")
    return mandate.company.name


_ACTING = Statement(
    lambda: Mandate.objects.filter(
        company=given_id("company"), person=given_id("person"), state__in=("active", "limited")
    ).order_by("pk")[:1]
)


def mandate_of(actor: Actor, company: Company) -> Mandate | None:
    """The mandate with which the actor acts for the company: active, or limited (INT-24)."""
    if actor.person is None:
        return None
    return next(iter(_ACTING.objects(company=company.pk, person=actor.person.pk)), None)


def lately_ended(actor: Actor, now: datetime) -> QuerySet[Mandate]:
    """The accesses that others refused or took away from the actor, while that is told; the last first."""
    return _lost_by(actor.person, now - REMEMBERED)


def lately_ended_of(actor: Actor, company: Company, now: datetime) -> Mandate | None:
    """The last of those that were of one company."""
    if actor.person is None:
        return None
    found = _LOST_OF_ONE.objects(person=actor.person.pk, company=company.pk, since=now - REMEMBERED)
    return next(iter(found), None)


def _lost_by(person: Person | Given | None, since: datetime | Given) -> QuerySet[Mandate]:
    lost = Q(state=Mandate.State.REFUSED) | Q(state=Mandate.State.ENDED, decided_by__isnull=False)
    own = Mandate.objects.filter(lost, person=person, decided_at__gte=since)
    return own.exclude(decided_by=person).select_related("company").order_by("-decided_at")


_LOST_OF_ONE = Statement(
    lambda: _lost_by(given_id("person"), Given("since", DateTimeField())).filter(company=given_id("company"))[:1]
)
