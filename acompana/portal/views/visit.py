"""Who visits a company's pages, and what they may see there: worked out once per view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from acompana.companies.middleware import refuse_merged
from acompana.companies.models import Company, Mandate
from acompana.companies.queries import canonical_company
from acompana.intake.models import Intake
from acompana.intake.queries import latest_intake_of
from acompana.kernel.statements import Statement, given_id
from acompana.matters.models import Matter
from acompana.people.access import ActorRequest, deny_unless
from acompana.portal.permissions import lately_ended_of, mandate_of, shown_name

SHOWN = ("region", "commune", "office", "executive", "sales_bracket", "sector")
_OF_AN_ID = Statement(lambda: Company.objects.select_related(*SHOWN).filter(pk=given_id("company")).order_by())


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
    def entered(self) -> dict[str, Any] | None:
        """What a limited mandate may see: what its person typed. None for who sees everything."""
        return self.mandate.entered if self.is_limited else None

    @property
    def name(self) -> str:
        """The company as this person may know it."""
        return shown_name(self.mandate) if self.is_limited else self.company.name

    @property
    def matter(self) -> Matter | None:
        return self.intake.matter if self.intake else None

    @property
    def state(self) -> str:
        """Where the intake stands; before it is opened, the form is what comes."""
        return self.intake.matter.state if self.intake else "characterization"


class AccessEnded(Http404):
    """The person acted for the company, and it was decided that they do so no more; `mandate` has the reason."""

    def __init__(self, mandate: Mandate) -> None:
        super().__init__(mandate.reason)
        self.mandate = mandate


def visit(request: ActorRequest, company_id: int, *, fully: bool = False) -> Visit:
    """The visit, or 404 for whoever has no mandate: they may not even know that the company is here (INT-24). Who had
    one until lately is told that it ended, and why, as `/mi-empresa/` tells it.

    `fully`: a page that a limited mandate does not open; 403 with the reason.
    """
    if (company := next(iter(_OF_AN_ID.objects(company=company_id)), None)) is None:
        raise Http404
    mandate = mandate_of(request.actor, canonical_company(company))
    if mandate is None and (ended := lately_ended_of(request.actor, company, request.now)):
        raise AccessEnded(ended)
    deny_unless(mandate is not None, known=False)
    assert mandate is not None
    refuse_merged(company)
    limited = mandate.state == Mandate.State.LIMITED
    deny_unless(not (fully and limited), reason="Podrás entrar aquí cuando se confirme que representas a la empresa.")
    intake = None if limited else latest_intake_of(company)
    seen = Visit(company=company, mandate=mandate, intake=intake)
    request.about = seen.name
    return seen
