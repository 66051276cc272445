"""The schematic map of the 16 regions, drawn by us: bands of one height, from north to south, along a route."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django import template

from acompana.people.queries import OfficeEntry
from acompana.reference.rules import brief_region_name

register = template.Library()

ROW = 34  # height of a band, in units of the drawing
LEFT, SCALE, WESTERNMOST = 4, 15.0, -76.0
STEPS = 6  # points of the curve between two limits

# Rough degrees of longitude of the coast and of the border where each region begins, from the north; the last is the
# southern end. A schematic drawing: it says what lies north of what, not where a limit runs.
LIMITS: tuple[tuple[float, float], ...] = (
    (-70.6, -69.3),
    (-70.5, -68.3),
    (-70.3, -67.7),
    (-70.8, -66.9),
    (-71.4, -68.6),
    (-71.7, -69.4),
    (-71.8, -69.2),
    (-72.0, -69.2),
    (-72.3, -69.4),
    (-72.9, -69.9),
    (-73.4, -70.2),
    (-73.8, -70.5),
    (-73.7, -70.9),
    (-74.2, -71.1),
    (-75.0, -71.2),
    (-75.5, -71.1),
    (-72.8, -67.6),
)
SEATS: dict[str, float] = {
    "CL-AP": -69.95,
    "CL-TA": -69.8,
    "CL-AN": -70.0,
    "CL-AT": -69.9,
    "CL-CO": -71.05,
    "CL-VS": -71.25,
    "CL-RM": -70.3,
    "CL-LI": -70.5,
    "CL-ML": -71.2,
    "CL-NB": -71.75,
    "CL-BI": -73.05,
    "CL-AR": -72.2,
    "CL-LR": -73.2,
    "CL-LL": -72.4,
    "CL-AI": -72.6,
    "CL-MA": -71.3,
}
LABEL_AT = 158
ZONE_TONES = 6


@dataclass(frozen=True, slots=True)
class Band:
    """One region as the map shows it."""

    entry: OfficeEntry
    name: str
    city: str
    current: bool
    shape: str
    tone: int
    top: int
    middle: int
    seat_at: float


def across(longitude: float) -> float:
    return round(LEFT + (longitude - WESTERNMOST) * SCALE, 1)


def curve(side: int, band: int) -> list[float]:
    """Longitudes of the coast (0) or the border (1) along a band, smooth through the limits (Catmull-Rom)."""
    last = len(LIMITS) - 1
    before, here, there, after = (LIMITS[min(max(i, 0), last)][side] for i in range(band - 1, band + 3))
    points = []
    for step in range(STEPS + 1):
        t = step / STEPS
        points.append(
            (
                2 * here
                + (there - before) * t
                + (2 * before - 5 * here + 4 * there - after) * t**2
                + (3 * here - before - 3 * there + after) * t**3
            )
            / 2
        )
    return points


def shape_of(band: int) -> str:
    """The outline of a band as an SVG path."""
    heights = [round(band * ROW + ROW * step / STEPS, 1) for step in range(STEPS + 1)]
    coast = list(zip(curve(0, band), heights, strict=True))
    border = list(zip(curve(1, band), heights, strict=True))
    return "M" + "L".join(f"{across(longitude)} {height}" for longitude, height in [*coast, *reversed(border)]) + "Z"


@register.inclusion_tag("people/region_map.html")
def region_map(entries: Iterable[OfficeEntry], current: str = "") -> dict[str, object]:
    """The map of the regional offices given; the one of code `current` is marked as where the person is."""
    bands: list[Band] = []
    zones: list[str] = []
    regional = [entry for entry in entries if entry.office.code in SEATS]
    for number, entry in enumerate(sorted(regional, key=lambda e: e.region.north_south_order)):
        top = number * ROW
        zone = entry.region.macro_zone
        if zone not in zones:
            zones.append(zone)
        bands.append(
            Band(
                entry=entry,
                name=brief_region_name(entry.region.short_name),
                city=entry.office.city,
                current=entry.office.code == current,
                shape=shape_of(number),
                tone=zones.index(zone) % ZONE_TONES,
                top=top,
                middle=top + ROW // 2,
                seat_at=across(SEATS[entry.office.code]),
            )
        )
    route = "M" + "L".join(f"{band.seat_at} {band.middle}" for band in bands) if bands else ""
    return {"bands": bands, "height": len(bands) * ROW, "route": route, "label_at": LABEL_AT}
