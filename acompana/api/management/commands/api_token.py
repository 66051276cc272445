"""A token of the API for a person: `manage.py api_token carolina.soto@acompana.example`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from acompana.api.operations import give_token
from acompana.api.rules import OPERATOR_RATE, READ_SCOPES, SCOPES
from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.kernel.row_ids import row_id
from acompana.kernel.rut import normalise_rut
from acompana.people.actors import SYSTEM
from acompana.people.models import Person


class Command(BaseCommand):
    help = "Prints a token of the API, once, for a person (e-mail, RUN or id), or for a system with --system NAME."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", nargs="?", default="", metavar="PERSON", help="e-mail, RUN or id")
        parser.add_argument("--system", default="", metavar="NAME", help="a token of a system instead of a person's")
        parser.add_argument(
            "--scopes", nargs="*", default=["all"], help=f"all, read, or of: {', '.join(SCOPES)} (default: all)"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it lasts, up to 365 (default: 90)")
        parser.add_argument("--rate", type=int, default=OPERATOR_RATE, help="requests a minute (default: %(default)s)")
        parser.add_argument("--name", default="manage.py api_token", help="what it is for")

    def handle(self, *args: Any, person: str, system: str, scopes: list[str], **options: Any) -> None:
        if bool(person) == bool(system):
            raise CommandError("Say a person (e-mail, RUN or id), or a system with --system NAME.")
        if not 1 <= options["rate"] <= 10_000_000:
            raise CommandError("The rate is a number of requests a minute, from 1 on.")
        asked = [scope for given in scopes for scope in given.replace(",", " ").split()]
        expanded = {"all": tuple(SCOPES), "read": READ_SCOPES}
        wanted = {scope for name in asked for scope in expanded.get(name, (name,))}
        try:
            _, secret = give_token(
                name=system or options["name"],
                scopes=wanted,
                person=_find(person) if person else None,
                life=timedelta(days=options["days"]),
                rate=options["rate"],
                actor=SYSTEM,
                now=read_clock(),
            )
        except (Refused, OverflowError) as refusal:
            raise CommandError(getattr(refusal, "reason", "Una clave dura a lo más un año.")) from refusal
        self.stdout.write(secret)


def _find(text: str) -> Person:
    """The person of an e-mail, a RUN or an id. Raises CommandError."""
    people = Person.objects.filter(is_active=True)
    found = people.filter(email=text.strip().lower()).first()
    if found is None and (rut := normalise_rut(text)) and "@" not in text:
        found = people.filter(rut=rut).first()
    if found is None and (pk := row_id(text)):
        found = people.filter(pk=pk).first()
    if found is None:
        raise CommandError(f"Nobody active has the e-mail, RUN or id «{text}».")
    return found
