"""Reference data, and who the token is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.db.models import QuerySet
from ninja import Path, Query, Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.paging import cut
from acompana.people.models import Office
from acompana.reference.models import Commune, Country, Incoterm, Region, SalesBracket, Sector
from acompana.reference.queries import find_activities, find_headings
from acompana.reference.rules import normalise_words

router = Router()
List = Literal["regions", "communes", "countries", "activities", "headings", "sectors", "sales-brackets",
               "incoterms", "offices"]  # fmt: skip


def _named(model: Any) -> Callable[[str], QuerySet[Any]]:
    def rows(text: str) -> QuerySet[Any]:
        found = model.objects.filter(retired_on=None)
        return _containing(found, "name", text) if text else found

    return rows


def _brackets(text: str) -> QuerySet[Any]:
    found = SalesBracket.objects.filter(retired_on=None)
    return _containing(found, "label", text) if text else found


def _containing(found: QuerySet[Any], column: str, text: str) -> QuerySet[Any]:
    """The rows whose name has the text, whatever the accents and the case, on any database. Lists of some hundreds."""
    wanted = normalise_words(text)
    names = found.order_by().values_list("pk", column)
    return found.filter(pk__in=[pk for pk, name in names if wanted in normalise_words(name)])


# What each list gives, and the columns of its rows as (column, name).
LISTS: dict[str, tuple[Callable[[str], QuerySet[Any]], tuple[tuple[str, str], ...]]] = {
    "regions": (_named(Region), (("iso", "code"), ("short_name", "name"), ("name", "long_name"),
                                 ("macro_zone", "macro_zone"), ("time_zone", "time_zone"))),
    "communes": (_named(Commune), (("code", "code"), ("name", "name"), ("province", "province"),
                                   ("region__iso", "region"))),
    "countries": (_named(Country), (("alpha2", "code"), ("name", "name"), ("name_en", "name_en"))),
    "activities": (find_activities, (("code", "code"), ("name", "name"), ("line_of_business", "line_of_business"))),
    "headings": (find_headings, (("code", "code"), ("name", "name"), ("level", "level"))),
    "sectors": (_named(Sector), (("slug", "code"), ("name", "name"), ("strategic", "strategic"))),
    "sales-brackets": (_brackets, (("number", "code"), ("label", "name"), ("size", "size"), ("uf_min", "uf_min"),
                                   ("uf_max", "uf_max"))),
    "incoterms": (_named(Incoterm), (("code", "code"), ("name", "name"), ("name_en", "name_en"))),
    "offices": (_named(Office), (("code", "code"), ("name", "name"), ("kind", "kind"), ("city", "city"),
                                 ("time_zone", "time_zone"), ("region__iso", "region"))),
}  # fmt: skip


@endpoint(
    router, "GET", "/reference/{name}", scope="reference:read", answer=schemas.ReferencePage,
    summary="Una lista de referencia", refuses=("bad-cursor",),
)  # fmt: skip
def list_reference(request: ApiRequest, name: Path[List], filters: Query[schemas.ReferenceAsked]) -> Any:
    """Regiones, comunas, países, actividades del SII, partidas, sectores, tramos de venta, Incoterms y oficinas.
    Las filas retiradas no vienen. `q` busca en el nombre, sin importar tildes ni mayúsculas."""
    rows, columns = LISTS[name]

    def flat(found: QuerySet[Any]) -> list[dict[str, Any]]:
        names = [short for _, short in columns]
        return [
            {"id": pk, **dict(zip(names, values, strict=True))}
            for pk, *values in found.values_list("pk", *(column for column, _ in columns))
        ]

    page = cut(
        rows(filters.q),
        request=request,
        limit=filters.limit,
        cursor=filters.cursor,
        order=("id",),
        flat=flat,
        key=("id",),
    )
    for row in page["items"]:
        del row["id"]
    return page


@endpoint(router, "GET", "/me", scope="", answer=schemas.MeOut, summary="Quién es esta clave y qué puede")
def get_me(request: ApiRequest) -> Any:
    """La clave, su persona con las funciones de hoy, y sus permisos."""
    caller, actor = request.caller, request.actor
    person = actor.person
    return {
        "token": {"name": caller.name, "shown": caller.shown, "rate": caller.rate},
        "person": {"id": person.pk, "name": person.full_name} if person else None,
        "roles": sorted(actor.roles),
        "office": actor.staff_member.office.code if actor.staff_member else None,
        "scopes": sorted(caller.scopes),
    }
