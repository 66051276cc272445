"""Reads of messages that more than one caller needs."""

from __future__ import annotations

from datetime import datetime

from acompana.messages.composing import MailText, file_text
from acompana.messages.models import OptOut, TemplateText


def has_declined(address: str, category: str) -> bool:
    """Whether an address declined a category of messages (CHA-5)."""
    return OptOut.objects.filter(address=address.lower(), category=category, withdrawn_at=None).exists()


def text_in_force(template: str, language: str, now: datetime) -> MailText:
    """The words of a template now: the newest amendment, or else the file. Raises BrokenTemplate."""
    shipped = file_text(template, language)
    amended = (
        TemplateText.objects.filter(template=template, language=shipped.language, amended_at__lte=now)
        .order_by("-amended_at", "-id")
        .first()
    )
    if amended is None:
        return shipped
    return MailText(template, shipped.language, shipped.category, amended.subject, amended.body)
