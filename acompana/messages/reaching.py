"""Whether a letter will get where it is written to, before somebody counts on it (CHA-5, FUP-8).

Also the letter with the date of one's own interview may be declined: CHA-5 says *every* automatic message. Exempt is
only what answers what a person did or decides what they asked for. Who writes is told instead, and speaks to the
company some other way.
"""

from __future__ import annotations

from django.db.models import Case, CharField, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from acompana.messages.models import Message, OptOut
from acompana.messages.queries import has_declined
from acompana.messages.rules import categories

SETTLED = (Message.State.SENT, Message.State.REFUSED)
DECLINED, REFUSED = "declined", "refused"


def kept_from(category: str) -> Case:
    """For a queryset of rows with an `email`: DECLINED where that address wants no letters of the category, REFUSED
    where its mail server did not take the last letter; empty where nothing stands against one."""
    address = Lower(OuterRef("email"))
    declined = OptOut.objects.filter(address=address, category=category, withdrawn_at=None)
    last = Message.objects.filter(to_address=address, state__in=SETTLED).order_by("-written_at", "-id")
    refused = Case(When(state=Message.State.REFUSED, then=Value(REFUSED)), default=Value(""))
    of_server = Coalesce(Subquery(last.values(refused=refused)[:1]), Value(""), output_field=CharField())
    return Case(When(Exists(declined), then=Value(DECLINED)), default=of_server, output_field=CharField())


def why_kept_from(address: str, category: str) -> str:
    """The same of one address; of none, empty. One query where the category may not be declined."""
    if not address:
        return ""
    if categories()[category].declinable and has_declined(address, category):
        return DECLINED
    last = Message.objects.filter(to_address=address.lower(), state__in=SETTLED).order_by("-written_at", "-id")
    return REFUSED if last.values_list("state", flat=True).first() == Message.State.REFUSED else ""


def against_words(against: str, category: str) -> str:
    """Why somebody gets no letter, as it follows «No le llega correo: »."""
    if against == DECLINED:
        return f"no quiere recibir «{categories()[category].label}»"
    return "su servidor de correo rechazó el último que le enviamos"
