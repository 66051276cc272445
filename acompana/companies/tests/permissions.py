"""Who may read and change the registry on the desk (ROL-16)."""

from __future__ import annotations

from types import SimpleNamespace

from acompana.kernel.models import ChangeSet
from tests.permissions import ABOVE_OFFICES, DIRECTOR, EXECUTIVE, STAFF, Row

# The executive, the head of the office, and the roles above.
IN_CHARGE = EXECUTIVE | DIRECTOR | ABOVE_OFFICES
DECIDE_MANDATES = IN_CHARGE | {"sector_lead"}


def furnish(side: SimpleNamespace, world: object) -> None:
    edits = ChangeSet.objects.filter(changes__record_model="companies.company", changes__record_id=side.company.pk)
    side.edit = edits.filter(kind="edit").latest("id")


def company(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.company.pk}


def contact(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.company.pk, "contact": side.contact.pk}


ROWS = [
    Row("companies:list", get=STAFF),
    Row("companies:new", get=STAFF, post=STAFF),
    Row("companies:alike", get=STAFF),
    Row("companies:mandates", get=STAFF),
    Row("companies:mandate", lambda side: {"pk": side.mandate.pk}, get=DECIDE_MANDATES, post=DECIDE_MANDATES),
    Row("companies:data", company, get=STAFF),
    Row("companies:edit_data", company, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:history", company, get=STAFF),
    Row("companies:undo", lambda side: {**company(side), "change_set": side.edit.pk}, post=IN_CHARGE),
    Row("companies:new_contact", company, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:edit_contact", contact, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:remove_contact", contact, post=IN_CHARGE),
    Row("companies:presence", company, post=STAFF),
]
