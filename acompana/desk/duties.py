"""Where what is owed is done: the page of each duty and the word of its button, the same in Mi día and on a record."""

from __future__ import annotations

from django.urls import reverse

from acompana.commitments.models import Commitment
from acompana.commitments.queries import open_for
from acompana.companies.models import Company
from acompana.people.actors import Actor

# By the rule of its deadline.
PAGES = {
    "DL-1": ("intake:contact", "Registrar"),
    "DL-3": ("intake:contact", "Registrar"),
    "DL-4": ("intake:contact", "Registrar"),
    "DL-2": ("intake:interview", "Entrevistar"),
    "DL-5": ("cases:help_request", "Responder"),
    "DL-26": ("cases:help_request", "Responder"),
    "DL-27": ("intake:review", "Revisar"),
    "PD-1": ("intake:validate", "Validar"),
    "PD-2": ("intake:preadmission", "Resolver"),
    "PD-4": ("intake:account", "Decidir"),
    "INT-20": ("intake:risen", "Pasarla"),
}
QUEUES = {"intake:risen"}  # done in a queue, not on a page of the matter


def place_of(commitment: Commitment) -> tuple[str, str] | None:
    """The address and the word of its button; none for one agreed by hand, which is kept on its own page."""
    access, referral = getattr(commitment, "access", None), getattr(commitment, "referral", None)
    if access:
        return reverse("companies:mandate", args=[access.mandate_id]), "Decidir"
    if referral:
        return reverse("intake:outcome", args=[referral.pk]), "Registrar"
    page = PAGES.get(commitment.rule)
    if page is None or commitment.matter is None:
        return None
    name, action = page
    return reverse(name, args=[] if name in QUEUES else [commitment.matter.number]), action


def own_duties(company: Company, actor: Actor) -> dict[int, tuple[str, str]]:
    """Of what is owed about a company and Mi día gives the actor, where it is done, by id. One query."""
    mine = open_for(actor).filter(company=company).select_related("matter", "access", "referral")
    return {one.pk: place for one in mine if (place := place_of(one))}
