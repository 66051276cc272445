"""A token of the API for a person: `manage.py api_token carolina.soto@acompana.example`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from acompana.api.operations import give_token
from acompana.api.rules import LONGEST_LIFE, OPERATOR_RATE, READ_SCOPES, SCOPES
from acompana.kernel.clock import read_clock
from acompana.kernel.row_ids import row_id
from acompana.kernel.rut import normalise_rut
from acompana.people.actors import SYSTEM
from acompana.people.models import Person


class Command(BaseCommand):
    help = "Prints a token of the API, once, for a person (e-mail, RUN or number), or for a system with --system NAME."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", nargs="?", default="", metavar="PERSON", help="e-mail, RUN or number")
        parser.add_argument("--system", default="", metavar="NAME", help="a token of a system instead of a person's")
        parser.add_argument(
            "--scopes", nargs="*", default=["all"], help=f"all, read, or of: {', '.join(SCOPES)} (default: all)"
        )
        parser.add_argument("--days", type=int, default=90, help="how long it lasts, up to 365 (default: 90)")
        parser.add_argument("--rate", type=int, default=OPERATOR_RATE, help="requests a minute (default: %(default)s)")
        parser.add_argument("--name", default="manage.py api_token", help="what it is for")

    def handle(self, *args: Any, person: str, system: str, scopes: list[str], **options: Any) -> None:
        if bool(person) == bool(system):
            raise CommandError("Say a person (e-mail, RUN or number), or a system with --system NAME.")
        if not 1 <= options["rate"] <= 10_000_000:
            raise CommandError("The rate is a number of requests a minute, from 1 on.")
        if not 1 <= options["days"] <= LONGEST_LIFE.days:
            raise CommandError(f"A token lasts at least one day and at most {LONGEST_LIFE.days}.")
        if not (system or options["name"]).strip():
            raise CommandError("Say what the token is for, with --name, or the system, with --system.")
        whose = _find(person) if person else None
        asked = [scope for given in scopes for scope in given.replace(",", " ").split()]
        expanded = {"all": tuple(SCOPES), "read": READ_SCOPES}
        wanted = {scope for name in asked for scope in expanded.get(name, (name,))}
        if not wanted or wanted - set(SCOPES):
            unknown = ", ".join(f"“{scope}”" for scope in sorted(wanted - set(SCOPES))) or "“”"
            raise CommandError(f"There is no scope {unknown}. Say all, read, or of: {', '.join(SCOPES)}.")
        _, secret = give_token(
            name=system or options["name"],
            scopes=wanted,
            person=whose,
            life=timedelta(days=options["days"]),
            rate=options["rate"],
            actor=SYSTEM,
            now=read_clock(),
        )
        # Beside the secret, so that a program which keeps what is printed keeps that alone.
        self.stderr.write(f"The token of {_named(whose) if whose else f'the system {system.strip()}'}:")
        self.stdout.write(secret)


def _find(text: str) -> Person:
    """The person of an e-mail, a RUN or a number: their id for programs, or that of their page among the staff. Raises
    CommandError for nobody, and for a number that is two people's."""
    people = Person.objects.filter(is_active=True)
    found = people.filter(email=text.strip().lower()).first()
    if found is None and (rut := normalise_rut(text)) and "@" not in text:
        found = people.filter(rut=rut).first()
    if found is None and (number := row_id(text)):
        numbered = list(people.filter(Q(pk=number) | Q(staff_member=number)).order_by("pk"))
        if len(numbered) > 1:
            raise CommandError(f"{number} is the number of {' and of '.join(map(_named, numbered))}. Say an e-mail.")
        found = next(iter(numbered), None)
    if found is None:
        raise CommandError(f"Nobody active has the e-mail, RUN or number “{text}”.")
    return found


def _named(person: Person) -> str:
    return f"{person.full_name} <{person.email}>"
