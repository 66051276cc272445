"""What the types of the operations are made of."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from ninja import Schema
from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError

from acompana.companies.models import Company
from acompana.companies.rules import STATUS_LABELS
from acompana.kernel.past_days import FIRST_YEAR
from acompana.kernel.row_ids import LARGEST
from acompana.people.models import Channel, Language

Id = Annotated[int, Field(ge=1, le=LARGEST)]
Text = Annotated[str, Field(max_length=200)]
if TYPE_CHECKING:
    Status: TypeAlias = str
    Kind: TypeAlias = str
    ChannelCode: TypeAlias = str
    ChannelOrNone: TypeAlias = str
    LanguageCode: TypeAlias = str
else:  # the choices of the models, as types
    Status = Literal[tuple(STATUS_LABELS)]
    Kind = Literal[tuple(Company.Kind.values)]
    ChannelCode = Literal[tuple(Channel.values)]
    ChannelOrNone = Literal[(*Channel.values, "")]
    LanguageCode = Literal[tuple(Language.values)]


def _written_as_iso(value: object) -> object:
    """A bare number is no date: it would be read as seconds since 1970."""
    if not isinstance(value, str) or not ISO.match(value):
        raise PydanticCustomError("iso", "not ISO 8601")
    return value


ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
Day = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(2100, 12, 31)), BeforeValidator(_written_as_iso)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_as_iso)]


def _hold_to_json(part: Any) -> None:
    """Whole numbers and booleans strictly, wherever they stand: «"7"», 7.0 and «"yes"» are neither, and true is no 1.
    Not all of the model, whose dates and amounts come as texts."""
    if isinstance(part, dict):
        if part.get("type") in ("int", "bool"):
            part["strict"] = True
        for one in part.values():
            _hold_to_json(one)
    elif isinstance(part, list | tuple):
        for one in part:
            _hold_to_json(one)


class Given(Schema):
    """What comes in as a body: a misspelt name is told, not dropped, and a number or a yes is what JSON calls so."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        _hold_to_json(schema)
        return schema


class Page(Schema):
    limit: int = Field(50, ge=1, le=200, description="Filas por página")
    cursor: str = Field("", max_length=2000, description="El «next» de la página anterior")


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
