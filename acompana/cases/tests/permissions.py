"""Help requests: any contact point opens and reads them, Client management answers and derives (INT-6, ROL-8)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from acompana.cases.operations import ask_for_help
from tests.permissions import CLIENT_MANAGEMENT, STAFF, Row


def furnish(side: SimpleNamespace, world: Any) -> None:
    owner = "owner" if side.company.office.code == "CL-VS" else "rival"
    side.help = ask_for_help(
        about="test",
        what_went_wrong="No puedo terminar el test.",
        asker_name=str(side.person),
        asker_email=side.person.email,
        company=side.company,
        actor=world.cast.actor(owner, world.now),
        now=world.now,
    )


def number(side: SimpleNamespace) -> dict[str, str]:
    return {"number": side.help.matter.number}


ROWS = [
    Row("cases:help_requests", get=STAFF),
    Row("cases:new_help", get=STAFF, post=STAFF),
    Row("cases:help_request", number, get=STAFF, post=CLIENT_MANAGEMENT),
    Row("cases:derive", number, get=CLIENT_MANAGEMENT, post=CLIENT_MANAGEMENT),
    Row("cases:mend", number, get=CLIENT_MANAGEMENT, post=CLIENT_MANAGEMENT),
]
