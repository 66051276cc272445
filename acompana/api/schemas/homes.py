"""Logbook, commitments, matters, questionnaires, messages, rules, reference, figures and changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from acompana.api.schemas.pieces import ChannelCode, Coded, Day, Given, Id, Instant, Page, Status, Text, Who
from acompana.api.schemas.registry import EntryOut

# --- figures --------------------------------------------------------------------------------------------------------


class RegionStatus(Schema):
    region: Coded | None
    status: Status
    companies: int


class RegionStatusOut(Schema):
    on: date
    items: list[RegionStatus]


# --- logbook --------------------------------------------------------------------------------------------------------


class EntryIn(Given):
    kind: Literal["call", "visit", "mail", "note"] = Field(..., description="Llamada, visita, correo o nota")
    outcome: Literal["reached", "not_reached", "none"] = Field(
        "none", description="Se habló con la empresa, no contestó, o no aplica"
    )
    direction: Literal["in", "out", "none"] = Field(
        "out", description="La empresa nos buscó, la buscamos, o es interna"
    )
    channel: ChannelCode | None = Field(None, description="El usual de la clase, si no se dice")
    contact_id: Id | None = Field(None, description="Con quién, de los contactos de la empresa")
    matter: str = Field("", max_length=20, description="El número de un asunto de la empresa: ING-2026-000123")
    visibility: Literal["staff", "responsible", "company"] = Field(
        "staff", description="La lee todo el personal, solo los responsables, o también la empresa"
    )
    text: str = Field("", max_length=20_000, description="Lo que se habló o pasó; una nota lo necesita")
    happened_at: Instant | None = Field(
        None, description="Con desfase: 2026-09-16T15:00:00-03:00; desde 1900 y hasta ahora"
    )


class EntryPage(Schema):
    items: list[EntryOut]
    next: str | None


class EntryFilters(Page):
    kind: Literal["call", "visit", "interview", "mail", "chat", "meeting", "note", "step", "message", "change",
                  "referral", "action", "commitment"] | None = None  # fmt: skip


# --- commitments ----------------------------------------------------------------------------------------------------


class CommitmentOut(Schema):
    id: int
    rule: str
    what: str
    debtor: str
    company_id: int | None
    matter: str | None
    office: str
    owner: Who | None
    starts_at: datetime
    due_at: datetime
    explanation: list[str]
    breached_at: datetime | None
    fulfilled_at: datetime | None
    fulfilled_because: str
    fulfilled_by: Who | None
    fulfilled_by_system: str | None = Field(description="El sistema cuya clave lo cumplió, si no fue una persona")
    cancelled_at: datetime | None
    cancelled_because: str


class CommitmentPage(Schema):
    items: list[CommitmentOut]
    next: str | None


class CommitmentFilters(Page):
    state: Literal["open", "fulfilled", "cancelled", "all"] = "open"
    company_id: Id | None = None
    office: str = Field("", max_length=32)
    rule: str = Field("", max_length=20)
    mine: bool = Field(
        False,
        description="Lo que debe quien tiene la clave, y su oficina sin responsable; o la empresa que representa",
    )
    overdue: bool = False


class Fulfilment(Given):
    because: Text = ""


# --- matters --------------------------------------------------------------------------------------------------------


class MatterRow(Schema):
    number: str
    kind: str
    state: Coded
    turn: str
    company_id: int | None
    office: str
    owner: Who | None
    opened_at: datetime
    state_since: datetime
    closed_at: datetime | None


class MatterPage(Schema):
    items: list[MatterRow]
    next: str | None


class MatterFilters(Page):
    kind: str = Field("", max_length=50)
    state: str = Field("", max_length=50)
    office: str = Field("", max_length=32)
    company_id: Id | None = None
    open: bool | None = None


class StepOut(Schema):
    transition: str
    from_state: str
    to_state: str
    taken_at: datetime
    channel: str
    by: Who | None


class MatterOut(MatterRow):
    steps: list[StepOut]


class IntakeOut(MatterOut):
    way_in: str
    is_exporter: bool | None
    potential: str
    final_score: float | None = Field(description="Para una empresa, nulo")
    routing_rule: str
    routing_reason: str
    standing: dict[str, Any] | None = Field(description="Para una empresa, nulo")
    due: list[CommitmentOut] | None = Field(description="Nulo sin el permiso `commitments:read`")


# --- questionnaires, messages, rules, reference ---------------------------------------------------------------------


class Instrument(Schema):
    slug: str
    title: str
    version: int | None
    versions: int
    finished: int


class InstrumentsOut(Schema):
    items: list[Instrument]


class InstrumentOut(Schema):
    slug: str
    title: str
    version: int
    published_at: datetime | None
    definition: dict[str, Any]


class ResponseRow(Schema):
    id: int
    instrument: str
    version: int
    company_id: int | None
    matter: str | None
    started_at: datetime
    finished_at: datetime | None
    points: float | None
    band: str


class ResponsePage(Schema):
    items: list[ResponseRow]
    next: str | None


class ResponseFilters(Page):
    company_id: Id | None = None
    instrument: str = Field("", max_length=50)
    finished: bool | None = None


class AnswerOut(Schema):
    question: str
    dimension: str
    text: str
    answer: str


class ThemeOut(Schema):
    dimension: str
    name: str
    points: float
    maximum: float = Field(description="De las preguntas que se mostraron")
    share: float = Field(description="De 0 a 100")


class GapOut(Schema):
    question: str
    dimension: str
    text: str
    missing: float = Field(description="Puntos que le faltan a su tema")
    lost: float = Field(description="Puntos que subiría el total")
    closes: list[str] = Field(description="Lo que la cierra")


class ResponseOut(ResponseRow):
    answers: list[AnswerOut]
    themes: list[ThemeOut] | None = Field(description="Puntos por tema; nulo antes de terminar")
    gaps: list[GapOut] | None = Field(description="Brechas, las que más pesan primero; nulo antes de terminar")


class MessageRow(Schema):
    id: int
    template: str
    category: str
    language: str
    to_address: str
    subject: str
    state: str
    company_id: int | None
    matter: str | None
    attempts: int
    last_answer: str
    written_at: datetime
    settled_at: datetime | None


class MessageOut(MessageRow):
    body: str | None


class MessagePage(Schema):
    items: list[MessageRow]
    next: str | None


class MessageFilters(Page):
    company_id: Id | None = None
    state: Literal["waiting", "sending", "sent", "doubtful", "refused", "failed", "declined", "dismissed"] | None = (
        None
    )


class RuleOut(Schema):
    id: str
    kind: str
    book: str
    label: str
    value: dict[str, Any]
    unit: str
    valid_from: date
    version: int
    source: str
    status: str


class RulesOut(Schema):
    on: date
    items: list[RuleOut]


class RulesAsked(Schema):
    on: Day | None = Field(None, description="En vigor ese día; hoy si no se dice")
    book: str = Field("", max_length=40)


class DeadlineAsked(Schema):
    rule: str = Field(..., min_length=1, max_length=20, description="DL-1")
    start: str = Field(..., min_length=10, max_length=40, description="ISO 8601; sin desfase, la hora de la oficina")
    office: str = Field(..., min_length=1, max_length=32, description="CL-RM, CL-CENTRAL")
    language: Literal["es", "en"] = "es"


class DeadlineOut(Schema):
    rule: str
    start: datetime
    due: datetime
    explanation: list[str]


class ReferencePage(Schema):
    items: list[dict[str, Any]]
    next: str | None


class ReferenceAsked(Schema):
    limit: int = Field(200, ge=1, le=500)
    cursor: str = Field("", max_length=2000)
    q: str = Field("", max_length=100)


class MeOut(Schema):
    token: dict[str, Any]
    person: Who | None
    roles: list[str]
    office: str | None
    scopes: list[str]


# --- changes --------------------------------------------------------------------------------------------------------


ACTIONS = (
    "De una empresa también `merged`, pasó a ser parte de `merged_into`, y `split`, se deshizo esa fusión; de un "
    "contacto también `ended`, dejó la empresa"
)


class ChangesAsked(Schema):
    cursor: str = Field("", max_length=500)
    limit: int = Field(200, ge=1, le=1000)
    start: Literal["oldest", "now"] = "oldest"
    kind: Literal["company", "contact", "entry", "commitment", "matter", "response", "message"] | None = None


class ChangeOut(Schema):
    kind: str
    id: int
    action: Literal["created", "updated", "deleted", "merged", "split", "ended"] = Field(description=ACTIONS)
    company_id: int | None
    merged_into: int | None = Field(description="De una empresa fusionada, la que quedó; nulo en lo demás")
    at: datetime
    href: str | None


class ChangesOut(Schema):
    items: list[ChangeOut]
    next: str
    more: bool
