"""Who may come in: what companies and the public see."""

from __future__ import annotations

from tests.permissions import EVERYBODY, Row

MANUAL = [
    Row("portal:manual", get=EVERYBODY),
    Row("portal:manual_page", lambda side: {"slug": "glosario"}, get=EVERYBODY),
    Row("portal:manual_picture", lambda side: {"name": "mi-dia.png"}, get=EVERYBODY),
]
ROWS = [*MANUAL]
