"""How an operation says no: with a sentence fit for the person who asked."""

from __future__ import annotations

from collections.abc import Callable


class Refused(Exception):
    """The operation may not be done. `reason` is a Spanish sentence for the person; `rule` the id behind it; `field`
    the value that is at fault, as the operation calls it, where it is one."""

    def __init__(self, reason: str, rule: str = "", field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.rule = rule
        self.field = field


def reason_against(check: Callable[[], object]) -> str:
    """The sentence with which a check refuses, for a page that says it beforehand; empty if it does not."""
    try:
        check()
    except Refused as refusal:
        return refusal.reason
    return ""


class Stale(Refused):
    """Somebody else saved the record first; nothing was written."""
