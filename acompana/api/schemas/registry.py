"""Companies and contacts, as they come in and go out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from acompana.api.schemas.pieces import (
    ChannelOrNone,
    Coded,
    Count,
    Day,
    Given,
    Kind,
    LanguageCode,
    Page,
    Status,
    StatusOut,
    Text,
    Who,
)
from acompana.companies.sales_rules import MOST_WORKERS

LAST_YEARS = "Las de los últimos años: reemplaza las que había, las anteriores quedan. Un «Sí» necesita al menos una"

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
    author_system: str | None = Field(description="El sistema cuya clave lo anotó, si ninguna persona lo hizo")


class ExportOut(Schema):
    year: int
    market: Coded
    amount_usd: Decimal | None


class CompanyOut(CompanyRow):
    tax_category: str
    sales_bracket: int | None
    workers: int | None
    commercial_year: int | None
    offer: str
    exported_recently: bool | None
    exports: list[ExportOut]
    women_role: str
    certifications: str
    website: str
    sells_online: bool | None
    programme_interest: str
    origin: str
    origin_detail: str
    contacts: list[ContactOut]
    entries: list[EntryOut] | None = Field(description="Las 50 más nuevas; nulo sin el permiso `logbook:read`")


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


# --- writes of the registry -----------------------------------------------------------------------------------------


class ExportIn(Given):
    year: int
    market: str = Field(..., max_length=2, description="ISO 3166-1: PE")
    amount_usd: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None


class CompanyValues(Given):
    """Facts of the characterisation; what is not given stays as it is, null empties it."""

    legal_name: Text | None = None
    trade_name: Text | None = None
    foreign_tax_id: str | None = Field(None, max_length=40)
    started_on: Day | None = None
    tax_category: Literal["first", "second", ""] | None = None
    country: str | None = Field(None, max_length=2)
    region: str | None = Field(None, max_length=5, description="ISO 3166-2: CL-VS")
    commune: str | None = Field(None, max_length=5, description="Dice también la región")
    address: Text | None = None
    sector: str | None = Field(None, max_length=50)
    sales_bracket: Annotated[int, Field(ge=0, le=100)] | None = None
    workers: Annotated[int, Field(ge=0, le=MOST_WORKERS)] | None = None
    commercial_year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    offer: Literal["goods", "services", "both", ""] | None = None
    exported_recently: bool | None = None
    exports: list[ExportIn] | None = Field(None, max_length=200, description=LAST_YEARS)
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
    preferred_channel: ChannelOrNone | None = None
    language: LanguageCode | None = None
    is_main: bool | None = None


class ContactIn(ContactValues):
    name: str = Field(..., min_length=1, max_length=120)


class CompanyIn(CompanyValues):
    rut: str = Field("", max_length=14, description="Con o sin puntos")
    kind: Kind = "national"
    met_at: Text = Field("", description="Dónde se la conoció")
    contact: ContactIn | None = None


class OfVersion(Given):
    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(None, description="O la cabecera If-Match")


class CompanyChange(OfVersion, CompanyValues):
    pass


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


# --- what it does, offers and looks for -----------------------------------------------------------------------------


class ActivityOut(Schema):
    code: str
    name: str
    is_main: bool


class ActivitiesOut(Schema):
    company_id: int
    version: int
    items: list[ActivityOut]


class CodesIn(OfVersion):
    items: list[Annotated[str, Field(min_length=1, max_length=6)]] = Field(..., max_length=200)


class ProductOut(Schema):
    description: str
    is_service: bool
    heading: Coded | None


class ProductsOut(Schema):
    company_id: int
    version: int
    items: list[ProductOut]


class ProductIn(Given):
    description: str = Field(..., min_length=1, max_length=200)
    is_service: bool = False
    heading: str | None = Field(None, max_length=6, description="Partida arancelaria, sin puntos: 200870")


class ProductsIn(OfVersion):
    items: list[ProductIn] = Field(..., max_length=200)


class MarketsOut(Schema):
    company_id: int
    version: int
    items: list[Coded]
