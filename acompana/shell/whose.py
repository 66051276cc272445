"""Whose page a form was drawn on. Each form carries a mark of the person who opened its page, so that what was typed
there is never shown to, nor sent by, somebody else who enters in the same browser afterwards."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MARK = "page_of"
"""The name of the hidden control."""
_LENGTH = 20


def mark_of(request: HttpRequest) -> str:
    """The mark of who is signed in: says nothing of them, and nobody else can make it. Empty for nobody."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return ""
    return salted_hmac("acompana.shell.whose", str(person.pk)).hexdigest()[:_LENGTH]
