"""The logbook: read, and written down."""

from __future__ import annotations

from typing import Any

from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import Answer, endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem, Said, wrong
from acompana.api.queries.entries import entry_rows, readable_entries, visible_entries
from acompana.api.queries.found import company_or_problem
from acompana.api.queries.tokens import Caller
from acompana.companies.models import Contact
from acompana.intake.operations import count_as_contact
from acompana.logbook.models import Entry
from acompana.logbook.operations import note_by_hand
from acompana.logbook.queries import ids_merged_into
from acompana.matters.models import Matter

router = Router()


@endpoint(
    router, "GET", "/companies/{int:company_id}/entries", scope="logbook:read", answer=schemas.EntryPage,
    summary="La bitácora de una empresa", refuses=("not-found", "moved", "bad-cursor"),
)  # fmt: skip
def list_entries(request: ApiRequest, company_id: Path[schemas.Id], filters: Query[schemas.EntryFilters]) -> Any:
    """Lo más nuevo primero, con lo de las empresas que se fusionaron con ella. Solo lo que puedes leer."""
    company = company_or_problem(request, company_id)
    entries = visible_entries(request.actor).filter(company__in=ids_merged_into(company.pk))
    if filters.kind:
        entries = entries.filter(kind=filters.kind)
    return cut(
        entries,
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("-happened_at", "-id"),
        flat=entry_rows,
        key=("happened_at", "id"),
    )


@endpoint(
    router, "GET", "/entries/{int:entry_id}", scope="logbook:read", answer=schemas.EntryOut,
    summary="Una anotación de la bitácora", refuses=("not-found",),
)  # fmt: skip
def get_entry(request: ApiRequest, entry_id: Path[schemas.Id]) -> Any:
    """Si puedes leerla. `company_id` es la empresa en que se anotó, también si después se fusionó con otra. La que se
    borró por ley viene sin texto, con `erased_at`."""
    rows = entry_rows(readable_entries(request.actor).filter(pk=entry_id))
    if not rows:
        raise Problem("not-found")
    return rows[0]


@endpoint(
    router, "POST", "/companies/{int:company_id}/entries", scope="logbook:write", status=201, answer=schemas.EntryOut,
    summary="Anotar una llamada, una visita, un correo o una nota",
    refuses=("not-found", "merged", "refused", "not-allowed"), headers=("Location",),
    body_example={"kind": "call", "outcome": "reached", "text": "Acordamos vernos el jueves."},
)  # fmt: skip
def create_entry(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.EntryIn) -> Any:
    """Queda para siempre: la bitácora no se cambia. Si la empresa esperaba ese contacto, su ingreso avanza cuando lo
    anota quien puede registrarlo: una persona a quien le corresponde, no un sistema ni otra oficina. De una
    conversación se dice en `outcome` si se habló con la empresa; por su canal queda su clase."""
    company = company_or_problem(request, company_id)
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    if data.kind == "note" and data.outcome != "none":
        raise wrong("body.outcome", Said("Una nota no tiene resultado.", "A note has no outcome."))
    entry = note_by_hand(
        kind=data.kind,
        actor=request.actor,
        now=request.now,
        company=company,
        contact=_contact(data.contact_id),
        matter=_matter(data.matter, company.pk),
        channel=data.channel or "",
        direction=data.direction,
        outcome=data.outcome,
        visibility=data.visibility,
        text=data.text,
        happened_at=data.happened_at,
    )
    if entry.outcome == Entry.Outcome.REACHED:
        count_as_contact(company=company, entry=entry, actor=request.actor, now=request.now)
    row = _as_row(entry, data, request.caller)
    return Answer(row, 201, {"Location": f"/api/v1/entries/{entry.pk}"})


def _contact(pk: int | None) -> Contact | None:
    if pk is None:
        return None
    contact = Contact.objects.filter(pk=pk).first()
    if contact is None:
        raise wrong("body.contact_id", Said("No existe ese contacto.", "There is no such contact."))
    if contact.ended_on is not None:
        raise wrong("body.contact_id", Said("Esa persona dejó la empresa.", "That person left the company."))
    return contact


def _matter(number: str, company_id: int) -> Matter | None:
    if not number:
        return None
    matter = Matter.objects.select_related("company", "person", "office").filter(number=number).first()
    if matter is None or matter.company_id != company_id:
        raise wrong("body.matter", Said("No es de esta empresa.", "It is not of this company."))
    return matter


def _as_row(entry: Entry, data: schemas.EntryIn, caller: Caller) -> dict[str, Any]:
    """What was just written, without reading it again."""
    author = entry.author
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "company_id": entry.company_id,
        "contact_id": entry.contact_id,
        "matter": data.matter or None,
        "office": entry.office.code if entry.office else None,
        "channel": entry.channel,
        "direction": entry.direction,
        "outcome": entry.outcome,
        "visibility": entry.visibility,
        "fact": entry.fact,
        "text": data.text,
        "erased_at": None,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "author": {"id": author.pk, "name": author.full_name} if author else None,
        "author_system": None if author else caller.name,
    }
