"""Sending one message: claimed and committed first, handed over, settled by what the mail server said (FUP-8)."""

from __future__ import annotations

import logging
import re
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.message import Message as Headers
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from typing import Literal, Protocol

from django.conf import settings
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.db import connection, transaction
from django.db.models import F

from acompana.messages.composing import as_html
from acompana.messages.models import Attachment, Message, Worker
from acompana.messages.preferences import footer, unsubscribe_headers
from acompana.messages.queries import has_declined
from acompana.messages.recording import record_fate
from acompana.messages.rules import is_final, next_attempt_after

log = logging.getLogger(__name__)

ABANDONED = "El proceso que lo enviaba se detuvo; no se sabe si el servidor de correo lo recibió."
CUT = "La conexión se cortó mientras se entregaba; no se sabe si el servidor de correo lo recibió."
UNMADE = "No se pudo preparar el correo; no salió de aquí."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an attempt; `answer` holds the server's words. `broken`: the connection is of no more use."""

    kind: Literal["sent", "refused", "later", "doubtful", "declined"]
    answer: str = ""
    broken: bool = False


class Unreachable(Exception):
    """The mail server cannot be reached, or will not talk to us; no message is to blame."""


class Courier(Protocol):
    """Hands one message over. `ready` raises Unreachable before anything is claimed."""

    def ready(self) -> None: ...
    def hand_over(self, message: Message) -> Verdict: ...
    def close(self) -> None: ...


# --- the mail itself --------------------------------------------------------------------------------------------


def as_mail(message: Message) -> EmailMultiAlternatives:
    """The message as it travels: plain text and HTML, what it encloses, fixed Message-ID, a link to decline."""
    body = message.body + footer(message)
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        "Content-Language": message.language,
        **unsubscribe_headers(message),
    }
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((" ".join(message.to_name.split()), message.to_address))],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(as_html(body, message.language), "text/html")
    for attachment in message.attachments.all():
        mail.attach(as_part(attachment))
    return mail


def as_part(attachment: Attachment) -> MIMEBase:
    """An attachment with the parameters of its type: a calendar reads METHOD from there (FMT-5)."""
    told = Headers()
    told["Content-Type"] = attachment.media_type
    part = MIMEBase(told.get_content_maintype(), told.get_content_subtype(), name=attachment.name)
    for name, value in told.get_params(failobj=[])[1:]:
        part.set_param(name, value)
    part.set_payload(bytes(attachment.content))
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


# --- couriers ---------------------------------------------------------------------------------------------------


