"""Figures over the whole registry."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from ninja import Router

from acompana.api import schemas
from acompana.api.contract import endpoint
from acompana.api.door import ApiRequest
from acompana.api.permissions import reads_as_staff
from acompana.api.problems import Problem
from acompana.companies.queries import count_by_region_and_status
from acompana.reference.models import Region

router = Router()


@endpoint(
    router, "GET", "/figures/region-status", scope="figures:read", answer=schemas.RegionStatusOut,
    summary="Empresas por región y estado", refuses=("not-allowed",),
)  # fmt: skip
def count_companies(request: ApiRequest) -> Any:
    """Todas las que están por sí mismas (no las fusionadas). `region` nula: sin región. Solo para la agencia."""
    if not reads_as_staff(request.actor):
        raise Problem("not-allowed")
    today = timezone.localdate(request.now)
    regions: dict[int | None, dict[str, str]] = {
        pk: {"code": iso, "name": name} for pk, iso, name in Region.objects.values_list("pk", "iso", "short_name")
    }
    counts = sorted(count_by_region_and_status(today).items(), key=lambda item: (item[0][0] or 0, item[0][1]))
    rows = [{"region": regions.get(place), "status": status, "companies": n} for (place, status), n in counts]
    return {"on": today, "items": rows}
