"""Who may use the desk: everybody of the agency reads and notes; the head of an office sees its people (ROL-16)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acompana.companies.models import BulkAction
from acompana.people.models import StaffMember
from tests.permissions import (
    ABOVE_OFFICES,
    ADMINISTRATOR,
    DIRECTOR,
    DIRECTORS,
    EXECUTIVE,
    STAFF,
    Row,
)


def furnish(side: SimpleNamespace, world: Any) -> None:
    side.bulk = BulkAction.objects.create(
        verb="origin",
        value="Feria",
        title="Anotar dónde las conocimos: Feria",
        company_ids=[side.company.pk],
        made_by=side.company.executive,
        made_at=world.now,
    )
    side.member = StaffMember.objects.get(person=side.company.executive)


def company(side: SimpleNamespace) -> dict[str, int]:
    return {"company_id": side.company.pk}


ROWS = [
    Row("desk:my_day", get=STAFF),
    Row("desk:search", get=STAFF),
    Row("desk:team", get=DIRECTORS),
    Row("desk:unowned", get=DIRECTORS, post=DIRECTORS),
    Row(
        "desk:member", lambda side: {"pk": side.member.pk}, get=DIRECTOR | ADMINISTRATOR, post=DIRECTOR | ADMINISTRATOR
    ),
    Row("desk:search_pairs", post=DIRECTORS | ABOVE_OFFICES),
    Row("desk:new_bulk", get=STAFF, post=STAFF),
    Row("desk:bulks", get=STAFF),
    # Of who prepared it, and of nobody else.
    Row("desk:bulk", lambda side: {"pk": side.bulk.pk}, get=EXECUTIVE, post=EXECUTIVE),
    Row("desk:quality", get=STAFF),
    Row("desk:without_consent", get=STAFF),
    Row("desk:record", company, get=STAFF, post=STAFF),
    Row("desk:log", company, get=STAFF),
    Row("desk:commitments", company, get=STAFF),
    Row("desk:results", company, get=STAFF),
    Row("desk:mails", company, get=STAFF),
    Row("desk:consents", company, get=STAFF, post=EXECUTIVE | DIRECTOR | ABOVE_OFFICES),
]
