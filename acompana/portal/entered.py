"""What a person under a limited mandate typed, as the form shows it again: nothing of the registry (INT-24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acompana.companies.market_forms import known_markets
from acompana.companies.models import Company
from acompana.reference.models import Activity, TariffHeading

Entered = Mapping[str, Any]


def entered_initial(slug: str, names: tuple[str, ...], entered: Entered) -> dict[str, Any]:
    """The values with which a step of the form starts. `names`: the columns of the registry that the step asks for."""
    values = entered.get("values", {})
    found = {name: _column(name, values[name]) for name in names if name in values}
    match slug:
        case "identificacion":
            return found | _activity(entered)
        case "contacto":
            return {"language": "es", **entered.get("contact", {})}
        case "oferta":
            return found | _products(entered)
        case "exportaciones":
            return found | _exports(entered)
        case "intereses":
            return found | known_markets(entered.get("markets") or [])
        case "permisos":
            return {f"consent_{purpose}": given for purpose, given in entered.get("consents", {}).items()}
    return found


def _column(name: str, raw: Any) -> Any:
    field = Company._meta.get_field(name)
    return raw if field.is_relation or raw is None else field.to_python(raw)  # type: ignore[union-attr]


def _activity(entered: Entered) -> dict[str, Any]:
    rows = entered.get("activities") or []
    main = Activity.objects.filter(pk=rows[0]["activity"]).first() if rows else None
    return {"activity": main.code} if main else {}


def _products(entered: Entered) -> dict[str, Any]:
    rows = entered.get("products") or []
    codes = dict(
        TariffHeading.objects.filter(pk__in=[row["heading"] for row in rows if row.get("heading")]).values_list(
            "pk", "code"
        )
    )
    found = {}
    for number, row in enumerate(rows, start=1):
        found[f"product_{number}"] = row["description"]
        found[f"heading_{number}"] = codes.get(row.get("heading"), "")
    return found


def _exports(entered: Entered) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in enumerate(entered.get("exports") or [], start=1):
        found |= {
            f"year_{number}": str(row["year"]),
            f"market_{number}": row["market"],
            f"amount_{number}": row.get("amount_usd"),
        }
    return found
