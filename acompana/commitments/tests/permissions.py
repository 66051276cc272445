"""Who may see the protocol and what is owed."""

from __future__ import annotations

from tests.permissions import ADMINISTRATOR, STAFF, TEAM, Row

ROWS = [
    Row("commitments:protocol", get=STAFF),
    Row("commitments:calculator", get=STAFF),
    Row("commitments:rule", lambda side: {"rule_id": "DL-1"}, get=STAFF, post=ADMINISTRATOR),
    Row("commitments:recounts", lambda side: {"pk": side.holiday.pk}, get=STAFF),
    Row("commitments:commitment", lambda side: {"pk": side.commitment.pk}, get=STAFF),
    Row("commitments:act", lambda side: {"pk": side.commitment.pk, "verb": "anular"}, post=TEAM),
]
