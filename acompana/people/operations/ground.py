"""What an installation starts with: the 16 regional offices, the central office, the roles (OFF-1, ROL-1…ROL-17).

An office or a role that is already there is left as the administrator has it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.text import slugify

from acompana.kernel.verbs import verb
from acompana.people.rules import CENTRAL_CODE

DATA = Path(__file__).parents[1] / "data"
GetModel = Callable[[str, str], type[models.Model]]

# The project's default: the protocol asks for hours without giving them. A split shift from Monday to Friday.
MORNING = (time(9), time(13))
AFTERNOON = (time(14), time(17, 30))
FRIDAY_AFTERNOON = (time(14), time(16, 30))
DEFAULT_HOURS = tuple(
    (weekday, opens, closes)
    for weekday in range(5)
    for opens, closes in (MORNING, FRIDAY_AFTERNOON if weekday == 4 else AFTERNOON)
)
# The sources give no mailbox of the central level; an address of the reserved domain can reach nobody by mistake.
CENTRAL_MAILBOX = "oficina.central@acompana.example"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def current_model(app: str, name: str) -> type[models.Model]:
    return apps.get_model(app, name)


@verb
def load_offices_and_roles(get_model: GetModel = current_model) -> None:
    """Add the offices and roles that are missing; idempotent. Needs the reference data (`load_reference_data`)."""
    rows: Iterable[Any] = get_model("reference", "Region")._default_manager.all()
    regions = {region.iso: region for region in rows}
    communes = dict(get_model("reference", "Commune")._default_manager.values_list("name", "pk"))
    chile = get_model("reference", "Country")._default_manager.get(alpha2="CL").pk
    offices: list[dict[str, Any]] = []
    for row in rows_of("regional_offices.csv"):
        region: Any = regions[row["iso_3166_2"]]
        offices.append(
            {
                "code": region.iso,
                "kind": "regional",
                "name": f"Oficina regional {name_with_article(region.name)}",
                "mailbox": row["mailbox"],
                "country_id": chile,
                "region_id": region.pk,
                "seat_id": communes[region.capital],
                "city": region.capital,
                "time_zone": region.time_zone,
            }
        )
    metropolitan: Any = regions["CL-RM"]
    offices.append(
        {
            "code": CENTRAL_CODE,
            "kind": "central",
            "name": "Oficina central",
            "mailbox": CENTRAL_MAILBOX,
            "country_id": chile,
            "region_id": metropolitan.pk,
            "seat_id": communes[metropolitan.capital],
            "city": metropolitan.capital,
            "time_zone": metropolitan.time_zone,
        }
    )
    add_offices(offices, get_model)
    role = get_model("people", "Role")
    present = set(role._default_manager.values_list("slug", flat=True))
    role._default_manager.bulk_create(
        role(position=position, **row)
        for position, row in enumerate(rows_of("roles.csv"), start=1)
        if row["slug"] not in present
    )


def name_with_article(region: str) -> str:
    """«Región del Maule» → "del Maule"; «Región Aysén…» → "de Aysén…"; «Región Metropolitana…» → "Metropolitana…"."""
    rest = region.removeprefix("Región ")
    if rest.startswith(("de ", "del ", "Metropolitana")):
        return rest
    return f"de {rest}"


def add_offices(rows: Iterable[dict[str, Any]], get_model: GetModel) -> None:
    """Insert the offices whose code is not there yet, each with the default hours."""
    office, hours = get_model("people", "Office"), get_model("people", "OfficeHours")
    present = set(office._default_manager.values_list("code", flat=True))
    added = [row for row in rows if row["code"] not in present]
    office._default_manager.bulk_create(office(**row) for row in added)
    ids = office._default_manager.filter(code__in=[row["code"] for row in added]).values_list("pk", flat=True)
    hours._default_manager.bulk_create(
        hours(office_id=pk, weekday=weekday, opens_at=opens, closes_at=closes)
        for pk in ids
        for weekday, opens, closes in DEFAULT_HOURS
    )


@verb
def load_demonstration_offices() -> int:
    """Add the commercial offices abroad, unverified, marked `is_demonstration`; gives their number. Idempotent.

    The offices in Chile get a street that was made up, where they have none.
    """
    countries = dict(current_model("reference", "Country")._default_manager.values_list("alpha2", "pk"))
    offices = [
        {
            "code": f"{row['alpha2']}-{slugify(row['city']).upper()}",
            "kind": "commercial",
            "name": f"Oficina comercial de {row['city']}",
            "mailbox": f"{slugify(row['city'])}@oficinas.acompana.example",
            "country_id": countries[row["alpha2"]],
            "city": row["city"],
            "time_zone": row["time_zone"],
            "is_demonstration": True,
        }
        for row in rows_of("commercial_offices_demo.csv")
    ]
    add_offices(offices, current_model)
    _invent_addresses()
    return len(offices)


def _invent_addresses() -> None:
    """A street for each office in Chile that has none, which says of itself that it was made up: the sources publish
    none, and a company that is called to the office has to read one."""
    office = current_model("people", "Office")
    bare = list(office._default_manager.filter(kind__in=("regional", "central"), address="").order_by("pk"))
    for number, one in enumerate(bare, start=1):
        one.address = f"Calle Inventada {number * 100}, de demostración"  # type: ignore[attr-defined]
    office._default_manager.bulk_update(bare, ["address"])
