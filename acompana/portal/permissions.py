"""A company's pages are for its representatives (ROL-13); a limited mandate sees what it typed (INT-24)."""

from __future__ import annotations

from acompana.companies.models import Company, Mandate
from acompana.people.actors import Actor


def mandate_of(actor: Actor, company: Company) -> Mandate | None:
    """The mandate with which the actor acts for the company: active, or limited (INT-24)."""
    if actor.person is None:
        return None
    return Mandate.objects.filter(company=company, person=actor.person, state__in=("active", "limited")).first()
