"""Activities, products and markets of a company: read as its page shows them, written whole as its form does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompana.api.tests.conftest import Program
from acompana.companies.models import CompanyActivity, MarketInterest, Product
from acompana.companies.tests.conftest import make_company
from acompana.kernel.clock import read_clock
from acompana.kernel.models import Change
from acompana.reference.models import Activity, TariffHeading
from tests.permissions.world import World


def codes(count: int) -> list[str]:
    return list(Activity.objects.order_by("code").values_list("code", flat=True)[:count])


def subheading() -> TariffHeading:
    return TariffHeading.objects.filter(level=6).order_by("code")[0]


def put(program: Program, path: str, **body: Any) -> Any:
    answer = program("PUT", path, body)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_each_list_is_written_whole_and_read_back(world: World, executive: Program, owner: Program) -> None:
    """By who is in charge and by its own people; each change is one of the company, with its history (EXP-5)."""
    own = world.sides["own"].company
    first, second = codes(2)
    heading = subheading()
    given: dict[str, tuple[list[Any], list[dict[str, Any]]]] = {
        "activities": (
            [second, first, second],
            [{"code": second, "is_main": True}, {"code": first, "is_main": False}],
        ),
        "products": (
            [{"description": "Duraznos", "heading": heading.code}, {"description": "Diseño", "is_service": True}],
            [
                {
                    "description": "Duraznos",
                    "is_service": False,
                    "heading": {"code": heading.code, "name": heading.name},
                },
                {"description": "Diseño", "is_service": True, "heading": None},
            ],
        ),
        "markets": (["PE", "KR", "PE"], [{"code": "KR"}, {"code": "PE"}]),
    }
    for program in (executive, owner):
        for name, (items, wanted) in given.items():
            path = f"/companies/{own.pk}/{name}"
            before = program.get(path)
            put(program, path, version=before["version"], items=[])
            told = put(program, path, version=before["version"] + bool(before["items"]), items=items)
            assert told == program.get(path)
            assert [{key: row[key] for key in row if key in wanted[0]} for row in told["items"]] == wanted
            again = put(program, path, version=told["version"], items=items)
            assert again == told, "what is so already is not written again"
    made = Change.objects.filter(record_id=own.pk, record_model="companies.company", action="created")
    assert {"companies.companyactivity", "companies.product", "companies.marketinterest"} <= set(
        made.values_list("model", flat=True)
    )
    own.refresh_from_db()
    assert executive.get(f"/companies/{own.pk}")["version"] == own.version == told["version"]


def test_a_change_is_of_a_version(world: World, executive: Program) -> None:
    own = world.sides["own"].company
    path = f"/companies/{own.pk}/markets"
    etag = executive("GET", path)["ETag"]
    assert executive("PUT", path, {"items": ["PE"]}).status_code == 428
    done = executive("PUT", path, {"items": ["PE"]}, {"If-Match": etag})
    assert (done.status_code, done["ETag"] == etag) == (200, False)
    late = executive("PUT", path, {"items": []}, {"If-Match": etag})
    assert (late.status_code, late.json()["version"]) == (412, done.json()["version"])
    assert executive("PUT", path, {"items": [], "version": 10_000}).status_code == 409
    assert MarketInterest.objects.filter(company=own).exists()


def test_a_code_that_is_none_or_out_of_use_is_told(world: World, executive: Program, owner: Program) -> None:
    own = world.sides["own"].company
    root = f"/companies/{own.pk}"
    first, second = codes(2)
    chapter = TariffHeading.objects.filter(level=2).order_by("code")[0]

    def where(program: Program, name: str, items: list[Any]) -> list[str]:
        answer = program("PUT", f"{root}/{name}", {"items": items, "version": executive.get(root)["version"]})
        return [error["where"] for error in answer.json().get("errors", [])]

    product = {"description": "Duraznos"}
    assert where(executive, "activities", [first, "000000"]) == ["body.items.1"]
    assert where(executive, "products", [product, product | {"heading": "999999"}]) == ["body.items.1.heading"]
    assert where(owner, "products", [product | {"heading": chapter.code}]) == ["body.items.0.heading"]
    assert where(executive, "products", [product | {"heading": chapter.code}]) == []
    assert where(executive, "markets", ["PE", "XX"]) == ["body.items.1"]
    assert where(executive, "markets", ["PE", "CL"]) == ["body.items.1"]
    assert where(executive, "markets", [" "]) == ["body.items.0"]
    Activity.objects.filter(code=second).update(retired_on=read_clock().date())
    assert where(executive, "activities", [first, second]) == ["body.items.1"]
    CompanyActivity.objects.create(company=own, activity=Activity.objects.get(code=second))
    assert where(executive, "activities", [first, second]) == [], "where it stands already it may stay"


@pytest.mark.parametrize("name", ["activities", "products", "markets"])
def test_of_a_merged_company_they_lead_on(world: World, executive: Program, name: str) -> None:
    stayed = world.sides["own"].company
    gone = make_company("Alto Roble Limitada", merged_into=stayed)
    answer = executive("GET", f"/companies/{gone.pk}/{name}")
    assert (answer.status_code, answer["Location"]) == (301, f"/api/v1/companies/{stayed.pk}/{name}")
    written = executive("PUT", f"/companies/{gone.pk}/{name}", {"items": [], "version": 1})
    assert (written.status_code, written.json()["company_id"]) == (409, stayed.pk)


def test_codes_are_looked_up_at_once(world: World, executive: Program) -> None:
    own = world.sides["own"].company
    path = f"/companies/{own.pk}/products"
    counts = []
    for number in (2, 6):
        Product.objects.filter(company=own).delete()
        items = [{"description": f"Producto {n}", "heading": subheading().code} for n in range(number)]
        version = executive.get(path)["version"]
        with CaptureQueriesContext(connection) as captured:
            put(executive, path, version=version, items=items)
        counts.append(len([one for one in captured if "reference_" in one["sql"]]))
    assert counts[0] == counts[1]
