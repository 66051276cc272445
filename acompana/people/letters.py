"""The letters that sign-in sends. `messages` stands on a higher floor and brings the writer when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.core.exceptions import ImproperlyConfigured

from acompana.people.models import Person


class Writer(Protocol):
    """What `messages.operations.write_message` takes, as far as sign-in needs it."""

    def __call__(
        self,
        *,
        template: str,
        to_address: str,
        to_name: str = "",
        context: Mapping[str, Any],
        key: str,
        now: datetime,
        language: str = "es",
        person: Person | None = None,
    ) -> object: ...


_writers: list[Writer] = []


def register_writer(writer: Writer) -> None:
    """Called once, by the room that sends messages."""
    _writers[:] = [writer]


def write_letter(
    *, template: str, person: Person, to_address: str, context: Mapping[str, Any], key: str, now: datetime
) -> None:
    """Leave a letter for a person in the outbox, in the transaction of the caller; once per key."""
    if not _writers:
        raise ImproperlyConfigured("No room registered a writer of letters (acompana.people.letters).")
    _writers[0](
        template=template,
        to_address=to_address,
        to_name=person.full_name,
        context=context,
        key=key,
        now=now,
        language=person.language,
        person=person,
    )
