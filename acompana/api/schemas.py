"""What comes in and what goes out. What comes in is checked by these; what goes out is documented by them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from acompana.companies.models import Company
from acompana.companies.rules import STATUS_LABELS
from acompana.kernel.row_ids import LARGEST
from acompana.people.models import Channel, Language

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Text = Annotated[str, Field(max_length=200)]
Status = Literal[tuple(STATUS_LABELS)]  # type: ignore[valid-type]
Kind = Literal[tuple(Company.Kind.values)]  # type: ignore[valid-type]
ChannelCode = Literal[tuple(Channel.values)]  # type: ignore[valid-type]
LanguageCode = Literal[tuple(Language.values)]  # type: ignore[valid-type]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]


class Given(Schema):
    """What comes in: a misspelt name is told, not dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Page(Schema):
    limit: int = Field(50, ge=1, le=200, description="Filas por página / rows in a page")
    cursor: str = Field(
        "", max_length=2000, description="El «next» de la página anterior / the “next” of the last page"
    )


# --- pieces ---------------------------------------------------------------------------------------------------------


class Coded(Schema):
    code: str | int
    name: str


class Who(Schema):
    id: int
    name: str


class Count(Schema):
    """Counted no further than 1,000; `capped` says that there are more."""

    value: int
    capped: bool


class StatusOut(Schema):
    code: Status
    name: str


# --- companies ------------------------------------------------------------------------------------------------------


class CompanyRow(Schema):
    id: int
    kind: Kind
    rut: str | None
    foreign_tax_id: str
    name: str
    legal_name: str
    trade_name: str
    country: Coded | None
    region: Coded | None
    commune: Coded | None
    address: str
    sector: Coded | None
    office: Coded | None
    executive: Who | None
    status: StatusOut
    potential: str
    started_on: date | None
    closed_on: date | None
    related_on: date | None
    last_worked_on: date | None
    user_until: date | None
    former_from: date | None
    validated_on: date | None
    version: int
    created_at: datetime


class ContactOut(Schema):
    id: int
    company_id: int
    name: str
    position: str
    email: str
    phone: str
    preferred_channel: str
    language: str
    is_main: bool
    verified_at: datetime | None
    ended_on: date | None


class EntryOut(Schema):
    id: int
    kind: str
    company_id: int | None
    contact_id: int | None
    matter: str | None
    office: str | None
    channel: str
    direction: str
    outcome: str
    visibility: str
    fact: str
    text: str
    erased_at: datetime | None
    happened_at: datetime
    recorded_at: datetime
    author: Who | None


class CompanyOut(CompanyRow):
    tax_category: str
    sales_bracket: int | None
    workers: int | None
    commercial_year: int | None
    offer: str
    exported_recently: bool | None
    women_role: str
    certifications: str
    website: str
    sells_online: bool | None
    programme_interest: str
    origin: str
    origin_detail: str
    contacts: list[ContactOut]
    entries: list[EntryOut] = Field(description="Las 50 más nuevas / the newest 50")


class CompanyPage(Schema):
    items: list[CompanyRow]
    next: str | None
    count: Count | None = None


class CompanyFilters(Page):
    q: str = Field("", max_length=100, description="Nombre, RUT, contacto, correo o teléfono")
    region: str = Field("", max_length=5, description="ISO 3166-2: CL-VS")
    commune: str = Field("", max_length=5)
    sector: str = Field("", max_length=50)
    office: str = Field("", max_length=32)
    country: str = Field("", max_length=2)
    executive: str = Field("", pattern=r"^(none|[1-9][0-9]{0,17})?$", description="id, o «none»: nadie a cargo")
    status: Status | None = None
    kind: Kind | None = None
    relation: Literal["all", "related", "registry"] = Field(
        "all", description="«registry»: solo de un registro público"
    )
    count: bool = Field(True, description="false: sin contar")


class SearchAsked(Schema):
    q: str = Field(..., min_length=1, max_length=100, description="Lo escrito hasta ahora")
    limit: int = Field(20, ge=1, le=20)
    relation: Literal["all", "related"] = "all"


class SearchRow(Schema):
    kind: str
    id: int
    company_id: int | None
    title: str
    detail: str
    href: str


