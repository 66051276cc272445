"""The life of a mandate: requested, decided, confirmed by a link, ended (INT-24, IDN-1, EXP-20)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext

from acompana.companies.models import Company, Contact, Mandate
from acompana.companies.operations.characterization import apply_entered
from acompana.companies.operations.contacts import keep_representative
from acompana.companies.operations.keeping import person_id
from acompana.companies.operations.news import note_access, tell_change, tell_decision
from acompana.companies.permissions import may_act_for, may_decide_mandate
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Person

OPEN = (Mandate.State.REQUESTED, Mandate.State.LIMITED, Mandate.State.ACTIVE)
WAITING = (Mandate.State.REQUESTED, Mandate.State.LIMITED)
LINK_HOLDS = timedelta(days=7)
_SALT = "acompana.mandate-confirmation"


@verb
def request_mandate(
    *, company: Company, person: Person, now: datetime, reason: str = "", channel: str = "portal"
) -> Mandate:
    """A person asks to act for a company; the one that is open already if they asked before."""
    mandate, is_new = _asked(company, person, now, reason)
    if is_new:
        note_access(mandate, Actor(person=person), now, channel)
    return mandate


def _asked(company: Company, person: Person, now: datetime, reason: str = "") -> tuple[Mandate, bool]:
    company = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    if company.merged_into_id is not None:
        company = Company.objects.select_for_update(of=("self",)).get(pk=company.merged_into_id)
    mandate = Mandate.objects.filter(company=company, person=person, state__in=OPEN).first()
    if mandate is not None:
        return mandate, False
    mandate = Mandate.objects.create(
        company=company, person=person, state=Mandate.State.REQUESTED, requested_at=now, reason=reason[:300]
    )
    tell_change(mandate, now)
    return mandate, True


def check_can_decide_mandate(mandate: Mandate, actor: Actor) -> None:
    if mandate.state not in WAITING:
        raise Refused(gettext("Esta solicitud ya está decidida."), "INT-24")
    if not may_decide_mandate(actor, mandate):
        raise Refused(
            "La solicitud de acceso la decide quien representa a la empresa o su oficina regional.", "INT-24"
        )


@verb
def decide_mandate(
    *,
    mandate: Mandate,
    granted: bool,
    actor: Actor,
    now: datetime,
    reason: str = "",
    channel: str = "portal",
    takes_name: bool = False,
) -> Mandate:
    """Grants or refuses a request. A refusal carries its reason (CHA-6).

    What a limited mandate had typed enters the registry when it is granted; a legal name in place of a known one only
    if whoever grants `takes_name`.
    """
    mandate = _locked(mandate)
    check_can_decide_mandate(mandate, actor)
    if not granted and not reason.strip():
        raise Refused("Escribe por qué se rechaza: la persona lo leerá.", "CHA-6")
    basis = Mandate.Basis.OFFICE if actor.is_staff else Mandate.Basis.REPRESENTATIVE
    if not granted:
        return _close(mandate, Mandate.State.REFUSED, actor, now, reason, channel)
    return _activate(mandate, basis=basis, actor=actor, now=now, reason=reason, channel=channel, takes_name=takes_name)


def _locked(mandate: Mandate) -> Mandate:
    return Mandate.objects.select_for_update(of=("self",)).select_related("company", "person").get(pk=mandate.pk)


def _close(mandate: Mandate, state: str, actor: Actor, now: datetime, reason: str, channel: str) -> Mandate:
    mandate.state, mandate.decided_at, mandate.reason = state, now, reason.strip()[:300]
    mandate.decided_by_id = person_id(actor)
    mandate.save()
    tell_decision(mandate, now)
    note_access(mandate, actor, now, channel)
    return mandate


def _activate(
    mandate: Mandate,
    *,
    basis: str,
    actor: Actor,
    now: datetime,
    reason: str,
    channel: str,
    takes_name: bool = False,
) -> Mandate:
    mandate.state, mandate.basis, mandate.decided_at = Mandate.State.ACTIVE, basis, now
    mandate.decided_by_id, mandate.reason = person_id(actor), reason.strip()[:300] or mandate.reason
    mandate.save()
    mandate.took_over = bool(mandate.entered)
    apply_entered(mandate=mandate, actor=actor, now=now, channel=channel, takes_name=takes_name)
    keep_representative(company=mandate.company, person=mandate.person, actor=actor, now=now, channel=channel)
    tell_decision(mandate, now)
    note_access(mandate, actor, now, channel)
    return mandate


def verified_contacts(company: Company) -> QuerySet[Contact]:
    """Contacts whose e-mail the agency had verified, to whom a confirmation link may go (INT-24)."""
    return Contact.objects.filter(company=company, ended_on=None, verified_at__isnull=False).exclude(email="")


def make_confirmation_token(*, mandate: Mandate, contact: Contact, now: datetime) -> str:
    """The secret of the link that confirms a mandate; holds seven days. Goes only to a verified contact."""
    if contact.company_id != mandate.company_id or contact.verified_at is None or contact.ended_on is not None:
        raise Refused("El enlace solo se envía a un contacto verificado de la empresa.", "INT-24")
    return signing.dumps({"mandate": mandate.pk, "contact": contact.pk, "at": now.timestamp()}, salt=_SALT)


def mandate_of_link(*, token: str, now: datetime) -> Mandate:
    """The mandate that a confirmation link is about, to be shown before it is confirmed (INT-24).

    Refused: a broken or expired link, a request that was decided otherwise, a contact no longer at the company.
    """
    try:
        told = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Refused(gettext("Este enlace no sirve. Revisa que esté completo o pide otro."), "INT-24") from error
    if now.timestamp() - told["at"] > LINK_HOLDS.total_seconds():
        raise Refused(gettext("Este enlace venció: duraba siete días. Pide que te envíen otro."), "INT-24")
    mandate = Mandate.objects.select_related("company", "person").filter(pk=told["mandate"]).first()
    if mandate is None:
        raise Refused(gettext("Esta solicitud ya no existe."), "INT-24")
    if mandate.state == Mandate.State.ACTIVE:
        return mandate
    if mandate.state not in WAITING:
        raise Refused(gettext("Esta solicitud ya está decidida."), "INT-24")
    if not verified_contacts(mandate.company).filter(pk=told["contact"]).exists():
        raise Refused(
            gettext("Ese contacto ya no está en la empresa. Pide la confirmación a la oficina regional."), "INT-24"
        )
    return mandate


@verb
def confirm_mandate_by_link(*, token: str, actor: Actor, now: datetime, channel: str = "email") -> Mandate:
    """Whoever reads the mail of a verified contact confirms the mandate (INT-24). Twice gives the same.

    Refused as `mandate_of_link`.
    """
    _locked(mandate_of_link(token=token, now=now))
    mandate = mandate_of_link(token=token, now=now)  # as it stands now that nobody else can decide it
    if mandate.state == Mandate.State.ACTIVE:
        return mandate
    return _activate(mandate, basis=Mandate.Basis.VERIFIED_CONTACT, actor=actor, now=now, reason="", channel=channel)


@verb
def grant_mandate_by_link(
    *, contact: Contact, person: Person, actor: Actor, now: datetime, channel: str = "email"
) -> Mandate:
    """The person opened a personal link that was mailed to this contact: an invitation (INT-2).

    Reading that mailbox is the proof: the mandate is active, one that was waiting is granted, the contact is theirs
    and verified. Refused when the contact is of somebody else or left the company.
    """
    contact = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    if contact.ended_on is not None:
        raise Refused("Este contacto ya no está en la empresa. Pide acceso a la oficina regional.", "INT-24")
    if contact.person_id not in (None, person.pk):
        raise Refused("Esta invitación ya la usó otra persona. Pide acceso a la empresa.", "INT-24")
    contact.person, contact.verified_at = person, contact.verified_at or now
    contact.save(update_fields=["person", "verified_at"])
    mandate, _is_new = _asked(contact.company, person, now)  # noted once: what it asks for it has
    if mandate.state == Mandate.State.ACTIVE:
        return mandate
    return _activate(
        _locked(mandate), basis=Mandate.Basis.VERIFIED_CONTACT, actor=actor, now=now, reason="", channel=channel
    )


@verb
def end_mandate(*, mandate: Mandate, actor: Actor, now: datetime, reason: str, channel: str = "portal") -> Mandate:
    """A mandate stops holding: its person gives it back, or who may decide it takes it away, with the reason."""
    mandate = _locked(mandate)
    if mandate.state not in OPEN:
        raise Refused("Este acceso ya no está vigente.", "INT-24")
    own = actor.person is not None and actor.person.pk == mandate.person_id
    if not (own or may_decide_mandate(actor, mandate) or may_act_for(actor, mandate.company)):
        raise Refused("Lo quita quien lo tiene, otro representante o la oficina regional.", "INT-24")
    if not own and not reason.strip():
        raise Refused("Escribe por qué termina: la persona lo leerá.", "CHA-6")
    return _close(mandate, Mandate.State.ENDED, actor, now, reason, channel)
