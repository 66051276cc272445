"""In demonstration nothing leaves: every mail, whatever its address, lands in a table with a page to read it."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from acompana.kernel.clock import read_clock
from acompana.messages.models import Message, SinkMail


class SinkBackend(BaseEmailBackend):
    """A mail back end that writes one SinkMail per address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = read_clock()
        for mail in email_messages:
            message_id = mail.extra_headers.get("Message-ID", "")
            message = Message.objects.filter(message_id=message_id).first() if message_id else None
            SinkMail.objects.bulk_create(
                SinkMail(
                    to_address=parseaddr(address)[1],
                    subject=str(mail.subject),
                    body=str(mail.body),
                    received_at=now,
                    message=message,
                )
                for address in mail.recipients()
            )
        return len(email_messages)
