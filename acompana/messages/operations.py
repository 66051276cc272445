"""Writing messages, declining categories, deciding on what is in doubt, amending texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from acompana.companies.models import Company, Contact
from acompana.kernel.refusals import Refused, Stale
from acompana.kernel.verbs import verb
from acompana.matters.models import Matter
from acompana.messages.composing import BrokenTemplate, MailText, compose, fields_of, file_text, pack
from acompana.messages.invitations import INVITATIONS, answer_again
from acompana.messages.models import Attachment, Message, OptOut, SinkMail, TemplateText
from acompana.messages.queries import has_declined, text_in_force
from acompana.messages.recording import record_fate
from acompana.messages.rules import categories
from acompana.messages.where_it_leads import with_warning
from acompana.people.actors import Actor
from acompana.people.models import Office, Person
from acompana.shell.languages import speaking
from acompana.shell.words import reading_on

ENCLOSED_AT_MOST = 1_000_000  # bytes of one attachment: they live in the database beside their message


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to travel with a message; `media_type` with its parameters."""

    name: str
    media_type: str
    content: bytes


def write_message(
    *,
    template: str,
    to_address: str,
    to_name: str = "",
    context: Mapping[str, object],
    key: str,
    now: datetime,
    language: str = "es",
    reply_to: str = "",
    company: Company | None = None,
    contact: Contact | None = None,
    person: Person | None = None,
    matter: Matter | None = None,
    office: Office | None = None,
    send_after: datetime | None = None,
    enclosures: Sequence[Enclosure] = (),
) -> Message | None:
    """Write a message in the caller's transaction; a worker sends it (FUP-8).

    `template` is "room/name". `context` holds plain values (text, numbers, dates, lists and dicts of them), never
    models; what each language says differently comes as a lazy text (`gettext_lazy`, `words.later_date`) and is said
    in the `language` of the letter. `site` (the address of the system) and `name` (whom it is written to) are there
    already. `key` says what caused it and to whom: with a key that exists, that message is given back and nothing is
    written. To an address that declined the category, the message is kept and not sent, and the logbook says so
    (CHA-5). Without an address nothing is written and None comes back. `send_after` delays it. `enclosures` travel
    with it and are kept as they were sent. Raises EmptyField when a field of the text is empty; ValueError for an
    enclosure beyond a million bytes.
    """
    if any(len(enclosure.content) > ENCLOSED_AT_MOST for enclosure in enclosures):
        raise ValueError("an attachment of a message is small: a link serves for the rest")
    if (existing := Message.objects.filter(key=key).first()) is not None:
        return existing
    address = to_address.strip().lower()
    if not address:
        return None
    text = text_in_force(template, language, now)
    fields = {"site": settings.SITE_ADDRESS, "name": to_name, **context}
    # What is said late (dates, names of choices) is said in the reader's language, on the day of writing.
    with speaking(text.language), reading_on(localdate(now)):
        packed = pack(fields)
        composed = compose(text, fields)
        body = with_warning(composed.body) if text.language == "en" else composed.body
    declined = has_declined(address, text.category)
    message = Message(
        key=key,
        template=template,
        category=text.category,
        language=text.language,
        to_address=address,
        to_name=to_name,
        reply_to=reply_to or (office.mailbox if office else ""),
        subject=composed.subject,
        body=body,
        context=packed,
        message_id=f"<{uuid4()}@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition('@')[2]}>",
        company=company,
        contact=contact,
        person=person,
        matter=matter,
        office=office,
        state=Message.State.DECLINED if declined else Message.State.WAITING,
        send_after=send_after or now,
        written_at=now,
        settled_at=now if declined else None,
    )
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            Attachment.objects.bulk_create(
                Attachment(message=message, name=one.name, media_type=one.media_type, content=one.content)
                for one in enclosures
            )
    except IntegrityError:
        existing = Message.objects.filter(key=key).first()
        if existing is None:
            raise
        return existing
    if declined:
        record_fate(message, state=message.state, now=now)
    return message


