"""Invitations are asked about twice: in a company's form, by purpose (LAW-4), and as a category of letters (CHA-5).

There is one answer. What a contact said in the form holds where they said anything; a choice in the page of letters is
written there too, as said by e-mail. Who never answered there has the choice of the page alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from acompana.companies.models import Consent, Contact
from acompana.companies.operations import record_consent
from acompana.people.actors import NOBODY
from acompana.people.models import Channel

INVITATIONS = "news"
"""The category of letters, and the purpose of the consent."""


def answer_of(address: str) -> bool | None:
    """What the contacts with an address said of invitations: no, if any of them did; None where nobody answered."""
    answers = _who_answered(address).values_list("said", flat=True)
    return all(answers) if answers else None


def answer_again(*, address: str, wanted: bool, now: datetime) -> None:
    """Write a choice made from a letter where it was answered otherwise in a form. Part of a caller's transaction."""
    for contact in _who_answered(address).filter(said=not wanted):
        record_consent(
            contact=contact, purpose=INVITATIONS, given=wanted, actor=NOBODY, now=now, channel=Channel.EMAIL
        )


def _who_answered(address: str) -> QuerySet[Any]:
    """The contacts in service with an address who answered, with their newest answer as `said`."""
    answers = Consent.objects.filter(
        Q(contact=OuterRef("pk")) | Q(contact__same_as=OuterRef("pk")), purpose=INVITATIONS
    ).order_by("-recorded_at", "-id")
    contacts = Contact.objects.filter(email=address.lower(), ended_on=None)
    return contacts.annotate(said=Subquery(answers.values("given")[:1])).exclude(said=None)
