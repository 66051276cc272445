"""The first administrator of an installation: `manage.py appoint_administrator ana@agencia.example Ana Rojas`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.forms import ValidationError

from acompana.kernel.clock import read_clock
from acompana.kernel.refusals import Refused
from acompana.people.actors import SYSTEM
from acompana.people.models import Role
from acompana.people.operations import appoint_staff, grant_role, register_staff_person
from acompana.people.operations.history import today
from acompana.people.permissions import ADMINISTRATOR
from acompana.people.queries import central_office, staff_with_role
from acompana.people.welcome import password_link


class Command(BaseCommand):
    help = "Appoints the first administrator, and prints the link with which they choose a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="their institutional address")
        parser.add_argument("given_names")
        parser.add_argument("family_names")

    def handle(self, *args: Any, email: str, given_names: str, family_names: str, **options: Any) -> None:
        now = read_clock()
        if staff_with_role(ADMINISTRATOR, on=today(now)).exists():
            raise CommandError("There is an administrator already, who can appoint others in the application.")
        try:
            validate_email(email)
            with transaction.atomic():
                person = register_staff_person(
                    email=email, given_names=given_names, family_names=family_names, now=now
                )
                member = appoint_staff(
                    person=person, office=central_office(), since_on=today(now), actor=SYSTEM, now=now
                )
                grant_role(staff_member=member, role=Role.objects.get(slug=ADMINISTRATOR), actor=SYSTEM, now=now)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Refused as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"{person.full_name} administers this installation. Choose a password once, soon, at:")
        self.stdout.write(password_link(person))
