"""Who visits a company's pages, and what they may see there: worked out once per view."""

from __future__ import annotations

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from acompana.companies.models import Company, Mandate
from acompana.intake.models import Intake
from acompana.intake.queries import latest_intake_of
from acompana.matters.models import Matter
from acompana.people.access import ActorRequest, deny_unless
from acompana.portal.permissions import mandate_of


@dataclass(slots=True)
class Visit:
    """A representative on a page of their company."""

    company: Company
    mandate: Mandate
    intake: Intake | None

    @property
    def is_limited(self) -> bool:
        return self.mandate.state == Mandate.State.LIMITED

    @property
    def matter(self) -> Matter | None:
        return self.intake.matter if self.intake else None

    @property
    def state(self) -> str:
        """Where the intake stands; before it is opened, the form is what comes."""
        return self.intake.matter.state if self.intake else "characterization"


def visit(request: ActorRequest, company_id: int) -> Visit:
    """The visit, or 404 for whoever has no mandate: they may not even know that the company is here (INT-24)."""
    company = get_object_or_404(
        Company.objects.select_related("region", "commune", "office", "executive", "sales_bracket", "sector"),
        pk=company_id,
    )
    mandate = mandate_of(request.actor, company)
    deny_unless(mandate is not None, known=False)
    assert mandate is not None
    intake = None if mandate.state == Mandate.State.LIMITED else latest_intake_of(company)
    return Visit(company=company, mandate=mandate, intake=intake)
