"""Who may read and change the registry on the desk (ROL-16)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acompana.companies.models import SavedView
from acompana.companies.operations import merge_companies, propose_pair
from acompana.companies.tests.conftest import make_company
from acompana.kernel.models import ChangeSet
from tests.permissions import ABOVE_OFFICES, DIRECTOR, EXECUTIVE, STAFF, Row

# The executive, the head of the office, and the roles above.
IN_CHARGE = EXECUTIVE | DIRECTOR | ABOVE_OFFICES
DECIDE_MANDATES = EXECUTIVE | DIRECTOR | {"sector_lead"}
HEADS = DIRECTOR | ABOVE_OFFICES


def furnish(side: SimpleNamespace, world: Any) -> None:
    edits = ChangeSet.objects.filter(changes__record_model="companies.company", changes__record_id=side.company.pk)
    side.edit = edits.filter(kind="edit").latest("id")
    doubles = [
        make_company(f"{side.company.legal_name} {word}", rut=None, office=side.company.office)
        for word in ("Uno", "Dos")
    ]
    decides = world.cast.actor("client_management", world.now)
    side.view = SavedView.objects.create(
        name=f"Vista de {side.company.pk}",
        owner=side.company.executive,
        share="all",
        query="",
        changed_at=world.now,
    )
    side.pair = propose_pair(one=side.company, other=doubles[0], actor=decides, now=world.now)
    side.merged = merge_companies(kept=side.company, gone=doubles[1], actor=decides, now=world.now)


def company(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.company.pk}


def contact(side: SimpleNamespace) -> dict[str, int]:
    return {"pk": side.company.pk, "contact": side.contact.pk}


ROWS = [
    Row("companies:list", get=STAFF),
    Row("companies:new_view", post=STAFF),
    # Shared with the whole agency: everybody may open with it, and the rest is asked of the deed.
    Row("companies:change_view", lambda side: {"pk": side.view.pk}, post=STAFF),
    Row("companies:export", lambda side: {"form": "csv"}, get=STAFF),
    Row("companies:new", get=STAFF, post=STAFF),
    Row("companies:alike", get=STAFF),
    Row("companies:mandates", get=STAFF),
    Row("companies:mandate", lambda side: {"pk": side.mandate.pk}, get=DECIDE_MANDATES, post=DECIDE_MANDATES),
    Row("companies:end_mandate", lambda side: {"pk": side.mandate.pk}, post=DECIDE_MANDATES),
    Row("companies:data", company, get=STAFF),
    Row("companies:edit_data", company, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:history", company, get=STAFF),
    Row("companies:undo", lambda side: {**company(side), "change_set": side.edit.pk}, post=IN_CHARGE),
    Row("companies:new_contact", company, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:edit_contact", contact, get=IN_CHARGE, post=IN_CHARGE),
    Row("companies:remove_contact", contact, post=IN_CHARGE),
    Row("companies:pairs", get=STAFF),
    # Both companies of the pair are of one office: its head decides, and the roles above.
    Row("companies:pair", lambda side: {"pk": side.pair.pk}, get=STAFF, post=HEADS),
    Row("companies:merge", lambda side: {"pk": side.pair.pk}, get=HEADS, post=HEADS),
    Row("companies:compare", company, get=STAFF, post=STAFF),
    Row("companies:undo_merge", lambda side: {**company(side), "change_set": side.merged.pk}, get=HEADS, post=HEADS),
]
