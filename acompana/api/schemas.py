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


class Anything(Schema):
    model_config = ConfigDict(extra="allow")


JsonObject = dict[str, Any]
