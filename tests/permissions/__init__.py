"""The permission table: every address × method × role, with one's own objects and with the rival's.

A room says its rows in `acompana/<room>/tests/permissions.py`:

    from tests.permissions import EXECUTIVE, HEADS, OWNER, STAFF, Row

    ROWS = [
        Row("companies:list", get=STAFF),
        Row("companies:data", lambda side: {"pk": side.company.pk}, get=STAFF),
        Row("portal:form", lambda side: {"company_id": side.company.pk}, get=OWNER, post=OWNER),
    ]

`get` and `post` hold who is let in with the objects of the owner's company, Conservas Alto Roble (Valparaíso,
executive `executive`). With the objects of the rival's, Viña Cerro Pardo (Biobío, executive `other_executive`), owner
and rival, both executives, and both directors change places; the limited mandate and the rest of the team of
Valparaíso are out, unless all outsiders or all staff are in; `rival_get` and `rival_post` say where it is otherwise.
A method that a row does not say is closed to everybody. Let in means any answer but 403, 404, 405, the way to the
entrance and the API's asking for a token; an answer of 500 is wrong for everybody. Where a page lets everybody in and
refuses by a sentence, `writes` says whose post changes rows of the database, and is held to exactly. An address may
have rows for several objects: `case` tells them apart.

`OTHER_STAFF` is everybody of the agency whose role opens nothing of its own: each role of `OTHER_ROLES`, and staff
without any. Roles only add rights, so that where they are let in, whoever holds none of them is asked; where they are
kept out, somebody who holds all of them at once is asked, and, in turns from address to address, one of them alone.
Where a page is open to all staff, or closed to everybody, four roles are asked in turns (`standing_for`); with
`ACOMPANA_EVERY_ROLE=1` in the environment, all of them.

A room that needs more objects than `Side` has adds them in `furnish(side, world)`, in the same file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

OTHER_STAFF = frozenset({"other_staff"})
OTHER_ROLES = (
    "commercial-executive",
    "sector-officer",
    "sector-head",
    "macrozone-coordinator",
    "geographic-officer",
    "oci-coordinator",
    "help-centre",
    "citizen-attention",
    "contest-supervisor",
    "people-management",
    "internal-communication",
    "calls",
    "instrument-design",
    "strategic-planning",
    "market-intelligence",
    "information-technology",
    "information-management",
    "marketing-and-fairs",
    "administration-department",
    "legal",
    "capacity-building",
    "purchasing",
    "investment-attache",
    "mentor",
)
EXECUTIVE = frozenset({"executive"})
DIRECTOR = frozenset({"director"})
DIRECTORS = frozenset({"director", "other_director"})
TEAM = EXECUTIVE | DIRECTOR | {"sector_lead", "cpe_executive"}
"""Who attends the companies of Valparaíso."""
ADMINISTRATOR = frozenset({"administrator"})
CLIENT_MANAGEMENT = frozenset({"client_management"})
DIRECTORATE = frozenset({"directorate"})
STRATEGY = frozenset({"strategy"})
CONTROL = frozenset({"control"})
ABOVE_OFFICES = ADMINISTRATOR | CLIENT_MANAGEMENT | DIRECTORATE | STRATEGY
STAFF = TEAM | DIRECTORS | {"other_executive"} | ABOVE_OFFICES | CONTROL | OTHER_STAFF
OUTSIDERS = frozenset({"citizen", "importer", "owner", "rival", "limited"})
SIGNED_IN = STAFF | OUTSIDERS
ANONYMOUS = frozenset({"anonymous"})
EVERYBODY = SIGNED_IN | ANONYMOUS
NOBODY: frozenset[str] = frozenset()
OWNER = frozenset({"owner"})
LIMITED = frozenset({"limited"})

ROLES = ("anonymous", *sorted(OUTSIDERS), *sorted(STAFF))
SWAPPED = {
    "owner": "rival",
    "rival": "owner",
    "executive": "other_executive",
    "other_executive": "executive",
    "director": "other_director",
    "other_director": "director",
}
ONLY_OWN = frozenset({"sector_lead", "cpe_executive"})
"""Of the team of Valparaíso, with nobody of the cast in their place in Biobío."""

Arguments = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """Who may use an address. `args` gives its arguments, `data` what is posted, from the side's objects."""

    name: str
    args: Arguments | None = None
    get: frozenset[str] | None = None
    post: frozenset[str] | None = None
    rival_get: frozenset[str] | None = None
    rival_post: frozenset[str] | None = None
    data: Arguments | None = None
    writes: frozenset[str] | None = None
    case: str = ""

    def writers(self, side: str) -> frozenset[str] | None:
        """The roles whose post changes rows; None: the row does not say."""
        return self.writes if self.writes is None or side == "own" else with_the_rivals_objects(self.writes)

    def admitted(self, method: str, side: str) -> frozenset[str]:
        """The roles that are let in with the objects of a side ("own" or "rival")."""
        own = (self.get if method == "get" else self.post) or NOBODY
        if side == "own":
            return own
        said = self.rival_get if method == "get" else self.rival_post
        return said if said is not None else with_the_rivals_objects(own)


def with_the_rivals_objects(own: frozenset[str]) -> frozenset[str]:
    """Who is let in with the rival's objects, if `own` are let in with the owner's."""
    local = (NOBODY if own >= OUTSIDERS else LIMITED) | (NOBODY if own >= STAFF else ONLY_OWN)
    return frozenset(SWAPPED.get(role, role) for role in own - local)