@verb
def decline(*, address: str, category: str, now: datetime) -> OptOut:
    """Send nothing more of a category to an address (CHA-5). Again: the same row. Raises Refused."""
    if category not in categories() or not categories()[category].declinable:
        raise Refused("Estos correos siempre se envían, porque son los que tú pides.", "CHA-5")
    row, _ = OptOut.objects.get_or_create(
        address=address.lower(), category=category, withdrawn_at=None, defaults={"declined_at": now}
    )
    if category == INVITATIONS:
        answer_again(address=address, wanted=False, now=now)
    return row


@verb
def choose_categories(*, address: str, wanted: set[str], now: datetime) -> None:
    """Set every category that may be declined at once: those wanted are sent, the others are not (CHA-5)."""
    for category in categories().values():
        if not category.declinable:
            continue
        if category.slug in wanted:
            accept_again(address=address, category=category.slug, now=now)
        else:
            decline(address=address, category=category.slug, now=now)


@verb
def accept_again(*, address: str, category: str, now: datetime) -> None:
    """Take a declined category back (CHA-5)."""
    OptOut.objects.filter(address=address.lower(), category=category, withdrawn_at=None).update(withdrawn_at=now)
    if category == INVITATIONS:
        answer_again(address=address, wanted=True, now=now)


RESENDABLE = (Message.State.DOUBTFUL, Message.State.FAILED, Message.State.REFUSED)


@verb
def resend(*, message: Message, actor: Actor, now: datetime) -> Message:
    """Send again, by decision of a person, what is doubtful, failed or refused (FUP-8). Keeps its Message-ID, so that
    the receiver's mail server may recognise a repetition. Raises Refused if somebody decided first."""
    changed = Message.objects.filter(pk=message.pk, state=message.state, state__in=RESENDABLE).update(
        state=Message.State.WAITING,
        send_after=now,
        attempts=0,
        claimed_at=None,
        claimed_by=None,
        settled_at=None,
        decided_by=actor.person,
        decided_at=now,
    )
    if not changed:
        raise Refused("Este correo ya cambió de estado; no se volvió a enviar.", "FUP-8")
    message.refresh_from_db()
    return message


@verb
def dismiss(*, message: Message, actor: Actor, now: datetime) -> Message:
    """Leave a doubtful message as it is: it will not be repeated (FUP-8). Raises Refused if somebody decided first."""
    changed = Message.objects.filter(pk=message.pk, state=Message.State.DOUBTFUL).update(
        state=Message.State.DISMISSED, settled_at=now, decided_by=actor.person, decided_at=now
    )
    if not changed:
        raise Refused("Este correo ya no está en duda.", "FUP-8")
    message.refresh_from_db()
    return message


@verb
def amend_text(*, text: MailText, reason: str, version: int, author: Person, now: datetime) -> TemplateText:
    """Amend the words of a template from now on. `version`: the amendment on which the person worked, 0 for the file.

    Raises Stale if somebody amended it meanwhile; BrokenTemplate when the text cannot be used or takes a field that
    the template does not have; Refused without a reason or without a change."""
    if not reason:
        raise Refused("Escribe por qué cambias el texto.")
    newest = TemplateText.objects.filter(template=text.name, language=text.language).order_by("-amended_at", "-id")
    if (newest.values_list("pk", flat=True).first() or 0) != version:
        raise Stale("Otra persona cambió este texto mientras lo escribías. Recarga la página y revisa su versión.")
    known = fields_of(file_text(text.name, text.language)) | {"site", "name"}
    if unknown := sorted(fields_of(text) - known):
        raise BrokenTemplate(
            f"El texto usa un dato que esta plantilla no tiene: «{unknown[0]}». Tiene: {', '.join(sorted(known))}."
        )
    if text == text_in_force(text.name, text.language, now):
        raise Refused("El texto es igual al que ya se usa.")
    return TemplateText.objects.create(
        template=text.name,
        language=text.language,
        subject=text.subject,
        body=text.body,
        amended_at=now,
        amended_by=author,
        reason=reason,
    )


TRACES_KEPT = timedelta(days=90)


@verb
def forget_old_traces(*, now: datetime) -> None:
    """Delete finished jobs and demonstration mail of more than 90 days. Messages stay: they are the record."""
    before = now - TRACES_KEPT
    DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=before).delete()
    SinkMail.objects.filter(received_at__lt=before).delete()
