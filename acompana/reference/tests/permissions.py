"""Who may read the reference data, and take its rows out of use."""

from __future__ import annotations

from tests.permissions import ADMINISTRATOR, STAFF, Row

ROWS = [
    Row("reference:places", get=STAFF),
    Row("reference:activities", get=STAFF),
    Row("reference:tariff", get=STAFF),
    Row("reference:sectors", get=STAFF),
    Row("reference:lists", get=STAFF),
    Row("reference:row", lambda side: {"table": "sectores", "pk": 1}, get=STAFF, post=ADMINISTRATOR),
    Row("reference:new_sector", post=ADMINISTRATOR),
    Row("reference:toggle", lambda side: {"table": "sectores", "pk": 1}, post=ADMINISTRATOR),
]
