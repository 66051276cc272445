"""Who may use the addresses of processes and matters: everybody of the agency reads, and tries a step (ROL-16).

Whether the step is theirs is said by its own sentence on the page, not by the door.
"""

from __future__ import annotations

from tests.permissions import STAFF, TEAM, Row

ROWS = [
    Row("progress:lifecycles", get=STAFF),
    Row("progress:lifecycle", lambda side: {"kind": side.matter.kind}, get=STAFF),
    Row("progress:bpmn", lambda side: {"kind": side.matter.kind}, get=STAFF),
    Row("progress:matters", get=STAFF),
    Row("progress:matter", lambda side: {"number": side.matter.number}, get=STAFF),
    Row(
        "progress:step",
        lambda side: {"number": side.matter.number},
        post=STAFF,
        data=lambda side: {"transition": "withdraw", "reason": "Ya no quiere exportar"},
        writes=TEAM,
    ),
    Row(
        "progress:entry",
        lambda side: {"number": side.matter.number},
        post=STAFF,
        data=lambda side: {"kind": "call", "outcome": "not_reached"},
        writes=STAFF,
    ),
    Row("progress:at_matter", lambda side: {"number": side.matter.number}, post=STAFF),
    Row("progress:at_company", lambda side: {"pk": side.company.pk}, post=STAFF),
]
