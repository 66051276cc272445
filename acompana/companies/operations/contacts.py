"""Contacts of a company and what they agreed to (CHA-5, LAW-4)."""

from __future__ import annotations

from datetime import datetime

from acompana.companies.consent_rules import consent_text
from acompana.companies.models import Company, Consent, Contact
from acompana.companies.operations.facts import relate_by_edit, relate_company
from acompana.companies.operations.keeping import HISTORY_OF_CONTACT, day_of, note_changed, open_set, person_id
from acompana.companies.queries import consents_of
from acompana.companies.rules import phone_digits
from acompana.companies.search import index_contacts
from acompana.kernel.changes import record_change, snapshot
from acompana.kernel.models import ChangeSet
from acompana.kernel.one_line import one_line, one_line_each
from acompana.kernel.phones import normal_phone
from acompana.kernel.refusals import Refused
from acompana.kernel.verbs import verb
from acompana.people.actors import Actor
from acompana.people.models import Channel, Language, Person

CONTACT_FIELDS = ("name", "position", "email", "phone", "preferred_channel", "language", "gender", "is_main")

KEEPS_A_MAIN_ONE = "Marca antes a otra persona como principal."


def _only_main(contact: Contact, change_set: ChangeSet) -> None:
    for other in Contact.objects.filter(company=contact.company, is_main=True, ended_on=None).exclude(pk=contact.pk):
        before = snapshot(other, HISTORY_OF_CONTACT)
        other.is_main = False
        other.save(update_fields=["is_main"])
        record_change(
            other,
            change_set=change_set,
            before=before,
            after=snapshot(other, HISTORY_OF_CONTACT),
            record=contact.company,
        )


@verb
def add_contact(
    *,
    company: Company,
    name: str,
    actor: Actor,
    now: datetime,
    channel: str = "portal",
    position: str = "",
    email: str = "",
    phone: str = "",
    preferred_channel: str = "",
    language: str = Language.SPANISH,
    gender: str = "",
    is_main: bool = False,
    person: Person | None = None,
    verified_at: datetime | None = None,
) -> Contact:
    """Somebody to talk to at a company; the first one is the main one. Refused without a name."""
    if not (name := one_line(name)):
        raise Refused("Escribe el nombre del contacto.", "INT-8", "name")
    relate_by_edit(company=company, actor=actor, now=now, channel=channel)
    first = not Contact.objects.filter(company=company, ended_on=None).exists()
    contact = Contact(
        company=company,
        person=person,
        name=name,
        position=one_line(position),
        email=one_line(email).lower(),
        phone=normal_phone(phone),
        phone_digits=phone_digits(phone),
        preferred_channel=preferred_channel,
        language=language,
        gender=gender,
        is_main=is_main or first,
        verified_at=verified_at,
    )
    change_set = open_set(kind="edit", title=f"Nuevo contacto: {contact}", actor=actor, now=now, channel=channel)
    if contact.is_main:
        _only_main(contact, change_set)
    contact.save()
    record_change(contact, change_set=change_set, record=company)
    index_contacts([contact.pk])
    note_changed([company.pk], now=now)
    return contact


def keep_representative(*, company: Company, person: Person, actor: Actor, now: datetime, channel: str) -> Contact:
    """Who represents a company is one of its contacts, to whom it is written (INT-8); the main one if it has none.

    Somebody already known there by the address that they confirmed is that contact, verified; nobody is added twice.
    Part of the transaction of who calls it.
    """
    in_service = Contact.objects.select_for_update(of=("self",)).filter(company=company, ended_on=None)
    if own := in_service.filter(person=person).first():
        return own
    if person.email and (known := in_service.filter(person=None, email=person.email.lower()).first()):
        if person.email_verified_at is not None:
            known.person, known.verified_at = person, known.verified_at or person.email_verified_at
            known.save(update_fields=["person", "verified_at"])
        return known
    return add_contact(
        company=company,
        name=person.full_name,
        email=person.email or "",
        phone=person.phone,
        language=person.language,
        person=person,
        is_main=not in_service.filter(is_main=True).exists(),
        verified_at=person.email_verified_at,
        actor=actor,
        now=now,
        channel=channel,
    )


