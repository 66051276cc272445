"""The bodies to which companies are referred: with whom one speaks there (INT-19)."""

from __future__ import annotations

from datetime import datetime

from acompana.intake.models import ReferralBody
from acompana.kernel.changes import snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.operations.history import keep

CONTACT = ("contact_name", "contact_address", "website", "is_default")


@verb
def update_body(
    *, body: ReferralBody, contact_name: str, contact_address: str, website: str, actor: Actor, now: datetime
) -> ReferralBody:
    """Write the desk of a body that the agency has agreed on: it is the project's default no more. Referrals that were
    made keep the one that they had.

    Refused for who does not administer, without whom to speak with, or without where.
    """
    if not actor.has_role("administrator"):
        raise Refused("Los contactos de los organismos los cambia quien administra.", "ROL-16")
    if not contact_name.strip() or not contact_address.strip():
        raise Refused("Escribe con quién se habla y dónde: la empresa lo va a leer.", "INT-19")
    body = ReferralBody.objects.select_for_update().get(pk=body.pk)
    before = snapshot(body, CONTACT)
    body.contact_name, body.contact_address = contact_name.strip(), contact_address.strip()
    body.website, body.is_default = website, False
    body.save(update_fields=list(CONTACT))
    after = snapshot(body, CONTACT)
    if before != after:
        title = f"Cambia el contacto de {body.name}"
        keep(body, kind="referral_body", title=title, actor=actor, now=now, before=before, after=after)
    return body
