"""Addresses: the operations of the API, its document, and the screens of tokens."""

from __future__ import annotations

from typing import Any

from django.urls import path

from acompana.api.endpoints import API
from acompana.people.access import TOKEN


def _declared(urls: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    """The views of the operations say who may come in, as every view does: who has a token."""
    patterns, app, namespace = urls
    for pattern in patterns:
        pattern.callback.access = TOKEN
    return [pattern for pattern in patterns if pattern.name != "api-root"], app, namespace


urlpatterns = [
    path("api/v1/", _declared(API.urls)),
]
