"""The verbs that write reference data: the load that migrations run, and retiring a row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from acompana.kernel.changes import open_change_set, record_change, snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.reference.rules import normalise_words, sentence_case

DATA = Path(__file__).parent / "data"
Row = Mapping[str, Any]
GetModel = Callable[[str], type[models.Model]]


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one of the room's CSV files, all text."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def current_model(name: str) -> type[models.Model]:
    return apps.get_model("reference", name)


def load_rows(model: type[models.Model], key: str, rows: Iterable[Row]) -> None:
    """Insert the rows that are missing and mend those that differ, both in sets; nothing is deleted or un-retired.

    What a person named stays so. Columns that the model does not have are left out,
    so that a migration can call this with the model as it was.
    """
    columns = {field.attname for field in model._meta.concrete_fields}
    kept = {row.pk: row for row in model._default_manager.all()}
    present = {getattr(row, key): row for row in kept.values()}
    missing, changed, touched = [], [], set()
    for given in rows:
        values = {column: value for column, value in given.items() if column in columns}
        row = present.get(values[key])
        if row is None:
            missing.append(model(**values))
            continue
        if getattr(row, "amended_on", None) is not None:
            continue
        different = {column for column, value in values.items() if getattr(row, column) != value}
        if different:
            for column in different:
                setattr(row, column, values[column])
            changed.append(row)
            touched |= different
    model._default_manager.bulk_create(missing, batch_size=2000)
    if changed:
        model._default_manager.bulk_update(changed, sorted(touched), batch_size=500)


def ids_of(model: type[models.Model]) -> dict[str, int]:
    return dict(model._default_manager.values_list("code", "pk"))


@verb
def load_reference_data(get_model: GetModel = current_model) -> None:
    """Load every table of `data/`. Idempotent: run by migrations, and after an upgrade that brings new rows.

    `get_model` gives the model of a name; migrations pass their historical ones.
    """
    load_places(get_model)
    load_classifications(get_model)
    load_tariff(get_model)


def load_places(get_model: GetModel) -> None:
    region, commune, alias = get_model("Region"), get_model("Commune"), get_model("CommuneAlias")
    load_rows(
        region,
        "code",
        [
            {
                "code": row["region_code"],
                "iso": row["iso_3166_2"],
                "roman": row["roman"],
                "name": row["region_name"],
                "short_name": row["short_name"],
                "capital": row["capital"],
                "macro_zone": row["macro_zone"],
                "time_zone": row["time_zone"],
                "north_south_order": int(row["order_ns"]),
            }
            for row in rows_of("regions.csv")
        ],
    )
    regions = ids_of(region)
    communes = rows_of("communes.csv")
    load_rows(
        commune,
        "code",
        [
            {
                "code": row["commune_code"],
                "name": row["commune_name"],
                "province": row["province_name"],
                "region_id": regions[row["region_code"]],
            }
            for row in communes
        ],
    )
    # The name itself is also a spelling, so that a name found anywhere is resolved by one lookup.
    spellings = [(row["commune_name"], row["commune_name"]) for row in communes]
    spellings += [(row["commune_name"], row["spelling"]) for row in rows_of("commune_aliases.csv")]
    ids = dict(commune._default_manager.values_list("name", "pk"))
    by_spelling = {normalise_words(spelling): ids[name] for name, spelling in spellings}
    load_rows(alias, "spelling", [{"spelling": text, "commune_id": pk} for text, pk in by_spelling.items()])
    load_rows(
        get_model("Country"),
        "alpha2",
        [
            {
                "alpha2": row["alpha2"],
                "alpha3": row["alpha3"],
                "name": row["name_es_cldr"],
                "name_en": row["name_en_iso"],
            }
            for row in rows_of("countries.csv")
        ],
    )


def load_classifications(get_model: GetModel) -> None:
    load_rows(
        get_model("Activity"),
        "code",
        [
            {
                "code": row["codigo"],
                "name": sentence_case(row["actividad"]),
                "line_of_business": sentence_case(row["rubro"]),
                "sub_line": sentence_case(row["subrubro"]),
                "section": row["section"],
                "search_text": normalise_words(f"{row['actividad']} {row['subrubro']} {row['rubro']}"),
            }
            for row in rows_of("sii_activities.csv")
        ],
    )
    load_rows(
        get_model("SalesBracket"),
        "number",
        [
            {
                "number": int(row["tramo"]),
                "label": row["label"],
                "size": row["tamano"],
                "uf_min": Decimal(row["uf_min"]) if row["uf_min"] else None,
                "uf_max": Decimal(row["uf_max"]) if row["uf_max"] else None,
            }
            for row in rows_of("sii_sales_brackets.csv")
        ],
    )
    load_rows(
        get_model("Incoterm"),
        "code",
        [
            {
                "code": row["code"],
                "name": row["name_es"],
                "name_en": row["name_en"],
                "transport": row["transport"],
                "order": int(row["order"]),
            }
            for row in rows_of("incoterms2020.csv")
        ],
    )
    # Sectors belong to the administrator once loaded: what they renamed or took off the strategy stays so.
    sector = get_model("Sector")
    present = set(sector._default_manager.values_list("slug", flat=True))
    load_rows(
        sector,
        "slug",
        [
            {"slug": row["slug"], "name": row["name"], "strategic": row["strategic"] == "1", "is_default": True}
            for row in rows_of("sectors.csv")
            if row["slug"] not in present
        ],
    )


def load_tariff(get_model: GetModel) -> None:
    load_rows(
        get_model("TariffSection"),
        "code",
        [
            {"code": row["section"], "name": row["name_es"], "order": order}
            for order, row in enumerate(rows_of("hs_sections.csv"), start=1)
        ],
    )
    heading = get_model("TariffHeading")
    sections: dict[str, str] = {}
    parents: dict[str, int] = {}
    for level, parent_column in ((2, ""), (4, "hs2"), (6, "hs4")):
        rows = []
        for row in rows_of(f"hs{level}.csv"):
            code, parent = row[f"hs{level}"], row.get(parent_column, "")
            sections[code] = sections[parent] if parent else row["section"]
            rows.append(
                {
                    "code": code,
                    "level": level,
                    "parent_id": parents[parent] if parent else None,
                    "section": sections[code],
                    "name": row["name_es"],
                    "search_text": normalise_words(row["name_es"]),
                }
            )
        load_rows(heading, "code", rows)
        parents = ids_of(heading)


@verb
def retire(*, row: models.Model, actor: Any, now: datetime) -> models.Model:
    """Take a row out of use from today on: it stays where it was chosen and is no longer offered.

    Refused if it is out of use already, or if it is a region, on which offices and deadlines stand.
    """
    if row._meta.model_name == "region":
        raise Refused("Una región no se retira: sus oficinas y plazos dependen de ella.")
    if row.retired_on is not None:  # type: ignore[attr-defined]
        raise Refused(f"«{row}» ya está fuera de uso.")
    return change_retirement(row, timezone.localdate(now), f"Fuera de uso: {row}", actor, now)


@verb
def bring_back(*, row: models.Model, actor: Any, now: datetime) -> models.Model:
    """Put a retired row back in use. Refused if it is in use."""
    if row.retired_on is None:  # type: ignore[attr-defined]
        raise Refused(f"«{row}» está en uso.")
    return change_retirement(row, None, f"De nuevo en uso: {row}", actor, now)


def change_retirement(row: models.Model, day: date | None, title: str, actor: Any, now: datetime) -> models.Model:
    before = snapshot(row, ["retired_on"])
    row.retired_on = day  # type: ignore[attr-defined]
    row.save(update_fields=["retired_on"])
    person_id = actor.person.pk if actor.person else None
    change_set = open_change_set(kind="retire", title=title, person_id=person_id, now=now, channel="desk")
    record_change(row, change_set=change_set, before=before, after=snapshot(row, ["retired_on"]))
    return row
