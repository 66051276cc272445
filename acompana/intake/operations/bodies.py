"""The bodies to which companies are referred: with whom one speaks there (INT-19)."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from acompana.intake.models import ReferralBody, ReferralDesk
from acompana.kernel.changes import snapshot
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.operations.history import keep
from acompana.reference.models import Region

CONTACT = ("contact_name", "contact_address", "website", "is_default")
OF_DESK = ("contact_name", "contact_address", "is_default")
NOBODY = "Escribe con quién se habla y dónde: la empresa lo va a leer."


@verb
def update_body(
    *, body: ReferralBody, contact_name: str, contact_address: str, website: str, actor: Actor, now: datetime
) -> ReferralBody:
    """Write the desk of a body that the agency has agreed on: it is the project's default no more. Referrals that were
    made keep the one that they had.

    Refused for who does not administer, without whom to speak with, or without where.
    """
    _check_can_write(actor)
    if not contact_name.strip() or not contact_address.strip():
        raise Refused(NOBODY, "INT-19")
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


@verb
def update_desk(
    *, body: ReferralBody, region: Region, contact_name: str, contact_address: str, actor: Actor, now: datetime
) -> ReferralDesk | None:
    """Write the desk of a body in a region; left empty, the region has none and the one for the whole country attends.

    As `update_body`: the project's default no more; refused for who does not administer, and for half a contact.
    """
    _check_can_write(actor)
    name, address = contact_name.strip(), contact_address.strip()
    if bool(name) != bool(address):
        raise Refused(NOBODY, "INT-19")
    body = ReferralBody.objects.select_for_update().get(pk=body.pk)
    desk = body.desks.filter(region=region).first()
    before = snapshot(desk, OF_DESK) if desk else None
    title = f"Cambia el contacto de {body.name} en {region.short_name}"
    write = partial(keep, kind="referral_body", title=title, actor=actor, now=now, record=body)
    if not name:
        if desk is not None:
            write(desk, before=before)
            desk.delete()
        return None
    desk = desk or ReferralDesk(body=body, region=region)
    desk.contact_name, desk.contact_address, desk.is_default = name, address, False
    desk.save()
    if before != (after := snapshot(desk, OF_DESK)):
        write(desk, before=before, after=after)
    return desk


def _check_can_write(actor: Actor) -> None:
    if not actor.has_role("administrator"):
        raise Refused("Los contactos de los organismos los cambia quien administra.", "ROL-16")