@verb
def update_contact(
    *, contact: Contact, values: dict[str, object], actor: Actor, now: datetime, channel: str = "portal"
) -> Contact:
    """Changes a contact's data (fields of `CONTACT_FIELDS`), with history. A new e-mail has to be verified again.

    Refused without a name, and where the main one would be so no more: another takes the mark, and nobody drops it.
    """
    contact = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    if unknown := set(values) - set(CONTACT_FIELDS):
        raise ValueError(f"not a contact's field: {sorted(unknown)}")
    before = snapshot(contact, HISTORY_OF_CONTACT)
    for name, value in one_line_each(values).items():
        setattr(contact, name, value)
    if not contact.name:
        raise Refused("Escribe el nombre del contacto.", "INT-8", "name")
    if before["is_main"] and not contact.is_main:
        raise Refused(KEEPS_A_MAIN_ONE, "CHA-5", "is_main")
    contact.email = contact.email.lower()
    contact.phone = normal_phone(contact.phone)
    contact.phone_digits = phone_digits(contact.phone)
    if contact.email != before["email"]:
        contact.verified_at = None
    after = snapshot(contact, HISTORY_OF_CONTACT)
    if before == after:
        return contact
    change_set = open_set(kind="edit", title=f"Contacto: {contact}", actor=actor, now=now, channel=channel)
    if contact.is_main:
        _only_main(contact, change_set)
    contact.save()
    record_change(contact, change_set=change_set, before=before, after=after, record=contact.company)
    index_contacts([contact.pk])
    if any(before[name] != after[name] for name in ("email", "phone")):
        note_changed([contact.company_id], now=now)
    relate_by_edit(company=contact.company, actor=actor, now=now, channel=channel)
    return contact


@verb
def end_contact(*, contact: Contact, actor: Actor, now: datetime, channel: str = "portal") -> Contact:
    """The person left the company: they are kept for history and no longer written to. Of the main one the next in the
    list takes the place, so that a company with contacts has whom one speaks with."""
    contact = Contact.objects.select_for_update(of=("self",)).select_related("company").get(pk=contact.pk)
    if contact.ended_on is not None:
        return contact
    before = snapshot(contact, HISTORY_OF_CONTACT)
    contact.ended_on, contact.is_main = day_of(now), False
    contact.save(update_fields=["ended_on", "is_main"])
    change_set = open_set(kind="edit", title=f"{contact} dejó la empresa", actor=actor, now=now, channel=channel)
    record_change(
        contact,
        change_set=change_set,
        before=before,
        after=snapshot(contact, HISTORY_OF_CONTACT),
        record=contact.company,
    )
    if before["is_main"]:
        _next_is_main(contact, change_set)
    index_contacts([contact.pk])
    relate_by_edit(company=contact.company, actor=actor, now=now, channel=channel)
    return contact


def _next_is_main(gone: Contact, change_set: ChangeSet) -> None:
    following = Contact.objects.filter(company=gone.company, ended_on=None).order_by("name", "id").first()
    if following is None:
        return
    before = snapshot(following, HISTORY_OF_CONTACT)
    following.is_main = True
    following.save(update_fields=["is_main"])
    after = snapshot(following, HISTORY_OF_CONTACT)
    record_change(following, change_set=change_set, before=before, after=after, record=gone.company)


@verb
def record_consent(
    *, contact: Contact, purpose: str, given: bool, actor: Actor, now: datetime, channel: str = Channel.PORTAL
) -> Consent:
    """What a contact agreed to or withdrew, by purpose, with the version of the words that were asked; rows are added,
    never changed (LAW-4, EXP-33). The same answer to the same words adds nothing: the earlier row comes back."""
    text = consent_text(purpose)
    version = text.version if text else ""
    latest = consents_of(contact).filter(purpose=purpose).order_by("-recorded_at", "-id").first()
    if latest is not None and latest.given == given and latest.text_version in ("", version):
        return latest
    if actor.is_staff:
        relate_company(company=contact.company, actor=actor, now=now, channel=channel)
    return Consent.objects.create(
        contact=contact,
        purpose=purpose,
        given=given,
        channel=channel,
        text_version=version,
        recorded_at=now,
        recorded_by_id=person_id(actor),
    )
