"""How an operation says no: with a sentence fit for the person who asked."""

from __future__ import annotations


class Refused(Exception):
    """The operation may not be done. `reason` is a Spanish sentence for the person; `rule` the id behind it."""

    def __init__(self, reason: str, rule: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule


class Stale(Refused):
    """Somebody else saved the record first; nothing was written."""
