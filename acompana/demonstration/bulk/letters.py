"""The messages of the bulk, composed from the rooms' own templates, as sent long ago; the newest also in the sink."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template import Context, Template
from django.utils import timezone

from acompana.demonstration.bulk.chance import Chance
from acompana.demonstration.bulk.ground import Ground
from acompana.demonstration.bulk.rows import BATCH, Letter
from acompana.intake.mail import portal_page
from acompana.logbook.models import Entry, EntryText
from acompana.messages.composing import compile_strict, file_text, pack
from acompana.messages.models import Message, SinkMail
from acompana.shell.words import reading_on

SHOWN_IN_SINK = timedelta(days=21)
REFUSED = "550 5.1.1 La casilla no existe."
FAILED = "Sin respuesta del servidor de correo tras 8 intentos."


@cache
def _compiled(name: str) -> tuple[str, Template, Template]:
    text = file_text(name)
    return text.category, compile_strict(text.subject), compile_strict(text.body)


def fields_of(letter: Letter) -> dict[str, Any]:
    """The fields of its template, as `intake.mail` and `cases.operations` give them."""
    matter, company = letter.matter, letter.company
    fields: dict[str, Any] = {"site": settings.SITE_ADDRESS, "name": letter.to_name, "number": matter.number}
    if letter.kind == "company" and letter.contact and company:
        fields |= {
            "name": letter.contact.name,
            "company": company.name,
            "office": matter.office.name,
            "office_mailbox": matter.office.mailbox or settings.DEFAULT_FROM_EMAIL,
            "portal": portal_page(letter.template.rpartition("/")[2], company),
        }
    elif letter.kind == "office" and company:
        fields |= {
            "name": matter.office.name,
            "company": company.name,
            "office": matter.office.name,
            "record": f"{settings.SITE_ADDRESS}{company.get_absolute_url()}",
        }
    return fields | letter.context()


def _address(letter: Letter) -> tuple[str, str]:
    if letter.kind == "company":
        assert letter.contact is not None
        return letter.contact.email, letter.contact.name
    if letter.kind == "office":
        return letter.matter.office.mailbox, letter.matter.office.name
    return letter.to_address, letter.to_name


def message_of(letter: Letter, chance: Chance) -> Message | None:
    """The message as a worker left it; None where there was no address."""
    with reading_on(timezone.localdate(letter.at)):
        return _message_of(letter, chance)


def _message_of(letter: Letter, chance: Chance) -> Message | None:
    address, name = _address(letter)
    if not address:
        return None
    category, subject, body = _compiled(letter.template)
    fields = fields_of(letter)
    values = Context({**fields, "template_name": letter.template}, autoescape=False)
    to_whom = letter.contact.pk if letter.contact else letter.kind
    state = chance.weighted((("sent", 985), ("refused", 9), ("failed", 4), ("doubtful", 2)))
    settled = letter.at + timedelta(seconds=chance.whole(2, 55))
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    return Message(
        key=f"{letter.template.partition('/')[2]}:{letter.matter.pk}:{to_whom}:{letter.at:%Y%m%d%H%M%S%f}",
        template=letter.template,
        category=category,
        to_address=address.lower(),
        to_name=name,
        reply_to=letter.matter.office.mailbox,
        subject=" ".join(subject.render(values).split())[:200],
        body=body.render(values).strip() + "\n",
        context=pack(fields),
        company=letter.company,
        contact=letter.contact if letter.kind == "company" else None,
        person=letter.person,
        matter=letter.matter,
        office=letter.matter.office,
        state=state,
        send_after=letter.at,
        attempts=8 if state == "failed" else 1,
        last_answer={"sent": "250 2.0.0 OK", "refused": REFUSED, "failed": FAILED}.get(state, ""),
        message_id=f"<{UUID(int=chance.random.getrandbits(128))}@{domain}>",
        written_at=letter.at,
        settled_at=None if state == "doubtful" else settled,
    )


def write_letters(letters: list[Letter], chance: Chance, ground: Ground, told: Callable[[str], None]) -> None:
    """Writes the messages, oldest first, and what would be found in the sink of the last weeks."""
    ordered = sorted(letters, key=lambda letter: letter.at)
    messages = [message for letter in ordered if (message := message_of(letter, chance))]
    Message.objects.bulk_create(messages, batch_size=BATCH)
    told(f"{len(messages):>9} mensajes")
    log_sent(messages)
    show_in_sink(messages, ground)


def log_sent(messages: Iterable[Message]) -> None:
    """What the system sent can be read in the logbook, as `messages.delivery` writes it."""
    sent = [(message, message.settled_at or message.written_at) for message in messages if message.state == "sent"]
    entries = Entry.objects.bulk_create(
        [
            Entry(
                kind=Entry.Kind.MESSAGE,
                company=message.company,
                contact=message.contact,
                person=message.person,
                matter=message.matter,
                office=message.office,
                channel="email",
                direction=Entry.Direction.OUT,
                visibility="staff" if message.category == "office" else "company",
                fact="Correo automático enviado",
                happened_at=at,
                recorded_at=at,
            )
            for message, at in sent
        ],
        batch_size=BATCH,
    )
    EntryText.objects.bulk_create(
        [EntryText(entry=entry, body=message.subject) for entry, (message, _) in zip(entries, sent, strict=True)],
        batch_size=BATCH,
    )


def settle_written(ground: Ground) -> None:
    """What the cast's history wrote was sent when it was written; only what is of today still waits."""
    waiting = list(Message.objects.filter(state=Message.State.WAITING, written_at__lt=ground.until))
    for message in waiting:
        message.state, message.attempts, message.last_answer = Message.State.SENT, 1, "250 2.0.0 OK"
        message.settled_at = message.written_at + timedelta(seconds=20)
    Message.objects.bulk_update(waiting, ["state", "attempts", "last_answer", "settled_at"])
    log_sent(waiting)
    show_in_sink(waiting, ground)


def show_in_sink(messages: Iterable[Message], ground: Ground) -> None:
    since = ground.until - SHOWN_IN_SINK
    SinkMail.objects.bulk_create(
        SinkMail(
            to_address=message.to_address,
            subject=message.subject,
            body=message.body,
            received_at=message.settled_at,
            message=message,
        )
        for message in messages
        if message.state == "sent" and message.settled_at and message.settled_at > since
    )
