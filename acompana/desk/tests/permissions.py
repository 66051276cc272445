"""Who may use the desk: everybody of the agency reads and notes; the head of an office sees its people (ROL-16)."""

from __future__ import annotations

from types import SimpleNamespace

from acompana.people.models import StaffMember
from tests.permissions import (
    ABOVE_OFFICES,
    DIRECTOR,
    DIRECTORS,
    EXECUTIVE,
    STAFF,
    Row,
)


def furnish(side: SimpleNamespace, world: object) -> None:
    side.member = StaffMember.objects.get(person=side.company.executive)


def company(side: SimpleNamespace) -> dict[str, int]:
    return {"company_id": side.company.pk}


ROWS = [
    Row("desk:my_day", get=STAFF),
    Row("desk:search", get=STAFF),
    Row("desk:team", get=DIRECTORS),
    Row("desk:unowned", get=DIRECTORS, post=DIRECTORS),
    Row("desk:member", lambda side: {"pk": side.member.pk}, get=DIRECTOR, post=DIRECTOR),
    Row("desk:search_pairs", post=ABOVE_OFFICES),
    Row("desk:record", company, get=STAFF, post=STAFF),
    Row("desk:log", company, get=STAFF),
    Row("desk:commitments", company, get=STAFF),
    Row("desk:results", company, get=STAFF),
    Row("desk:mails", company, get=STAFF),
    Row("desk:consents", company, get=STAFF, post=EXECUTIVE | DIRECTOR | ABOVE_OFFICES),
]
