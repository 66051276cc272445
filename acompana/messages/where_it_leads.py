"""Which language the pages speak to which a letter leads: who reads it in English is told before they follow it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext

_ADDRESS = re.compile(r"https?://[^\s<>)]+")


def leads_to_spanish(body: str) -> bool:
    """Whether a text links a page of ours that is in Spanish alone."""
    ours = (found for found in _ADDRESS.findall(body) if found.startswith(f"{settings.SITE_ADDRESS}/"))
    return any(_is_in_spanish(urlsplit(found).path) for found in ours)


def _is_in_spanish(path: str) -> bool:
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return not getattr(view, "in_english", False)


def with_warning(body: str) -> str:
    """The text of a letter in English, saying at its end that a page that it links is in Spanish, if one is."""
    if not leads_to_spanish(body):
        return body
    said = gettext("La página a la que lleva este correo está solo en español.")
    return body if said in body else f"{body.rstrip()}\n\n{said}\n"
