"""Who may import: the administrator and management control; everybody of the agency reads where data came from."""

from __future__ import annotations

from acompana.people.actors import Actor

IMPORTERS = ("administrator", "management-control")


def may_import(actor: Actor) -> bool:
    """Also the system, which imports what an operator asks for at the command line."""
    return actor.has_role("system") or (actor.is_staff and actor.has_role(*IMPORTERS))
