"""What a company does, offers and looks for: each list read, and written whole, as its form does (INT-8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Path, Router

from acompana.api import schemas
from acompana.api.contract import Answer, endpoint
from acompana.api.door import ApiRequest
from acompana.api.endpoints.registry_writes import CHANNEL
from acompana.api.queries.found import company_or_problem, company_to_change, version_to_change
from acompana.api.queries.offer import (
    activities_given,
    activities_of,
    markets_given,
    markets_of,
    products_given,
    products_of,
)
from acompana.companies.models import Company
from acompana.companies.operations import update_characterization

router = Router()
Rows = Callable[[int], list[dict[str, Any]]]
READING: Any = {"scope": "companies:read", "refuses": ("not-found", "moved"), "headers": ("ETag",)}
WRITING: Any = {
    "scope": "companies:write",
    "refuses": ("not-found", "not-allowed", "merged", "stale", "precondition", "needs-version", "refused"),
    "headers": ("ETag",),
}


@endpoint(
    router, "GET", "/companies/{int:company_id}/activities", answer=schemas.ActivitiesOut,
    summary="Las actividades de una empresa", **READING,
)  # fmt: skip
def list_activities(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Por su código del SII; la principal primero. `version` es la de la empresa, para escribirlas."""
    return _told(company_or_problem(request, company_id), activities_of)


@endpoint(
    router, "PUT", "/companies/{int:company_id}/activities", answer=schemas.ActivitiesOut,
    summary="Decir las actividades de una empresa", body_example={"version": 1, "items": ["103020", "463011"]},
    **WRITING,
)  # fmt: skip
def replace_activities(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.CodesIn) -> Any:
    """Códigos del SII; la primera es la principal. Reemplazan las que había. La versión se dice como al cambiar la
    empresa."""
    company = company_to_change(request, company_id)
    return _replaced(request, company, data.version, activities_of, activities=activities_given(data.items, company))


@endpoint(
    router, "GET", "/companies/{int:company_id}/products", answer=schemas.ProductsOut,
    summary="Los productos y servicios de una empresa", **READING,
)  # fmt: skip
def list_products(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Con su partida arancelaria, si se sabe. `version` es la de la empresa, para escribirlos."""
    return _told(company_or_problem(request, company_id), products_of)


@endpoint(
    router, "PUT", "/companies/{int:company_id}/products", answer=schemas.ProductsOut,
    summary="Decir los productos y servicios de una empresa", **WRITING,
    body_example={"version": 1, "items": [{"description": "Duraznos en conserva", "heading": "200870"}]},
)  # fmt: skip
def replace_products(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.ProductsIn) -> Any:
    """Reemplazan los que había. La versión se dice como al cambiar la empresa."""
    company = company_to_change(request, company_id)
    given = products_given([item.dict() for item in data.items], company, request.actor)
    return _replaced(request, company, data.version, products_of, products=given)


@endpoint(
    router, "GET", "/companies/{int:company_id}/markets", answer=schemas.MarketsOut,
    summary="Los mercados que interesan a una empresa", **READING,
)  # fmt: skip
def list_markets(request: ApiRequest, company_id: Path[schemas.Id]) -> Any:
    """Los países a los que quiere vender, por nombre. `version` es la de la empresa, para escribirlos."""
    return _told(company_or_problem(request, company_id), markets_of)


@endpoint(
    router, "PUT", "/companies/{int:company_id}/markets", answer=schemas.MarketsOut,
    summary="Decir los mercados que interesan a una empresa", body_example={"version": 1, "items": ["PE", "KR"]},
    **WRITING,
)  # fmt: skip
def replace_markets(request: ApiRequest, company_id: Path[schemas.Id], data: schemas.CodesIn) -> Any:
    """Países por su código ISO 3166-1, Chile no. Reemplazan los que había. La versión se dice como al cambiar la
    empresa."""
    company = company_to_change(request, company_id)
    return _replaced(request, company, data.version, markets_of, markets=markets_given(data.items, company))


def _replaced(request: ApiRequest, company: Company, version: int | None, rows: Rows, **given: Any) -> Answer:
    with version_to_change(request, company, version) as stored:
        saved = update_characterization(
            company=company,
            version=stored,
            values={},
            actor=request.actor,
            now=request.now,
            channel=CHANNEL,
            **given,
        )
    return _told(saved, rows)


def _told(company: Company, rows: Rows) -> Answer:
    body = {"company_id": company.pk, "version": company.version, "items": rows(company.pk)}
    return Answer(body, headers={"ETag": f'"{company.version}"'})
