"""By which program something was done that no person did: a name where otherwise «El sistema» stands.

Rooms that write say so (`note_hand`), rooms that show ask for the name as part of their statement (`program_of`). The
room that lets programs in, above them all, keeps who it was and tells it: it registers itself when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Model, Value

_keepers: list[Callable[[Model], None]] = []
_tellers: list[Callable[[str, str], Any]] = []


def register_programs(keep: Callable[[Model], None], tell: Callable[[str, str], Any]) -> None:
    """`keep(row)`: some program acts now, if any, and wrote the row. `tell(label, key)`: the name of the program that
    wrote the row of a model (`logbook.entry`) whose id is at `key`, as an expression."""
    _keepers[:], _tellers[:] = [keep], [tell]


def note_hand(row: Model) -> None:
    """No person wrote this row: whoever lets programs in keeps which one did, if one did."""
    for keep in _keepers:
        keep(row)


def by_program(name: str | None) -> str:
    """Who did what no person did, as people read it."""
    return f"{name} (clave)" if name else "El sistema"


def program_of(label: str, key: str = "pk") -> Any:
    """An expression: the name of the program that wrote the row of a model whose id is at `key`; null if none did."""
    for tell in _tellers:
        return tell(label, key)
    return Value(None, CharField())
