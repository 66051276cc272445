"""A whole number or a yes of a body is what JSON calls so; dates and amounts come as texts, filters as they can."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import localdate

from acompana.api.tests.conftest import Program
from acompana.companies.models import Company
from acompana.kernel.clock import read_clock
from tests.permissions.world import World

WHOLE, YES = "Tiene que ser un número entero.", "Tiene que ser true o false."


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        *(("workers", value, WHOLE) for value in (True, "7", 7.0)),
        *(("version", value, WHOLE) for value in (True, "17", 1.0)),
        ("sales_bracket", "5", WHOLE),
        *(("sells_online", value, YES) for value in ("yes", 1, "true")),
        ("exports.0.year", "2026", WHOLE),
    ],
)
def test_what_only_looks_like_one_is_refused(
    world: World, executive: Program, field: str, value: object, message: str
) -> None:
    company = world.sides["own"].company
    body: dict[str, Any] = {"version": company.version, field: value}
    if field.startswith("exports"):
        body = {"version": company.version, "exports": [{"year": value, "market": "PE"}]}
    refused = executive("PATCH", f"/companies/{company.pk}", body)
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"where": f"body.{field}", "message": message}]
    assert Company.objects.get(pk=company.pk).workers == company.workers


def test_in_every_body_and_as_deep_as_it_stands(world: World, executive: Program) -> None:
    own = world.sides["own"].company
    for method, path, body, where in (
        ("PUT", f"/companies/{own.pk}/products", {"items": [{"description": "Té", "is_service": "yes"}]},
         "body.items.0.is_service"),
        ("POST", f"/companies/{own.pk}/contacts", {"name": "Eva", "is_main": "no"}, "body.is_main"),
        ("POST", f"/companies/{own.pk}/entries", {"kind": "note", "text": "x", "contact_id": "1"}, "body.contact_id"),
    ):  # fmt: skip
        refused = executive(method, path, body, {"If-Match": '"1"'})
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)


def test_dates_amounts_and_filters_are_read_as_before(world: World, executive: Program) -> None:
    company = world.sides["own"].company
    year = localdate(read_clock()).year
    body = {
        "version": company.version,
        "started_on": "2019-03-01",
        "workers": 7,
        "sells_online": True,
        "exported_recently": True,
        "exports": [{"year": year, "market": "PE", "amount_usd": "10.50"}],
    }
    told = executive("PATCH", f"/companies/{company.pk}", body)
    assert told.status_code == 200, told.content
    assert (told.json()["workers"], told.json()["sells_online"]) == (7, True)
    assert executive("GET", "/companies", limit="5", count="false").status_code == 200