class SearchOut(Schema):
    items: list[SearchRow]
    count: Count


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
    kind: Literal["call", "visit", "mail", "note"]
    outcome: Literal["reached", "not_reached", "none"] = "none"
    direction: Literal["in", "out", "none"] = "out"
    channel: ChannelCode | None = Field(None, description="El usual de la clase, si no se dice")
    contact_id: Id | None = None
    matter: str = Field("", max_length=20)
    visibility: Literal["staff", "responsible", "company"] = "staff"
    text: str = Field("", max_length=20_000)
    happened_at: datetime | None = None


class EntryPage(Schema):
    items: list[EntryOut]
    next: str | None


class EntryFilters(Page):
    kind: Literal["call", "visit", "interview", "mail", "note", "step", "message", "change", "referral", "action",
                  "commitment"] | None = None  # fmt: skip


# --- writes of the registry -----------------------------------------------------------------------------------------


class CompanyValues(Given):
    """Facts of the characterisation; what is not given stays as it is, null empties it."""

    legal_name: Text | None = None
    trade_name: Text | None = None
    foreign_tax_id: str | None = Field(None, max_length=40)
    started_on: Day | None = None
    tax_category: Literal["first", "second", ""] | None = None
    country: str | None = Field(None, max_length=2)
    region: str | None = Field(None, max_length=5, description="ISO 3166-2: CL-VS")
    commune: str | None = Field(None, max_length=5)
    address: Text | None = None
    sector: str | None = Field(None, max_length=50)
    sales_bracket: Annotated[int, Field(ge=0, le=100)] | None = None
    workers: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    commercial_year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    offer: Literal["goods", "services", "both", ""] | None = None
    exported_recently: bool | None = None
    women_role: Literal["sole", "part", "leads", "none", ""] | None = None
    certifications: str | None = Field(None, max_length=300)
    website: str | None = Field(None, max_length=200, pattern=r"^(https?://[^\s]+)?$")
    sells_online: bool | None = None
    programme_interest: Text | None = None


class ContactValues(Given):
    name: str | None = Field(None, max_length=120)
    position: str | None = Field(None, max_length=80)
    email: str | None = Field(None, max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")
    phone: str | None = Field(None, max_length=20)
    preferred_channel: ChannelCode | Literal[""] | None = None
    language: LanguageCode | None = None
    is_main: bool | None = None


class ContactIn(ContactValues):
    name: str = Field(..., min_length=1, max_length=120)


class CompanyIn(CompanyValues):
    rut: str = Field("", max_length=14, description="Con o sin puntos")
    kind: Kind = "national"
    met_at: Text = Field("", description="Dónde se la conoció")
    contact: ContactIn | None = None


class CompanyChange(CompanyValues):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(None, description="O la cabecera If-Match")


class DuplicateAsked(Schema):
    name: str = Field("", max_length=200)
    rut: str = Field("", max_length=14)
    email: str = Field("", max_length=254)
    phone: str = Field("", max_length=30)


class Duplicate(Schema):
    company_id: int
    name: str
    rut: str | None
    evidence: list[str]


class DuplicatesOut(Schema):
    items: list[Duplicate]


class ContactsOut(Schema):
    items: list[ContactOut]


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
    mine: bool = Field(False, description="Lo que debe quien tiene la clave, y su oficina sin responsable")
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
    final_score: float | None
    routing_rule: str
    routing_reason: str
    standing: dict[str, Any] | None
    due: list[CommitmentOut]


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


class ResponseOut(ResponseRow):
    answers: list[AnswerOut]


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
    body: str


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


class ChangesAsked(Schema):
    cursor: str = Field("", max_length=500)
    limit: int = Field(200, ge=1, le=1000)
    start: Literal["oldest", "now"] = "oldest"
    kind: Literal["company", "contact", "entry", "commitment", "matter", "response", "message"] | None = None


class ChangeOut(Schema):
    kind: str
    id: int
    action: Literal["created", "updated", "deleted"]
    company_id: int | None
    at: datetime
    href: str | None


class ChangesOut(Schema):
    items: list[ChangeOut]
    next: str
    more: bool