class SmtpCourier:
    """Speaks SMTP step by step, because what an interruption means depends on the step."""

    def __init__(self) -> None:
        self.backend = EmailBackend(fail_silently=False)

    def ready(self) -> None:
        """An open connection that answers. Raises Unreachable."""
        try:
            if self.backend.connection is not None and self.backend.connection.noop()[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()
        try:
            self.backend.open()
            self._open_connection().ehlo_or_helo_if_needed()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Unreachable(str(error) or type(error).__name__) from error

    def _open_connection(self) -> smtplib.SMTP:
        if self.backend.connection is None:
            raise smtplib.SMTPServerDisconnected("There is no connection to the mail server.")
        return self.backend.connection

    def close(self) -> None:
        try:
            self.backend.close()
        except (OSError, smtplib.SMTPException):
            self.backend.connection = None

    def hand_over(self, message: Message) -> Verdict:
        """One message, to the server's last word about it."""
        data = as_mail(message).message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own
        try:
            smtp = self._open_connection()
            address = sanitize_address(message.to_address, "utf-8")
            sender = parseaddr(sanitize_address(settings.DEFAULT_FROM_EMAIL, "utf-8"))[1]
            early = _before_data(smtp, sender, address)
        except (ValueError, UnicodeError) as error:
            return Verdict("refused", f"La dirección no se puede usar: {error}")
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Verdict("later", str(error) or type(error).__name__, broken=True)
        verdict = early or _data(smtp, data)
        if verdict.kind != "sent":
            self.close()
        return verdict


def _before_data(smtp: smtplib.SMTP, sender: str, address: str) -> Verdict | None:
    """Sender and receiver: until here an interruption is harmless. None when the server wants the data."""
    code, words = smtp.mail(sender)
    if code >= 400:  # our address, not theirs: even a 5xx may be mended by the operator
        return Verdict("later", _words(code, words), broken=True)
    code, words = smtp.rcpt(address)
    if code >= 400:
        return _answered(code, words)
    code, words = smtp.docmd("DATA")
    return None if code == 354 else _answered(code, words)


def _data(smtp: smtplib.SMTP, data: bytes) -> Verdict:
    """The data and the last answer: an interruption here leaves a doubt."""
    stuffed = re.sub(rb"(?m)^\.", b"..", data)
    if not stuffed.endswith(b"\r\n"):
        stuffed += b"\r\n"
    try:
        smtp.send(stuffed + b".\r\n")
        code, words = smtp.getreply()
    except Exception:  # whatever it was: something left us
        return Verdict("doubtful", CUT, broken=True)
    return Verdict("sent", _words(code, words)) if code < 300 else _answered(code, words)


def _answered(code: int, words: bytes) -> Verdict:
    return Verdict("refused" if is_final(code) else "later", _words(code, words))


def _words(code: int, words: bytes) -> str:
    return " ".join(f"{code} {words.decode('utf-8', 'replace')}".split())[:300]


class BackendCourier:
    """Any other Django mail back end (the demonstration sink, the tests' outbox, a provider's)."""

    def ready(self) -> None:
        """Always."""

    def close(self) -> None:
        """Nothing is kept open."""

    def hand_over(self, message: Message) -> Verdict:
        try:
            as_mail(message).send()
        except Exception as error:  # a provider's back end may raise anything: the words are kept and shown
            return Verdict("later", f"{type(error).__name__}: {error}"[:300])
        return Verdict("sent", "Entregado")


def open_courier() -> Courier:
    """The courier that the settings ask for."""
    backend = type(django_mail.get_connection())
    return SmtpCourier() if issubclass(backend, EmailBackend) else BackendCourier()


# --- claiming and settling ----------------------------------------------------------------------------------------


def is_any_due(now: datetime) -> bool:
    """Whether a message waits for a worker. One indexed read, no lock."""
    return Message.objects.filter(state=Message.State.WAITING, send_after__lte=now).exists()


@transaction.atomic
def claim_next(*, worker: Worker, now: datetime) -> Message | None:
    """Mark the next due message *sending* for this worker, so that no other takes it. Committed before it is sent."""
    due = Message.objects.filter(state=Message.State.WAITING, send_after__lte=now).order_by("send_after", "id")
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True)
    chosen = due.values_list("pk", flat=True).first()
    if chosen is None:
        return None
    claimed = Message.objects.filter(pk=chosen, state=Message.State.WAITING).update(
        state=Message.State.SENDING, claimed_by=worker, claimed_at=now, attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=chosen) if claimed else None


@transaction.atomic
def settle(*, message: Message, verdict: Verdict, now: datetime) -> None:
    """Write what became of a claimed message. Who sent it knows: also if it was taken for doubtful meanwhile."""
    fields: dict[str, object] = {"last_answer": verdict.answer[:300], "settled_at": now}
    match verdict.kind:
        case "sent":
            fields["state"] = Message.State.SENT
        case "later" if (wait := next_attempt_after(message.attempts)) is not None:
            fields |= {"state": Message.State.WAITING, "send_after": now + wait, "settled_at": None}
            fields |= {"claimed_by": None, "claimed_at": None}
        case "later":
            fields["state"] = Message.State.FAILED
        case other:
            fields["state"] = Message.State(other)
    changed = Message.objects.filter(
        pk=message.pk,
        claimed_by=message.claimed_by_id,
        attempts=message.attempts,
        state__in=[Message.State.SENDING, Message.State.DOUBTFUL],
    ).update(**fields)
    if changed:
        record_fate(message, state=str(fields["state"]), now=now)


def deliver(*, message: Message, courier: Courier) -> Verdict:
    """Hand a claimed message over, unless its address declined meanwhile. Whatever fails before anything left us is
    tried again later: a message that its worker claimed and dropped would wait for as long as the worker lives."""
    try:
        if has_declined(message.to_address, message.category):
            return Verdict("declined")
        return courier.hand_over(message)
    except Exception as error:
        log.exception("message %s could not be made", message.pk)
        return Verdict("later", f"{UNMADE} {type(error).__name__}: {error}"[:300])


@transaction.atomic
def doubt_abandoned(*, now: datetime) -> int:
    """Messages left *sending* by workers that stopped become doubtful: shown, never sent again by themselves."""
    return Message.objects.filter(state=Message.State.SENDING, claimed_by__stopped_at__isnull=False).update(
        state=Message.State.DOUBTFUL, last_answer=ABANDONED, settled_at=now
    )
