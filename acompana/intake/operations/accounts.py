"""Potential accounts: register from a card, invite by a personal link, or derive to the director (INT-1, INT-2)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext

from acompana.companies import operations as companies
from acompana.companies.models import Company, Contact
from acompana.intake import mail
from acompana.intake.models import Invitation, PotentialAccount
from acompana.intake.operations.route import open_intake
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.people.actors import Actor
from acompana.people.models import Channel
from acompana.people.queries import central_office
from acompana.progress.operations import open_matter, take_step

INVITATION_LASTS = timedelta(days=60)
NO_ADDRESS = "Para invitarla falta el correo de una persona de contacto."


@verb
def register_account(*, company: Company, actor: Actor, now: datetime, met_at: str = "", note: str = "") -> Matter:
    """Opens the matter of a potential account for a company just registered from partial data (INT-1); it came by the
    event at which it was met, if any."""
    matter = open_matter(
        kind="potential_account",
        company=company,
        office=company.office or (actor.staff_member.office if actor.staff_member else central_office()),
        owner=actor.person,
        actor=actor,
        now=now,
        channel=Channel.EVENT if met_at else Channel.SYSTEM,
    )
    PotentialAccount.objects.create(matter=matter, met_at=met_at, note=note)
    return matter


def check_can_invite(*, company: Company) -> Contact:
    """The contact who would get the link; Refused with what is missing."""
    contact = mail.main_contact(company)
    if contact is None:
        raise Refused(NO_ADDRESS, "INT-2")
    return contact


@verb
def invite_company(*, matter: Matter, actor: Actor, now: datetime) -> Invitation:
    """Sends a personal link to the characterisation form (INT-2). The link is kept only as a digest."""
    company = matter.company
    assert company is not None
    assert actor.person is not None
    contact = check_can_invite(company=company)
    transition = "invite_derived" if matter.state == "derived" else "invite"
    take_step(matter=matter, transition=transition, actor=actor, now=now)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        company=company,
        matter=matter,
        contact=contact,
        digest=digest_of(token),
        invited_at=now,
        invited_by=actor.person,
        expires_at=now + INVITATION_LASTS,
    )
    mail.write_to_company(
        "invitation",
        company=company,
        matter=matter,
        now=now,
        context={"link": f"{settings.SITE_ADDRESS}/invitacion/{token}/", "inviter": actor.person.full_name},
    )
    return invitation


@verb
def invite_from_registry(*, company: Company, account: Matter | None, actor: Actor, now: datetime) -> Invitation:
    """Invites a company by its account that is open, else by one opened for it (INT-1, INT-2)."""
    if account is None:
        account = register_account(company=company, actor=actor, now=now, met_at=company.origin_detail[:120])
    return invite_company(matter=account, actor=actor, now=now)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_invitation(*, token: str, now: datetime) -> Invitation:
    """The invitation behind a link; Refused with what to do when it is unknown, used or expired."""
    invitation = (
        Invitation.objects.select_related("company", "contact", "matter").filter(digest=digest_of(token)).first()
    )
    if invitation is None:
        raise Refused(
            gettext("Este enlace no es válido. Revisa que esté completo o pide uno nuevo a tu oficina regional.")
        )
    if invitation.used_at:
        raise Refused(gettext("Este enlace ya se usó. Entra con tu ClaveÚnica para seguir donde quedaste."))
    if invitation.expires_at <= now:
        raise Refused(gettext("Este enlace venció. Pide uno nuevo a tu oficina regional: tus datos siguen guardados."))
    return invitation


@verb
def accept_invitation(*, token: str, actor: Actor, now: datetime) -> Matter:
    """The invited person enters: a mandate by verified contact, and the intake opens (INT-2, INT-24)."""
    assert actor.person is not None
    invitation = find_invitation(token=token, now=now)
    used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(used_at=now, used_by=actor.person)
    if not used:
        raise Refused(gettext("Este enlace ya se usó. Entra con tu ClaveÚnica para seguir donde quedaste."))
    companies.grant_mandate_by_link(contact=invitation.contact, person=actor.person, actor=actor, now=now)
    if invitation.matter and invitation.matter.closed_at is None:
        take_step(matter=invitation.matter, transition="join", actor=actor, now=now, channel="portal")
    return open_intake(company=invitation.company, actor=actor, now=now)


@verb
def derive_to_director(*, matter: Matter, actor: Actor, now: datetime, note: str = "") -> Matter:
    """Leaves the decision to invite with the regional director, whose queue shows it (INT-2)."""
    take_step(matter=matter, transition="derive", actor=actor, now=now, note=note)
    assert matter.company is not None
    mail.write_to_office("account_derived", company=matter.company, matter=matter, now=now)
    return matter


@verb
def dismiss_account(*, matter: Matter, reason: str, actor: Actor, now: datetime) -> Matter:
    """The director decides not to invite, and says why (INT-2, CHA-6)."""
    take_step(matter=matter, transition="dismiss", actor=actor, now=now, reason=reason)
    return matter
